import { type HubEvent, ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { doWork, notifyOnCall } from '../../shared/pipeline/notifyOnCall.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
});
afterEach(() => world.stop());

const getMessage = 'chats.getMessage';
const LAST_RESORT = '+14255550199';
const openWork = () => world.services.store.work.listDue(new Date(world.now().getTime() + 7 * 86_400_000), 100);

async function call() {
  const [newest] = await world.services.store.calls.listNewest(1);
  if (!newest) throw new Error('No call is recorded');
  return newest;
}

async function alertWork(alertKey: string) {
  const row = await world.services.store.work.get(`${(await call()).id}|alert|${alertKey}`);
  if (!row) throw new Error(`There is no work ${alertKey}`);
  return row;
}

async function placeCall() {
  const placed = await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  return placed;
}

/** The caller's text, with another place. */
async function move({ chatId, messageId }: { chatId: string; messageId: string }): Promise<void> {
  const fetched = await world.services.chats?.fetchMessage(chatId, messageId);
  if (fetched?.outcome !== 'message') throw new Error('The message cannot be fetched');
  const { body } = fetched.message as { body: { content: string } };
  const content = body.content.replaceAll('Building 34, Room 2210', 'Building 35, Room 1');
  await world.graph.chats.editMessage(chatId, messageId, { content });
}

/** Another process whose sends wait until they are let go. `held` resolves once everybody of the team is claimed. */
async function processThatHoldsItsSends() {
  const services = await world.start();
  const channel = services.channels.sms;
  if (!channel) throw new Error('There is no channel');
  let release: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let waiting = 0;
  services.channels.sms = {
    ...channel,
    async send(message) {
      waiting += 1;
      if (waiting === TEAM.length) arrive();
      await released;
      return channel.send(message);
    },
  };
  return { services, held, release };
}

/** From now on the storage refuses to record that a message was accepted. */
function refuseAccepted({ store }: Services): void {
  const { deliveries } = store;
  store.deliveries = {
    ...deliveries,
    replace: (row, delivery) =>
      delivery.state === 'accepted'
        ? Promise.reject(new Error('The storage does not answer'))
        : deliveries.replace(row, delivery),
  };
}

test('a message without details was accepted and its record lost, then the content came: found by its own words, and the details follow as an update', async () => {
  const down = world.graph.faults.add({ operation: getMessage, effect: { kind: 'status', status: 503 } });
  world.services.fetchBudgetMs = 0;
  await placeCall();
  refuseAccepted(world.services);
  await expect(world.pass(10_000)).rejects.toThrow('Not every recipient could be told');
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);

  await world.restart();
  world.graph.faults.clear(down);
  // The content is there before the claims lapse: the lost record is taken over by a notifier that knows more.
  await world.pass(20_000);
  expect(await call()).toMatchObject({ content: 'read', factsVersion: 2 });
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  await world.pass(20_000);
  for (const phone of TEAM) {
    expect(world.inbox(phone)).toEqual([
      expect.stringMatching(/details not yet available/),
      expect.stringMatching(/^UPDATE.*\+14255550123.*Building 34, Room 2210/),
    ]);
  }
  const { id } = await call();
  const deliveries = (await world.services.store.deliveries.listOfCall(id)).map(({ value }) => value);
  expect(deliveries.map(({ alertKey, state, factsVersion }) => [alertKey, state, factsVersion]).sort()).toEqual([
    ...TEAM.map(() => ['first', 'accepted', 1]),
    ...TEAM.map(() => ['update-2', 'accepted', 2]),
  ]);
  expect(await openWork()).toEqual([]);
});

test('an update that finds everybody still being told is not lost when they have been told of the older facts', async () => {
  const placed = await placeCall();
  const sender = await processThatHoldsItsSends();
  const first = doWork(sender.services, await alertWork('first'));
  await sender.held;
  await move(placed);
  await world.deliver();

  // This notifier has read the deliveries as claimed, owes nobody an update, and is about to say so.
  const notifier = await world.start();
  const { work } = notifier.store;
  notifier.store.work = {
    ...work,
    async finish(row) {
      sender.release();
      await first;
      await work.finish(row);
    },
  };
  const { id } = await call();
  await notifyOnCall(notifier, { workId: `${id}|alert|update-2`, callId: id });

  await world.pass(60_000);
  for (const phone of TEAM) {
    expect(world.inbox(phone)).toEqual([
      expect.stringContaining('Building 34, Room 2210'),
      expect.stringMatching(/^UPDATE.*Building 35, Room 1/),
    ]);
  }
  expect(await openWork()).toEqual([]);
});

describe('the text from before an edit is recorded after the edited one', () => {
  /** A process that has fetched the message before the edit, and comes to record it only now. */
  async function slowProcess(placed: { chatId: string; messageId: string }): Promise<Services> {
    const services = await world.start();
    const { chats } = services;
    if (!chats) throw new Error('There are no chats');
    const older = await chats.fetchMessage(placed.chatId, placed.messageId);
    services.chats = { ...chats, fetchMessage: async () => older };
    return services;
  }

  test('before anybody was told: told of the newer facts only', async () => {
    const placed = await world.graph.emergency.placeEmergencyCall(dials911);
    const events = [...world.hub];
    const slow = await slowProcess(placed);
    await move(placed);
    await world.deliver();
    await ingestNotifications(slow, events);
    await world.pass(60_000);
    expect(await call()).toMatchObject({ facts: { location: 'Building 35, Room 1' }, factsVersion: 1 });
    for (const phone of TEAM) expect(world.inbox(phone)).toEqual([expect.stringContaining('Building 35, Room 1')]);
  });

  test('after they were told of the newer facts: no update with the older ones', async () => {
    const placed = await world.graph.emergency.placeEmergencyCall(dials911);
    const events = [...world.hub];
    await world.deliver();
    await world.work();
    const slow = await slowProcess(placed);
    await move(placed);
    await world.deliver();
    await world.work();
    await ingestNotifications(slow, events);
    await world.pass(60_000);
    expect(await call()).toMatchObject({ facts: { location: 'Building 35, Room 1' }, factsVersion: 2 });
    for (const phone of TEAM) {
      expect(world.inbox(phone)).toEqual([
        expect.stringContaining('Building 34, Room 2210'),
        expect.stringMatching(/^UPDATE.*Building 35, Room 1/),
      ]);
    }
  });
});

test('a second wake-up while the first attempt is under way does not put its retry off until the claims lapse', async () => {
  await placeCall();
  const sender = await processThatHoldsItsSends();
  const row = await alertWork('first');
  const first = doWork(sender.services, row);
  await sender.held;
  await doWork(world.services, row);

  world.twilio.faults.set({ kind: 'status', status: 503, times: TEAM.length });
  sender.release();
  await first;
  for (const phone of TEAM) expect(world.inbox(phone)).toEqual([]);
  await world.pass(2_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

describe('no answer of Twilio comes back, and for an hour it cannot be asked what it has', () => {
  const phones = [...TEAM, LAST_RESORT];

  /** The first minute sees seven attempts to tell the team, the last one those to tell the last resort. */
  async function anHourWith(kind: 'acceptThenReset' | 'reset'): Promise<void> {
    world.twilio.faults.set({ kind }, { kind: 'status', status: 503, on: 'every' });
    await placeCall();
    await world.pass(65_000);
    world.advance(3_470_000);
    await world.pass(65_000);
  }

  test('it has the messages: at most six each, and nothing more once it says so', async () => {
    await anHourWith('acceptThenReset');
    const before = phones.map((phone) => world.inbox(phone));
    for (const messages of before) {
      expect(messages.length).toBeGreaterThanOrEqual(1);
      expect(messages.length).toBeLessThanOrEqual(6);
    }
    world.twilio.faults.clear();
    await world.pass(31_000);
    expect(phones.map((phone) => world.inbox(phone))).toEqual(before);
    expect(await call()).toMatchObject({ firstToldAt: expect.any(String) });
    expect(await openWork()).toEqual([]);
  });

  test('it has none of them: tried again meanwhile, and sent once it says so', async () => {
    await anHourWith('reset');
    for (const phone of phones) {
      expect(world.inbox(phone)).toEqual([]);
      const attempts = world.twilio
        .requests()
        .filter(({ method, parameters }) => method === 'POST' && parameters.To === phone);
      expect(attempts.length).toBeGreaterThan(1);
    }
    world.twilio.faults.clear();
    await world.pass(31_000);
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  });
});

describe('a message that is deleted, and then read once more', () => {
  const doors: [string, (events: HubEvent[]) => Promise<void>][] = [
    ['because the hub repeats its notification', (events) => ingestNotifications(world.services, events)],
    ['with the chats that are read back', () => reconcileChats(world.services)],
  ];
  const stored = (chatId: string, messageId: string) => world.services.store.chatMessages.get(chatId, messageId);
  const deleted = expect.objectContaining({ deletedDateTime: expect.any(String) });

  test.each(doors)('an ordinary one, %s: nobody is told', async (_, readAgain) => {
    const chatId = await world.graph.chats.createChat({ members: ['adele@contoso.com', 'emergency@contoso.com'] });
    const messageId = await world.graph.chats.postMessage(chatId, { from: 'adele@contoso.com', content: 'Lunch?' });
    const events = [...world.hub];
    await world.deliver();
    await world.graph.chats.deleteMessage(chatId, messageId);
    await readAgain(events);
    await world.pass(60_000);
    expect(world.inbox(TEAM[0])).toEqual([]);
    expect(await stored(chatId, messageId)).toMatchObject({
      message: { body: { content: expect.stringContaining('Lunch?') } },
      deletedAs: deleted,
      verdict: 'other',
      callId: null,
    });
    expect(await world.services.store.calls.listNewest(1)).toEqual([]);
    expect(await world.services.store.deadLetters.list(1)).toEqual([]);
  });

  test.each(doors)(
    'one about an emergency, %s: what is known stays, and nobody is told again',
    async (_, readAgain) => {
      const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall(dials911);
      const events = [...world.hub];
      await world.deliver();
      await world.work();
      const { contentModifiedAt: _before, ...known } = await call();
      await world.graph.chats.deleteMessage(chatId, messageId);
      await readAgain(events);
      await world.pass(60_000);
      expect(await stored(chatId, messageId)).toMatchObject({
        message: { body: { content: expect.stringContaining('Building 34, Room 2210') } },
        deletedAs: deleted,
        verdict: 'emergency',
        callId: known.id,
      });
      expect(await world.services.store.calls.listNewest(2)).toEqual([
        { ...known, contentModifiedAt: expect.any(String) },
      ]);
      for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
    },
  );
});

test('an ordinary message that could be fetched only late leaves nothing on any timeline', async () => {
  const { chatId } = await placeCall();
  await world.work();
  const before = (await world.services.store.timeline.listOfCall((await call()).id)).length;
  const down = world.graph.faults.add({ operation: getMessage, effect: { kind: 'status', status: 503 } });
  const messageId = await world.graph.chats.postMessage(chatId, { from: dials911.caller, content: 'Lunch?' });
  await world.deliver();
  world.graph.faults.clear(down);
  await world.pass(9_000);

  expect(await world.services.store.chatMessages.get(chatId, messageId)).toMatchObject({
    verdict: 'other',
    callId: null,
  });
  const entries = [];
  for await (const entry of world.services.store.clients.table('Timeline').listEntities()) entries.push(entry.rowKey);
  expect(entries).toHaveLength(before);
});
