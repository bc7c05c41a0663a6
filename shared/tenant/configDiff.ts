import { placeName } from './placeName.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** What changed among the objects of one kind. */
export interface KindDiff {
  /** In words: "LIS locations". */
  kind: string;
  /** Named as an administrator knows them. */
  added: string[];
  removed: string[];
  changed: { name: string; properties: string[] }[];
}

interface Kind<T> {
  kind: string;
  list(config: TenantConfig): readonly T[];
  /** The same before and after. */
  idOf(object: T): string;
  /** As an administrator knows it; its id where that says enough. */
  nameOf(object: T): string;
}

function kind<T>(
  name: string,
  list: (config: TenantConfig) => readonly T[],
  idOf: (object: T) => string,
  nameOf: (object: T) => string = idOf,
): (before: TenantConfig, after: TenantConfig) => KindDiff {
  const one: Kind<T> = { kind: name, list, idOf, nameOf };
  return (before, after) => diffOf(one, before, after);
}

const KINDS = [
  kind(
    'civic addresses',
    (of) => of.civicAddresses,
    ({ civicAddressId }) => civicAddressId,
    placeName,
  ),
  kind(
    'LIS locations',
    (of) => of.locations,
    ({ locationId }) => locationId,
    placeName,
  ),
  kind(
    'LIS access points',
    (of) => of.networks.wirelessAccessPoints,
    ({ bssid }) => bssid,
  ),
  kind(
    'LIS switches',
    (of) => of.networks.switches,
    ({ chassisId }) => chassisId,
  ),
  kind(
    'LIS ports',
    (of) => of.networks.ports,
    ({ chassisId, portId }) => `${chassisId} ${portId}`,
  ),
  kind(
    'LIS subnets',
    (of) => of.networks.subnets,
    ({ subnet }) => subnet,
  ),
  kind(
    'trusted IP addresses',
    (of) => of.trustedIpAddresses,
    ({ ipAddress, maskBits }) => `${ipAddress}/${maskBits}`,
  ),
  kind(
    'network regions',
    (of) => of.networkRegions,
    ({ networkRegionId }) => networkRegionId,
  ),
  kind(
    'network sites',
    (of) => of.networkSites,
    ({ networkSiteId }) => networkSiteId,
  ),
  kind(
    'subnets of network sites',
    (of) => of.networkSubnets,
    ({ subnetId, maskBits }) => `${subnetId}/${maskBits}`,
  ),
  kind(
    'emergency calling policies',
    (of) => of.emergencyCallingPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'emergency call routing policies',
    (of) => of.emergencyCallRoutingPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'shared calling routing policies',
    (of) => of.sharedCallingRoutingPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'phone numbers',
    (of) => of.phoneNumbers,
    ({ telephoneNumber }) => telephoneNumber,
  ),
  kind(
    'users',
    (of) => of.users,
    ({ identity }) => identity,
    ({ userPrincipalName }) => userPrincipalName,
  ),
  kind(
    'PSTN gateways',
    (of) => of.pstnGateways,
    ({ identity }) => identity,
  ),
  kind(
    'calling policies',
    (of) => of.callingPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'mobility policies',
    (of) => of.mobilityPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'voice routing policies',
    (of) => of.voiceRoutingPolicies,
    ({ identity }) => identity,
  ),
  kind(
    'voice routes',
    (of) => of.voiceRoutes,
    ({ identity }) => identity,
  ),
  kind(
    'PSTN usages',
    (of) => of.pstnUsages,
    (usage) => usage,
  ),
  kind(
    'dial plans',
    (of) => of.tenantDialPlans,
    ({ identity }) => identity,
  ),
  kind(
    'application instances',
    (of) => of.applicationInstances,
    ({ objectId }) => objectId,
    ({ userPrincipalName }) => userPrincipalName,
  ),
  kind(
    'associations of application instances',
    (of) => of.applicationInstanceAssociations,
    ({ id }) => id,
  ),
  kind(
    'auto attendants',
    (of) => of.autoAttendants,
    ({ identity }) => identity,
    ({ identity, name }) => name ?? identity,
  ),
] as const;

/** What is different, kind by kind; kinds in which nothing is are left out. */
export function diffConfigs(before: TenantConfig, after: TenantConfig): KindDiff[] {
  return KINDS.map((diff) => diff(before, after)).filter(
    ({ added, removed, changed }) => added.length + removed.length + changed.length > 0,
  );
}

function diffOf<T>({ kind, list, idOf, nameOf }: Kind<T>, before: TenantConfig, after: TenantConfig): KindDiff {
  const old = new Map(list(before).map((object) => [idOf(object), object]));
  const diff: KindDiff = { kind, added: [], removed: [], changed: [] };
  for (const object of list(after)) {
    const id = idOf(object);
    const was = old.get(id);
    if (was === undefined) diff.added.push(nameOf(object));
    else {
      const properties = changedProperties(was, object);
      if (properties.length > 0) diff.changed.push({ name: nameOf(object), properties });
    }
    old.delete(id);
  }
  diff.removed.push(...[...old.values()].map(nameOf));
  return diff;
}

function changedProperties(before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [old, now] = [Object(before), Object(after)] as Record<string, unknown>[];
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...names].filter((name) => JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]));
}
