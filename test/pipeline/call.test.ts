import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
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
  expect(await world.services.store.chatMessages.get(chatId, messageId)).toMatchObject({ verdict: 'other' });
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
