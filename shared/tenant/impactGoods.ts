import { effectivePolicy, indexPolicies } from './effectivePolicy.ts';
import { networkIdOf, parseIpAddress, parseIpInterface } from './ipNetwork.ts';
import { foldName } from './networkIndex.ts';
import type { TenantUser } from './peopleConfig.ts';
import { placeName } from './placeName.ts';
import type { EmergencyCallingPolicy, EmergencyCallRoutingPolicy } from './policyConfig.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** Who has something: name by id. */
export type Holders = ReadonlyMap<string, string>;

/** Something that people or places have or do not have. */
export interface Good {
  /** "user", "users". */
  holder: readonly [one: string, many: string];
  /** What is lost, after "loses" and "lose". */
  good: string;
  holders(config: TenantConfig): Holders;
  /** Which of those that no longer have it lose nothing by that, such as users who are no longer there. */
  excuses?: (after: TenantConfig) => (id: string) => boolean;
}

/** Calls to this one are tests of the caller: that nobody is told of them is usual. */
const TEST_NUMBER = '933';
const DEFAULT_NUMBER = '911';

const USER = ['user', 'users'] as const;
/** All that is looked at, the gravest first. */
export const GOODS: readonly Good[] = [
  { holder: USER, good: 'notification', holders: notifiedUsers, excuses: gonePeople },
  { holder: USER, good: 'a static emergency address', holders: addressedUsers, excuses: gonePeople },
  {
    holder: ['emergency number of a user', 'emergency numbers of users'],
    good: 'their call routing policy',
    holders: routedNumbers,
    excuses: gonePeople,
  },
  { holder: USER, good: 'the right to set an address of their own', holders: usersWithOwnAddress, excuses: gonePeople },
  { holder: USER, good: 'calling', holders: callingUsers, excuses: gonePeople },
  { holder: ['site', 'sites'], good: 'notification of their own', holders: notifiedSites, excuses: goneSites },
  { holder: ['subnet of a site', 'subnets of sites'], good: 'their site', holders: siteSubnets },
  { holder: ['floor', 'floors'], good: 'their location', holders: locatedPlaces },
  { holder: ['network', 'networks'], good: 'their location', holders: locatedNetworks },
  { holder: ['external address', 'external addresses'], good: 'trust', holders: trusted, excuses: stillTrusted },
  { holder: ['address or group', 'addresses or groups'], good: 'all notifications', holders: notifiedGroups },
  { holder: ['callback number', 'callback numbers'], good: 'their shared calling policy', holders: callbackNumbers },
  { holder: ['gateway', 'gateways'], good: 'the location of calls', holders: locatingGateways },
];

/** Those who may call: no guests, no resource accounts, nobody who was deleted. */
function peopleOf({ users }: TenantConfig): TenantUser[] {
  return users.filter(
    ({ accountType, softDeletedAt }) => softDeletedAt === null && !/^(Guest|ResourceAccount)$/i.test(accountType ?? ''),
  );
}

function holding(config: TenantConfig, has: (user: TenantUser) => boolean): Holders {
  return new Map(peopleOf(config).flatMap((user) => (has(user) ? [[user.identity, user.userPrincipalName]] : [])));
}

function gonePeople(after: TenantConfig): (id: string) => boolean {
  const there = holding(after, () => true);
  return (id) => !there.has(id.split(' ')[0] ?? id);
}

/** Told of a call to every emergency number that any policy knows, but for tests. */
function notifiedUsers(config: TenantConfig): Holders {
  const numbers = emergencyNumbers(config);
  const policyOf = callingPolicyOf(config);
  return holding(config, (user) => {
    const policy = policyOf(user);
    return policy !== null && numbers.every((number) => isAnybodyTold(policy, number));
  });
}

function emergencyNumbers({ emergencyCallingPolicies }: TenantConfig): string[] {
  const extended = emergencyCallingPolicies.flatMap(({ extendedNotifications }) => extendedNotifications);
  const numbers = extended.map(({ emergencyDialString }) => emergencyDialString.trim());
  return [...new Set([DEFAULT_NUMBER, ...numbers])].filter((number) => number !== TEST_NUMBER);
}

function callingPolicyOf(config: TenantConfig): (user: TenantUser) => EmergencyCallingPolicy | null {
  const index = indexPolicies(config.emergencyCallingPolicies);
  return ({ policies }) =>
    effectivePolicy('emergencyCallingPolicy', index, null, null, policies.teamsEmergencyCallingPolicy).policy;
}

function isAnybodyTold(policy: EmergencyCallingPolicy, number: string): boolean {
  const desk = policy.extendedNotifications.find(({ emergencyDialString }) => emergencyDialString.trim() === number);
  const { notificationGroup, notificationDialOutNumber, notificationMode } = desk ?? policy;
  const isDialled = notificationDialOutNumber !== null && /^conference/i.test(notificationMode ?? '');
  return notificationGroup.length > 0 || isDialled;
}

/** By the number that they call with. */
function addressedUsers(config: TenantConfig): Holders {
  const locations = new Set(config.locations.map(({ locationId }) => locationId));
  const addresses = new Set(config.civicAddresses.map(({ civicAddressId }) => civicAddressId));
  const addressed = new Set(
    config.phoneNumbers.flatMap(({ assignedPstnTargetId: target, locationId, civicAddressId }) => {
      const isKnown =
        locationId === null ? civicAddressId !== null && addresses.has(civicAddressId) : locations.has(locationId);
      return target !== null && isKnown ? [target] : [];
    }),
  );
  return holding(config, ({ identity }) => addressed.has(identity));
}

function routingPolicyOf(config: TenantConfig): (user: TenantUser) => EmergencyCallRoutingPolicy | null {
  const index = indexPolicies(config.emergencyCallRoutingPolicies);
  return ({ policies }) =>
    effectivePolicy('emergencyCallRoutingPolicy', index, null, null, policies.teamsEmergencyCallRoutingPolicy).policy;
}

/** One for each number of each user, so that the loss of one of several is seen. */
function routedNumbers(config: TenantConfig): Holders {
  const policyOf = routingPolicyOf(config);
  return new Map(
    peopleOf(config).flatMap((user) =>
      (policyOf(user)?.emergencyNumbers ?? []).map(({ emergencyDialString: number }): [string, string] => [
        `${user.identity} ${number}`,
        `${user.userPrincipalName}: ${number}`,
      ]),
    ),
  );
}

function usersWithOwnAddress(config: TenantConfig): Holders {
  const policyOf = callingPolicyOf(config);
  return holding(config, (user) => policyOf(user)?.externalLocationLookupMode === 'Enabled');
}

function callingUsers(config: TenantConfig): Holders {
  return holding(config, ({ enterpriseVoiceEnabled }) => enterpriseVoiceEnabled === true);
}

function goneSites({ networkSites }: TenantConfig): (id: string) => boolean {
  const there = new Set(networkSites.map(({ networkSiteId }) => foldName(networkSiteId)));
  return (id) => !there.has(id);
}

function notifiedSites(config: TenantConfig): Holders {
  const index = indexPolicies(config.emergencyCallingPolicies);
  const numbers = emergencyNumbers(config);
  return new Map(
    config.networkSites.flatMap(({ networkSiteId, emergencyCallingPolicy }) => {
      const policy = emergencyCallingPolicy === null ? undefined : index.get(foldName(emergencyCallingPolicy));
      const isTold = policy !== undefined && numbers.every((number) => isAnybodyTold(policy, number));
      return isTold ? [[foldName(networkSiteId), networkSiteId]] : [];
    }),
  );
}

/** Subnets from which a client comes to a site that exists, and so to its policies. */
function siteSubnets({ networkSites, networkSubnets }: TenantConfig): Holders {
  const sites = new Set(networkSites.map(({ networkSiteId }) => foldName(networkSiteId)));
  const leading = networkSubnets.filter(({ networkSiteId: site }) => site !== null && sites.has(foldName(site)));
  return named(leading.map(({ subnetId, maskBits }) => `${subnetId}/${maskBits}`));
}

/** Floors and rooms that some network leads to. The location that stands for a whole address is none. */
function locatedPlaces(config: TenantConfig): Holders {
  const reached = new Set(networksOf(config).map(([, locationId]) => locationId));
  const places = config.locations.filter(({ locationId, location }) => location !== null && reached.has(locationId));
  return new Map(places.map((place) => [place.locationId, placeName(place)]));
}

/** Networks that lead to a place that exists. */
function locatedNetworks(config: TenantConfig): Holders {
  const places = new Set(config.locations.map(({ locationId }) => locationId));
  return new Map(
    networksOf(config).flatMap(([name, locationId]) =>
      locationId !== null && places.has(locationId) ? [[name, name]] : [],
    ),
  );
}

function networksOf({ networks }: TenantConfig): (readonly [name: string, locationId: string | null])[] {
  const { wirelessAccessPoints, switches, ports, subnets } = networks;
  return [
    ...wirelessAccessPoints.map(({ bssid, locationId }) => [`access point ${foldName(bssid)}`, locationId] as const),
    ...switches.map(({ chassisId, locationId }) => [`switch ${foldName(chassisId)}`, locationId] as const),
    ...ports.map(({ chassisId, portId, locationId }) => [`port ${foldName(chassisId)} ${portId}`, locationId] as const),
    ...subnets.map(({ subnet, locationId }) => [`subnet ${foldName(subnet)}`, locationId] as const),
  ];
}

function trusted({ trustedIpAddresses }: TenantConfig): Holders {
  return named(trustedIpAddresses.map(({ ipAddress, maskBits }) => `${ipAddress}/${maskBits}`));
}

/** Within another network that is trusted, which may be a wider one. */
function stillTrusted({ trustedIpAddresses }: TenantConfig): (id: string) => boolean {
  const networks = trustedIpAddresses.flatMap(({ ipAddress, maskBits }) => {
    const address = parseIpAddress(ipAddress);
    return address === null ? [] : [{ address, maskBits }];
  });
  return (id) => {
    const { address, prefixLength } = parseIpInterface(id) ?? { address: null, prefixLength: null };
    if (address === null || prefixLength === null) return false;
    return networks.some(
      (wider) =>
        wider.address.family === address.family &&
        wider.maskBits <= prefixLength &&
        networkIdOf(wider.address, wider.maskBits).value === networkIdOf(address, wider.maskBits).value,
    );
  };
}

/** Whoever is named by any policy. */
function notifiedGroups({ emergencyCallingPolicies }: TenantConfig): Holders {
  return named(
    emergencyCallingPolicies.flatMap(({ notificationGroup, extendedNotifications }) => [
      ...notificationGroup,
      ...extendedNotifications.flatMap((extended) => extended.notificationGroup),
    ]),
  );
}

/** Each of its numbers: with fewer of them one is used again sooner. */
function callbackNumbers({ sharedCallingRoutingPolicies }: TenantConfig): Holders {
  return named(
    sharedCallingRoutingPolicies.flatMap(({ identity, emergencyNumbers: numbers }) =>
      numbers.map((number) => `${identity}: ${number}`),
    ),
  );
}

function locatingGateways({ pstnGateways }: TenantConfig): Holders {
  return named(
    pstnGateways.filter(({ enabled, pidfLoSupported }) => enabled && pidfLoSupported).map(({ identity }) => identity),
  );
}

function named(names: readonly string[]): Holders {
  return new Map(names.map((name) => [foldName(name), name]));
}
