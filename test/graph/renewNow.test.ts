import type { RenewWork } from '../../shared/oncall/work.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { renewNow } from '../../shared/pipeline/renewNow.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { SubscriptionRecord } from '../../shared/store/subscriptionStore.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const MINUTE_MS = 60_000;
const UPDATE = 'subscriptions.update';
const CREATE = 'subscriptions.create';

let world: World;
let askedBefore = 0;
beforeAll(async () => {
  world = await startWorld({}, { events: true });
  await world.openChat();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.graph.faults.clear();
  world.graph.setBehaviour({ allChatsRefused: false });
  for (const row of await world.services.store.work.listDue(
    new Date(world.now().getTime() + 48 * 60 * MINUTE_MS),
    99,
  )) {
    await world.services.store.work.finish(row);
  }
  // Far enough from what the test before renewed.
  world.advance(61 * MINUTE_MS);
  await renewSubscriptions(world.services);
  for (const { name } of await gaps()) await world.services.store.watermarks.remove(name);
  world.advance(11 * MINUTE_MS);
  world.log.splice(0);
  askedBefore = world.graph.requests().length;
});
afterEach(() => expect(world.graph.refusals()).toEqual([]));

const gaps = () => world.services.store.watermarks.list('gap:');
/** Done, not only asked for: an access token lives for an hour. */
const done = (operation: string) =>
  world.graph
    .requests()
    .slice(askedBefore)
    .filter((one) => one.operation === operation && Number(one.status) < 300).length;
async function record(source: SubscriptionRecord['source']): Promise<SubscriptionRecord> {
  const row = await world.services.store.subscriptions.read(source);
  if (!row) throw new Error(`Nothing is recorded of ${source}`);
  return row.value;
}
async function idOf(source: SubscriptionRecord['source']): Promise<string> {
  const alive = (await record(source)).known.find(({ state }) => state === 'active');
  return alive?.subscriptionId ?? 'none';
}
const workOf = (reason: RenewWork['reason'], subscriptionId: string, attempts = 0): RenewWork => ({
  ...{ kind: 'renewSubscriptions', reason, subscriptionId, attempts },
  dueAt: world.now().toISOString(),
});
/** Graph's word has come in; what is left of the work after it was done. */
async function say(reason: RenewWork['reason'], subscriptionId: string, attempts = 0, services = world.services) {
  const work = workOf(reason, subscriptionId, attempts);
  await world.services.store.work.insert(work);
  return again(work, services);
}
async function again(work: RenewWork, services = world.services): Promise<RenewWork | null> {
  const row = await world.services.store.work.get(work);
  if (!row) throw new Error('There is no such work');
  await renewNow(services, { ...row, value: work });
  const left = await world.services.store.work.get(work);
  return left ? (left.value as RenewWork) : null;
}
const dueInMs = (left: RenewWork | null) => Date.parse(left?.dueAt ?? '') - world.now().getTime();
const at = (id: string) => world.graph.subscriptions().find((one) => one.id === id);

describe('reauthorizationRequired', () => {
  test.each(['chat', 'event:Global'] as const)(
    'renews the subscription of %s, and notifications go on',
    async (source) => {
      const id = await idOf(source);
      await world.graph.requireReauthorization(id);
      expect(await say('reauthorizationRequired', id)).toBeNull();
      expect(at(id)).toMatchObject({ isPaused: false });
      expect([done(UPDATE), done('subscriptions.reauthorize')]).toEqual([1, 0]);
    },
  );

  test('within ten minutes of a renewal sends nothing, and comes back after them', async () => {
    const id = await idOf('chat');
    await say('reauthorizationRequired', id);
    world.advance(4 * MINUTE_MS);
    const left = await say('reauthorizationRequired', id);
    expect(done(UPDATE)).toBe(1);
    expect(left?.attempts).toBe(0);
    expect(Math.ceil(dueInMs(left) / MINUTE_MS)).toBe(6);
    world.advance(6 * MINUTE_MS);
    if (!left) throw new Error('The work is done already');
    expect(await again(left)).toBeNull();
    expect(done(UPDATE)).toBe(2);
  });

  test('of one that was created a moment ago is no matter of ten minutes', async () => {
    await world.graph.removeSubscription(await idOf('chat'));
    await renewSubscriptions(world.services);
    expect(await say('reauthorizationRequired', await idOf('chat'))).toBeNull();
    expect(done(UPDATE)).toBe(1);
  });
});

describe('subscriptionRemoved', () => {
  test('of chats: created again, and a call of the gap is found by reading chats back', async () => {
    const id = await idOf('chat');
    await world.graph.removeSubscription(id);
    await world.graph.emergency.placeEmergencyCall(dials911);
    world.hub.splice(0);
    world.advance(2 * MINUTE_MS);
    // As if chats had been read back meanwhile, and Graph's list had lagged behind.
    await world.services.store.watermarks.set('chats', world.now());
    await reconcileChats(world.services);
    expect(world.inbox(TEAM[0])).toEqual([]);
    expect(await say('subscriptionRemoved', id)).toBeNull();
    expect(await idOf('chat')).not.toBe(id);
    expect(at(await idOf('chat'))).toBeDefined();
    await reconcileChats(world.services);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    expect(await gaps()).toEqual([]);
  });

  test('of events: created again, and the log says that they cannot be read back', async () => {
    const id = await idOf('event:Global');
    await world.graph.removeSubscription(id);
    expect(await say('subscriptionRemoved', id)).toBeNull();
    expect(at(await idOf('event:Global'))).toMatchObject({ isPaused: false });
    expect(await gaps()).toEqual([]);
    const { lastGap } = await record('event:Global');
    expect(lastGap).not.toBeNull();
    expect(world.log).toContainEqual(expect.objectContaining({ level: 'error', fields: lastGap }));
  });

  test('of one that Graph has after all: adopted (409)', async () => {
    const id = await idOf('chat');
    expect(await say('subscriptionRemoved', id)).toBeNull();
    expect(await idOf('chat')).toBe(id);
    expect(done('subscriptions.delete')).toBe(0);
  });

  test('said twice: the second finds nothing to do', async () => {
    const id = await idOf('chat');
    await world.graph.removeSubscription(id);
    await say('subscriptionRemoved', id);
    const before = done(CREATE);
    expect(await say('subscriptionRemoved', id)).toBeNull();
    expect(done(CREATE)).toBe(before);
  });
});

test('missed: chats are read back for an hour', async () => {
  expect(await say('missed', await idOf('chat'))).toBeNull();
  const [gap] = await gaps();
  expect(gap?.time.getTime()).toBeLessThanOrEqual(world.now().getTime() - 60 * MINUTE_MS);
});

test('missed events: the log says that they cannot be read back', async () => {
  expect(await say('missed', await idOf('event:Global'))).toBeNull();
  expect(await gaps()).toEqual([]);
  expect(world.log).toMatchObject([{ level: 'error', message: expect.stringContaining('cannot be read back') }]);
});

test.each(['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const)(
  '%s of a subscription that is not ours asks Graph for nothing',
  async (reason) => {
    expect(await say(reason, '00000000-0000-0000-0000-000000000000')).toBeNull();
    expect(world.log).toMatchObject([{ level: 'warn', fields: { reason } }]);
    expect(world.graph.requests()).toHaveLength(askedBefore);
  },
);

describe('a failure', () => {
  test.each([
    ['503', { kind: 'status', status: 503 }, 0, 1_000],
    ['503 for the fourth time', { kind: 'status', status: 503 }, 3, 8_000],
    ['503 for the hundredth time', { kind: 'status', status: 503 }, 99, 30_000],
    ['429', { kind: 'status', status: 429, retryAfterSeconds: 20 }, 0, 20_000],
    ['429 for ever', { kind: 'status', status: 429, retryAfterSeconds: 3_600 }, 0, 60_000],
    ['a broken connection', { kind: 'reset' }, 0, 1_000],
  ] as const)('%s: the work comes back', async (_what, effect, attempts, delayMs) => {
    world.graph.faults.add({ operation: UPDATE, effect });
    const id = await idOf('chat');
    const left = await say('reauthorizationRequired', id, attempts);
    expect(left).toMatchObject({ attempts: attempts + 1, subscriptionId: id });
    // By the clock of the work: what passed since then is less than what it waits.
    expect(Math.ceil(dueInMs(left) / 1_000)).toBeLessThanOrEqual(delayMs / 1_000);
    expect(dueInMs(left)).toBeGreaterThan(delayMs / 2 - 1_000);
    world.graph.faults.clear();
    if (!left) throw new Error('The work is done already');
    expect(await again(left)).toBeNull();
  });

  test('for a day: given up, and the log says so', async () => {
    world.graph.faults.add({ operation: UPDATE, effect: { kind: 'status', status: 503 } });
    expect(await say('reauthorizationRequired', await idOf('event:Global'), 2_879)).toBeNull();
    expect(world.log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('for a day') }));
  });

  test('none: another instance is at work, so the work comes back soon and counts no attempt', async () => {
    const id = await idOf('chat');
    const row = await world.services.store.subscriptions.read('chat');
    if (!row) throw new Error('Nothing is recorded');
    const lease = { owner: 'another', until: new Date(world.now().getTime() + MINUTE_MS).toISOString() };
    await world.services.store.subscriptions.replace(row, { ...row.value, lease });
    const left = await say('reauthorizationRequired', id);
    expect(left).toMatchObject({ attempts: 0 });
    expect(dueInMs(left)).toBeLessThanOrEqual(5_000);
    expect(done(UPDATE)).toBe(0);
    world.advance(MINUTE_MS);
    if (!left) throw new Error('The work is done already');
    expect(await again(left)).toBeNull();
  });

  test('of the process between the answer of Graph and its record: the work is still there', async () => {
    const id = await idOf('event:Global');
    await world.graph.removeSubscription(id);
    const { subscriptions } = world.services.store;
    const dying: typeof subscriptions = {
      ...subscriptions,
      replace: (row, value) =>
        value.known.some((one) => one.state === 'active' && one.subscriptionId !== id)
          ? Promise.reject(new Error('killed'))
          : subscriptions.replace(row, value),
    };
    const services = { ...world.services, store: { ...world.services.store, subscriptions: dying } };
    await expect(say('subscriptionRemoved', id, 0, services)).rejects.toThrow();
    world.advance(4 * MINUTE_MS);
    expect(await again(workOf('subscriptionRemoved', id))).toBeNull();
    expect(at(await idOf('event:Global'))).toBeDefined();
  });
});

describe('a new chat', () => {
  test('where one subscription covers all chats is nothing to do', async () => {
    expect(await say('newChat', await idOf('chat'))).toBeNull();
    expect(world.graph.requests()).toHaveLength(askedBefore);
  });

  test('where each chat has its own gets one, and nothing else is created', async () => {
    await world.graph.removeSubscription(await idOf('chat'));
    world.graph.setBehaviour({ allChatsRefused: true });
    await renewSubscriptions(world.services);
    const before = done(CREATE);
    const chatId = await world.graph.chats.createChat({ members: ['diego@contoso.com', 'emergency@contoso.com'] });
    expect(await say('newChat', await idOf('chats'))).toBeNull();
    expect(done(CREATE)).toBe(before + 1);
    expect(await idOf(`chat:${chatId}`)).not.toBe('none');
    const removed = await idOf(`chat:${chatId}`);
    await world.graph.removeSubscription(removed);
    expect(await say('subscriptionRemoved', removed)).toBeNull();
    expect(at(await idOf(`chat:${chatId}`))).toBeDefined();
    world.graph.setBehaviour({ allChatsRefused: false });
    world.advance(61 * MINUTE_MS);
    await renewSubscriptions(world.services);
    // Graph's last word on what has been ended meanwhile.
    expect(await say('subscriptionRemoved', removed)).toBeNull();
    expect(at(await idOf(`chat:${chatId}`))).toBeUndefined();
  });
});
