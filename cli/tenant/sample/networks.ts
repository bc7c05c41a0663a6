import type { Row } from './patch.ts';
import type { SamplePlace } from './places.ts';

/** Sites whose floors have a switch each, with two ports that are known. */
const SITES_WITH_SWITCHES = 10;

/** `F0-6E-0B-01-02-03`: of access points (`kind` 1) and switches (2). */
export function macOf(n: number, floor: number, kind: number): string {
  return `F0-6E-0B-${[kind, n, floor].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('-')}`;
}

export function subnetOf(n: number, floor: number): string {
  return `10.${n}.${floor}.0`;
}

/** Networks of the Location Information Service, and the network settings. */
export function networkRows(places: readonly SamplePlace[]): [string, Row[]][] {
  const floors = places.flatMap(({ n, site, floors: ofSite }) =>
    ofSite.map(({ LocationId }, i) => ({ n, floor: i + 1, site, LocationId })),
  );
  const switched = floors.filter(({ n }) => n <= SITES_WITH_SWITCHES);
  const described = (text: string) => ({ Description: text });
  return [
    ['Get-CsOnlineLisCivicAddress', places.map(({ address }) => address)],
    ['Get-CsOnlineLisLocation', places.flatMap(({ whole, floors: ofSite }) => [whole, ...ofSite])],
    [
      'Get-CsOnlineLisSubnet',
      floors.map(({ n, floor, site, LocationId }) => ({
        ...{ Subnet: subnetOf(n, floor), LocationId },
        ...described(`${site}, floor ${floor}`),
      })),
    ],
    [
      'Get-CsOnlineLisWirelessAccessPoint',
      floors.map(({ n, floor, site, LocationId }) => ({
        ...{ BSSID: macOf(n, floor, 1), LocationId },
        ...described(`${site}, floor ${floor}`),
      })),
    ],
    [
      'Get-CsOnlineLisSwitch',
      switched.map(({ n, floor, site, LocationId }) => ({
        ...{ ChassisID: macOf(n, floor, 2), LocationId },
        ...described(`${site}, floor ${floor}`),
      })),
    ],
    [
      'Get-CsOnlineLisPort',
      switched.flatMap(({ n, floor, LocationId }) =>
        [1, 2].map((port) => ({
          ...{ ChassisID: macOf(n, floor, 2), PortID: `GigabitEthernet1/0/${port}`, PortIDSubType: 'InterfaceName' },
          ...{ Description: null, LocationId },
        })),
      ),
    ],
    [
      'Get-CsTenantTrustedIPAddress',
      ['192.0.2.0', '198.51.100.0', '203.0.113.0'].map((address) => ({
        ...{ Identity: address, IPAddress: address, MaskBits: 24, Description: null },
      })),
    ],
    [
      'Get-CsTenantNetworkRegion',
      ['US', 'GB', 'AU'].map((region) => ({ Identity: region, NetworkRegionID: region, CentralSite: null })),
    ],
    ['Get-CsTenantNetworkSite', places.map(siteOf)],
    [
      'Get-CsTenantNetworkSubnet',
      floors.map(({ n, floor, site }) => {
        const id = subnetOf(n, floor);
        return { Identity: id, SubnetID: id, MaskBits: 24, NetworkSiteID: site, Description: null };
      }),
    ],
  ];
}

function siteOf({ site, country, desk }: SamplePlace): Row {
  return {
    ...{ Identity: site, NetworkSiteID: site, NetworkRegionID: country, SiteAddress: null, Description: null },
    ...{ EnableLocationBasedRouting: false, EmergencyCallingPolicy: desk },
    ...{ EmergencyCallRoutingPolicy: null, OnlineVoiceRoutingPolicy: null },
  };
}
