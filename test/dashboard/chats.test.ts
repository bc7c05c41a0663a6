import { messagesSchema, threadSchema } from '../../shared/dashboard/contract.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { ADMINISTRATOR, askPage, RESPONDER } from './visitors.ts';

let world: World;
let callId: string;
beforeAll(async () => {
  world = await startWorld();
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall({ ...dials911, place: '<script>alert(1)</script>Lobby' });
  await world.deliver();
  await world.work();
  const [call] = await world.services.store.calls.listNewest(1);
  callId = call?.id ?? '';
  await world.services.store.chatMessages.save({
    chatId: '19:other@unq.gbl.spaces',
    messageId: '1700000000000',
    message: {
      id: '1700000000000',
      createdDateTime: '2026-01-01T00:00:00.1234567Z',
      from: { user: { displayName: 'Adele Vance' } },
      body: { contentType: 'html', content: '<p>Lunch &amp; <b>cake</b><img src=x onerror=alert(1)></p>' },
    },
    notification: { clientState: 'a-secret' },
    deletedAs: null,
    verdict: 'other',
    reasons: ['no phrase of an emergency'],
    callId: null,
    lastModifiedAt: null,
    storedAt: new Date(world.now().getTime() - 1_000).toISOString(),
  });
});
afterAll(() => world?.stop());

const list = async (query = '') => messagesSchema.parse((await askPage(world.services, `messages?${query}`)).json);

test('all that the account has received, the newest first, with what was read and why', async () => {
  const { messages, continuation } = await list();
  const emergency = messages.find(({ verdict }) => verdict === 'emergency');
  expect(emergency?.callId).toBe(callId);
  expect(messages.map(({ storedAt }) => storedAt)).toEqual(
    [...messages.map(({ storedAt }) => storedAt)].sort().reverse(),
  );
  expect(messages.find(({ text }) => text?.includes('cake'))).toMatchObject({
    from: 'Adele Vance',
    text: 'Lunch & cake',
    reasons: ['no phrase of an emergency'],
    sentAt: '2026-01-01T00:00:00.123Z',
  });
  expect(continuation).toBeNull();
});

test('by verdict, by words and by sender only what fits is there', async () => {
  expect((await list('verdict=other')).messages.map(({ callId: one }) => one)).toEqual([null, null]);
  expect((await list('verdict=emergency')).messages.map(({ callId: one }) => one)).toEqual([callId]);
  expect((await list('q=CAKE')).messages).toHaveLength(1);
  expect((await list('q=adele')).messages).toHaveLength(1);
  expect((await list('q=onerror')).messages).toHaveLength(0);
  expect((await list('verdict=unreadable')).messages).toHaveLength(0);
  expect((await list(`until=${new Date(0).toISOString()}`)).messages).toHaveLength(0);
});

test('page by page none is left out', async () => {
  const all = (await list()).messages.length;
  let continuation: string | null = null;
  let count = 0;
  do {
    const page = await list(`limit=1${continuation ? `&continuation=${encodeURIComponent(continuation)}` : ''}`);
    count += page.messages.length;
    continuation = page.continuation;
  } while (continuation !== null);
  expect(count).toBe(all);
});

test('the chat of a call is for who may see the call, all other chats are not', async () => {
  const { json } = await askPage(world.services, `calls/${callId}/chat`, { as: RESPONDER });
  const { messages } = threadSchema.parse(json);
  expect(messages.some((message) => message.callId === callId)).toBe(true);
  expect(messages.some(({ text }) => text?.includes('cake'))).toBe(false);
  expect((await askPage(world.services, 'messages', { as: RESPONDER })).json.code).toBe('roleMissing');
});

test('no secret of a notification is shown, neither with a call nor with a dead letter', async () => {
  const raw = await askPage(world.services, `calls/${callId}/raw`);
  expect(raw.json.notifications.length).toBeGreaterThan(0);
  const entries = await world.services.store.timeline.listOfCall(callId);
  const secrets = [...JSON.stringify(entries).matchAll(/"clientState":"([^"]+)"/g)].map(([, secret]) => secret ?? '');
  expect(secrets.length).toBeGreaterThan(0);
  const detail = await askPage(world.services, `calls/${callId}`);
  for (const secret of secrets) {
    expect(raw.text).not.toContain(secret);
    expect(detail.text).not.toContain(secret);
  }
});

test.each(['continuation=x', 'verdict=none', 'limit=0', 'q=%20'])('%s is no question', async (query) => {
  const { status, json } = await askPage(world.services, `messages?${query}`, { as: ADMINISTRATOR });
  expect([status, json.code]).toEqual([400, 'badRequest']);
});
