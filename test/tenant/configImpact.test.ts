import { diffConfigs } from '../../shared/tenant/configDiff.ts';
import { impactOf } from '../../shared/tenant/configImpact.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { configOf, filesOf, goodObjects, IDS, type Objects, type Row } from './exports.ts';

/** The good export with the objects of some cmdlets changed one by one. */
async function changed(changes: Record<string, (rows: Row[]) => unknown[]>): Promise<TenantConfig> {
  const objects: Objects = { ...goodObjects() };
  for (const [cmdlet, change] of Object.entries(changes)) {
    objects[cmdlet] = change((objects[cmdlet] ?? []).map((row) => Object(row) as Row));
  }
  return configOf(filesOf(objects));
}

/** Rows of which those that fit have other values. */
const where = (fits: (row: Row) => boolean, change: Row) => (rows: Row[]) =>
  rows.map((row) => (fits(row) ? { ...row, ...change } : row));
const every = (change: Row) => where(() => true, change);
const without = (fits: (row: Row) => boolean) => (rows: Row[]) => rows.filter((row) => !fits(row));
const none = () => [];

const CALLING = 'Get-CsTeamsEmergencyCallingPolicy';
const USER = 'Get-CsOnlineUser';
const headquarters = (row: Row) => row.Identity === 'Tag:Headquarters';

async function impact(changes: Parameters<typeof changed>[0]) {
  const { losses, gains } = impactOf(await changed({}), await changed(changes));
  return { losses: losses.map(({ text }) => text), gains: gains.map(({ text }) => text) };
}

test('nothing is lost where nothing changes', async () => {
  const config = await changed({});
  expect(diffConfigs(config, config)).toEqual([]);
  expect(impactOf(config, await changed({}))).toEqual({ losses: [], gains: [] });
});

const user = 'adele@contoso.com';
test.each<[string, Parameters<typeof changed>[0], string[]]>([
  [
    'the group of a policy is emptied',
    { [CALLING]: where(headquarters, { NotificationGroup: '' }) },
    [
      '1 user loses notification',
      '1 site loses notification of its own',
      '2 addresses or groups lose all notifications',
    ],
  ],
  [
    'a policy is removed that users and sites still name',
    { [CALLING]: without(headquarters) },
    [
      '1 user loses notification',
      '1 site loses notification of its own',
      '2 addresses or groups lose all notifications',
    ],
  ],
  [
    'a user is moved to the tenant’s own policy',
    { [USER]: every({ TeamsEmergencyCallingPolicy: null }) },
    ['1 user loses notification'],
  ],
  [
    'one number gets a notification of its own that tells nobody',
    {
      [CALLING]: where(headquarters, {
        ExtendedNotifications: [{ EmergencyDialString: '112', NotificationGroup: null, NotificationMode: null }],
      }),
    },
    ['1 user loses notification', '1 site loses notification of its own'],
  ],
  [
    'one address of a group goes',
    { [CALLING]: where(headquarters, { NotificationGroup: 'alert@contoso.com' }) },
    ['1 address or group loses all notifications'],
  ],
  [
    'the only networks of a floor lead elsewhere',
    Object.fromEntries(
      ['Subnet', 'Switch', 'Port', 'WirelessAccessPoint'].map((kind) => [
        `Get-CsOnlineLis${kind}`,
        every({ LocationId: IDS.defaultLocation }),
      ]),
    ),
    ['1 floor loses its location'],
  ],
  [
    'a network leads nowhere',
    { 'Get-CsOnlineLisSubnet': every({ LocationId: null }) },
    ['1 network loses its location'],
  ],
  [
    'a location is removed that networks still name',
    { 'Get-CsOnlineLisLocation': without((row) => row.Location === 'Floor 3') },
    ['1 floor loses its location', '4 networks lose their location'],
  ],
  [
    'an external address is no longer trusted',
    { 'Get-CsTenantTrustedIPAddress': none },
    ['1 external address loses trust'],
  ],
  [
    'a trusted network gets narrower',
    { 'Get-CsTenantTrustedIPAddress': every({ MaskBits: 28 }) },
    ['1 external address loses trust'],
  ],
  [
    'a number loses its address',
    { 'Get-CsPhoneNumberAssignment': every({ CivicAddressId: '00000000-0000-0000-0000-000000000000' }) },
    ['1 user loses a static emergency address'],
  ],
  ['a user may no longer call', { [USER]: every({ EnterpriseVoiceEnabled: false }) }, ['1 user loses calling']],
  [
    'an emergency number is taken out of the routing policy',
    { 'Get-CsTeamsEmergencyCallRoutingPolicy': every({ EmergencyNumbers: [] }) },
    ['1 emergency number of a user loses its call routing policy'],
  ],
  [
    'a callback number is taken out of its policy',
    { 'Get-CsTeamsSharedCallingRoutingPolicy': every({ EmergencyNumbers: ['+14255550101'] }) },
    ['1 callback number loses its shared calling policy'],
  ],
  [
    'a subnet is taken out of its site',
    { 'Get-CsTenantNetworkSubnet': every({ NetworkSiteID: null }) },
    ['1 subnet of a site loses its site'],
  ],
  [
    'a gateway passes on no location',
    { 'Get-CsOnlinePSTNGateway': every({ PidfLoSupported: false }) },
    ['1 gateway loses the location of calls'],
  ],
])('loss: %s', async (_, changes, losses) => {
  expect((await impact(changes)).losses).toEqual(losses);
  const back = impactOf(await changed(changes), await changed({}));
  expect(back.losses).toEqual([]);
  expect(back.gains).toHaveLength(losses.length);
});

test.each<[string, Parameters<typeof changed>[0]]>([
  ['the user is gone', { [USER]: none }],
  [
    'the user was deleted',
    { [USER]: every({ SoftDeletionTimestamp: '2026-03-01T00:00:00Z', EnterpriseVoiceEnabled: false }) },
  ],
  [
    'test calls are told to nobody',
    { [CALLING]: where(headquarters, { ExtendedNotifications: [{ EmergencyDialString: '933' }] }) },
  ],
  [
    'names are written otherwise',
    {
      [CALLING]: where(headquarters, {
        Identity: 'HEADQUARTERS',
        NotificationGroup: 'ALERT@contoso.com;desk@contoso.com',
      }),
    },
  ],
  [
    'a gateway is new',
    { 'Get-CsOnlinePSTNGateway': (rows) => [...rows, { ...rows[0], Identity: 'sbc2.contoso.com' }] },
  ],
])('no loss: %s', async (_, changes) => {
  expect((await impact(changes)).losses).toEqual([]);
});

test('users who may no longer set an address are named', async () => {
  const before = await changed({ [CALLING]: where(headquarters, { ExternalLocationLookupMode: 'Enabled' }) });
  expect(impactOf(before, await changed({})).losses).toEqual([
    { text: '1 user loses the right to set an address of its own', count: 1, names: [user] },
  ]);
});

test('guests and resource accounts are no users', async () => {
  const both = {
    [USER]: (rows: Row[]) => [
      ...rows,
      ...['Guest', 'ResourceAccount'].map((AccountType, n) => ({
        ...rows[0],
        AccountType,
        Identity: `dc13d97b-7897-494e-bc28-6b469bf7a7${n}0`,
      })),
    ],
  };
  const before = await changed(both);
  const after = await changed({ ...both, [CALLING]: where(headquarters, { NotificationGroup: null }) });
  expect(impactOf(before, after).losses[0]).toEqual({ text: '1 user loses notification', count: 1, names: [user] });
});

test('312 users of one policy are counted and named', async () => {
  const users = {
    [USER]: (rows: Row[]) =>
      Array.from({ length: 312 }, (_, n) => ({
        ...rows[0],
        Identity: `dc13d97b-7897-494e-bc28-6b469bf7${String(n).padStart(4, '0')}`,
      })),
  };
  const after = await changed({ ...users, [CALLING]: where(headquarters, { NotificationGroup: null }) });
  expect(impactOf(await changed(users), after).losses[0]).toMatchObject({
    text: '312 users lose notification',
    count: 312,
  });
});

test('the difference names what is new, gone and changed, as an administrator knows it', async () => {
  const after = await changed({
    'Get-CsOnlineLisLocation': (rows) =>
      rows.map((row) => (row.Location === null ? { ...row, City: 'Bellevue' } : { ...row, LocationId: IDS.adele })),
    [USER]: every({ DisplayName: 'Adele' }),
  });
  expect(diffConfigs(await changed({}), after)).toEqual([
    {
      kind: 'LIS locations',
      added: ['Floor 3, 101 Microsoft Way, Redmond'],
      removed: ['Floor 3, 101 Microsoft Way, Redmond'],
      changed: [{ name: '101 Microsoft Way, Bellevue', properties: ['city'] }],
    },
    { kind: 'users', added: [], removed: [], changed: [{ name: user, properties: ['displayName'] }] },
  ]);
});
