import { foldName } from '../networkIndex.ts';
import type { EmergencyNumber } from '../policyConfig.ts';
import type { PstnGateway, VoiceRoute } from '../routingConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach } from '../tenantRule.ts';
import { fitsPattern } from '../voiceRoutePattern.ts';
import { psText } from './powerShell.ts';

/** Voice routes of the usage that a policy names for an emergency number, as far as they take the number. */
export function routesOf(
  routes: readonly VoiceRoute[],
  { onlinePstnUsage, emergencyDialString }: EmergencyNumber,
): VoiceRoute[] {
  const usage = foldName(onlinePstnUsage ?? '');
  return routes.filter(
    ({ onlinePstnUsages, numberPattern }) =>
      onlinePstnUsages.some((each) => foldName(each) === usage) && fitsPattern(numberPattern, emergencyDialString),
  );
}

function numbersWithUsage({ config }: TenantIndex) {
  return config.emergencyCallRoutingPolicies.flatMap(({ identity, emergencyNumbers }) =>
    emergencyNumbers.flatMap((number) => (number.onlinePstnUsage === null ? [] : [{ identity, number }])),
  );
}

/** What is wrong with emergency numbers for which a policy names a PSTN usage. */
export function eachNumberWithUsage(find: (number: EmergencyNumber, index: TenantIndex) => string | null) {
  return (index: TenantIndex): Breach[] =>
    numbersWithUsage(index).flatMap(({ identity, number }) => {
      const problem = find(number, index);
      const remedy = `Set-CsOnlineVoiceRoute -Identity <route> -OnlinePstnUsages @{add=${psText(number.onlinePstnUsage ?? '')}}`;
      return problem === null ? [] : [{ object: `TeamsEmergencyCallRoutingPolicy ${identity}`, problem, remedy }];
    });
}

function emergencyRoutes(index: TenantIndex): VoiceRoute[] {
  return [...new Set(numbersWithUsage(index).flatMap(({ number }) => routesOf(index.config.voiceRoutes, number)))];
}

/** Gateways that a voice route of an emergency number names. */
export function emergencyGateways(index: TenantIndex): PstnGateway[] {
  const named = new Set(
    emergencyRoutes(index).flatMap(({ onlinePstnGatewayList }) => onlinePstnGatewayList.map(foldName)),
  );
  return index.config.pstnGateways.filter(({ identity }) => named.has(foldName(identity)));
}

/** Voice routes of emergency numbers that lead nowhere. */
export function findRoutesWithoutGateway(index: TenantIndex): Breach[] {
  const usable = new Set(
    index.config.pstnGateways.flatMap(({ enabled, identity }) => (enabled ? [foldName(identity)] : [])),
  );
  return emergencyRoutes(index)
    .filter(({ onlinePstnGatewayList }) => !onlinePstnGatewayList.some((gateway) => usable.has(foldName(gateway))))
    .map(({ identity, onlinePstnGatewayList }) => ({
      object: `OnlineVoiceRoute ${identity}`,
      problem: `takes emergency calls, and has no gateway that is enabled (${onlinePstnGatewayList.join(', ') || 'none named'})`,
      remedy: `Set-CsOnlineVoiceRoute -Identity ${psText(identity)} -OnlinePstnGatewayList @{add='<gateway>'}`,
    }));
}
