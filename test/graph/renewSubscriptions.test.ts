import { TableClient } from '@azure/data-tables';
import { checkClientState } from '../../shared/graph/clientState.ts';
import { readHubEvent } from '../../shared/graph/notifications.ts';
import { createSubscriptions } from '../../shared/graph/subscriptions.ts';
import type { SubscriptionSettings } from '../../shared/settings.ts';
import type { SubscriptionStore } from '../../shared/store/subscriptionStore.ts';
import { CHAT_SETTINGS, HUB_URL, type RenewalWorld, startRenewalWorld } from './renewalWorld.ts';
import { ACCOUNT, MINUTE_MS } from './signInWorld.ts';

const RESOURCE = `/users/${ACCOUNT.id}/chats/getAllMessages`;
const CREATE = 'subscriptions.create';

let world: RenewalWorld;
beforeAll(async () => {
  world = await startRenewalWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());
afterEach(() => expect(world.graph.refusals()).toEqual([]));

/** One run; what it says of all chats. */
const renew = (
  subscription: SubscriptionSettings = CHAT_SETTINGS,
  store: SubscriptionStore = world.subscriptionStore,
) =>
  world.renewOne('chat', {
    settings: { ...world.settings, subscription },
    store: { subscriptions: store, watermarks: world.watermarks },
  });
const atGraph = () => world.graph.subscriptions();
const theOne = () => {
  const [subscription, ...more] = atGraph();
  expect(more).toEqual([]);
  if (!subscription) throw new Error('There is no subscription');
  return subscription;
};
const lastNotification = () => readHubEvent(world.hub.at(-1)).at(0);
/** Whether the notification of a message that somebody writes now is known as ours. */
async function checkOfNewMessage() {
  const chatId = await world.graph.chats.createChat({ members: ['AlexW@contoso.com', ACCOUNT.id], announce: false });
  await world.graph.chats.postMessage(chatId, { from: 'AlexW@contoso.com', content: 'Hello' });
  const change = lastNotification();
  if (change?.kind !== 'change') throw new Error('The message was not announced');
  return checkClientState(change, await world.subscriptionStore.list());
}

describe('the first subscription', () => {
  test('is to all chats of the account, created and updated, with a secret that only the table knows', async () => {
    const wantedAt = world.now().getTime();
    const report = await renew();
    expect(report).toMatchObject({ state: 'active', actions: ['created'], failures: [] });
    expect(report.reconcileFrom?.getTime()).toBeGreaterThanOrEqual(wantedAt);
    const subscription = theOne();
    expect(subscription).toMatchObject({
      resource: RESOURCE,
      changeTypes: ['created', 'updated'],
      notificationUrl: HUB_URL,
      lifecycleNotificationUrl: null,
    });
    // 256 bits; at most 128 characters says Graph.
    expect(Buffer.from(subscription.clientState ?? '', 'base64url')).toHaveLength(32);
    expect(await world.subscriptionStore.list()).toEqual([
      expect.objectContaining({
        subscriptionId: subscription.id,
        clientState: subscription.clientState,
        state: 'active',
      }),
    ]);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('without a lifecycle address is for an hour, renewed after 20 minutes', async () => {
    await renew();
    const first = theOne();
    world.advance(15 * MINUTE_MS);
    expect(await renew()).toMatchObject({ actions: ['confirmed'], reconcileFrom: null });
    world.advance(5 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'], reconcileFrom: null });
    expect(theOne()).toMatchObject({ id: first.id, clientState: first.clientState });
    expect(theOne().expirationDateTime.getTime() - world.now().getTime()).toBeGreaterThan(59 * MINUTE_MS);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('with a lifecycle address is for three days, renewed after half of them', async () => {
    const settings = { ...CHAT_SETTINGS, lifecycleNotificationUrl: world.lifecycleUrl };
    const leftMinutes = () => (theOne().expirationDateTime.getTime() - world.now().getTime()) / MINUTE_MS;
    expect(await renew(settings)).toMatchObject({ state: 'active', actions: ['created'], failures: [] });
    expect(theOne()).toMatchObject({ lifecycleNotificationUrl: settings.lifecycleNotificationUrl });
    expect(Math.ceil(leftMinutes())).toBe(4_320);
    world.advance(2_150 * MINUTE_MS);
    expect(await renew(settings)).toMatchObject({ actions: ['confirmed'] });
    world.advance(10 * MINUTE_MS);
    expect(await renew(settings)).toMatchObject({ actions: ['renewed'] });
    expect(Math.ceil(leftMinutes())).toBe(4_320);
  });

  test('settings that are missing switch it off, and the log says so', async () => {
    for (const missing of [
      { settings: { ...world.settings, graph: null } },
      { settings: { ...world.settings, subscription: null } },
      { signIn: null },
    ]) {
      expect(await world.renewOne('chat', missing)).toMatchObject({ state: 'off', actions: [] });
    }
    expect(world.errors()).toHaveLength(3);
    expect(atGraph()).toEqual([]);
  });
});

describe('a failure', () => {
  test('of the creation is told the first time, with since when; the next run mends it', async () => {
    const effect = { kind: 'status', status: 503 } as const;
    world.graph.faults.add({ operation: CREATE, times: 2, effect });
    const since = world.now().getTime();
    const first = await renew();
    expect(first).toMatchObject({ state: 'none', actions: [], reconcileFrom: null });
    expect(first.failures).toEqual([
      { action: 'create', code: '503 ServiceUnavailable', since: expect.any(Date), retryAfterMs: null },
    ]);
    expect(world.errors()).toMatchObject([{ action: 'create', code: '503 ServiceUnavailable' }]);
    world.advance(5 * MINUTE_MS);
    const second = await renew();
    expect(second.failures[0]?.since.toISOString()).toBe(first.failures[0]?.since.toISOString());
    world.advance(5 * MINUTE_MS);
    const third = await renew();
    expect(third).toMatchObject({ state: 'active', actions: ['created'], failures: [] });
    // Messages may be missing since the subscription was first wanted.
    const from = third.reconcileFrom?.getTime() ?? 0;
    expect(from).toBeGreaterThanOrEqual(since);
    expect(from).toBeLessThan(since + 5 * MINUTE_MS);
    expect((await world.subscriptionStore.read('chat'))?.value.lastFailure).toBeNull();
  });

  test('of a renewal leaves what lives, and is told', async () => {
    await renew();
    world.advance(20 * MINUTE_MS);
    world.graph.faults.add({ operation: 'subscriptions.update', effect: { kind: 'status', status: 500 } });
    expect(await renew()).toMatchObject({
      state: 'active',
      actions: [],
      failures: [{ action: 'renew', code: '500 InternalServerError' }],
    });
    expect((await world.subscriptionStore.read('chat'))?.value.lastFailure).toMatchObject({ action: 'renew' });
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('of every renewal until it expired: created again, and messages since it was last seen are asked for', async () => {
    await renew();
    const lastSeen = world.now().getTime();
    world.advance(61 * MINUTE_MS);
    const report = await renew();
    expect(report).toMatchObject({ state: 'active', actions: ['created'] });
    expect(report.reconcileFrom?.getTime()).toBeLessThanOrEqual(lastSeen);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test.each([
    ['revoked', (own: RenewalWorld) => own.graph.revokeRefreshTokens(), 'create', 'AADSTS50173'],
    ['forgotten', (own: RenewalWorld) => own.instance().signOut(), 'signIn', 'notSignedIn'],
  ] as const)('a sign-in that was %s is told', async (_what, spoil, action, code) => {
    const own = await startRenewalWorld();
    try {
      await spoil(own);
      own.graph.expireAccessTokens();
      expect(await own.renewOne('chat')).toMatchObject({ state: 'none', failures: [{ action, code }] });
      expect(own.errors()).toMatchObject([{ action, code }]);
    } finally {
      await own.stop();
    }
  });

  test('a hub that Graph cannot reach', async () => {
    const own = await startRenewalWorld({ publish: () => Promise.reject(new Error('no')) });
    try {
      const failures = [{ action: 'create', code: '400 InvalidRequest' }];
      expect(await own.renewOne('chat')).toMatchObject({ state: 'none', failures });
    } finally {
      await own.stop();
    }
  });

  test('Graph that gives no answer: it is not known whether there is a subscription now', async () => {
    world.graph.faults.add({ operation: CREATE, effect: { kind: 'hang' } });
    const subscriptions = createSubscriptions(world.settings.graph ?? { graphBaseUrl: '' }, world.instance(), 100);
    const { notificationUrl, lifecycleNotificationUrl } = CHAT_SETTINGS;
    const request = { resource: RESOURCE, changeType: 'created', notificationUrl, lifecycleNotificationUrl };
    const expiresAt = new Date(world.now().getTime() + 30 * MINUTE_MS);
    const answer = subscriptions.create({ ...request, clientState: 'secret', expiresAt, certificate: null });
    expect(await answer).toEqual({ outcome: 'failed', status: null, code: 'timeout', retryAfterMs: null });
  });
});

describe('a subscription that Graph removed', () => {
  test('is found at the next run, created again with another secret, and what is missing is asked for', async () => {
    await renew();
    const lost = theOne();
    const lastSeen = world.now().getTime();
    await world.graph.removeSubscription(lost.id);
    world.advance(5 * MINUTE_MS);
    const report = await renew();
    expect(report).toMatchObject({ state: 'active', actions: ['created'], failures: [] });
    expect(report.reconcileFrom?.getTime()).toBeLessThanOrEqual(lastSeen);
    expect(theOne().id).not.toBe(lost.id);
    expect(theOne().clientState).not.toBe(lost.clientState);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('the same when it is found by renewing it (404)', async () => {
    await renew();
    const lost = theOne();
    await world.graph.removeSubscription(lost.id);
    world.advance(20 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['created'] });
    expect(theOne().id).not.toBe(lost.id);
  });

  test('its last notifications are still known as ours, for a day', async () => {
    await renew();
    const { id: subscriptionId, clientState } = theOne();
    const check = async () => checkClientState({ subscriptionId, clientState }, await world.subscriptionStore.list());
    await world.graph.removeSubscription(subscriptionId);
    await renew();
    expect(await check()).toBe('match');
    for (let hour = 0; hour < 25; hour += 1) {
      world.advance(30 * MINUTE_MS);
      await renew();
      world.advance(30 * MINUTE_MS);
      await renew();
    }
    expect(await check()).toBe('unknownSubscription');
  });
});

describe('what is at Graph already (409)', () => {
  test('and in our table is adopted', async () => {
    await renew();
    const ours = theOne();
    const row = await world.subscriptionStore.read('chat');
    if (!row) throw new Error('nothing recorded');
    // As if Graph had said 404 of it for a moment.
    const known = row.value.known.map((one) => ({ ...one, state: 'gone' as const }));
    await world.subscriptionStore.replace(row, { ...row.value, known });
    expect(await renew()).toMatchObject({ state: 'active', actions: ['adopted'], reconcileFrom: expect.any(Date) });
    expect(theOne()).toMatchObject({ id: ours.id, clientState: ours.clientState });
    expect(await world.subscriptionStore.list()).toEqual([
      expect.objectContaining({ subscriptionId: ours.id, state: 'active' }),
    ]);
  });

  test('and not in our table is removed and made anew: its secret is not known', async () => {
    await renew();
    const foreign = theOne();
    const row = await world.subscriptionStore.read('chat');
    if (!row) throw new Error('nothing recorded');
    await world.subscriptionStore.replace(row, { ...row.value, known: [] });
    expect(await renew()).toMatchObject({ state: 'active', actions: ['removed', 'created'] });
    expect(theOne().id).not.toBe(foreign.id);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('and not named by Graph is found in the list', async () => {
    await renew();
    const row = await world.subscriptionStore.read('chat');
    if (!row) throw new Error('nothing recorded');
    await world.subscriptionStore.replace(row, { ...row.value, known: [] });
    const effect = { kind: 'status', status: 409, message: 'A subscription exists' } as const;
    world.graph.faults.add({ operation: CREATE, times: 1, effect });
    expect(await renew()).toMatchObject({ state: 'active', actions: ['removed', 'created'] });
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('for ever: it is told, not tried for ever', async () => {
    world.graph.faults.add({ operation: CREATE, effect: { kind: 'status', status: 409 } });
    expect(await renew()).toMatchObject({ state: 'none', failures: [{ action: 'create', code: '409' }] });
    expect(world.asked(CREATE)).toBe(3);
  });

  test('and cannot be removed: it is told', async () => {
    await renew();
    const row = await world.subscriptionStore.read('chat');
    if (!row) throw new Error('nothing recorded');
    await world.subscriptionStore.replace(row, { ...row.value, known: [] });
    world.graph.faults.add({ operation: 'subscriptions.delete', effect: { kind: 'status', status: 503 } });
    expect(await renew()).toMatchObject({ failures: [{ action: 'remove', code: '503 ServiceUnavailable' }] });
  });
});

describe('a creation of which nobody heard', () => {
  /** The process ends when it would record what Graph created. */
  const dying = (): SubscriptionStore => ({
    ...world.subscriptionStore,
    async replace(row, record) {
      if (record.known.some(({ state }) => state === 'active')) throw new Error('killed');
      return world.subscriptionStore.replace(row, record);
    },
  });

  test('its notifications are known as ours all the same', async () => {
    await expect(renew(CHAT_SETTINGS, dying())).rejects.toThrow('Subscriptions could not be looked after');
    expect(atGraph()).toHaveLength(1);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('the next run ends with one subscription whose secret the table knows', async () => {
    await expect(renew(CHAT_SETTINGS, dying())).rejects.toThrow('Subscriptions could not be looked after');
    expect(await renew()).toMatchObject({ state: 'busy' });
    world.advance(4 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', failures: [] });
    expect(await checkOfNewMessage()).toBe('match');
    expect((await world.subscriptionStore.list()).map(({ state }) => state)).toEqual(['active']);
  });
});

describe('other settings', () => {
  test('another hub: the subscription is replaced', async () => {
    await renew();
    const old = theOne();
    const notificationUrl = HUB_URL.replace('contoso.servicebus', 'other.servicebus');
    expect(await renew({ ...CHAT_SETTINGS, notificationUrl })).toMatchObject({
      state: 'active',
      actions: ['removed', 'created'],
      reconcileFrom: expect.any(Date),
    });
    expect(theOne()).toMatchObject({ notificationUrl });
    expect(theOne().id).not.toBe(old.id);
  });

  test('a subscription that cannot be removed stays in use', async () => {
    await renew();
    world.graph.faults.add({ operation: 'subscriptions.delete', effect: { kind: 'status', status: 503 } });
    const notificationUrl = HUB_URL.replace('contoso.servicebus', 'other.servicebus');
    expect(await renew({ ...CHAT_SETTINGS, notificationUrl })).toMatchObject({
      state: 'active',
      failures: [{ action: 'remove' }],
    });
    expect(theOne().notificationUrl).toBe(HUB_URL);
  });
});

describe('a row of the version that knew chats only', () => {
  test('is read, and its subscription goes on', async () => {
    await renew();
    const { id: subscriptionId, clientState, expirationDateTime } = theOne();
    const at = world.now().toISOString();
    const known = {
      resource: RESOURCE,
      notificationUrl: HUB_URL,
      lifecycleNotificationUrl: null,
      state: 'active',
      ...{ subscriptionId, clientState, createdAt: at, renewedAt: null, confirmedAt: at },
      expiresAt: expirationDateTime.toISOString(),
    };
    const json = JSON.stringify({ source: 'chat', known: [known], lastFailure: null, lease: null });
    const table = TableClient.fromConnectionString(world.connectionString, 'Subscriptions', {
      allowInsecureConnection: true,
    });
    const row = { partitionKey: 'subscription', rowKey: 'chat', schemaVersion: 1, json };
    await table.upsertEntity(row, 'Replace');
    expect(await checkOfNewMessage()).toBe('match');
    expect(await renew()).toMatchObject({ state: 'active', actions: ['confirmed'], failures: [] });
    world.advance(20 * MINUTE_MS);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['renewed'], failures: [] });
    expect(theOne().id).toBe(subscriptionId);
    expect(await world.record('chat')).toMatchObject({
      known: [{ changeType: 'created,updated', includeResourceData: false, lifeMinutes: 60 }],
      coverage: { mode: 'allChats' },
    });
  });
});

describe('two instances at once', () => {
  test('end with one subscription whose secret the table knows', async () => {
    const reports = await Promise.all([renew(), renew(), renew(), renew()]);
    expect(reports.flatMap(({ actions }) => actions)).toEqual(['created']);
    expect(reports.filter(({ state }) => state === 'busy')).toHaveLength(3);
    expect(theOne().resource).toBe(RESOURCE);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('the same when the first is so slow that its lease has lapsed', async () => {
    world.graph.faults.add({ operation: CREATE, times: 1, effect: { kind: 'delay', ms: 300 } });
    const slow = renew();
    while (world.asked(CREATE) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    world.advance(4 * MINUTE_MS);
    const quick = await renew();
    await slow;
    expect(quick).toMatchObject({ state: 'active', actions: ['created'] });
    // The slow one saw that it was too late, and left alone what the quick one had made.
    expect(world.asked('subscriptions.delete')).toBe(0);
    expect(await renew()).toMatchObject({ state: 'active', actions: ['confirmed'], failures: [] });
    expect(theOne().resource).toBe(RESOURCE);
    expect(await checkOfNewMessage()).toBe('match');
  });

  test('a run that ends lets the next one at it', async () => {
    await renew();
    expect(await renew()).toMatchObject({ state: 'active', actions: ['confirmed'] });
  });
});
