import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
});
afterEach(() => world.stop());

const openWork = () => world.services.store.work.listDue(new Date(world.now().getTime() + 7 * 86_400_000), 100);
const call = async () => (await world.services.store.calls.listNewest(1))[0];

async function placeCall(): Promise<void> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
}

test.each([500, 503])('Twilio answers %s for ten minutes: told within a minute of its return', async (status) => {
  world.twilio.faults.set({ kind: 'status', status });
  await placeCall();
  await world.pass(600_000);
  expect(world.inbox(TEAM[0])).toEqual([]);
  expect(await call()).toMatchObject({ firstToldAt: null });

  world.twilio.faults.clear();
  await world.pass(60_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  expect(await call()).toMatchObject({ late: true });
  expect(await openWork()).toEqual([]);
});

test('Twilio answers 429 with Retry-After: asked again then, and not before', async () => {
  world.twilio.faults.set({ kind: 'status', status: 429, retryAfterSeconds: 20, times: TEAM.length });
  await placeCall();
  await world.pass(19_000);
  const asked = world.twilio.requests().length;
  expect(world.inbox(TEAM[0])).toEqual([]);
  await world.pass(3_000);
  expect(world.twilio.requests().length).toBeGreaterThan(asked);
  expect(world.inbox(TEAM[0])).toHaveLength(1);
});

test('the connection to Twilio breaks before it has the message: sent again', async () => {
  world.twilio.faults.set({ kind: 'reset', times: TEAM.length });
  await placeCall();
  await world.pass(30_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

test('Twilio takes the message and the answer is lost: found in its list, not sent twice', async () => {
  world.twilio.faults.set({ kind: 'acceptThenReset', times: TEAM.length });
  await placeCall();
  await world.pass(60_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  expect(await call()).toMatchObject({ firstToldAt: expect.any(String) });
  expect(await openWork()).toEqual([]);
});

test('Twilio does not know our credentials: tried on, and told once they are right', async () => {
  world.twilio.faults.set({ kind: 'status', status: 401 });
  await placeCall();
  await world.pass(120_000);
  world.twilio.faults.clear();
  await world.pass(60_000);
  expect(world.inbox(TEAM[0])).toHaveLength(1);
});

test('a recipient who opted out is not tried again; the other is told at once', async () => {
  world.twilio.behave(TEAM[0], 'optedOut');
  await placeCall();
  await world.work();
  expect(world.inbox(TEAM[1])).toHaveLength(1);
  const asked = world.twilio.requests().length;
  await world.pass(3_600_000);
  expect(world.twilio.requests()).toHaveLength(asked);
  expect(await openWork()).toEqual([]);
});

test('nobody of the team can be reached: the last resort is told', async () => {
  for (const phone of TEAM) world.twilio.behave(phone, 'invalid');
  await placeCall();
  await world.work();
  expect(world.inbox('+14255550199')).toEqual([expect.stringContaining('+14255550123')]);
  expect(await openWork()).toEqual([]);
});

test('one recipient whose provider hangs does not keep the others waiting', async () => {
  world.twilio.faults.set({ kind: 'hang', times: 1 });
  await placeCall();
  const working = world.work();
  await world.twilio.waitForMessage(({ to }) => (TEAM as readonly string[]).includes(to), 5_000);
  await working;
  await world.pass(60_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
}, 60_000);

describe('nobody to tell, or no way to', () => {
  test('without a roster the last-resort numbers of the settings are told', async () => {
    world.services = await world.start(undefined, {
      ...world.env,
      ROSTER_FILE: 'missing.json',
      LAST_RESORT_NUMBERS: '+14255550188',
    });
    await placeCall();
    await world.work();
    expect(world.inbox('+14255550188')).toHaveLength(1);
    expect(world.log).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(/roster cannot be read/) }),
    );
  });

  test('without either, the work stays and says so until there is somebody', async () => {
    world.services = await world.start(undefined, { ...world.env, ROSTER_FILE: 'missing.json' });
    await placeCall();
    await world.pass(65_000);
    expect(world.log.filter(({ message }) => message === 'Nobody can be told').length).toBeGreaterThanOrEqual(2);
    await world.restart();
    await world.pass(31_000);
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });

  test('with bad Twilio settings likewise: the call is recorded, and told once they are mended', async () => {
    world.services = await world.start(undefined, { ...world.env, TWILIO_FROM: 'nobody' });
    await placeCall();
    await world.pass(31_000);
    expect(await call()).toMatchObject({ content: 'read', firstToldAt: null });
    await world.restart();
    await world.pass(31_000);
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });
});

test('after a day an alert that nobody could be told of ends as a dead letter', async () => {
  world.twilio.behave(TEAM[0], 'optedOut');
  world.services = await world.start(undefined, { ...world.env, ROSTER_FILE: 'missing.json' });
  await placeCall();
  await world.work();
  world.advance(24 * 60 * 60_000);
  await world.work();
  expect(await openWork()).toEqual([]);
  expect(await world.services.store.deadLetters.list(10)).toEqual([
    expect.objectContaining({ reason: 'a recipient could not be told of a call for a day' }),
  ]);
});
