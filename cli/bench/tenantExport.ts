import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_FILES } from '../../shared/tenant/reading/exportFiles.ts';

export interface TenantSize {
  sites: number;
  subnets: number;
  accessPoints: number;
  ports: number;
}

/** Addresses, and with them locations: so many floors each. */
const FLOORS = 8;
const PORTS_OF_A_SWITCH = 48;

type Row = Record<string, unknown>;

/** Writes an export of a tenant of this size, as the export script does. The same seed gives the same files. */
export async function writeTenantExport(directory: string, size: TenantSize, seed: number): Promise<void> {
  const rows = rowsOf(size, createRandom(seed));
  await mkdir(directory, { recursive: true });
  const files = [];
  for (const { file, cmdlet } of EXPORT_FILES) {
    const list = rows.get(cmdlet) ?? [];
    files.push({ file, cmdlet, count: list.length });
    await writeFile(join(directory, file), JSON.stringify(list));
  }
  const manifest = {
    formatVersion: 1,
    exportedAt: '2026-03-14T08:00:00.0000000Z',
    tenantId: '7f6c0e1e-0000-4000-8000-000000000001',
    tenantName: 'Contoso',
    cloud: 'Commercial',
    moduleVersion: '6.9.0',
    files,
  };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
}

interface Random {
  hex(digits: number): string;
  guid(): string;
  pick<T>(list: readonly T[]): T;
}

/** mulberry32: small, and the same on every machine. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const hex = (digits: number) => Array.from({ length: digits }, () => (next() & 15).toString(16)).join('');
  return {
    hex,
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    pick: (list) => {
      const found = list[next() % list.length];
      if (found === undefined) throw new RangeError('There is nothing to pick from');
      return found;
    },
  };
}

/** 6 bytes: a vendor's 3, then a number that no other has. */
function mac(n: number): string {
  return `F06E0B${n.toString(16).padStart(6, '0').toUpperCase()}`.replace(/..(?=.)/g, '$&-');
}

/** /24 networks of 10.0.0.0/8. */
function network(n: number): string {
  return `10.${n >> 8}.${n & 255}.0`;
}

function rowsOf({ sites, subnets, accessPoints, ports }: TenantSize, random: Random): Map<string, Row[]> {
  const addresses = Array.from({ length: sites }, (_, n) => addressOf(n, random));
  const locations = addresses.flatMap((address) => floorsOf(address, random));
  const ids = locations.map(({ LocationId }) => LocationId);
  const list = (count: number, row: (n: number) => Row) =>
    Array.from({ length: count }, (_, n) => ({ ...row(n), Description: `Network ${n}`, LocationId: random.pick(ids) }));
  return new Map<string, Row[]>([
    ['Get-CsOnlineLisCivicAddress', addresses],
    ['Get-CsOnlineLisLocation', locations],
    ['Get-CsOnlineLisSubnet', list(subnets, (n) => ({ Subnet: network(n) }))],
    ['Get-CsOnlineLisSwitch', list(Math.ceil(ports / PORTS_OF_A_SWITCH), (n) => ({ ChassisID: mac(n) }))],
    ['Get-CsOnlineLisPort', list(ports, portOf)],
    ['Get-CsOnlineLisWirelessAccessPoint', list(accessPoints, (n) => ({ BSSID: mac(0x800000 + n) }))],
    ['Get-CsTenantTrustedIPAddress', [{ Identity: '203.0.113.0', IPAddress: '203.0.113.0', MaskBits: 24 }]],
    ['Get-CsTenantNetworkRegion', [{ Identity: 'World', NetworkRegionID: 'World', CentralSite: null }]],
    ['Get-CsTenantNetworkSite', addresses.map((_, n) => siteOf(n))],
    ['Get-CsTenantNetworkSubnet', Array.from({ length: subnets }, (_, n) => siteSubnetOf(n, sites))],
    ['Get-CsTeamsEmergencyCallingPolicy', [{ Identity: 'Global', ...deskOf('alert@contoso.com') }]],
    [
      'Get-CsTeamsEmergencyCallRoutingPolicy',
      [{ Identity: 'Global', AllowEnhancedEmergencyServices: true, EmergencyNumbers: [] }],
    ],
  ]);
}

function addressOf(n: number, random: Random) {
  return {
    CivicAddressId: random.guid(),
    DefaultLocationId: random.guid(),
    CompanyName: 'Contoso',
    HouseNumber: String(n + 1),
    StreetName: 'Main',
    StreetSuffix: 'St',
    City: 'Redmond',
    StateOrProvince: 'WA',
    PostalCode: '98052',
    CountryOrRegion: 'US',
    Latitude: '47.63963',
    Longitude: '-122.12852',
    ValidationStatus: 'Validated',
    NumberOfVoiceUsers: -1,
    NumberOfTelephoneNumbers: -1,
  };
}

function floorsOf({ DefaultLocationId, ...address }: ReturnType<typeof addressOf>, random: Random) {
  const floors = Array.from({ length: FLOORS }, (_, n) => ({
    ...address,
    LocationId: random.guid(),
    Location: `Floor ${n + 1}`,
  }));
  return [{ ...address, LocationId: DefaultLocationId, Location: null }, ...floors];
}

function portOf(n: number): Row {
  const PortID = `GigabitEthernet1/0/${(n % PORTS_OF_A_SWITCH) + 1}`;
  return { ChassisID: mac(Math.floor(n / PORTS_OF_A_SWITCH)), PortID, PortIDSubType: 'InterfaceName' };
}

function siteOf(n: number): Row {
  const id = `Site ${n}`;
  return {
    Identity: id,
    NetworkSiteID: id,
    NetworkRegionID: 'World',
    EmergencyCallingPolicy: null,
    EmergencyCallRoutingPolicy: null,
  };
}

function siteSubnetOf(n: number, sites: number): Row {
  const id = network(n);
  return { Identity: id, SubnetID: id, MaskBits: 24, NetworkSiteID: `Site ${n % sites}`, Description: null };
}

function deskOf(group: string): Row {
  return { NotificationGroup: group, NotificationMode: 'NotificationOnly', ExternalLocationLookupMode: 'Disabled' };
}
