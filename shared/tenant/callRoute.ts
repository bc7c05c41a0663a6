import { type CallerAccount, type NumberType, numberOfCalls } from './callerAccount.ts';
import type { DialedNumber } from './emergencyNumber.ts';
import { isLisSource, type Place } from './place.ts';
import type { PstnGateway, VoiceRoute } from './routingConfig.ts';
import { type Step, step } from './step.ts';
import type { TenantConfig } from './tenantConfig.ts';
import { fitsPattern } from './voiceRoutePattern.ts';

/** Where a call goes. */
export interface CallRoute {
  /** `microsoft`: the Calling Plan, or the operator; `directRouting`: the tenant's own gateways; `none`: nowhere. */
  by: 'microsoft' | 'directRouting' | 'none' | 'unknown';
  voiceRoute: string | null;
  /** FQDNs, in the order of the route. */
  gateways: string[];
  /** How it reaches the emergency services, in plain words. */
  handling: string;
  steps: Step[];
}

const CARRIERS: Record<NumberType, string> = {
  CallingPlan: "Microsoft's Calling Plan",
  OperatorConnect: 'the operator (Operator Connect)',
  OCMobile: 'the operator (Operator Connect Mobile)',
  DirectRouting: 'Direct Routing',
};

export function routeCall(
  config: TenantConfig,
  account: CallerAccount,
  dialed: DialedNumber,
  places: readonly [Place, ...Place[]],
): CallRoute {
  const number = numberOfCalls(account);
  if (number === null) return nowhere('the user has no number, nor one by Shared Calling: no call leaves Teams');
  if (dialed.isEmergency === false) return unknown('it goes where any other call of the user goes');
  const usage = dialed.entry?.onlinePstnUsage ?? null;
  // Under Shared Calling a usage in the policy decides, whatever number the resource account has
  // (https://learn.microsoft.com/microsoftteams/shared-calling-setup, "Routing of emergency calls").
  const isByUsage = number.type === 'DirectRouting' || (account.shared !== null && usage !== null);
  if (isByUsage) return byGateways(config, dialed, usage);
  if (number.type === null) return unknown('the export does not say what kind of number it is');
  const handling = handlingOf(number.type, account, places);
  const found = step('route', 'matched', `${CARRIERS[number.type]} takes the call; ${handling}`);
  return { by: 'microsoft', voiceRoute: null, gateways: [], handling, steps: [found, conveys(places)] };
}

/** https://learn.microsoft.com/microsoftteams/emergency-calling-dispatchable-location, the table of routing methods. */
function handlingOf(
  type: NumberType,
  { user }: CallerAccount,
  [first, ...others]: readonly [Place, ...Place[]],
): string {
  const country = user.usageLocation;
  if (country !== 'US' && country !== 'CA')
    return `how it is routed is for the carrier of ${country ?? 'the country'} to say; outside the United States and Canada the number's own address counts`;
  const sources = [first, ...others].map(({ source }) => source);
  if (sources.every(isLisSource)) return 'routed to the PSAP of that location without screening';
  if (sources.some((source) => isLisSource(source) || source === 'suggestedAddress' || source === 'userAddress'))
    return 'routed to the PSAP where the location is one of the administrator, or was confirmed as suggested; else screened first';
  return `screened first, then transferred to a PSAP${type === 'OCMobile' ? ' (calls of the native dialer do not pass through Teams)' : ''}`;
}

/** By the usage's voice routes, the one of the lowest priority number first. */
function byGateways(config: TenantConfig, dialed: DialedNumber, usage: string | null): CallRoute {
  if (dialed.isEmergency === null) return unknown('the emergency call routing policy is not known');
  if (usage === null)
    return unknown(
      `no PSTN usage is set for ${dialed.called}: the user's voice routing policy decides, if anything does`,
    );
  const routes = config.voiceRoutes
    .filter(({ onlinePstnUsages }) => onlinePstnUsages.some((each) => each.toLowerCase() === usage.toLowerCase()))
    .filter(({ numberPattern }) => fitsPattern(numberPattern, dialed.called))
    .toSorted((a, b) => (a.priority ?? Number.POSITIVE_INFINITY) - (b.priority ?? Number.POSITIVE_INFINITY));
  const [route] = routes;
  if (!route) return nowhere(`no voice route of usage ${usage} fits ${dialed.called}`);
  return viaRoute(config, route, usage);
}

function viaRoute(config: TenantConfig, route: VoiceRoute, usage: string): CallRoute {
  const byName = new Map(config.pstnGateways.map((gateway) => [gateway.identity.toLowerCase(), gateway]));
  const gateways = route.onlinePstnGatewayList.map((name) => byName.get(name.toLowerCase()) ?? name);
  const usable = gateways.filter((each): each is PstnGateway => typeof each !== 'string' && each.enabled);
  if (usable.length === 0)
    return nowhere(`voice route ${route.identity} of usage ${usage} has no gateway that is enabled`);
  const names = usable.map(({ identity }) => identity);
  const found = step('route', 'matched', `usage ${usage}, voice route ${route.identity}, gateway ${names.join(', ')}`);
  const deaf = usable.filter(({ pidfLoSupported }) => !pidfLoSupported).map(({ identity }) => identity);
  const location =
    deaf.length === 0
      ? step('locationOnRoute', 'matched', 'every gateway passes the location on (PidfloSupported)')
      : step('locationOnRoute', 'notMatched', `PidfloSupported is off: no location is passed on by ${deaf.join(', ')}`);
  return {
    by: 'directRouting',
    voiceRoute: route.identity,
    gateways: names,
    handling: 'the emergency routing service or the ELIN application behind the gateway decides',
    steps: [found, location],
  };
}

function conveys([{ source }]: readonly [Place, ...Place[]]): Step {
  return source === 'none'
    ? step('locationOnRoute', 'notMatched', 'there is no location to convey')
    : step('locationOnRoute', 'matched', 'the location goes with the call');
}

function nowhere(reason: string): CallRoute {
  return ended('none', 'notMatched', reason);
}

function unknown(reason: string): CallRoute {
  return ended('unknown', 'unknown', reason);
}

function ended(by: 'none' | 'unknown', outcome: 'notMatched' | 'unknown', reason: string): CallRoute {
  return { by, voiceRoute: null, gateways: [], handling: reason, steps: [step('route', outcome, reason)] };
}
