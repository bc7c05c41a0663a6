import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { queuedMessages } from '../harness/storedRows.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
});
afterEach(() => world.stop());

const call = async () => (await world.services.store.calls.listNewest(1))[0];
const openWork = () => world.services.store.work.listDue(new Date(world.now().getTime() + 7 * 86_400_000), 100);
const getMessage = 'chats.getMessage';
const fail = () => {
  throw new Error('The message is not stored');
};

describe('Graph', () => {
  test.each<[string, Parameters<World['graph']['faults']['add']>[0]]>([
    ['answers 503 once', { operation: getMessage, times: 1, effect: { kind: 'status', status: 503 } }],
    [
      'answers 429 and asks for a second',
      { operation: getMessage, times: 1, effect: { kind: 'status', status: 429, retryAfterSeconds: 1 } },
    ],
    ['breaks the connection', { operation: getMessage, times: 1, effect: { kind: 'reset' } }],
    ['does not know the token any more', { operation: getMessage, times: 1, effect: { kind: 'status', status: 401 } }],
  ])('%s: told within the same run, with all facts', async (_, fault) => {
    world.services.fetchBudgetMs = 4_000;
    world.graph.faults.add(fault);
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.work();
    expect(world.inbox(TEAM[0])).toEqual([expect.stringContaining('Building 34, Room 2210')]);
    expect(world.log.filter(({ message }) => message.includes('without details'))).toEqual([]);
  });

  test.each<[string, Parameters<World['graph']['faults']['add']>[0]['effect']]>([
    ['is down', { kind: 'status', status: 503 }],
    ['throttles for an hour', { kind: 'status', status: 429, retryAfterSeconds: 3_600 }],
    ['refuses the token', { kind: 'status', status: 401 }],
    ['does not know the message yet', { kind: 'status', status: 404 }],
  ])(
    '%s: told without details after ten seconds, then of the details when they are there',
    async (_, effect) => {
      const fault = world.graph.faults.add({ operation: getMessage, effect });
      await world.graph.emergency.placeEmergencyCall(dials911);
      await world.deliver();
      await world.pass(10_000);
      expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/details not (yet )?available/i)]);
      expect(await call()).toMatchObject({
        content: expect.stringMatching(/pending|unavailable/),
        firstToldAt: expect.any(String),
      });

      world.graph.faults.clear(fault);
      await reconcileChats(world.services);
      await world.work();
      const sms = world.inbox(TEAM[0]);
      expect(sms.at(-1)).toContain('+14255550123');
      expect(sms.at(-1)).toContain('Building 34, Room 2210');
      expect(await call()).toMatchObject({ content: 'read' });
    },
    60_000,
  );

  test('never announced the message: it is found by reading the chats back', async () => {
    await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
    expect(world.hub).toEqual([]);
    await reconcileChats(world.services);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    await reconcileChats(world.services);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });

  test('does not let the chats be read: where to look from does not move on', async () => {
    await reconcileChats(world.services);
    await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
    world.graph.faults.add({ operation: 'chats.list', times: 1, effect: { kind: 'status', status: 503 } });
    await expect(reconcileChats(world.services)).rejects.toThrow('Chats cannot be read back');
    world.advance(3_600_000);
    await reconcileChats(world.services);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });

  test('a message that was told blindly and is none about an emergency: those told hear that too', async () => {
    const fault = world.graph.faults.add({ operation: getMessage, effect: { kind: 'status', status: 503 } });
    const { chatId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
    await world.graph.chats.postMessage(chatId, { from: 'alex@contoso.com', content: 'Lunch?' });
    await world.deliver();
    await world.pass(12_000);
    world.graph.faults.clear(fault);
    await world.pass(120_000);
    expect(world.inbox(TEAM[0])).toEqual([
      expect.stringMatching(/details not yet available/i),
      expect.stringMatching(/no emergency/i),
    ]);
    expect(await openWork()).toEqual([]);
  }, 60_000);
});

describe('an edited message', () => {
  test('with a new location: an update, and the old text stays on the timeline', async () => {
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.work();
    const stored = await world.services.store.chatMessages.get(chatId, messageId);
    const { body } = (stored ?? fail()).message as { body: { content: string } };
    await world.graph.chats.editMessage(chatId, messageId, {
      content: body.content.replaceAll('Building 34, Room 2210', 'Building 35, Room 1'),
    });
    await world.deliver();
    await world.work();
    const [, update, ...more] = world.inbox(TEAM[0]);
    expect(update).toContain('Building 35, Room 1');
    expect(more).toEqual([]);
    const timeline = await world.services.store.timeline.listOfCall((await call())?.id ?? '');
    expect(JSON.stringify(timeline)).toContain('Building 34, Room 2210');
  });
});

describe('the sweep', () => {
  test('does what the queue lost', async () => {
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    world.advance(5_000);
    await sweep(world.services);
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    expect(await openWork()).toEqual([]);
  });

  test('leaves the queue the first two seconds', async () => {
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await sweep(world.services);
    expect(world.inbox(TEAM[0])).toEqual([]);
  });

  test.each([
    ['no JSON', 'garbage {', 'queue message names no work'],
    ['a number', '911', 'queue message names no work'],
    ['work that is done', '{"workId":"gone|alert|first"}', 'queue message failed too often'],
  ])('empties the poison queue: %s becomes a dead letter', async (_, text, reason) => {
    await world.services.store.clients.queue('alert-work-poison').sendMessage(text);
    await sweep(world.services);
    expect(await world.services.store.deadLetters.list(10)).toEqual([expect.objectContaining({ reason, raw: text })]);
    expect(await world.services.store.poisonQueue.receive()).toEqual([]);
  });
});

test('the sweep does not wait for Graph over subscriptions: it wakes the notifier for that', async () => {
  const { work } = world.services.store;
  const dueAt = new Date(world.now().getTime() - 60_000).toISOString();
  await work.insert({ kind: 'renewSubscriptions', reason: 'missed', subscriptionId: 'sub-1', dueAt, attempts: 0 });
  const asked = world.graph.requests().length;
  await sweep(world.services);
  expect(world.graph.requests()).toHaveLength(asked);
  expect(await queuedMessages(world.env.AlertStorage)).toEqual([
    expect.objectContaining({ workId: 'renew|sub-1|missed' }),
  ]);
});
