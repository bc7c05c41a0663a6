import { Buffer } from 'node:buffer';
import { EXPORT_FILES } from '../../shared/tenant/reading/exportFiles.ts';
import { faultText } from '../../shared/tenant/reading/faults.ts';
import { readTenantExport } from '../../shared/tenant/reading/readTenantExport.ts';
import {
  configOf,
  type Files,
  filesOf,
  goodObjects,
  IDS,
  type Row,
  sourceOf,
  withFirst,
  withObjects,
} from './exports.ts';

async function faultsOf(files: Files): Promise<string[]> {
  const read = await readTenantExport(sourceOf(files));
  return 'faults' in read ? read.faults.map(faultText) : [];
}

const SUBNET = 'Get-CsOnlineLisSubnet';
const subnet = (n: number): Row => ({ Subnet: `10.10.${n}.0`, Description: null, LocationId: IDS.floor3 });

describe('a good export', () => {
  test('every kind of object is read', async () => {
    const config = await configOf(filesOf(goodObjects()));
    expect(config.manifest).toMatchObject({ exportedAt: '2026-03-14T08:00:00.123Z', cloud: 'Commercial' });
    const { manifest: _manifest, networks, ...lists } = config;
    expect(Object.entries({ ...networks, ...lists }).filter(([, list]) => list.length === 0)).toEqual([]);
  });

  test('the empty GUID, empty text and -1 are nothing; coordinates are numbers', async () => {
    const { phoneNumbers, users, locations } = await configOf(filesOf(goodObjects()));
    expect(phoneNumbers[0]).toMatchObject({ locationId: null, civicAddressId: IDS.address });
    expect(users[0]).toMatchObject({ onPremLineUri: null, lineUri: '+14255550100' });
    expect(locations[0]).toMatchObject({
      location: null,
      latitude: 47.63963,
      longitude: -122.12852,
      numberOfVoiceUsers: null,
    });
  });

  test('policies are named without their scope, and Global is none of the user’s own', async () => {
    const config = await configOf(filesOf(goodObjects()));
    expect(config.users[0]?.policies).toMatchObject({
      teamsEmergencyCallingPolicy: 'Headquarters',
      teamsEmergencyCallRoutingPolicy: null,
    });
    expect(config.emergencyCallingPolicies[1]).toMatchObject({
      identity: 'Headquarters',
      notificationGroup: ['alert@contoso.com', 'desk@contoso.com'],
      extendedNotifications: [{ emergencyDialString: '933', notificationGroup: [] }],
    });
    expect(config.emergencyCallRoutingPolicies[0]?.emergencyNumbers).toEqual([
      { emergencyDialString: '911', emergencyDialMask: ['9911', '0911'], onlinePstnUsage: 'Local' },
    ]);
    expect(config.sharedCallingRoutingPolicies[0]?.emergencyNumbers).toEqual(['+14255550101', '+14255550102']);
    expect(config.autoAttendants[0]).toMatchObject({ inclusionScope: [IDS.adele], exclusionScope: [] });
  });

  test('what the model does not name is kept as it was written', async () => {
    const config = await configOf(withFirst(SUBNET, { Confidence: 'High', TenantId: 7 }));
    expect(config.networks.subnets[0]?.other).toEqual({ Confidence: 'High', TenantId: 7 });
    expect(config.networks.switches[0]).not.toHaveProperty('other');
  });
});

describe('what PowerShell really writes', () => {
  const text = JSON.stringify(goodObjects()[SUBNET]);
  test.each<[string, string | Buffer]>([
    ['one object in place of a list', JSON.stringify(goodObjects()[SUBNET]?.[0])],
    ['the wrapper of Windows PowerShell', `{"value":${text},"Count":1}`],
    ['UTF-8 with a byte order mark', `\uFEFF${text}`],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(text, 'utf16le')],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['properties in other case', text.replace('"Subnet"', '"subnet"').replace('"LocationId"', '"LocationID"')],
    ['GUIDs in upper case', text.replace(IDS.floor3, IDS.floor3.toUpperCase())],
    ['lines and spaces', `\r\n ${JSON.stringify(JSON.parse(text), null, 4)}\r\n`],
  ])('%s', async (_, written) => {
    const { networks } = await configOf({ ...filesOf(goodObjects()), [`${SUBNET}.json`]: written });
    expect(networks.subnets).toEqual([{ subnet: '10.10.10.128', description: 'Floor 3', locationId: IDS.floor3 }]);
  });

  test.each<[string, string]>([
    ['nothing at all', ''],
    ['null', 'null'],
    ['an empty list', '[ ]'],
    ['a byte order mark', '\uFEFF'],
  ])('%s where there is no object', async (_, written) => {
    const { networks } = await configOf({ ...withObjects(SUBNET), [`${SUBNET}.json`]: written });
    expect(networks.subnets).toEqual([]);
  });

  const USER = 'Get-CsOnlineUser';
  test.each<[string, unknown, string | null]>([
    ['text', 'Headquarters', 'Headquarters'],
    ['text with a scope', 'Tag:Headquarters', 'Headquarters'],
    ['an authority and a value', { Authority: { Class: 'Tenant' }, Value: 'Tag:Headquarters' }, 'Headquarters'],
    ['a value in a value', { Authority: 'Tenant', Value: { Name: 'Headquarters' } }, 'Headquarters'],
    ['the tenant’s own', 'Global', null],
    ['nothing', null, null],
    ['empty text', ' ', null],
  ])('an identity as %s', async (_, written, policy) => {
    const { users } = await configOf(withFirst(USER, { TeamsEmergencyCallingPolicy: written }));
    expect(users[0]?.policies.teamsEmergencyCallingPolicy).toBe(policy);
  });

  test.each<[unknown, string | null]>([
    ['/Date(1773475200000)/', '2026-03-14T08:00:00.000Z'],
    ['/Date(1773475200000+0100)/', '2026-03-14T08:00:00.000Z'],
    ['2026-03-14T08:00:00Z', '2026-03-14T08:00:00.000Z'],
    ['2026-03-14T09:00:00.5+01:00', '2026-03-14T08:00:00.500Z'],
    ['2026-03-14T08:00:00', '2026-03-14T08:00:00.000Z'],
    [
      { value: '/Date(1773475200000)/', DisplayHint: 2, DateTime: 'Saturday, March 14, 2026' },
      '2026-03-14T08:00:00.000Z',
    ],
    [null, null],
  ])('the date %j', async (written, time) => {
    const { users } = await configOf(withFirst(USER, { SoftDeletionTimestamp: written }));
    expect(users[0]?.softDeletedAt).toBe(time);
  });

  test.each<[string, Row, Row]>([
    [
      'numbers as text',
      { Latitude: '47,63963', Longitude: '-122,12852' },
      { latitude: 47.63963, longitude: -122.12852 },
    ],
    ['numbers', { Latitude: 47.5, Longitude: -122 }, { latitude: 47.5, longitude: -122 }],
    ['no coordinates', { Latitude: '', Longitude: null }, { latitude: null, longitude: null }],
    ['one of two', { Latitude: '47.5', Longitude: null }, { latitude: null, longitude: null }],
    ['zeros', { Latitude: '0', Longitude: '0.0' }, { latitude: null, longitude: null }],
    ['counts as text', { NumberOfVoiceUsers: '12' }, { numberOfVoiceUsers: 12 }],
    ['a house number as a number', { HouseNumber: 101 }, { houseNumber: '101' }],
  ])('%s', async (_, written, expected) => {
    const { locations } = await configOf(withFirst('Get-CsOnlineLisLocation', written));
    expect(locations[0]).toMatchObject(expected);
  });

  test('flags and lists as text, one in place of many', async () => {
    const { phoneNumbers } = await configOf(
      withFirst('Get-CsPhoneNumberAssignment', { LocationUpdateSupported: 'False', Capability: 'UserAssignment' }),
    );
    expect(phoneNumbers[0]).toMatchObject({ locationUpdateSupported: false, capability: ['UserAssignment'] });
  });
});

describe('a broken export', () => {
  const whole = JSON.stringify([subnet(1), subnet(2), subnet(3)]);
  const fileWith = (written: string | Buffer) => ({
    ...withObjects(SUBNET, subnet(1), subnet(2), subnet(3)),
    [`${SUBNET}.json`]: written,
  });

  test.each<[string, string | Buffer, string[]]>([
    ['cut off within an object', whole.slice(0, -20), [`${SUBNET}.json [2] is cut off: the file ends within it`]],
    [
      'cut off between two',
      whole.slice(0, whole.indexOf(',{"Subnet":"10.10.3') + 1),
      [`${SUBNET}.json [2] is cut off: the file ends within it`],
    ],
    [
      'cut off within UTF-16',
      Buffer.from(`\uFEFF${whole}`, 'utf16le').subarray(0, -1),
      [`${SUBNET}.json is cut off within a character`],
    ],
    ['of two exports', `${whole}${whole}`, [`${SUBNET}.json goes on after its end`]],
    [
      'of another encoding',
      Buffer.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]),
      [`${SUBNET}.json is neither UTF-8 nor UTF-16: write it with -Encoding utf8`],
    ],
    [
      'edited',
      whole.replace('"10.10.2.0"', '10.10.2.0'),
      [`${SUBNET}.json [1] is no JSON: is it cut off, or was it edited?`],
    ],
    ['one broken object', '{"Subnet":', [`${SUBNET}.json is no JSON: is it cut off, or was it edited?`]],
    ['words', 'Get-CsOnlineLisSubnet : Access denied', [`${SUBNET}.json is no JSON: is it cut off, or was it edited?`]],
    [
      'texts for objects',
      '["a","b","c"]',
      ['[0]', '[1]', '[2]'].map((path) => `${SUBNET}.json ${path} must be an object`),
    ],
    [
      'shorter than the manifest says',
      JSON.stringify([subnet(1), subnet(2)]),
      [`${SUBNET}.json holds 2 objects, and the manifest says 3: it is cut off, or of another export`],
    ],
    [
      'empty, which the manifest does not say',
      '',
      [`${SUBNET}.json holds 0 objects, and the manifest says 3: it is cut off, or of another export`],
    ],
    [
      'nested without an end',
      `[${'{"a":['.repeat(500)}`,
      [`${SUBNET}.json [0] is nested deeper than 24 levels: does an object hold itself?`],
    ],
    [
      'one huge object',
      `[{"Subnet":"${'1'.repeat(1_100_000)}"}]`,
      [`${SUBNET}.json [0] is one object of more than 1 MB`],
    ],
  ])('%s', async (_, written, faults) => {
    expect(await faultsOf(fileWith(written))).toEqual(faults);
  });

  test.each<[string, Files, string[]]>([
    [
      'a switch where ports belong',
      withObjects('Get-CsOnlineLisPort', ...(goodObjects()['Get-CsOnlineLisSwitch'] ?? [])),
      ['Get-CsOnlineLisPort.json holds what Get-CsOnlineLisSwitch gives, not Get-CsOnlineLisPort'],
    ],
    [
      'ports where switches belong',
      withObjects('Get-CsOnlineLisSwitch', ...(goodObjects()['Get-CsOnlineLisPort'] ?? [])),
      ['Get-CsOnlineLisSwitch.json holds what Get-CsOnlineLisPort gives, not Get-CsOnlineLisSwitch'],
    ],
    [
      'subnets of sites where those of the LIS belong',
      withObjects(SUBNET, ...(goodObjects()['Get-CsTenantNetworkSubnet'] ?? [])),
      [`${SUBNET}.json holds what Get-CsTenantNetworkSubnet gives, not ${SUBNET}`],
    ],
    [
      'processes where subnets belong',
      withObjects(SUBNET, { Name: 'svchost', Id: 4 }),
      [`${SUBNET}.json does not hold what ${SUBNET} gives: its objects have no Subnet, LocationId`],
    ],
    [
      'no policy Global',
      withObjects('Get-CsTeamsEmergencyCallingPolicy', {
        ...Object(goodObjects()['Get-CsTeamsEmergencyCallingPolicy']?.[1]),
      }),
      [
        'Get-CsTeamsEmergencyCallingPolicy.json does not hold the policy Global, which every tenant has: the export is not whole',
      ],
    ],
    [
      'the same location twice',
      withObjects(
        'Get-CsOnlineLisLocation',
        ...(goodObjects()['Get-CsOnlineLisLocation'] ?? []),
        goodObjects()['Get-CsOnlineLisLocation']?.[1],
      ),
      ['Get-CsOnlineLisLocation.json [2] has the same id as [1]'],
    ],
    [
      'the same access point in another notation',
      withObjects(
        'Get-CsOnlineLisWirelessAccessPoint',
        { BSSID: 'F0-6E-0B-C2-03-2*', LocationId: IDS.floor3 },
        { BSSID: 'f0:6e:0b:c2:03:2*', LocationId: IDS.floor3 },
      ),
      ['Get-CsOnlineLisWirelessAccessPoint.json [1] has the same id as [0]'],
    ],
    [
      'the same policy in other case',
      withObjects(
        'Get-CsTeamsMobilityPolicy',
        { Identity: 'Global', MobileDialerPreference: 'Teams' },
        { Identity: 'Tag:global', MobileDialerPreference: 'Native' },
      ),
      ['Get-CsTeamsMobilityPolicy.json [1] has the same id as [0]'],
    ],
  ])('%s', async (_, files, faults) => {
    expect(await faultsOf(files)).toEqual(faults);
  });

  test.each<[string, string, Row, string]>([
    [
      'a policy cut by -Depth',
      'Get-CsOnlineUser',
      { TeamsEmergencyCallingPolicy: '@{Name=Headquarters; Authority=Tenant}' },
      '[0].TeamsEmergencyCallingPolicy was cut by ConvertTo-Json: export again with -Depth 10',
    ],
    [
      'a list cut by -Depth',
      'Get-CsTeamsEmergencyCallingPolicy',
      { ExtendedNotifications: ['@{EmergencyDialString=933}'] },
      '[0].ExtendedNotifications[0] was cut by ConvertTo-Json: export again with -Depth 10',
    ],
    [
      'the name of a type',
      'Get-CsTeamsSharedCallingRoutingPolicy',
      { EmergencyNumbers: 'System.Object[]' },
      '[0].EmergencyNumbers[0] was cut by ConvertTo-Json: export again with -Depth 10',
    ],
    [
      'an enumeration as its number',
      'Get-CsTeamsEmergencyCallingPolicy',
      { NotificationMode: 1 },
      '[0].NotificationMode is the number of a value: export again with -EnumsAsStrings',
    ],
    [
      'a mode that there is not',
      'Get-CsTeamsEmergencyCallingPolicy',
      { ExternalLocationLookupMode: 'Sometimes' },
      '[0].ExternalLocationLookupMode must be Enabled or Disabled',
    ],
    ['a missing id', 'Get-CsOnlineLisLocation', { LocationId: null }, '[0].LocationId is missing'],
    [
      'the empty id',
      'Get-CsOnlineLisLocation',
      { LocationId: '00000000-0000-0000-0000-000000000000' },
      '[0].LocationId is missing',
    ],
    ['an id that is none', 'Get-CsOnlineLisSubnet', { LocationId: 'Floor 3' }, '[0].LocationId is no GUID'],
    ['no subnet', 'Get-CsOnlineLisSubnet', { Subnet: ' ' }, '[0].Subnet is missing'],
    ['a list for text', 'Get-CsOnlineLisSubnet', { Description: ['a', 'b'] }, '[0].Description must be text'],
    ['an object for text', 'Get-CsOnlineLisSubnet', { Description: { Text: 'a' } }, '[0].Description must be text'],
    [
      'a mask that is none',
      'Get-CsTenantTrustedIPAddress',
      { MaskBits: 33 },
      '[0].MaskBits must be a whole number from 0 to 32',
    ],
    ['a mask that is text', 'Get-CsTenantTrustedIPAddress', { MaskBits: '255.255.255.0' }, '[0].MaskBits is no number'],
    ['no mask', 'Get-CsTenantNetworkSubnet', { MaskBits: null }, '[0].MaskBits is missing'],
    [
      'a latitude beyond the pole',
      'Get-CsOnlineLisLocation',
      { Latitude: '97.6' },
      '[0].Latitude is not between -90 and 90',
    ],
    ['coordinates as words', 'Get-CsOnlineLisLocation', { Longitude: 'west' }, '[0].Longitude is no number'],
    [
      'a flag that is none',
      'Get-CsOnlineUser',
      { EnterpriseVoiceEnabled: 'perhaps' },
      '[0].EnterpriseVoiceEnabled must be true or false',
    ],
    [
      'a date that is none',
      'Get-CsOnlineUser',
      { SoftDeletionTimestamp: '14.03.2026' },
      '[0].SoftDeletionTimestamp is no date',
    ],
    [
      'a number within a policy',
      'Get-CsTeamsEmergencyCallRoutingPolicy',
      { EmergencyNumbers: [{ EmergencyDialMask: '9911' }] },
      '[0].EmergencyNumbers[0].EmergencyDialString is missing',
    ],
  ])('%s', async (_, cmdlet, change, fault) => {
    expect(await faultsOf(withFirst(cmdlet, change))).toContain(`${cmdlet}.json ${fault}`);
  });

  test('every fault of every file is named, and of one file no more than can be read', async () => {
    const files = withObjects(SUBNET, ...Array.from({ length: 30 }, (_, n) => ({ ...subnet(n), LocationId: 'x' })));
    delete files['Get-CsOnlineUser.json'];
    const faults = await faultsOf(files);
    expect(faults.filter((fault) => fault.endsWith('LocationId is no GUID'))).toHaveLength(20);
    expect(faults).toContain(`${SUBNET}.json has 10 more faults`);
    expect(faults.at(-1)).toMatch(/^Get-CsOnlineUser.json is missing/);
  });

  test('a file of 200 MB is named and never read', async () => {
    const source = sourceOf(filesOf(goodObjects()));
    const read = jest.fn(source.read);
    const sizes = new Map([...source.sizes, ['Get-CsOnlineUser.json', 200 * 1024 * 1024]]);
    const result = await readTenantExport({ sizes, read });
    expect('faults' in result && result.faults.map(faultText)).toEqual([
      'Get-CsOnlineUser.json has 200 MB, and no file of an export has more than 128 MB: it was not read',
    ]);
    expect(read).not.toHaveBeenCalledWith('Get-CsOnlineUser.json');
  });
});

describe('a manifest', () => {
  test.each<[string, Row, string[]]>([
    [
      'of a later script',
      { formatVersion: 2 },
      ['manifest.json formatVersion must be 1: this export was made by another version of the script'],
    ],
    [
      'without a date',
      { exportedAt: undefined },
      ['manifest.json exportedAt must be a date and time, such as 2026-03-14T08:00:00Z'],
    ],
    ['without a tenant', { tenantId: '' }, ['manifest.json tenantId is empty']],
    [
      'with a wrong count',
      { files: [{ file: 'a', cmdlet: 'b', count: -1 }] },
      [expect.stringContaining('manifest.json files.0.count')],
    ],
  ])('%s', async (_, change, faults) => {
    expect(await faultsOf(filesOf(goodObjects(), change))).toEqual(faults);
  });

  test('that does not name a file that is there', async () => {
    const others = EXPORT_FILES.filter(({ cmdlet }) => cmdlet !== SUBNET);
    const files = others.map(({ file, cmdlet }) => ({ file, cmdlet, count: goodObjects()[cmdlet]?.length ?? 0 }));
    expect(await faultsOf(filesOf(goodObjects(), { files }))).toEqual([
      `manifest.json files does not name ${SUBNET}.json: files of several exports are mixed`,
    ]);
  });

  test('that names another cmdlet for a file', async () => {
    const files = EXPORT_FILES.map(({ file, cmdlet }) => ({
      file,
      cmdlet: cmdlet === SUBNET ? 'Get-CsTenantNetworkSubnet' : cmdlet,
      count: goodObjects()[cmdlet]?.length ?? 0,
    }));
    expect(await faultsOf(filesOf(goodObjects(), { files }))).toEqual([
      `manifest.json files says that ${SUBNET}.json is of Get-CsTenantNetworkSubnet`,
    ]);
  });

  test.each<[string, string | undefined, string]>([
    [
      'missing',
      undefined,
      'manifest.json is missing: make the export again with scripts/Export-TeamsEmergencyConfig.ps1',
    ],
    ['cut off', '{"formatVersion":1,', 'manifest.json is no JSON: is it cut off?'],
  ])('%s', async (_, written, fault) => {
    const { 'manifest.json': _manifest, ...files } = filesOf(goodObjects());
    expect(await faultsOf(written === undefined ? files : { ...files, 'manifest.json': written })).toEqual([fault]);
  });
});
