import { checkClientState } from '../../shared/graph/clientState.ts';
import { readHubEvent } from '../../shared/graph/notifications.ts';
import { chatSourceOf } from '../../shared/graph/subscriptionTargets.ts';
import type { SubscriptionStore } from '../../shared/store/subscriptionStore.ts';
import { CHAT_SETTINGS, certificateOf, type RenewalWorld, startRenewalWorld } from './renewalWorld.ts';
import { ACCOUNT, MINUTE_MS } from './signInWorld.ts';

const CREATE = 'subscriptions.create';
const ALL = '/chats/getAllMessages';
const HOUR_MS = 60 * MINUTE_MS;
/** Graph's: how many single chats of one user, in this file. */
const QUOTA = 10;

let world: RenewalWorld;
beforeAll(async () => {
  world = await startRenewalWorld({ quotas: { singleChatsPerUser: QUOTA } });
});
afterAll(() => world.stop());
beforeEach(() => world.reset());
afterEach(() => expect(world.graph.refusals()).toEqual([]));

const renew = async (changes: Parameters<RenewalWorld['renew']>[0] = {}) => {
  const { sources, coverage } = await world.renew(changes);
  const chat = sources.find(({ source }) => source === 'chat');
  return { chat, coverage, sources, failures: sources.flatMap((one) => one.failures) };
};
const refuse = (changes: { allChatsRefused?: boolean; chatsRefused?: boolean } = { allChatsRefused: true }) =>
  world.graph.setBehaviour(changes);
const addChats = async (count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    world.advance(1_000);
    ids.push(await world.addChat());
  }
  return ids;
};
const covered = () => world.atGraph('/messages').map(({ resource }) => resource.split('/')[2]);
/** Whether a message that is written in this chat now is announced, and known as ours. */
async function checkOf(chatId: string) {
  world.hub.splice(0);
  await world.graph.chats.postMessage(chatId, { from: 'AlexW@contoso.com', content: 'Hello' });
  const [change] = readHubEvent(world.hub.at(-1));
  return change?.kind === 'change' ? checkClientState(change, await world.subscriptionStore.list()) : 'not announced';
}

describe('where Graph refuses the subscription to all chats', () => {
  test('each chat has its own, also one without a message, and new chats are announced', async () => {
    refuse();
    const ids = [...(await addChats(3)), await world.addEmptyChat()];
    const { chat, coverage, failures } = await renew();
    expect(failures).toEqual([]);
    expect(chat).toMatchObject({ state: 'none', refusedWith: '403 ExtensionError' });
    expect(coverage).toMatchObject({ mode: 'perChat', covered: 4, polled: 0, refusal: null });
    expect(new Set(covered())).toEqual(new Set(ids));
    expect(world.atGraph(`/users/${ACCOUNT.id}/chats`)).toMatchObject([{ changeTypes: ['created', 'updated'] }]);
    expect(await checkOf(`${ids[0]}`)).toBe('match');
    const record = await world.record('chat');
    expect(record).toMatchObject({ refusal: { code: '403 ExtensionError' }, coverage, lastFailure: null });
    expect(world.errors()).toMatchObject([
      { mode: 'perChat', covered: 4, polled: 0, refusedWith: '403 ExtensionError' },
    ]);
  });

  test('what was created is renewed like any other, and nothing is created again', async () => {
    refuse();
    await addChats(2);
    await renew();
    world.advance(20 * MINUTE_MS);
    const { sources, coverage } = await renew();
    const actions = sources.filter(({ source }) => source !== 'chat').map((one) => one.actions);
    expect(actions).toEqual([['renewed'], ['renewed'], ['renewed']]);
    expect(coverage).toMatchObject({ mode: 'perChat', covered: 2 });
    expect(world.asked(CREATE)).toBe(4);
  });

  test('as many chats as Graph allows are covered, the newest; one more is tried an hour later', async () => {
    refuse();
    const ids = await addChats(QUOTA + 7);
    const { coverage, failures } = await renew();
    expect(failures).toEqual([]);
    expect(coverage).toMatchObject({ mode: 'perChat', covered: QUOTA, polled: 7, refusal: { code: '403 Forbidden' } });
    // They are asked for eight at a time.
    expect(covered()).toEqual(expect.arrayContaining(ids.slice(-8)));
    expect(covered()).not.toContain(ids[0]);
    const asked = world.asked(CREATE);
    world.advance(10 * MINUTE_MS);
    expect((await renew()).coverage).toMatchObject({ covered: QUOTA, polled: 7 });
    expect(world.asked(CREATE)).toBe(asked);
    // A chat is left, so there is room for one.
    await world.leaveChat(`${ids.at(-1)}`);
    world.advance(45 * MINUTE_MS);
    await renew();
    world.advance(6 * MINUTE_MS);
    expect((await renew()).coverage).toMatchObject({ covered: QUOTA, polled: 6 });
    expect(covered()).not.toContain(ids.at(-1));
    expect(await world.subscriptionStore.records()).toHaveLength(QUOTA + 3);
  });

  test('a list of chats that is refused too leaves the single chats', async () => {
    refuse({ allChatsRefused: true, chatsRefused: true });
    await addChats(2);
    const { coverage, failures } = await renew();
    expect(failures).toEqual([]);
    expect(coverage).toMatchObject({ mode: 'perChat', covered: 2 });
    expect(await world.record('chats')).toMatchObject({ refusal: { code: '403 ExtensionError' } });
    const asked = world.asked(CREATE);
    await renew();
    expect(world.asked(CREATE)).toBe(asked);
  });

  test.each([
    ['every chat is refused', 'Forbidden'],
    ['consent is missing', "Missing scope permissions on the request. API requires one of 'Chat.Read'"],
  ])('and %s: chats are only read back', async (_what, message) => {
    const effect = { kind: 'status', status: 403, code: 'Forbidden', message } as const;
    world.graph.faults.add({ operation: CREATE, effect });
    await addChats(3);
    const { chat, coverage, failures } = await renew();
    expect(failures).toEqual([]);
    expect(chat).toMatchObject({ state: 'none', refusedWith: '403 Forbidden' });
    const refusal = { code: '403 Forbidden' };
    expect(coverage).toMatchObject({ mode: 'polling', covered: 0, polled: 3, refusal });
    expect(world.atGraph()).toEqual([]);
    // No secret of a subscription that never was is kept.
    expect(await world.subscriptionStore.list()).toEqual([]);
    expect(await world.subscriptionStore.records()).toHaveLength(2);
    const asked = world.asked(CREATE);
    world.advance(55 * MINUTE_MS);
    await renew();
    expect(world.asked(CREATE)).toBe(asked);
    world.graph.faults.clear();
    world.advance(6 * MINUTE_MS);
    expect((await renew()).coverage).toMatchObject({ mode: 'allChats', polled: 0 });
  });

  test('and an older one lives, it stays as long as Graph confirms it', async () => {
    await addChats(1);
    await renew();
    refuse();
    const forbidden = { kind: 'status', status: 403, code: 'Forbidden' } as const;
    world.graph.faults.add({ operation: 'subscriptions.update', effect: forbidden });
    world.advance(25 * MINUTE_MS);
    const { chat, coverage } = await renew();
    expect(chat).toMatchObject({ state: 'active', actions: ['confirmed'], failures: [{ action: 'renew' }] });
    expect(coverage).toMatchObject({ mode: 'allChats' });
    await world.graph.removeSubscription(world.atGraph(ALL)[0]?.id ?? '');
    expect((await renew()).coverage).toMatchObject({ mode: 'perChat', covered: 1 });
  });
});

describe('the better way', () => {
  test('is tried each hour; when it works, the single chats are ended, and what may be missing is read back', async () => {
    await addChats(2);
    await renew();
    await world.graph.removeSubscription(world.atGraph(ALL)[0]?.id ?? '');
    refuse();
    await renew();
    const refusedAt = Date.parse((await world.record('chat'))?.refusal?.at ?? '');
    world.advance(HOUR_MS / 2);
    await renew();
    expect(world.asked(CREATE)).toBe(5);
    world.advance(HOUR_MS / 2);
    await renew();
    expect(world.asked(CREATE)).toBe(6);
    expect(await world.record('chat')).toMatchObject({ coverage: { mode: 'perChat', covered: 2 } });
    refuse({ allChatsRefused: false });
    world.advance(HOUR_MS);
    const { chat, coverage } = await renew();
    expect(chat).toMatchObject({ state: 'active', actions: ['created'], refusedWith: null });
    // Not since days: the single chats were announced meanwhile.
    expect(chat?.reconcileFrom?.getTime()).toBeGreaterThan(refusedAt + HOUR_MS / 2);
    expect(coverage).toMatchObject({ mode: 'allChats', covered: 0, polled: 0 });
    expect(world.atGraph().map(({ resource }) => resource)).toEqual([`/users/${ACCOUNT.id}${ALL}`]);
    world.advance(25 * HOUR_MS);
    await renew();
    expect((await world.subscriptionStore.records()).map(({ source }) => source)).toEqual(['chat']);
  });

  test('that fails in another way changes nothing, and is told', async () => {
    refuse();
    const [id] = await addChats(1);
    await renew();
    world.advance(HOUR_MS + MINUTE_MS);
    refuse({ allChatsRefused: false });
    world.graph.faults.add({ operation: CREATE, containing: ALL, times: 1, effect: { kind: 'status', status: 503 } });
    const { chat, coverage } = await renew();
    expect(chat).toMatchObject({ state: 'none', failures: [{ action: 'create', code: '503 ServiceUnavailable' }] });
    expect(coverage).toMatchObject({ mode: 'perChat', covered: 1 });
    expect(await checkOf(`${id}`)).toBe('match');
    expect((await renew()).coverage).toMatchObject({ mode: 'allChats' });
  });

  test('works, but a single chat cannot be ended: the next run ends it', async () => {
    refuse();
    await addChats(2);
    await renew();
    refuse({ allChatsRefused: false });
    world.advance(HOUR_MS - 5 * MINUTE_MS);
    await renew();
    world.graph.faults.add({ operation: 'subscriptions.delete', times: 1, effect: { kind: 'status', status: 503 } });
    world.advance(6 * MINUTE_MS);
    expect((await renew()).failures).toMatchObject([{ action: 'remove', code: '503 ServiceUnavailable' }]);
    expect((await renew()).failures).toEqual([]);
    expect(world.atGraph()).toHaveLength(1);
  });
});

describe('a failure among single chats', () => {
  test.each([
    ['503', { kind: 'status', status: 503 }, '503 ServiceUnavailable'],
    ['429', { kind: 'status', status: 429 }, '429 TooManyRequests'],
    ['a broken connection', { kind: 'reset' }, 'network'],
  ] as const)(
    '%s: the others are not tried in vain, one line tells of it, the next run goes on',
    async (_what, effect, code) => {
      refuse();
      await addChats(QUOTA);
      world.graph.faults.add({ operation: CREATE, containing: '/messages"', effect });
      const { coverage, failures } = await renew();
      expect(failures).toEqual(Array.from({ length: 8 }, () => expect.objectContaining({ action: 'create', code })));
      expect(coverage).toMatchObject({ mode: 'polling', covered: 0, polled: QUOTA, refusal: null });
      expect(world.errors()).toContainEqual(expect.objectContaining({ source: 'single chats', code, count: 8 }));
      world.graph.faults.clear();
      expect((await renew()).coverage).toMatchObject({ mode: 'perChat', covered: QUOTA, polled: 0 });
    },
  );

  test.each([
    ['one', 500, 1],
    ['the eight newest, for good', 400, 8],
  ])('of %s keeps no other from its turn', async (_what, status, count) => {
    refuse();
    const ill = (await addChats(QUOTA)).slice(-count);
    for (const id of ill)
      world.graph.faults.add({ operation: CREATE, containing: id, effect: { kind: 'status', status } });
    const { coverage, sources } = await renew();
    const failed = sources.filter((one) => one.failures.length > 0).map(({ source }) => source);
    expect(new Set(failed)).toEqual(new Set(ill.map(chatSourceOf)));
    expect(coverage).toMatchObject({ mode: 'perChat', covered: QUOTA - count, polled: count });
  });

  test('of the list of chats leaves what lives', async () => {
    refuse();
    await addChats(2);
    await renew();
    world.advance(20 * MINUTE_MS);
    world.graph.faults.add({ operation: 'chats.list', effect: { kind: 'status', status: 503 } });
    const { chat, coverage, sources } = await renew();
    expect(chat?.failures).toMatchObject([{ action: 'list', code: '503 ServiceUnavailable' }]);
    expect(coverage).toMatchObject({ mode: 'perChat', covered: 2 });
    expect(sources.filter(({ actions }) => actions.includes('renewed'))).toHaveLength(3);
  });

  test('of the sign-in leaves everything as it is', async () => {
    refuse();
    await addChats(2);
    const { coverage } = await renew();
    await world.instance().signOut();
    const later = await renew();
    expect(later.chat?.failures).toMatchObject([{ action: 'signIn', code: 'notSignedIn' }]);
    expect(later.coverage).toEqual(coverage);
    expect(covered()).toHaveLength(2);
  });

  test('of the process: the next run ends with one known subscription for each chat', async () => {
    refuse();
    const ids = await addChats(3);
    const subscriptions: SubscriptionStore = {
      ...world.subscriptionStore,
      replace: (row, record) =>
        record.source === chatSourceOf(`${ids[1]}`) && record.known.some(({ state }) => state === 'active')
          ? Promise.reject(new Error('killed'))
          : world.subscriptionStore.replace(row, record),
    };
    await expect(renew({ store: { subscriptions, watermarks: world.watermarks } })).rejects.toThrow();
    expect(covered()).toHaveLength(3);
    world.advance(4 * MINUTE_MS);
    expect(await renew()).toMatchObject({ coverage: { mode: 'perChat', covered: 3, polled: 0 }, failures: [] });
    for (const id of ids) expect(await checkOf(id)).toBe('match');
    expect(covered()).toHaveLength(3);
  });

  test('two instances at once end with one subscription for each chat', async () => {
    refuse();
    await addChats(3);
    const both = await Promise.all([renew(), renew()]);
    expect(both.map(({ chat }) => chat?.state).sort()).toEqual(['busy', 'none']);
    expect(covered()).toHaveLength(3);
    expect(world.asked('subscriptions.delete')).toBe(0);
  });
});

describe('chats with their content', () => {
  const encrypted = { ...CHAT_SETTINGS, chatResourceData: 'encrypted' } as const;
  const certificate = (id: string) => certificateOf(id, new Date(world.now().getTime() + 24 * HOUR_MS));

  test('switched on and off again: the subscription is replaced', async () => {
    await renew();
    world.settings.subscription = encrypted;
    world.vault.certificates = [await certificate('v1')];
    expect((await renew()).chat).toMatchObject({ state: 'active', actions: ['removed', 'created'], failures: [] });
    expect(world.atGraph()).toMatchObject([{ encryption: { certificateId: 'v1' } }]);
    world.settings.subscription = CHAT_SETTINGS;
    expect((await renew()).chat).toMatchObject({ state: 'active', actions: ['removed', 'created'] });
    expect(world.atGraph()).toMatchObject([{ encryption: null }]);
  });

  test('and no certificate: subscribed to without content, which is told, until there is one', async () => {
    world.settings.subscription = encrypted;
    world.vault.failure = new Error('no');
    const failures = [{ action: 'certificate', code: 'Error' }];
    expect((await renew()).chat).toMatchObject({ state: 'active', actions: ['created'], failures });
    expect((await renew()).chat).toMatchObject({ state: 'active', actions: ['confirmed'], failures });
    Object.assign(world.vault, { failure: null, certificates: [await certificate('v1')] });
    expect((await renew()).chat).toMatchObject({ state: 'active', actions: ['removed', 'created'], failures: [] });
    expect(world.atGraph()).toMatchObject([{ encryption: { certificateId: 'v1' } }]);
  });

  test('of single chats, while the list of chats needs none; a new version is taken up by all', async () => {
    refuse();
    world.settings.subscription = encrypted;
    world.vault.certificates = [await certificate('v1')];
    await addChats(2);
    expect((await renew()).coverage).toMatchObject({ mode: 'perChat', covered: 2 });
    world.vault.certificates = [await certificate('v2'), ...world.vault.certificates];
    await renew();
    expect(world.atGraph('/messages').map(({ encryption }) => encryption?.certificateId)).toEqual(['v2', 'v2']);
    expect(world.atGraph('/chats')).toMatchObject([{ encryption: null }]);
  });
});
