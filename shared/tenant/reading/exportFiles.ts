import type { TenantConfig } from '../tenantConfig.ts';
import type { ExportRow } from './exportRow.ts';
import {
  civicAddressRows,
  lisSubnetRows,
  locationRows,
  portRows,
  switchRows,
  wirelessAccessPointRows,
} from './lisRows.ts';
import { networkRegionRows, networkSiteRows, networkSubnetRows, trustedIpRows } from './networkRows.ts';
import { phoneNumberRows, userRows } from './peopleRows.ts';
import {
  callingPolicyRows,
  emergencyCallingPolicyRows,
  emergencyCallRoutingPolicyRows,
  mobilityPolicyRows,
  sharedCallingRoutingPolicyRows,
} from './policyRows.ts';
import {
  applicationInstanceAssociationRows,
  applicationInstanceRows,
  autoAttendantRows,
  pstnGatewayRows,
  pstnUsageRows,
  tenantDialPlanRows,
  voiceRouteRows,
  voiceRoutingPolicyRows,
} from './routingRows.ts';
import type { RowType } from './rowType.ts';

/** One file of an export: what a cmdlet gave, under the name of the cmdlet. */
export interface ExportFile {
  file: string;
  cmdlet: string;
  names: readonly string[];
  signature: readonly string[];
  /** Adds what a row says, and gives its id; `null` where it has none. */
  take(row: ExportRow, config: TenantConfig): string | null;
  /** Whether the tenant always has one that is called Global: an export without it is not whole. */
  isPolicyOfEmergency: boolean;
}

function exported<T>(
  cmdlet: string,
  { names, signature, read, idOf }: RowType<T>,
  add: (config: TenantConfig, object: T) => unknown,
): ExportFile {
  return {
    file: `${cmdlet}.json`,
    cmdlet,
    names,
    signature,
    take(row, config) {
      const object = read(row);
      add(config, object);
      return idOf(object);
    },
    isPolicyOfEmergency: cmdlet.startsWith('Get-CsTeamsEmergencyCall'),
  };
}

/** Every file of an export, beside its manifest. */
export const EXPORT_FILES: readonly ExportFile[] = [
  exported('Get-CsOnlineLisCivicAddress', civicAddressRows, (to, one) => to.civicAddresses.push(one)),
  exported('Get-CsOnlineLisLocation', locationRows, (to, one) => to.locations.push(one)),
  exported('Get-CsOnlineLisSubnet', lisSubnetRows, (to, one) => to.networks.subnets.push(one)),
  exported('Get-CsOnlineLisSwitch', switchRows, (to, one) => to.networks.switches.push(one)),
  exported('Get-CsOnlineLisPort', portRows, (to, one) => to.networks.ports.push(one)),
  exported('Get-CsOnlineLisWirelessAccessPoint', wirelessAccessPointRows, (to, one) =>
    to.networks.wirelessAccessPoints.push(one),
  ),
  exported('Get-CsTenantTrustedIPAddress', trustedIpRows, (to, one) => to.trustedIpAddresses.push(one)),
  exported('Get-CsTenantNetworkRegion', networkRegionRows, (to, one) => to.networkRegions.push(one)),
  exported('Get-CsTenantNetworkSite', networkSiteRows, (to, one) => to.networkSites.push(one)),
  exported('Get-CsTenantNetworkSubnet', networkSubnetRows, (to, one) => to.networkSubnets.push(one)),
  exported('Get-CsTeamsEmergencyCallingPolicy', emergencyCallingPolicyRows, (to, one) =>
    to.emergencyCallingPolicies.push(one),
  ),
  exported('Get-CsTeamsEmergencyCallRoutingPolicy', emergencyCallRoutingPolicyRows, (to, one) =>
    to.emergencyCallRoutingPolicies.push(one),
  ),
  exported('Get-CsTeamsSharedCallingRoutingPolicy', sharedCallingRoutingPolicyRows, (to, one) =>
    to.sharedCallingRoutingPolicies.push(one),
  ),
  exported('Get-CsPhoneNumberAssignment', phoneNumberRows, (to, one) => to.phoneNumbers.push(one)),
  exported('Get-CsOnlineUser', userRows, (to, one) => to.users.push(one)),
  exported('Get-CsOnlinePSTNGateway', pstnGatewayRows, (to, one) => to.pstnGateways.push(one)),
  exported('Get-CsTeamsCallingPolicy', callingPolicyRows, (to, one) => to.callingPolicies.push(one)),
  exported('Get-CsTeamsMobilityPolicy', mobilityPolicyRows, (to, one) => to.mobilityPolicies.push(one)),
  exported('Get-CsOnlineVoiceRoutingPolicy', voiceRoutingPolicyRows, (to, one) => to.voiceRoutingPolicies.push(one)),
  exported('Get-CsOnlineVoiceRoute', voiceRouteRows, (to, one) => to.voiceRoutes.push(one)),
  exported('Get-CsOnlinePstnUsage', pstnUsageRows, (to, usages) => to.pstnUsages.push(...usages)),
  exported('Get-CsTenantDialPlan', tenantDialPlanRows, (to, one) => to.tenantDialPlans.push(one)),
  exported('Get-CsOnlineApplicationInstance', applicationInstanceRows, (to, one) => to.applicationInstances.push(one)),
  exported('Get-CsOnlineApplicationInstanceAssociation', applicationInstanceAssociationRows, (to, one) =>
    to.applicationInstanceAssociations.push(one),
  ),
  exported('Get-CsAutoAttendant', autoAttendantRows, (to, one) => to.autoAttendants.push(one)),
];

/**
 * The cmdlet that gives objects with these properties, by the longest signature that they have; `null` where it is none
 * of an export. What a port has, a switch has too.
 */
export function cmdletOf(properties: readonly string[]): string | null {
  const has = new Set(properties.map((name) => name.toLowerCase()));
  const fitting = EXPORT_FILES.filter(({ signature }) => signature.every((name) => has.has(name.toLowerCase())));
  return fitting.sort((a, b) => b.signature.length - a.signature.length)[0]?.cmdlet ?? null;
}
