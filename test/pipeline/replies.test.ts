import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
let chatId: string;
let messageId: string;
beforeEach(async () => {
  world = await startWorld();
  ({ chatId, messageId } = await world.graph.emergency.placeEmergencyCall(dials911));
  await world.deliver();
  await world.work();
});
afterEach(() => world.stop());

/** Somebody answers a message in Teams, which quotes it. */
async function reply(quotedId: string): Promise<void> {
  const quote = {
    messageId: quotedId,
    messagePreview: 'Alex Wilber has placed an Emergency Call',
    messageSender: null,
  };
  await world.graph.chats.postMessage(chatId, {
    from: 'emergency@contoso.com',
    content: `<attachment id="${quotedId}"></attachment><p>On my way</p>`,
    attachments: [{ id: quotedId, contentType: 'messageReference', content: JSON.stringify(quote) }],
  });
  await world.deliver();
  await world.work();
}

test('an answer to the emergency message is no call of its own, and stands on the timeline of the call', async () => {
  await reply(messageId);
  const [call, ...others] = await world.services.store.calls.listNewest(10);
  expect(others).toEqual([]);
  expect(world.inbox(TEAM[0])).toHaveLength(1);
  const timeline = await world.services.store.timeline.listOfCall(call?.id ?? '');
  expect(timeline).toContainEqual(
    expect.objectContaining({
      kind: 'chatReply',
      detail: expect.objectContaining({ text: expect.stringContaining('On my way') }),
    }),
  );
});

test('the message is deleted later: what it said is kept, nobody is told again, and an answer is still no call', async () => {
  await world.graph.chats.deleteMessage(chatId, messageId);
  await reconcileChats(world.services);
  await world.work();
  const kept = await world.services.store.chatMessages.get(chatId, messageId);
  expect(kept).toMatchObject({ verdict: 'emergency' });
  expect(JSON.stringify(kept?.message)).toContain('Building 34, Room 2210');
  const timeline = await world.services.store.timeline.listOfCall(kept?.callId ?? '');
  expect(timeline.filter(({ kind }) => kind === 'messageDeleted')).toHaveLength(1);
  expect(await world.services.store.deadLetters.list(10)).toEqual([]);

  await reply(messageId);
  expect(await world.services.store.calls.listNewest(10)).toHaveLength(1);
  expect(world.inbox(TEAM[0])).toHaveLength(1);
});

test('an answer that quotes an emergency message nobody has recorded is told', async () => {
  await reply('1700000000000');
  expect(await world.services.store.calls.listNewest(10)).toHaveLength(2);
  expect(world.inbox(TEAM[0])).toHaveLength(2);
});
