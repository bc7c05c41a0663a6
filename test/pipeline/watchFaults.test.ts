import { type StorageProxy, startStorageProxy } from '../../local/faults/storageProxy.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { ADMINISTRATOR, startWatchedWorld, type WatchedWorld } from './watchWorld.ts';

const MINUTE_MS = 60_000;
jest.setTimeout(120_000);

let world: WatchedWorld;
beforeEach(async () => {
  world = await startWatchedWorld();
});
afterEach(() => world.stop());

/** Another process of the same deployment, with these settings. */
const startWith = (settings: Record<string, string>) => world.start(undefined, { ...world.env, ...settings });

describe('storage', () => {
  let proxy: StorageProxy;
  let services: Services;
  beforeEach(async () => {
    proxy = await startStorageProxy(world.env.AlertStorage);
    services = await startWith({ AlertStorage: proxy.connectionString });
    await world.watch(services);
    await world.deliver();
  });
  afterEach(() => proxy.close());

  test('refuses: told from memory, at most hourly, and over once', async () => {
    await proxy.add({ kind: 'refuse' });
    const told: string[][] = [];
    for (let run = 0; run < 3; run += 1) {
      await expect(world.watch(services)).rejects.toThrow('from memory');
      told.push(world.news());
      world.advance(29 * MINUTE_MS);
    }
    expect(told).toEqual([
      [expect.stringMatching(/^ALARM \(critical.*storage of the product does not answer/)],
      [],
      [],
    ]);
    world.advance(5 * MINUTE_MS);
    await expect(world.watch(services)).rejects.toThrow('from memory');
    expect(world.news()).toEqual([expect.stringMatching(/^ALARM \(still critical/)]);

    await proxy.clear();
    await world.watch(services);
    expect(world.news().join('\n')).toMatch(/^OVER storage down/m);
    await world.watch(services);
    expect(world.news().join('\n')).not.toMatch(/storage down/);
  });

  test('comes and goes: told to begin no more than hourly', async () => {
    const begins: string[] = [];
    for (let run = 0; run < 8; run += 1) {
      await proxy.add({ kind: 'refuse' });
      await expect(world.watch(services)).rejects.toThrow('from memory');
      begins.push(...world.news().filter((body) => /^ALARM.*storage of the product/.test(body)));
      await proxy.clear();
      await world.watch(services);
      world.news();
      world.advance(10 * MINUTE_MS);
    }
    expect(begins).toHaveLength(2);
  });

  test('refuses, and Twilio is down as well: told when Twilio is back', async () => {
    await proxy.add({ kind: 'refuse' });
    world.twilio.faults.set({ kind: 'status', status: 503 });
    await expect(world.watch(services)).rejects.toThrow();
    expect(world.news()).toEqual([]);
    world.twilio.faults.clear();
    await expect(world.watch(services)).rejects.toThrow();
    expect(world.news()).toHaveLength(1);
  });

  test('does not take alarms only: what is critical is told from memory, once', async () => {
    await proxy.add({ kind: 'busy', service: 'table', method: 'POST', path: /Alarms/ });
    world.graph.revokeRefreshTokens();
    for (let run = 0; run < 2; run += 1) await expect(world.watch(services)).rejects.toThrow('could not be stored');
    expect(world.news()).toEqual([expect.stringMatching(/^ALARM \(critical.*AADSTS50173/)]);
  });

  test('gives no table, though its queues answer: told from memory', async () => {
    await proxy.add({ kind: 'busy', service: 'table' });
    await expect(world.watch(services)).rejects.toThrow('from memory');
    expect(world.news()).toEqual([expect.stringMatching(/^ALARM \(critical.*storage of the product does not answer/)]);
  });

  test('takes no alarms for an hour: what begins meanwhile is told from memory all the same', async () => {
    await proxy.add({ kind: 'busy', service: 'table', method: 'POST', path: /Alarms/ });
    world.graph.revokeRefreshTokens();
    const told: string[] = [];
    for (let run = 0; run < 8; run += 1) {
      if (run === 4) for (const partition of ['0', '1']) world.stuck.add(partition);
      world.advance(5 * MINUTE_MS);
      await world.watch(services).catch(() => undefined);
      await world.deliver();
      told.push(...world.news());
    }
    expect(told.join('\n')).toMatch(/What is put into the Event Hub does not arrive/);
  });

  test('does not give one table: told that it cannot be looked at, once it has been so twice', async () => {
    await proxy.add({ kind: 'busy', service: 'table', path: /DeadLetters/ });
    await world.watch(services);
    expect(world.news()).toEqual([]);
    await world.watch(services);
    expect(world.news()).toEqual([expect.stringMatching(/ALARM \(warning.*cannot look at "dead letters"/)]);
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'of comfort',
    { HEARTBEAT_URL: 'ftp://nowhere' },
    /^ALARM \(warning.*HEARTBEAT_URL: must be an HTTPS address.*Mend HEARTBEAT_URL/,
  ],
  [
    'that is needed',
    { NOTIFICATION_URL: '@Microsoft.KeyVault(SecretUri=https://x)' },
    /^ALARM \(critical.*NOTIFICATION_URL: is a Key Vault reference that was not resolved/,
  ],
  [
    'of the roster',
    { ROSTER_FILE: 'test/fixtures/README.md', LAST_RESORT_NUMBERS: ADMINISTRATOR },
    /^ALARM \(critical.*only the last-resort numbers would be told(.|\n)*ROSTER_FILE/,
  ],
])('a bad setting %s is an alarm with its name', async (_, settings, alarm) => {
  await world.watch(await startWith(settings));
  expect(world.news()).toEqual([expect.stringMatching(alarm)]);
});

test('without a channel nobody can be told: the state and the log say so, and nothing is lost of it', async () => {
  const mute = await startWith({ TWILIO_FROM: 'nonsense' });
  await world.watch(mute);
  expect(world.news()).toEqual([]);
  expect(await world.services.store.alarms.lastWatch()).toMatchObject({ state: 'critical' });
  expect(world.log).toContainEqual(
    expect.objectContaining({ level: 'error', fields: expect.objectContaining({ id: 'noChannel' }) }),
  );
  expect((await mute.store.alarms.list()).map(({ value }) => value)).toContainEqual(
    expect.objectContaining({ id: 'noChannel', told: null, telling: expect.objectContaining({ waiting: ['nestor'] }) }),
  );
});

test('credentials that Twilio refuses are found before anybody has to be told', async () => {
  await world.watch(await startWith({ TWILIO_AUTH_TOKEN: 'revoked' }));
  expect(await world.services.store.alarms.list()).toEqual([
    expect.objectContaining({
      value: expect.objectContaining({ id: 'channel', what: expect.stringContaining('20003') }),
    }),
  ]);
});

test('an administrator who has opted out is found, and told to the others', async () => {
  world.twilio.behave(ADMINISTRATOR, 'optedOut');
  world.graph.revokeRefreshTokens();
  await world.watch();
  await world.watch();
  expect((await world.services.store.alarms.list()).map(({ value }) => value.id).sort()).toEqual([
    'signIn',
    'unreachable:nestor',
  ]);
});

test('the log of the watch names nobody and holds no number', async () => {
  world.graph.revokeRefreshTokens();
  world.twilio.faults.set({ kind: 'status', status: 503 });
  await world.watch();
  expect(JSON.stringify(world.log)).not.toMatch(/\+1425|Nestor|Wilke|contoso\.com|auth-token/);
});
