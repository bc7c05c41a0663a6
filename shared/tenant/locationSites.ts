import { parseIpAddress } from './ipNetwork.ts';
import { foldName, type SiteIndex } from './networkIndex.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** Subnets between two steps. */
const AT_ONCE = 500;

/**
 * The network site of each location of the LIS, by its id: that of the subnets which lead to it, or to another place of
 * its address. Only where all of them are of one site: nothing else in an export ties a location to a site. In steps,
 * for whoever has other work too.
 */
export function* sitesOfLocations(
  config: TenantConfig,
  index: SiteIndex,
): Generator<void, ReadonlyMap<string, string>> {
  const locations = new Map(config.locations.map((location) => [location.locationId, location]));
  const ofLocation = new Map<string, Set<string>>();
  const ofAddress = new Map<string, Set<string>>();
  for (const [i, { subnet, locationId }] of config.networks.subnets.entries()) {
    if (i % AT_ONCE === 0) yield;
    const site = locationId === null ? null : siteOfSubnet(index, subnet);
    const location = locationId === null ? undefined : locations.get(locationId);
    if (site === null || !location) continue;
    addTo(ofLocation, location.locationId, site);
    if (location.civicAddressId !== null) addTo(ofAddress, location.civicAddressId, site);
  }
  return new Map(
    config.locations.flatMap(({ locationId, civicAddressId }) => {
      const sites = ofLocation.get(locationId) ?? (civicAddressId === null ? undefined : ofAddress.get(civicAddressId));
      const [site] = sites ?? [];
      return site !== undefined && sites?.size === 1 ? [[locationId, site] as const] : [];
    }),
  );
}

function siteOfSubnet({ sites, siteSubnets }: SiteIndex, subnet: string): string | null {
  const address = parseIpAddress(subnet);
  const id = address && siteSubnets.find(address)[0]?.networkSiteId;
  return id == null ? null : (sites.get(foldName(id))?.networkSiteId ?? null);
}

function addTo(groups: Map<string, Set<string>>, key: string, value: string): void {
  const known = groups.get(key);
  if (known) known.add(value);
  else groups.set(key, new Set([value]));
}
