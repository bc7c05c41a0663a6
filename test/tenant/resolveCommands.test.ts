import { Command } from 'commander';
import { addResolveCommands } from '../../cli/tenant/resolveCommands.ts';
import type { SharedCallingLedger } from '../../shared/tenant/sharedCallingLedger.ts';
import {
  callingPolicy,
  location,
  phoneNumber,
  routingPolicy,
  sharedCallingPolicy,
  site,
  tenant,
  user,
} from './tenants.ts';

const CONTOSO = tenant({
  locations: [location('floor-3', { location: 'Floor 3', houseNumber: '1', preDirectional: 'NE' })],
  networks: {
    wirelessAccessPoints: [],
    switches: [],
    ports: [
      {
        chassisId: '0B-23-CD-16-AA-CC',
        portId: '12174',
        portIdSubType: null,
        locationId: 'floor-3',
        description: null,
      },
    ],
    subnets: [],
  },
  trustedIpAddresses: [{ ipAddress: '198.51.100.7', maskBits: 32, description: null }],
  networkSites: [site('Redmond', { emergencyCallingPolicy: 'Desk' })],
  networkSubnets: [{ subnetId: '10.10.10.0', maskBits: 24, networkSiteId: 'Redmond', description: null }],
  emergencyCallingPolicies: [
    callingPolicy('Global'),
    callingPolicy('Desk', { notificationGroup: ['desk@contoso.com'] }),
  ],
  emergencyCallRoutingPolicies: [
    routingPolicy('Global', {
      emergencyNumbers: [{ emergencyDialString: '911', emergencyDialMask: [], onlinePstnUsage: null }],
    }),
  ],
  users: [
    user('alex', { lineUri: '+14255550101' }),
    user('adele', { policies: { teamsSharedCallingRoutingPolicy: 'Seattle' } }),
  ],
  phoneNumbers: [phoneNumber('+14255550101', { assignedPstnTargetId: 'alex' })],
  sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa', ['+14255550111', '+14255550112'])],
});

const LEDGER: SharedCallingLedger = {
  reservations: [
    {
      number: '+14255550111',
      callId: 'one',
      reservedAt: '2026-11-21T11:30:00.000Z',
      until: '2026-11-21T12:30:00.000Z',
      basis: 'seen',
    },
  ],
  disagreements: [],
};

/** What a command prints. */
async function run(...args: string[]): Promise<string> {
  let text = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addResolveCommands(program, {
    config: async (directory) => {
      if (directory !== null) throw new Error(`no export in ${directory}`);
      return CONTOSO;
    },
    ledger: async () => LEDGER,
    write: (more) => {
      text += more;
    },
    now: () => new Date('2026-11-21T12:00:00.000Z'),
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(args, { from: 'user' });
  return text;
}

const PORT = [
  '--ip',
  '10.10.10.150/25',
  '--chassis',
  '0b:23:cd:16:aa:cc',
  '--port',
  '12174',
  '--external-ip',
  '198.51.100.7',
];

test('a call, with every step explained', async () => {
  const text = await run('call', '--user', 'alex@contoso.com', ...PORT, '--number', '911', '--client', 'windows/1.7');
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'Call     911 by alex@contoso.com',
      'Goes to  the carrier of the number: routed to the PSAP of that location without screening',
      'Conveys  Floor 3, 1 NE Example St, Redmond, WA 98052, US (switch and port)',
      'Shown    +14255550101 (own)',
      'Told     Desk: desk@contoso.com; NotificationOnly',
      'Site     Redmond',
      'yes    trusted IP address             198.51.100.7 is within the trusted 198.51.100.7/32',
      '-      access point                   the client tells no BSSID',
    ]),
  );
});

test('a call as JSON: the number that is predicted is marked so, and one that is reserved is not taken', async () => {
  const answer = JSON.parse(await run('call', '--user', 'Adele@contoso.com', ...PORT, '--json'));
  expect(answer).toMatchObject({
    user: 'adele@contoso.com',
    number: { dialed: '911', called: '911', isEmergency: true, isTest: false },
    site: 'Redmond',
    emergencyCallingPolicy: 'Desk',
    places: [
      {
        source: 'switchPort',
        locationId: 'floor-3',
        address: 'Floor 3, 1 NE Example St, Redmond, WA 98052, US',
        coordinates: { latitude: 47.64, longitude: -122.13 },
        condition: null,
      },
    ],
    callback: { number: '+14255550112', basis: 'predicted' },
  });
  expect(answer.steps.at(-1)).toEqual({ name: 'notification', outcome: 'matched', reason: expect.any(String) });
});

test('a client alone is located without a user', async () => {
  const answer = JSON.parse(await run('locate', ...PORT, '--json'));
  expect([answer.site, answer.places[0].locationId]).toEqual(['Redmond', 'floor-3']);
  const text = await run('locate', '--ip', '10.9.9.9');
  expect(text).toContain('?      trusted IP address');
  expect(text).toMatch(/\? {6}emergency calling policy .*no user is given/);
});

test.each<[string, string[], RegExp]>([
  ['a user who is not there', ['call', '--user', 'nobody@contoso.com'], /nobody@contoso.com is not among the users/],
  ['the same of locate', ['locate', '--user', 'nobody@contoso.com'], /is not among the users/],
  ['no user', ['call'], /required option '--user <upn>'/],
  ['an address that is none', ['locate', '--ip', '10.10.10'], /--ip 10.10.10 is no address/],
  ['a prefix that is too long', ['locate', '--ip', '10.10.10.1/33'], /is no address/],
  ['an external address with a prefix', ['locate', '--external-ip', '198.51.100.0/28'], /goes without a prefix/],
  ['a port without its switch', ['locate', '--port', '3'], /--port needs --chassis/],
  ['a client that is none', ['locate', '--client', 'fax/1'], /names no client/],
  ['an export that is not there', ['locate', '--dir', 'gone'], /no export in gone/],
])('%s is refused', async (_, args, why) => {
  await expect(run(...args)).rejects.toThrow(why);
});
