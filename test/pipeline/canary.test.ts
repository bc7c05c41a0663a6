import { type EventHubs, startEventHubs } from '../../local/eventhubs/server.ts';
import { noteCanary, sendCanaries } from '../../shared/pipeline/canary.ts';
import type { CanarySender } from '../../shared/pipeline/canarySender.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { startWorld, type World } from '../harness/world.ts';

let hub: EventHubs;
let world: World;
beforeEach(async () => {
  hub = await startEventHubs({ hubName: 'teams-events', partitionCount: 2 });
  world = await startWorld({ EventHubConnection: hub.connectionString });
});
afterEach(async () => {
  await world.stop();
  await hub.close();
});

const records = () => world.services.store.canaries.list();
const events = () =>
  hub
    .events()
    .map(({ partitionId, body }) => ({ partitionId, body: JSON.parse(body.toString()), source: partitionId }));
const arrive = (all = events()) =>
  ingestNotifications(
    world.services,
    all.map(({ body, source }) => ({ body, source, enqueuedAt: null })),
  );

test('one goes through the real wire into each partition, and its arrival is noted', async () => {
  await sendCanaries(world.services);
  expect(events().map(({ partitionId }) => partitionId)).toEqual(['0', '1']);
  expect(await records()).toEqual([
    expect.objectContaining({ partitionId: '0', sent: [expect.any(Object)], arrived: null }),
    expect.objectContaining({ partitionId: '1', sent: [expect.any(Object)], arrived: null }),
  ]);
  world.advance(1_000);
  await arrive();
  for (const { sent, arrived } of await records()) {
    expect(arrived).toMatchObject({ id: sent[0]?.id, sentAt: sent[0]?.sentAt });
    expect(Date.parse(arrived?.arrivedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(arrived?.sentAt ?? '') + 1_000);
  }
  expect(await world.services.store.deadLetters.list(10)).toEqual([]);
  expect(hub.refusals()).toEqual([]);
});

test('an older one that comes again changes nothing', async () => {
  await sendCanaries(world.services);
  const older = events();
  world.advance(300_000);
  await sendCanaries(world.services);
  await arrive();
  const before = await records();
  world.advance(300_000);
  await arrive(older);
  expect(await records()).toEqual(before);
});

test('only the last four are remembered', async () => {
  for (let i = 0; i < 6; i += 1) await sendCanaries(world.services);
  expect((await records()).map(({ sent }) => sent.length)).toEqual([4, 4]);
});

test.each([
  ['of a partition that there is not', '7.0b6a'],
  ['that we did not send', '0.0b6a'],
  ['with a name that is no key', '0/../x'],
  ['without a partition', 'canary'],
])('one %s is no arrival', async (_, id) => {
  await sendCanaries(world.services);
  const before = await records();
  await noteCanary(world.services, { id, sentAt: world.now().toISOString() });
  expect(await records()).toEqual(before);
});

describe('the hub was made anew with one partition of two', () => {
  const sender = (partitionIds: () => Promise<string[]>) => async (): Promise<CanarySender> => ({
    partitionIds,
    send: async () => undefined,
    close: async () => undefined,
  });
  const partitions = async () => (await records()).map(({ partitionId }) => partitionId);
  beforeEach(() => sendCanaries(world.services));

  test('what is missing of the other is forgotten', async () => {
    await sendCanaries(
      world.services,
      sender(async () => ['0']),
    );
    expect(await partitions()).toEqual(['0']);
  });

  test.each<[string, () => Promise<string[]>]>([
    ['the hub does not say which it has', () => Promise.reject(new Error('no answer'))],
    ['the hub names none', async () => []],
  ])('nothing is forgotten while %s', async (_, partitionIds) => {
    await sendCanaries(world.services, sender(partitionIds));
    expect(await partitions()).toEqual(expect.arrayContaining(['0', '1']));
  });
});

test('a hub that cannot be reached: noted since the first time, and cleared when one is sent', async () => {
  hub.faults.refuseConnections();
  await sendCanaries(world.services);
  const [first] = await records();
  expect(first).toMatchObject({ sent: [], failure: { code: expect.stringMatching(/\w/), since: expect.any(String) } });
  world.advance(300_000);
  await sendCanaries(world.services);
  expect(await records()).toEqual([first]);
  hub.faults.clear();
  await sendCanaries(world.services);
  expect((await records()).map(({ failure }) => failure)).toEqual([null, null, null]);
}, 120_000);
