import { parseBssidPattern } from './bssid.ts';
import { BITS, type IpAddress, parseIpAddress } from './ipNetwork.ts';
import type { LisLocation, LisPort, LisSubnet, LisSwitch, LisWirelessAccessPoint } from './lisConfig.ts';
import { chassisKey } from './macAddress.ts';
import type { NetworkSite, NetworkSubnet, TrustedIpAddress } from './networkConfig.ts';
import { createPrefixTable, type NetworkEntry, type PrefixTable } from './prefixTable.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** Sites by the addresses within them. */
export interface SiteIndex {
  /** By the folded id. */
  sites: ReadonlyMap<string, NetworkSite>;
  siteSubnets: PrefixTable<NetworkSubnet>;
}

/** Entries by their key; of one key in the order of the export. */
interface Groups<T> {
  get(key: string): readonly T[] | undefined;
}

/** What a client's network is looked up in. Entries under one id that name several locations are all kept. */
export interface NetworkIndex extends SiteIndex {
  locations: ReadonlyMap<string, LisLocation>;
  trusted: PrefixTable<TrustedIpAddress>;
  /** By what {@link bssidKeys} gives. */
  accessPoints: Groups<LisWirelessAccessPoint>;
  /** By what {@link portKey} gives. */
  ports: Groups<LisPort>;
  /** By what {@link chassisKey} gives. */
  switches: Groups<LisSwitch>;
  /** By what {@link subnetKey} gives. */
  lisSubnets: Groups<LisSubnet>;
}

export function createSiteIndex(config: TenantConfig): SiteIndex {
  return {
    sites: new Map(config.networkSites.map((site) => [foldName(site.networkSiteId), site])),
    siteSubnets: createPrefixTable(networksOf(config.networkSubnets, ({ subnetId }) => subnetId)),
  };
}

export function createNetworkIndex(config: TenantConfig): NetworkIndex {
  const { networks } = config;
  // Many ports are of one switch.
  const chassisKeys = new Map(networks.ports.map(({ chassisId }) => [chassisId, '']));
  for (const chassisId of chassisKeys.keys()) chassisKeys.set(chassisId, chassisKey(chassisId));
  return {
    ...createSiteIndex(config),
    locations: new Map(config.locations.map((location) => [location.locationId, location])),
    trusted: createPrefixTable(networksOf(config.trustedIpAddresses, ({ ipAddress }) => ipAddress)),
    accessPoints: groupBy(networks.wirelessAccessPoints, ({ bssid }) => parseBssidPattern(bssid)?.digits ?? null),
    ports: groupBy(networks.ports, ({ chassisId, portId }) => `${chassisKeys.get(chassisId)}\n${chassisKey(portId)}`),
    switches: groupBy(networks.switches, ({ chassisId }) => chassisKey(chassisId)),
    lisSubnets: groupBy(networks.subnets, ({ subnet }) => {
      const address = parseIpAddress(subnet);
      return address && subnetKey(address);
    }),
  };
}

/** As the names of sites and policies are compared. */
export function foldName(name: string): string {
  return name.trim().toLowerCase();
}

export function portKey(chassisId: string, portId: string): string {
  return `${chassisKey(chassisId)}\n${chassisKey(portId)}`;
}

export function subnetKey({ family, value }: IpAddress): string {
  return `${family}/${value.toString(16)}`;
}

/** Those that are no networks are left out: the import tells of them. */
function* networksOf<T extends { maskBits: number }>(
  entries: readonly T[],
  textOf: (entry: T) => string,
): Generator<NetworkEntry<T>> {
  for (const entry of entries) {
    const address = parseIpAddress(textOf(entry));
    if (address !== null && entry.maskBits >= 0 && entry.maskBits <= BITS[address.family])
      yield { address, prefixLength: entry.maskBits, entry };
  }
}

/** The first under a key is kept by itself: hundreds of thousands of lists of one would take their time and room. */
function groupBy<T extends object>(entries: readonly T[], keyOf: (entry: T) => string | null): Groups<T> {
  const firsts = new Map<string, T>();
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key === null) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, entry);
    else groups.set(key, [...(groups.get(key) ?? [first]), entry]);
  }
  return {
    get(key) {
      const first = firsts.get(key);
      return first === undefined ? undefined : (groups.get(key) ?? [first]);
    },
  };
}
