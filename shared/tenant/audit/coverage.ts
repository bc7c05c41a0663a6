import { type CallerAccount, numberOfCalls } from '../callerAccount.ts';
import { staticAddress } from '../fallbackPlaces.ts';
import { BITS, type IpAddress, networkIdOf, parseIpAddress } from '../ipNetwork.ts';
import { foldName } from '../networkIndex.ts';
import { type EmergencyCallingPolicy, GLOBAL, type SecurityDesk } from '../policyConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import { isNetworkId } from './lis.ts';
import { lisNetworkRows } from './lisNetworkRows.ts';
import { addressOf } from './numbers.ts';
import { type Caller, callersOf } from './people.ts';

/** How many would be located precisely (floor or room), statically (an address alone), and which not at all. */
export interface Located {
  precisely: number;
  statically: number;
  notAtAll: string[];
}

/** Whom Teams tells of calls from a site, and whether its address was ever tested. */
export interface SiteCoverage {
  site: string;
  /** `null` where the site has none: the policy of each user holds, or the tenant's own. */
  policy: string | null;
  /** `911: alert@contoso.com (NotificationOnly)`. */
  told: string[];
  /** ISO 8601, UTC: of the last test with 933; `null`: never. */
  testedAt: string | null;
}

export interface Coverage {
  /** Precisely: on a network that is known; statically: by the address of the number alone. */
  users: Located;
  sites: Located;
  subnets: Located;
  /** By their own address. */
  numbers: Located;
  told: SiteCoverage[];
  /** Whether the tests with 933 were looked at. */
  isTestKnown: boolean;
}

type Level = 'precisely' | 'statically' | 'notAtAll';

/** `testedAt`: the last test with 933 of each site, by its folded name; `null` where nobody could look. */
export function coverageOf(index: TenantIndex, testedAt: ReadonlyMap<string, string> | null): Coverage {
  const subnets = subnetLevels(index);
  return {
    users: located(callersOf(index).map((caller) => [caller.user.userPrincipalName, levelOfUser(index, caller)])),
    sites: located(siteLevels(index, subnets)),
    subnets: located(subnets.map(({ name, level }) => [name, level])),
    numbers: located(
      index.config.phoneNumbers
        .filter(({ assignedPstnTargetId: target }) => target !== null && !target.includes('|'))
        .map((number) => [number.telephoneNumber, levelOf(addressOf(number, index))]),
    ),
    told: index.config.networkSites.map((site) => ({
      site: site.networkSiteId,
      policy: site.emergencyCallingPolicy,
      told: toldBy(index.emergencyCalling.get(foldName(site.emergencyCallingPolicy ?? GLOBAL)) ?? null),
      testedAt: testedAt?.get(foldName(site.networkSiteId)) ?? null,
    })),
    isTestKnown: testedAt !== null,
  };
}

function located(levels: readonly (readonly [name: string, level: Level])[]): Located {
  const count = (asked: Level) => levels.filter(([, level]) => level === asked).length;
  return {
    precisely: count('precisely'),
    statically: count('statically'),
    notAtAll: levels.flatMap(([name, level]) => (level === 'notAtAll' ? [name] : [])),
  };
}

/** A civic address has no location within it. */
function levelOf(place: object | null): Level {
  if (place === null) return 'notAtAll';
  return 'location' in place && place.location !== null ? 'precisely' : 'statically';
}

function levelOfUser(index: TenantIndex, { user, account }: Caller): Level {
  const hasNetworks = lisNetworkRows(index.config).some(({ locationId }) =>
    index.networks.locations.has(locationId ?? ''),
  );
  if (hasNetworks && index.config.trustedIpAddresses.length > 0 && isDynamic(index, account)) return 'precisely';
  return (staticAddress(index, { ...account, user }).place?.location ?? null) === null ? 'notAtAll' : 'statically';
}

/**
 * Where a user is counts in the United States and Canada, and with Direct Routing where enhanced services are on
 * (https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling).
 */
function isDynamic(index: TenantIndex, account: CallerAccount): boolean {
  const type = numberOfCalls(account)?.type ?? null;
  if (type !== 'DirectRouting') return type !== null && ['US', 'CA'].includes(account.user.usageLocation ?? '');
  const name = account.user.policies.teamsEmergencyCallRoutingPolicy ?? GLOBAL;
  return index.emergencyCallRouting.get(foldName(name))?.allowEnhancedEmergencyServices === true;
}

interface SubnetLevel {
  name: string;
  site: string | null;
  level: Level;
}

/** Subnets of sites by what of the LIS lies within them; then subnets that the LIS alone has. */
function subnetLevels(index: TenantIndex): SubnetLevel[] {
  const { networks, networkSubnets } = index.config;
  const entries = networks.subnets.flatMap(({ subnet, locationId }) => {
    const address = parseIpAddress(subnet);
    return address && isNetworkId(address)
      ? [{ subnet, address, level: levelOf(index.networks.locations.get(locationId ?? '') ?? null) }]
      : [];
  });
  const lengths = new Map<string, Map<bigint, Level[]>>();
  const within = (address: IpAddress, bits: number): Level[] => {
    const key = `${address.family}/${bits}`;
    const known = lengths.get(key) ?? groupByNetwork(entries, address.family, bits);
    lengths.set(key, known);
    return known.get(networkIdOf(address, bits).value) ?? [];
  };
  const ofSites = networkSubnets.flatMap(({ subnetId, maskBits, networkSiteId }) => {
    const address = parseIpAddress(subnetId);
    return address && maskBits <= BITS[address.family]
      ? [{ name: `${subnetId}/${maskBits}`, site: networkSiteId, level: lowest(within(address, maskBits)) }]
      : [];
  });
  const others = entries.filter(({ address }) => index.networks.siteSubnets.find(address).length === 0);
  return [...ofSites, ...others.map(({ subnet, level }) => ({ name: subnet, site: null, level }))];
}

function groupByNetwork(entries: readonly { address: IpAddress; level: Level }[], family: 4 | 6, bits: number) {
  const groups = new Map<bigint, Level[]>();
  for (const { address, level } of entries) {
    if (address.family !== family) continue;
    const id = networkIdOf(address, bits).value;
    const known = groups.get(id);
    if (known) known.push(level);
    else groups.set(id, [level]);
  }
  return groups;
}

function lowest(levels: readonly Level[]): Level {
  if (levels.length === 0 || levels.includes('notAtAll')) return 'notAtAll';
  return levels.includes('statically') ? 'statically' : 'precisely';
}

/** Not at all: no subnet of it has a location. Precisely: each of them leads to a floor or room. */
function siteLevels(index: TenantIndex, subnets: readonly SubnetLevel[]): (readonly [string, Level])[] {
  const bySite = new Map<string, Level[]>();
  for (const { site, level } of subnets) {
    if (site !== null) bySite.set(foldName(site), [...(bySite.get(foldName(site)) ?? []), level]);
  }
  return index.config.networkSites.map(({ networkSiteId }) => {
    const levels = bySite.get(foldName(networkSiteId)) ?? [];
    if (levels.every((level) => level === 'notAtAll')) return [networkSiteId, 'notAtAll'];
    return [networkSiteId, levels.every((level) => level === 'precisely') ? 'precisely' : 'statically'];
  });
}

function toldBy(policy: EmergencyCallingPolicy | null): string[] {
  if (policy === null) return ['unknown: the policy does not exist'];
  const { extendedNotifications: extended } = policy;
  return [
    ...extended.map((desk) => `${desk.emergencyDialString}: ${deskText(desk)}`),
    `${extended.length > 0 ? 'any other number' : 'any number'}: ${deskText(policy)}`,
  ];
}

function deskText({ notificationGroup, notificationDialOutNumber, notificationMode }: SecurityDesk): string {
  const isDialed = notificationDialOutNumber !== null && /^conference/i.test(notificationMode ?? '');
  const told = [...notificationGroup, ...(isDialed ? [`${notificationDialOutNumber} is called`] : [])];
  return told.length === 0 ? 'nobody' : `${told.join(', ')} (${notificationMode ?? 'no mode'})`;
}
