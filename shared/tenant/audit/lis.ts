import { parseBssidPattern } from '../bssid.ts';
import { formatIpAddress, type IpAddress, networkIdOf, parseIpAddress } from '../ipNetwork.ts';
import type { LisLocation } from '../lisConfig.ts';
import { normalMacAddress } from '../macAddress.ts';
import { placeName } from '../placeName.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach, TenantRule } from '../tenantRule.ts';
import { type LisNetworkRow, lisNetworkRows } from './lisNetworkRows.ts';
import { psText } from './powerShell.ts';

const DYNAMIC = 'https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling';
const LAW = 'https://www.ecfr.gov/current/title-47/section-9.3';
/** Ids of smaller networks than these are addresses of single computers. */
const SMALLEST_NETWORK = { 4: 30, 6: 126 } as const;

/** Rules of the Location Information Service: what a client's network says of where it is. */
export const LIS_RULES: readonly TenantRule[] = [
  {
    id: 'LIS-01',
    rule: 'Each network of the Location Information Service leads to a location that exists',
    severity: 'critical',
    why: 'A call from a network without a location conveys none.',
    source: DYNAMIC,
    find: eachNetwork(({ locationId }, { networks }) =>
      locationId !== null && networks.locations.has(locationId)
        ? null
        : `leads to ${locationId === null ? 'no location' : `location ${locationId}, which does not exist`}`,
    ),
  },
  {
    id: 'LIS-02',
    rule: 'Locations of networks in the United States have coordinates',
    severity: 'critical',
    why: 'Without them the call is not routed to the right emergency center by itself.',
    source: DYNAMIC,
    find: eachLocation(({ latitude }, country) =>
      country === 'US' && latitude === null
        ? 'networks lead to it, and its address has no coordinates: make the address anew'
        : null,
    ),
  },
  {
    id: 'LIS-03',
    rule: 'A subnet of the Location Information Service is the id of a network',
    severity: 'critical',
    why: 'Clients are matched by the id of their network: 10.10.10.150 with mask 25 is in 10.10.10.128. Another address never matches.',
    source: DYNAMIC,
    find: findNoNetworkIds,
  },
  {
    id: 'LIS-04',
    rule: 'Subnets of network sites stand in the Location Information Service too',
    severity: 'critical',
    why: 'The subnets of a site give policies only. A client there that no access point or switch locates has no location.',
    source: DYNAMIC,
    find: findSubnetsWithoutLocation,
  },
  {
    id: 'LIS-05',
    rule: 'Access points and switches are named by their MAC addresses',
    severity: 'critical',
    why: 'Anything else never matches what a client tells.',
    source: 'https://learn.microsoft.com/powershell/module/teams/set-csonlineliswirelessaccesspoint',
    find: eachNetwork(({ kind, mac }) => {
      if (mac === null) return null;
      const isKnown = kind === 'accessPoint' ? parseBssidPattern(mac) !== null : normalMacAddress(mac) !== null;
      return isKnown ? null : `${mac} is no MAC address`;
    }),
  },
  {
    id: 'LIS-06',
    rule: 'Addresses in the United States that networks lead to are validated',
    severity: 'warning',
    why: 'A dispatchable location is a validated street address with what else is needed to find the caller.',
    source: LAW,
    find: eachLocation(({ validationStatus }, country) =>
      country === 'US' && !/^validated$/i.test(validationStatus ?? '')
        ? `its address is ${validationStatus ?? 'not validated'}: make it anew with one that is found on the map`
        : null,
    ),
  },
  {
    id: 'LIS-07',
    rule: 'Networks in the United States lead to a floor or room, not to a whole address',
    severity: 'information',
    why: 'Where a building has several floors, who comes to help must know which.',
    source: LAW,
    find: eachLocation(({ location }, country) =>
      country === 'US' && location === null ? 'networks lead to the whole address, with no floor or room' : null,
    ),
  },
  {
    id: 'LIS-08',
    rule: 'Some network leads to each floor or room that is set up',
    severity: 'information',
    why: 'Nobody is ever located where no network leads to: perhaps a network was forgotten.',
    source: DYNAMIC,
    find: findUnreached,
  },
  {
    id: 'LIS-40',
    rule: 'Addresses older than two years were made anew before they were assigned to networks',
    severity: 'information',
    why: 'Older ones cannot be assigned, and no export says how old an address is.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config }) => lisNetworkRows(config).length > 0,
  },
];

function eachNetwork(
  find: (row: LisNetworkRow, index: TenantIndex) => string | null,
): (index: TenantIndex) => Breach[] {
  return (index) =>
    lisNetworkRows(index.config).flatMap((row) => {
      const problem = find(row, index);
      return problem === null ? [] : [{ object: row.object, problem, remedy: row.remedy }];
    });
}

/** Of each location that networks lead to. */
function eachLocation(
  find: (location: LisLocation, country: string | null) => string | null,
): (index: TenantIndex) => Breach[] {
  return (index) =>
    reachedLocations(index).flatMap((location) => {
      const problem = find(location, location.countryOrRegion);
      return problem === null ? [] : [{ object: locationObject(location), problem, remedy: addressRemedy(location) }];
    });
}

function reachedLocations({ config }: TenantIndex): LisLocation[] {
  const reached = new Set(lisNetworkRows(config).map(({ locationId }) => locationId));
  return config.locations.filter(({ locationId }) => reached.has(locationId));
}

function locationObject(location: LisLocation): string {
  return `OnlineLisLocation ${location.locationId} (${placeName(location)})`;
}

function addressRemedy({ civicAddressId, locationId }: LisLocation): string {
  return civicAddressId === null
    ? `Get-CsOnlineLisLocation -LocationId ${psText(locationId)}`
    : `Get-CsOnlineLisCivicAddress -CivicAddressId ${psText(civicAddressId)}`;
}

/** Whether some network of more than a computer or two has this id. */
export function isNetworkId(address: IpAddress): boolean {
  return networkIdOf(address, SMALLEST_NETWORK[address.family]).value === address.value;
}

function findNoNetworkIds({ config }: TenantIndex): Breach[] {
  return config.networks.subnets.flatMap(({ subnet, locationId }) => {
    const address = parseIpAddress(subnet);
    const id = address && networkIdOf(address, SMALLEST_NETWORK[address.family]);
    if (address && isNetworkId(address)) return [];
    const problem = id ? `is an address within a network, such as ${formatIpAddress(id)}` : 'is no IP address';
    const remedy = `Remove-CsOnlineLisSubnet -Subnet ${psText(subnet)}; Set-CsOnlineLisSubnet -Subnet <network id> -LocationId ${psText(locationId ?? '<location>')}`;
    return [{ object: `OnlineLisSubnet ${subnet}`, problem, remedy }];
  });
}

/** Several subnets of the LIS may lie within one of a site. */
function findSubnetsWithoutLocation({ config }: TenantIndex): Breach[] {
  const known = config.networks.subnets.flatMap(({ subnet }) => parseIpAddress(subnet) ?? []);
  const holdersOf = new Map<string, Set<bigint>>();
  const idsAt = (family: 4 | 6, bits: number) => {
    const key = `${family}/${bits}`;
    const found =
      holdersOf.get(key) ??
      new Set(known.filter((each) => each.family === family).map((each) => networkIdOf(each, bits).value));
    holdersOf.set(key, found);
    return found;
  };
  return config.networkSubnets.flatMap(({ subnetId, maskBits, networkSiteId }) => {
    const address = parseIpAddress(subnetId);
    if (address === null || idsAt(address.family, maskBits).has(networkIdOf(address, maskBits).value)) return [];
    return [
      {
        object: `TenantNetworkSubnet ${subnetId}/${maskBits}`,
        problem: `of site ${networkSiteId ?? 'none'} is in no subnet of the Location Information Service`,
        remedy: `Set-CsOnlineLisSubnet -Subnet ${psText(formatIpAddress(networkIdOf(address, maskBits)))} -LocationId <location>`,
      },
    ];
  });
}

function findUnreached({ config }: TenantIndex): Breach[] {
  const reached = new Set(lisNetworkRows(config).map(({ locationId }) => locationId));
  const numbers = new Set(config.phoneNumbers.map(({ locationId }) => locationId));
  return config.locations
    .filter(({ location, locationId }) => location !== null && !reached.has(locationId) && !numbers.has(locationId))
    .map((location) => ({
      object: locationObject(location),
      problem: 'no network leads to it, and no number has it',
      remedy: `Set-CsOnlineLisSubnet -Subnet <network id> -LocationId ${psText(location.locationId)}`,
    }));
}
