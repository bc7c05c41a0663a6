import { placeName } from '../../../shared/tenant/placeName.ts';
import { change, type Ground, type Plant } from './fault.ts';
import { macOf, subnetOf } from './networks.ts';
import type { Row } from './patch.ts';

const WAP = 'Get-CsOnlineLisWirelessAccessPoint';
const SUBNET = 'Get-CsOnlineLisSubnet';
const LOCATION = 'Get-CsOnlineLisLocation';
const SITE = 'Get-CsTenantNetworkSite';
const SITE_SUBNET = 'Get-CsTenantNetworkSubnet';
const TRUSTED = 'Get-CsTenantTrustedIPAddress';

function nameOf(location: Row): string {
  const text = (name: string) => (typeof location[name] === 'string' ? location[name] : null);
  const street = {
    houseNumber: text('HouseNumber'),
    streetName: text('StreetName'),
    streetSuffix: text('StreetSuffix'),
  };
  const name = placeName({ ...street, location: text('Location'), city: text('City') });
  return `OnlineLisLocation ${location.LocationId} (${name})`;
}

/** What says where people are: the Location Information Service. */
export function locationFaults({ place }: Ground): Plant[] {
  const id = (location: Row) => ({ LocationId: location.LocationId });
  const [second, third, ninth] = [place(2).floors[0], place(3).floors[0], place(9)];
  const attic = { ...place(11).floors[1], LocationId: '5a3c1c1e-1111-4222-8333-00000000a771', Location: 'Attic' };
  return [
    {
      ...{
        rule: 'LIS-01',
        object: `OnlineLisWirelessAccessPoint ${macOf(1, 1, 1)}`,
        planted: 'an access point without a location',
      },
      patches: [change(WAP, { BSSID: macOf(1, 1, 1) }, { LocationId: null })],
    },
    {
      ...{ rule: 'LIS-02', object: nameOf(second), planted: 'a location without coordinates' },
      patches: [change(LOCATION, id(second), { Latitude: '0', Longitude: '0' })],
    },
    {
      ...{
        rule: 'LIS-03',
        object: 'OnlineLisSubnet 10.5.1.151',
        planted: 'the address of a computer in place of the id of its network',
      },
      patches: [change(SUBNET, { Subnet: subnetOf(5, 1) }, { Subnet: '10.5.1.151' })],
    },
    {
      ...{
        rule: 'LIS-04',
        object: `TenantNetworkSubnet ${subnetOf(6, 1)}/24`,
        planted: 'a subnet of a site that the LIS does not have',
      },
      patches: [{ cmdlet: SUBNET, where: { Subnet: subnetOf(6, 1) }, remove: true }],
    },
    {
      ...{
        rule: 'LIS-05',
        object: 'OnlineLisWirelessAccessPoint Lobby AP',
        planted: 'the name of an access point in place of its BSSID',
      },
      patches: [change(WAP, { BSSID: macOf(7, 1, 1) }, { BSSID: 'Lobby AP' })],
    },
    {
      ...{ rule: 'LIS-06', object: nameOf(third), planted: 'an address that was not validated' },
      patches: [change(LOCATION, id(third), { ValidationStatus: 'NotValidated' })],
    },
    {
      ...{ rule: 'LIS-07', object: nameOf(ninth.whole), planted: 'a subnet that leads to a whole building' },
      patches: [change(SUBNET, { Subnet: subnetOf(9, 1) }, id(ninth.whole))],
    },
    {
      ...{ rule: 'LIS-08', object: nameOf(attic), planted: 'a floor that no network leads to' },
      patches: [{ cmdlet: LOCATION, add: attic }],
    },
  ];
}

/** What says whether a client is inside, and at which site. */
export function networkFaults({ place }: Ground): Plant[] {
  const trusted = (address: string, bits: number): Row => ({
    ...{ Identity: address, IPAddress: address, MaskBits: bits, Description: null },
  });
  const site = (n: number) => ({ Identity: place(n).site });
  const spare = { Identity: 'Spare', NetworkSiteID: 'Spare', NetworkRegionID: 'US', EmergencyCallingPolicy: null };
  const within = { Identity: '10.16.1.128', SubnetID: '10.16.1.128', MaskBits: 25, NetworkSiteID: place(17).site };
  return [
    {
      ...{ rule: 'NET-01', object: 'TenantTrustedIPAddress 10.0.0.0', planted: 'an inner address that is trusted' },
      patches: [{ cmdlet: TRUSTED, add: trusted('10.0.0.0', 8) }],
    },
    {
      ...{ rule: 'NET-02', object: 'TenantTrustedIPAddress 128.0.0.0', planted: 'half of the internet is trusted' },
      patches: [{ cmdlet: TRUSTED, add: trusted('128.0.0.0', 1) }],
    },
    {
      ...{
        rule: 'NET-03',
        object: `TenantNetworkSubnet ${subnetOf(12, 2)}/24`,
        planted: 'a subnet of a site that is gone',
      },
      patches: [change(SITE_SUBNET, { SubnetID: subnetOf(12, 2) }, { NetworkSiteID: 'Old Depot' })],
    },
    {
      ...{ rule: 'NET-04', object: 'TenantNetworkSite Spare', planted: 'a site without subnets' },
      patches: [{ cmdlet: SITE, add: { ...spare, EmergencyCallRoutingPolicy: null } }],
    },
    {
      ...{ rule: 'NET-05', object: `TenantNetworkSite ${place(13).site}`, planted: 'a region that does not exist' },
      patches: [change(SITE, site(13), { NetworkRegionID: 'Nowhere' })],
    },
    {
      ...{ rule: 'NET-06', object: 'TenantNetworkSubnet 10.14.1.5/24', planted: 'an address within its network' },
      patches: [change(SITE_SUBNET, { SubnetID: subnetOf(14, 1) }, { Identity: '10.14.1.5', SubnetID: '10.14.1.5' })],
    },
    {
      ...{
        rule: 'NET-07',
        object: 'TenantNetworkSubnet 10.16.1.128/25',
        planted: 'a subnet within one of another site',
      },
      patches: [
        { cmdlet: SITE_SUBNET, add: { ...within, Description: null } },
        {
          cmdlet: SUBNET,
          add: { Subnet: '10.16.1.128', LocationId: place(17).floors[0].LocationId, Description: null },
        },
      ],
    },
    {
      ...{ rule: 'NET-08', object: `TenantNetworkSite ${place(18).site}`, planted: 'a policy that does not exist' },
      patches: [change(SITE, site(18), { EmergencyCallingPolicy: 'Old Desk' })],
    },
  ];
}
