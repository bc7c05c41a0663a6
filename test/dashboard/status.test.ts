import { deadLettersSchema, monitorSchema, statusSchema } from '../../shared/dashboard/contract.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { callAt } from './storedCalls.ts';
import { ADMINISTRATOR, type Ask, AUDITOR, askPage, RESPONDER } from './visitors.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);

test('says how everything stands, and each thing that is not well says what to do', async () => {
  const status = statusSchema.parse((await ask('status', { as: RESPONDER })).json);
  expect(status.signIn.signedInAs).toBe('emergency@contoso.com');
  expect(status.subscriptions.sources.map(({ kind }) => kind)).toContain('chat');
  const bad = status.parts.filter(({ state }) => state !== 'ok' && state !== 'unknown');
  for (const { findings } of bad) expect(findings.length).toBeGreaterThan(0);
  for (const { todo, what } of status.parts.flatMap(({ findings }) => findings)) {
    expect(todo.length).toBeGreaterThan(10);
    expect(what.length).toBeGreaterThan(10);
  }
});

test('a sign-in that was lost is red, with what to do', async () => {
  await world.services.signIn?.signOut();
  const { state, parts, signIn } = statusSchema.parse((await ask('status')).json);
  expect(state).toBe('critical');
  const red = parts.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'critical');
  expect(red.map(({ todo }) => todo).join('\n')).toContain('sign-in');
  expect(signIn).toMatchObject({ signedInAs: null, signedInAt: null });
});

test('the words for monitors name nobody: no number, no name, no address', async () => {
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.services.signIn?.signOut();
  await world.services.store.deadLetters.add({
    reason: 'it cannot be read',
    raw: { from: 'Alex Wilber', number: '+14255550123' },
    at: world.now().toISOString(),
    source: 'event 1',
  });
  const { text, json } = await ask('status/monitor', { as: AUDITOR });
  const monitor = monitorSchema.parse(json);
  expect(monitor.state).toBe('critical');
  expect(monitor.parts.length).toBeGreaterThan(10);
  expect(text).not.toMatch(/\+?\d{10,}|contoso\.com|Alex|Adele|Vance|Megan|Bowen|Building|@/);
});

test('nor whom messages do not reach, though the status does', async () => {
  const time = world.now().toISOString();
  const [person] = world.services.recipients();
  await world.services.store.deliveries.claim({
    ...{ callId: callAt(world.now()).id, alertKey: 'first', recipientId: person?.id ?? '', channel: 'sms' },
    ...{ to: person?.phone ?? '', state: 'failed', owner: 'x', attempts: 1, queuedAt: null, startedAt: time },
    ...{ firstClaimedAt: time, claimedAt: time, leaseUntil: time, nextAttemptAt: null, bodies: [], doubts: 0 },
    ...{ providerMessages: [], factsVersion: 1, settledAt: time, lastError: '21614: not a mobile number' },
  });
  const findingsOf = (text: string) => monitorSchema.parse(JSON.parse(text)).parts.flatMap(({ findings }) => findings);
  expect((await ask('status')).text).toContain(`${person?.id} unreachable`);
  const { text } = await ask('status/monitor');
  expect(findingsOf(text).filter(({ id }) => id.startsWith('unreachable:'))).toMatchObject([
    { id: expect.stringMatching(/^unreachable:[0-9a-f]{8}$/), title: 'somebody unreachable' },
  ]);
  expect(text).not.toContain(person?.id);
});

test('while it is looked at, and shortly after, nobody looks again', async () => {
  const [first, second] = await Promise.all([ask('status'), ask('status')]);
  expect(first.json.at).toBe(second.json.at);
  expect((await ask('status/monitor')).json.at).toBe(first.json.at);
  world.advance(16_000);
  expect((await ask('status')).json.at).not.toBe(first.json.at);
});

test('a dead letter is replayed: it leaves the list, and its call is told', async () => {
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall(dials911);
  const [event] = world.hub.splice(0);
  await world.services.store.deadLetters.add({
    reason: 'it was refused',
    raw: event?.body,
    at: world.now().toISOString(),
    source: 'event 7',
  });
  const { letters } = deadLettersSchema.parse((await ask('dead-letters')).json);
  expect(letters).toMatchObject([{ reason: 'it was refused', attempts: 1 }]);
  const id = letters[0]?.id;
  const shown = await ask(`dead-letters/${id}`);
  expect(shown.json.json).toContain('chats');
  expect(shown.json.json).not.toMatch(/"clientState": "(?!withheld)/);

  expect((await ask(`dead-letters/${id}/replay`, { method: 'POST' })).json).toEqual({ isRequested: true });
  await world.work();
  expect((await ask('dead-letters')).json.letters).toEqual([]);
  expect(world.inbox('+14255550111').join('\n')).toContain('Building 34');
});

test.each([
  ['that is not there', '8242000000000-0123456789abcdef'],
  ['with another id', 'x'],
  ['with a quote in its id', "8242000000000-0123456789abcde'"],
])('a dead letter %s is not replayed', async (_, id) => {
  expect((await ask(`dead-letters/${id}`)).status).toBe(404);
  expect((await ask(`dead-letters/${id}/replay`, { method: 'POST' })).status).toBe(404);
  const due = await world.services.store.work.listDue(new Date('9999-01-01'), 10);
  expect(due.filter(({ value }) => value.kind === 'replayDeadLetter')).toEqual([]);
});

test('a replay that could not be noted is not made', async () => {
  const { id } = await world.services.store.deadLetters.add({
    reason: 'x',
    raw: {},
    at: world.now().toISOString(),
    source: 'event 7',
  });
  jest.spyOn(world.services.store.pageAudit, 'add').mockRejectedValue(new Error('storage'));
  const { status, json } = await ask(`dead-letters/${id}/replay`, { method: 'POST', as: ADMINISTRATOR });
  expect([status, json.code]).toEqual([503, 'failed']);
  const due = await world.services.store.work.listDue(new Date('9999-01-01'), 10);
  expect(due.filter(({ value }) => value.kind === 'replayDeadLetter')).toEqual([]);
});
