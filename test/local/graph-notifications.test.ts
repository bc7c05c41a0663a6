import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphOptions } from '../../local/graph/graph.ts';
import type { NotificationFaults } from '../../local/graph/notifications/outbox.ts';
import { CALLER, MINUTE_MS, SERVICE_ACCOUNT, startWorld, TENANT_ID, type World } from './graphWorld.ts';

const OTHER = 'AdeleV@contoso.com';

let world: World;
let token: string;
let chatId: string;
beforeEach(() => start());
afterEach(() => world.graph.close());

/** A subscription to all messages, and a chat of the service account and a caller. */
async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld(options);
  token = String((await world.signIn()).access_token);
  await subscribe();
  chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
  world.takeEvents();
}

async function subscribe(changes: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await world.call('POST', '/v1.0/subscriptions', {
    token,
    body: world.subscription(changes),
  });
  expect(status).toBe(201);
  return body.id;
}
const say = (content: string, chat = chatId) => world.graph.chats.postMessage(chat, { from: CALLER, content });

test('names the message, and nothing of what it says', async () => {
  const [subscription] = world.graph.subscriptions();
  const messageId = await say('<p>My secret</p>');
  const resource = `chats('${chatId}')/messages('${messageId}')`;
  const events = world.takeEvents();
  expect(events).toEqual([
    [
      {
        subscriptionId: subscription?.id,
        subscriptionExpirationDateTime: '2026-03-02T10:00:00.000Z',
        tenantId: TENANT_ID,
        clientState: 'a-secret-that-only-graph-knows',
        changeType: 'created',
        resource,
        resourceData: { id: messageId, '@odata.type': '#Microsoft.Graph.chatMessage', '@odata.id': resource },
      },
    ],
  ]);
});

test('tells of what is created, updated and deleted', async () => {
  const id = await say('one');
  await world.graph.chats.editMessage(chatId, id, { content: 'two' });
  await world.graph.chats.deleteMessage(chatId, id);
  expect(world.takeNotifications().map(({ changeType }) => changeType)).toEqual(['created', 'updated', 'deleted']);
});

test('tells of the message that Teams writes when a chat is made', async () => {
  const made = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id, OTHER] });
  const [notification, ...more] = world.takeNotifications();
  expect(more).toEqual([]);
  const { body } = await world.call('GET', `/v1.0/${notification?.resource}`, { token });
  expect(body).toMatchObject({ chatId: made, from: null, body: { content: '<systemEventMessage/>' } });
});

test('each subscription is told what it covers', async () => {
  const created = await subscribe({ changeType: 'created' });
  const ofChat = await subscribe({ resource: `/chats/${chatId}/messages`, changeType: 'updated' });
  const ofChats = await subscribe({ resource: '/me/chats', changeType: 'created,updated' });
  const names = new Map(world.graph.subscriptions().map(({ id }) => [id, 'all']));
  names.set(created, 'created').set(ofChat, 'ofChat').set(ofChats, 'ofChats');
  world.takeEvents();
  const told = () => world.takeNotifications().map((one) => `${names.get(one.subscriptionId)} ${one.changeType}`);

  const id = await say('one');
  expect(told()).toEqual(['all created', 'created created']);
  await world.graph.chats.editMessage(chatId, id, { content: 'two' });
  expect(told()).toEqual(['all updated', 'ofChat updated']);
  await world.graph.chats.createChat({ members: [SERVICE_ACCOUNT.id, OTHER], chatType: 'oneOnOne' });
  expect(told()).toEqual(['ofChats created']);
  await world.graph.chats.leaveChat(chatId, CALLER);
  expect(told()).toEqual(['ofChats updated', 'all created', 'created created']);
});

describe('says nothing', () => {
  afterEach(() => expect(world.takeEvents()).toEqual([]));

  test('of chats the account is not in', async () => {
    await say('hello', await world.graph.chats.createChat({ members: [CALLER, OTHER] }));
  });

  test('once the account has left', async () => {
    await world.graph.chats.leaveChat(chatId, SERVICE_ACCOUNT.id);
    await say('hello');
  });

  test('once the subscription is past its expiry', async () => {
    world.advance(60 * MINUTE_MS);
    await say('hello');
  });

  test('once the subscription was deleted or removed', async () => {
    const [subscription] = world.graph.subscriptions();
    await world.graph.removeSubscription(String(subscription?.id));
    await say('hello');
  });

  test('of what Graph loses; the message is there all the same', async () => {
    const id = await world.graph.chats.postMessage(chatId, { from: CALLER, content: 'hello', announce: false });
    expect((await world.call('GET', `/v1.0/chats/${chatId}/messages/${id}`, { token })).status).toBe(200);
    expect(world.graph.notifications.lost()).toEqual([
      { reason: 'fault', notification: expect.objectContaining({ changeType: 'created' }) },
    ]);
  });
});

test('a minute before its expiry a subscription still tells', async () => {
  world.advance(59 * MINUTE_MS);
  await say('hello');
  expect(world.takeEvents()).toHaveLength(1);
});

describe('faults between Graph and the hub', () => {
  /** The ids of three messages, and what is in the hub after them: one list for each event. */
  async function threeWith(faults: NotificationFaults): Promise<{ ids: string[]; events: string[][] }> {
    world.graph.notifications.setFaults(faults);
    const ids = [await say('one'), await say('two'), await say('three')];
    return { ids, events: eventIds() };
  }
  const eventIds = () => world.takeEvents().map((event) => event.map(({ resourceData }) => resourceData.id));

  test('none', async () => {
    const { ids, events } = await threeWith({});
    expect(events).toEqual(ids.map((id) => [id]));
  });

  test('loss of the next two', async () => {
    const { ids, events } = await threeWith({ lose: 2 });
    expect(events).toEqual([[ids[2]]]);
    expect(world.graph.notifications.lost()).toHaveLength(2);
  });

  test('loss of all, until it ends', async () => {
    expect((await threeWith({ lose: 'all' })).events).toEqual([]);
    expect((await threeWith({})).events).toHaveLength(3);
  });

  test('duplicates', async () => {
    const { ids, events } = await threeWith({ copies: 2 });
    expect(events).toEqual([[ids[0]], [ids[0]], [ids[1]], [ids[1]], [ids[2]], [ids[2]]]);
  });

  test('another order', async () => {
    const { ids, events } = await threeWith({ gather: 3, reverse: true });
    expect(events).toEqual([[ids[2]], [ids[1]], [ids[0]]]);
  });

  test('several in one event', async () => {
    const { ids, events } = await threeWith({ gather: 3, oneEvent: true });
    expect(events).toEqual([ids]);
  });

  test('held back until it is let go', async () => {
    const { ids, events } = await threeWith({ gather: 10 });
    expect(events).toEqual([]);
    expect(world.graph.notifications.held()).toHaveLength(3);
    await world.graph.notifications.flush();
    expect(eventIds()).toEqual(ids.map((id) => [id]));
  });

  test('delay, which ends with the look-alike', async () => {
    expect((await threeWith({ delayMs: 5 })).events).toEqual([]);
    const late: string[][] = [];
    while (late.length < 3) {
      await sleep(1);
      late.push(...eventIds());
    }

    expect((await threeWith({ delayMs: 60_000 })).events).toEqual([]);
    await world.graph.close();
    expect(world.graph.notifications.lost().map(({ reason }) => reason)).toEqual(['closed', 'closed', 'closed']);
  });

  test('a hub that refuses: the writer never hears of it', async () => {
    await world.graph.close();
    let isOpen = true;
    await start({ publish: async () => (isOpen ? undefined : Promise.reject(new Error('refused'))) });
    isOpen = false;
    await say('hello');
    expect(world.graph.notifications.lost()).toEqual([expect.objectContaining({ reason: 'hubRefused' })]);
  });
});
