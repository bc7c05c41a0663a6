import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ CALLS_TOLD_ALONE: '0' });
});
afterEach(() => world.stop());

const calls = () => world.services.store.calls.listNewest(100);

test('a call becomes one SMS for each of the team, with the three facts', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();

  for (const phone of TEAM) {
    const [sms, ...more] = world.inbox(phone);
    expect(more).toEqual([]);
    expect(sms).toMatch(/911/);
    expect(sms).toContain('+14255550123');
    expect(sms).toContain('Building 34, Room 2210');
  }
  const [call, ...others] = await calls();
  expect(others).toEqual([]);
  expect(call).toMatchObject({ content: 'read', isTest: false, late: false, firstToldAt: expect.any(String) });
  expect(world.log.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a call to 933 begins with TEST', async () => {
  await world.graph.emergency.placeEmergencyCall({ ...dials911, numberDialed: '933' });
  await world.deliver();
  await world.work();
  expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/^TEST/)]);
});

test('an ordinary chat message tells nobody, and is kept', async () => {
  const { chatId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
  const messageId = await world.graph.chats.postMessage(chatId, { from: 'alex@contoso.com', content: 'Lunch?' });
  await world.deliver();
  await world.work();
  expect(await calls()).toEqual([]);
  expect(world.inbox(TEAM[0])).toEqual([]);
  expect(await world.services.store.chatMessages.get(chatId, messageId)).toMatchObject({
    verdict: 'other',
    notification: { changeType: 'created', resource: expect.stringContaining(messageId) },
  });
});

test('the same event three times is one call and one SMS each', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver(3);
  await world.work();
  await world.restart();
  await world.work();
  expect(await calls()).toHaveLength(1);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

test('five calls, each event three times, out of order and among garbage: five calls and one SMS each for everybody', async () => {
  await world.openChat();
  const rooms = [1, 2, 3, 4, 5].map((n) => `Building 34, Room ${n}`);
  for (const place of rooms) {
    await world.graph.emergency.placeEmergencyCall({ ...dials911, place });
    world.advance(1_000);
  }
  const garbage = ['not json', { value: [{}] }, { value: 7 }, null, ''].map((body, i) => ({
    body,
    enqueuedAt: world.now().toISOString(),
    source: `garbage ${i}`,
  }));
  const events = world.hub.splice(0);
  world.hub.push(...[...events, ...events].reverse(), ...garbage, ...events);
  await world.deliver();
  await world.work();

  expect((await calls()).map(({ facts }) => facts.location).sort()).toEqual(rooms);
  for (const phone of TEAM) {
    for (const place of rooms) {
      expect(world.inbox(phone).filter((body) => body.includes(`"${place}"`))).toHaveLength(1);
    }
    expect(world.inbox(phone)).toHaveLength(rooms.length);
  }
});

test('a redial by the same person 30 s later is a second call', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  world.advance(30_000);
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [second, first] = await calls();
  expect(first?.code).not.toBe(second?.code);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(2);
});
