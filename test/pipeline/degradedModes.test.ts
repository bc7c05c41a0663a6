import { readFileSync } from 'node:fs';
import { type StorageProxy, startStorageProxy } from '../../local/faults/storageProxy.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const LAST_RESORT = '+14255550188';
const GARBAGE = '\u00a7 not a value';
const UNRESOLVED = '@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/x)';
const MINUTE_MS = 60_000;

let world: World;

/** What everybody was sent from here on. */
function newMessages(): () => { to: string; body: string }[] {
  const before = world.twilio.messages().length;
  return () => world.twilio.messages().slice(0, world.twilio.messages().length - before);
}

describe('one setting is wrong', () => {
  beforeAll(async () => {
    world = await startWorld({ LAST_RESORT_NUMBERS: LAST_RESORT }, { events: true });
    await world.openChat();
  });
  afterAll(() => world.stop());
  afterEach(async () => {
    // The next call is none of this one's, and the subscriptions live on.
    await world.restart();
    await world.pass(3 * MINUTE_MS);
    await renewSubscriptions(world.services);
    world.hub.splice(0);
  });

  const { Values: example } = JSON.parse(readFileSync('local.settings.example.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  /** Of the host alone, or without which nothing starts. */
  const OTHERS = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage', 'AlertStorage'];
  const NAMES = [
    ...Object.keys(example).filter((name) => !OTHERS.includes(name)),
    'AlertStorage__tableServiceUri',
    'AlertStorage__queueServiceUri',
    'AlertStorage__clientId',
    'EventHubConnection__fullyQualifiedNamespace',
  ];
  /** Nobody can be told until they are mended. */
  const OF_THE_CHANNEL = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'TWILIO_BASE_URL'];
  /** Any text is one; what it stands for is asked for only where something else is set too. */
  const NOT_READ = [
    'TWILIO_API_KEY_SECRET',
    'AlertStorage__tableServiceUri',
    'AlertStorage__queueServiceUri',
    'AlertStorage__clientId',
  ];
  const ANY_TEXT = [
    'EMERGENCY_CALLING_POLICIES',
    'MAP_ATTRIBUTION',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_AUTH_TOKEN_SECONDARY',
  ];

  /** Somebody calls, both sources tell of it, and whoever does the work has this setting. */
  async function callWith(
    name: string,
    value: string,
  ): Promise<{ services: Services; sent: { to: string; body: string }[] }> {
    const sent = newMessages();
    const services = await world.start(undefined, { ...world.env, [name]: value });
    world.services = services;
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.pass(12_000);
    return { services, sent: sent() };
  }

  test.each(
    NAMES.flatMap((name) => [[name, 'garbage', GARBAGE] as const, [name, 'not resolved', UNRESOLVED] as const]),
  )('%s, %s: it is named, and a call is told by what is left', async (name, _, value) => {
    const { services, sent } = await callWith(name, value);
    const isNamed = !NOT_READ.includes(name) && !(value === GARBAGE && ANY_TEXT.includes(name));
    const faults = [...services.faults, ...services.rosterProblems()];
    expect(faults.map((fault) => fault.name).includes(name)).toBe(isNamed);
    if (OF_THE_CHANNEL.includes(name)) {
      expect(sent).toEqual([]);
      const after = newMessages();
      await world.restart();
      await world.pass(MINUTE_MS);
      for (const phone of TEAM) expect(after().filter(({ to }) => to === phone).length).toBeGreaterThan(0);
      return;
    }
    const phones = name === 'ROSTER_FILE' ? [LAST_RESORT] : TEAM;
    for (const phone of phones) {
      const bodies = sent.filter(({ to }) => to === phone).map(({ body }) => body);
      expect(bodies.join('\n')).toContain(dials911.callbackNumber);
      expect(bodies.length).toBeLessThanOrEqual(2);
    }
  });

  test.each([GARBAGE, UNRESOLVED])('AlertStorage alone keeps it from starting, and says so: %s', async (value) => {
    await expect(world.start(undefined, { ...world.env, AlertStorage: value })).rejects.toThrow(/AlertStorage/);
  });
});

describe('limits of the services', () => {
  beforeEach(async () => {
    world = await startWorld();
    await world.openChat();
  });
  afterEach(() => world.stop());

  const call = async () => (await world.services.store.calls.listNewest(1))[0];
  const fetched = () => world.graph.requests().filter(({ operation }) => operation === 'chats.getMessage').length;

  test.each([
    ['as long as it says', 40, 40],
    ['a minute at most', 3_600, 60],
  ])('Twilio asks to wait: %s', async (_, retryAfterSeconds, waits) => {
    world.twilio.faults.set({ kind: 'status', status: 429, retryAfterSeconds });
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.work();
    const asked = world.twilio.requests().length;
    expect(asked).toBe(TEAM.length);
    await world.pass((waits - 2) * 1_000);
    expect(world.twilio.requests()).toHaveLength(asked);
    await world.pass(4_000);
    expect(world.twilio.requests().length).toBeGreaterThan(asked);
  });

  test.each([
    ['as long as it says', 40, 40],
    ['a minute at most', 3_600, 60],
  ])('Graph asks to wait, once people have been told that there is a message: %s', async (_, seconds, waits) => {
    const effect = { kind: 'status', status: 429, retryAfterSeconds: seconds } as const;
    world.graph.faults.add({ operation: 'chats.getMessage', effect });
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.pass(10_500);
    expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/details not yet available/i)]);
    const asked = fetched();
    await world.pass((waits - 2) * 1_000);
    expect(fetched()).toBe(asked);
    await world.pass(4_000);
    expect(fetched()).toBe(asked + 1);
  });

  test('Twilio may hold a message for an hour, not for its own ten', async () => {
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.work();
    expect(world.twilio.messages().map(({ validityPeriodSeconds }) => validityPeriodSeconds)).toEqual([3_600, 3_600]);
  });

  test('an event that lay in the hub for hours is told, with the time of the call, and marked late', async () => {
    await world.graph.emergency.placeEmergencyCall({ ...dials911, occurredAt: new Date('2026-03-01T08:15:00Z') });
    world.advance(5 * 60 * MINUTE_MS);
    await world.deliver();
    await world.work();
    // 08:15 UTC is 00:15 in Los Angeles, where the team of the roster is.
    expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/12:15|00:15/)]);
    expect(await call()).toMatchObject({ late: true, firstToldAt: expect.any(String) });
  });
});

describe('the storage fails once a call is recorded, and the hub has let go of it', () => {
  let proxy: StorageProxy;
  let services: Services;
  beforeEach(async () => {
    world = await startWorld();
    await world.openChat();
    proxy = await startStorageProxy(world.env.AlertStorage);
    services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    await world.graph.emergency.placeEmergencyCall(dials911);
    await ingestNotifications(services, world.hub.splice(0));
  });
  afterEach(async () => {
    await proxy.close();
    await world.stop();
  });

  const inboxes = () => TEAM.map((phone) => world.inbox(phone).length);

  test('the process that recorded it tells of it from memory, each person once, and not in the first seconds', async () => {
    await proxy.add({ kind: 'busy' });
    world.advance(20_000);
    await expect(sweep(services)).rejects.toThrow();
    expect(inboxes()).toEqual([0, 0]);
    world.advance(10_000);
    for (let run = 0; run < 2; run += 1) await expect(sweep(services)).rejects.toThrow();
    expect(inboxes()).toEqual([1, 1]);
    expect(world.inbox(TEAM[0])).toEqual([expect.stringContaining(dials911.callbackNumber)]);
  });

  test('whom Twilio did not take then is told with the next sweep', async () => {
    await proxy.add({ kind: 'busy' });
    world.advance(30_000);
    world.twilio.faults.set({ kind: 'status', status: 503, times: 1 });
    for (let run = 0; run < 2; run += 1) await expect(sweep(services)).rejects.toThrow();
    expect(inboxes()).toEqual([1, 1]);
  });

  test('a call that another process has told of is not told again', async () => {
    await world.work();
    expect(inboxes()).toEqual([1, 1]);
    world.advance(30_000);
    await sweep(services);
    await proxy.add({ kind: 'busy' });
    world.advance(30_000);
    await expect(sweep(services)).rejects.toThrow();
    expect(inboxes()).toEqual([1, 1]);
  });

  test('nor one that it told of itself', async () => {
    world.advance(5_000);
    await sweep(services);
    expect(inboxes()).toEqual([1, 1]);
    await proxy.add({ kind: 'busy' });
    world.advance(60_000);
    await expect(sweep(services)).rejects.toThrow();
    expect(inboxes()).toEqual([1, 1]);
  });
});
