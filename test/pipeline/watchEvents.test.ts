import { statusCommand } from '../../cli/statusCommand.ts';
import { startWatchedWorld, type WatchedWorld } from './watchWorld.ts';

const DAY_MS = 24 * 60 * 60_000;
const CERTIFICATE = 'emergency-alerts';
jest.setTimeout(120_000);

let world: WatchedWorld;
beforeEach(async () => {
  world = await startWatchedWorld({}, { events: true });
  await world.tick();
});
afterEach(() => world.stop());

const vault = () => {
  if (!world.vault) throw new Error('There is no vault');
  return world.vault;
};
const inDays = (days: number) => new Date(world.now().getTime() + days * DAY_MS);
const enabledVersion = async () => {
  const [newest] = (await world.services.certificates?.all()) ?? [];
  return newest?.certificateId.split('/')[1] ?? '';
};

test('while all is well with both sources nobody is told anything', async () => {
  expect(world.news()).toEqual([]);
  expect(await world.tick()).toEqual([]);
  expect(await world.services.store.alarms.list()).toEqual([]);
});

test.each<[string, (w: WatchedWorld) => Promise<unknown>, RegExp]>([
  [
    'the identity of the function app gets no token',
    async (w) => w.graph.faults.add({ operation: 'identity', effect: { kind: 'status', status: 500 } }),
    /^ALARM \(\w+, since.*The function app gets no token of its own/,
  ],
  [
    'a secret of the vault ends in six days',
    async () => vault().setSecret('twilio-auth-token', 'x', { expiresAt: inDays(6.5) }),
    /^ALARM \(critical.*secret twilio-auth-token ends in 6 days/,
  ],
  [
    'a secret of the vault ends in a month',
    async () => vault().setSecret('twilio-auth-token', 'x', { expiresAt: inDays(29.5) }),
    /^ALARM \(warning.*secret twilio-auth-token ends in 29 days/,
  ],
  [
    'the certificate that Graph encrypts for is disabled',
    async (w) => {
      const inUse = await enabledVersion();
      await vault().createCertificateVersion(CERTIFICATE);
      vault().setEnabled(CERTIFICATE, inUse, false);
      await w.restart();
    },
    /^ALARM \(critical.*no longer enabled in the Key Vault.*npm run certificate -- rotate/,
  ],
])('%s: it is told', async (_, begin, alarm) => {
  await begin(world);
  await world.watch();
  expect(world.news()).toEqual([expect.stringMatching(alarm)]);
});

test('the vault does not answer: told once it has been so twice, and the rest of the watch goes on', async () => {
  vault().faults.add({ operation: '*', effect: { kind: 'status', status: 403 } });
  await world.watch();
  expect(world.news()).toEqual([]);
  await world.watch();
  expect(world.news()).toEqual([expect.stringMatching(/^ALARM \(warning.*cannot look at "certificates"/)]);
});

test('for a time there was no subscription to events, which cannot be read back: those calls must be looked for', async () => {
  for (const { id, resource } of world.graph.subscriptions()) {
    if (resource.includes('getEmergencyEventsByPolicy')) await world.graph.removeSubscription(id);
  }
  expect(await world.tick()).toEqual([
    expect.stringMatching(/^ALARM \(warning.*did not tell us of calls of policy "Global".*Teams admin center/),
  ]);
});

test('the status shows what only the function app can see as the watch found it', async () => {
  world.graph.faults.add({ operation: 'identity', effect: { kind: 'status', status: 500 } });
  await world.watch();
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  expect(await statusCommand(world.services, { write, columns: 80, hasColours: false })).toBeGreaterThan(0);
  expect(text).toMatch(/^app identity +(WARNING|CRITICAL) +\d+ \w+ \d\d:\d\d +as the watch found it \d+ s ago$/m);
});
