import { TableClient } from '@azure/data-tables';
import { startStorageProxy } from '../../local/faults/storageProxy.ts';
import { purge } from '../../shared/pipeline/purge.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import type { Alarm } from '../../shared/watch/alarm.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const DAY_MS = 24 * 60 * 60_000;
jest.setTimeout(60_000);

let world: World;
let chatId: string;
beforeEach(async () => {
  world = await startWorld();
  chatId = await world.graph.chats.createChat({ members: [dials911.caller, 'emergency@contoso.com'] });
  await world.deliver();
});
afterEach(() => world.stop());

const days = (count: number) => world.advance(count * DAY_MS);
/** What has expired meanwhile is subscribed to again, so that Graph tells of what comes. */
const subscribe = () => renewSubscriptions(world.services);
const store = () => world.services.store;
const keep = (retention: Partial<Services['settings']['retention']> = {}, services = world.services): Services => ({
  ...services,
  settings: {
    ...services.settings,
    retention: { callDays: 365, rawDays: 30, otherMessageDays: 1, legalHold: false, ...retention },
  },
});

/** A call that is told to everybody, by the whole way. Returns its id. */
async function call(): Promise<string> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [newest] = await store().calls.listNewest(1);
  return newest?.id ?? 'none';
}

async function say(content: string): Promise<string> {
  const messageId = await world.graph.chats.postMessage(chatId, { from: dials911.caller, content });
  await world.deliver();
  return messageId;
}

async function rowsIn(...tables: string[]): Promise<number> {
  let count = 0;
  for (const table of tables) {
    const client = TableClient.fromConnectionString(world.env.AlertStorage, table, { allowInsecureConnection: true });
    for await (const _ of client.listEntities()) count += 1;
  }
  return count;
}
const rowsOfCalls = () => rowsIn('EmergencyCalls', 'Timeline', 'Deliveries', 'ChatMessages');

test.each([
  [364.9, true],
  [365.1, false],
])('a call of %d days ago with all that hangs on it: kept is %s', async (age, isKept) => {
  const id = await call();
  expect(await rowsOfCalls()).toBeGreaterThan(5);
  days(age);
  await purge(keep());
  expect((await store().calls.get(id)) !== null).toBe(isKept);
  expect((await rowsOfCalls()) > 0).toBe(isKept);
});

test('of calls of all ages only the old ones go', async () => {
  const old = [await call(), await call()];
  days(80);
  await subscribe();
  const young = [await call(), await call()];
  days(300);
  const rowsBefore = (await store().timeline.listOfCall(young[0] ?? '')).length;
  await purge(keep());
  expect(await Promise.all(old.map((id) => store().calls.get(id)))).toEqual([null, null]);
  expect((await store().calls.listNewest(10)).map(({ id }) => id).sort()).toEqual(young.sort());
  expect(await store().timeline.listOfCall(young[0] ?? '')).toHaveLength(rowsBefore);
  expect(await store().deliveries.listOfCall(young[0] ?? '')).toHaveLength(TEAM.length);
});

test('a call with open work stays, however old, until the work is done', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  const [open] = await store().calls.listNewest(1);
  const gone = await call();
  await store().work.insert({
    kind: 'alert',
    callId: open?.id ?? '',
    alertKey: 'first',
    createdAt: '',
    dueAt: '9999',
    attempts: 0,
  });
  days(400);
  await purge(keep());
  expect((await store().calls.listNewest(10)).map(({ id }) => id)).toEqual([open?.id]);
  expect(await store().calls.get(gone)).toBeNull();
  expect(world.log).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('work on it is open') }),
  );

  for (const row of await store().work.listDue(new Date('9999-12-31'), 10)) await store().work.finish(row);
  await purge(keep());
  expect(await rowsOfCalls()).toBe(0);
});

test('a call that came with a date of long ago is kept by when it was recorded, and so is what ties its event to it', async () => {
  const made = await store().calls.get(await call());
  if (!made) throw new Error('The call is not on record');
  // 9999999999999 less the milliseconds, as ids begin.
  const id = `${9_999_999_999_999 - Date.parse('2016-03-14T08:00:00Z')}-00000000`;
  await store().calls.insert({ ...made.value, id, chat: null, recordedAt: world.now().toISOString() });
  await store().callers.nameCallOfEvent('event of 2016', id);
  days(364);
  await purge(keep());
  expect(await store().calls.get(id)).not.toBeNull();
  expect(await store().callers.callOfEvent('event of 2016')).toBe(id);
  days(2);
  await purge(keep());
  expect(await store().calls.get(id)).toBeNull();
  expect(await store().callers.callOfEvent('event of 2016')).toBeNull();
});

test('rows that cannot be read stay, are counted and named, and do not keep the rest from going', async () => {
  const table = (name: string) =>
    TableClient.fromConnectionString(world.env.AlertStorage, name, { allowInsecureConnection: true });
  const broken = await call();
  const whole = await call();
  const messageId = await say('Lunch?');
  const storedAt = world.now().toISOString();
  await table('ChatMessages').createEntity({ ...rowOf('a', 'message'), verdict: 'other', storedAt });
  await table('Claims').createEntity(rowOf('event', 'claim'));
  await table('EmergencyCalls').updateEntity(rowOf(broken.slice(0, 4), broken), 'Merge');
  days(2);
  await purge(keep());
  expect((await store().chatMessages.get(chatId, messageId))?.message).toBeNull();
  expect(world.log.at(-1)?.fields).toMatchObject({ unreadable: 2, isComplete: true });
  days(400);
  await purge(keep());
  expect(await store().calls.get(whole)).toBeNull();
  expect(await rowsIn('EmergencyCalls')).toBe(1);
  expect(world.log.at(-1)?.fields).toMatchObject({ unreadable: 3, isComplete: true });
  const named = world.log
    .filter(({ message }) => message.includes('cannot be read'))
    .map(({ fields }) => fields.rowKey);
  expect(new Set(named)).toEqual(new Set(['message', 'claim', broken]));
});

test.each([
  ['lapsed', false, -1],
  ['lasts', true, 1],
])('the record of a source that is no longer wanted, whose lease %s: kept is %s', async (_, isKept, minutes) => {
  const until = new Date(world.now().getTime() + minutes * 60_000).toISOString();
  await store().subscriptions.insert({
    source: 'event:Closed',
    known: [],
    lastFailure: null,
    refusal: null,
    coverage: null,
    lastGap: null,
    lease: { owner: 'one that was ended', until },
  });
  await purge(keep());
  expect((await store().subscriptions.read('event:Closed')) !== null).toBe(isKept);
});

test('under a legal hold nothing is removed, and the log says so', async () => {
  await call();
  await say('Lunch?');
  days(1_000);
  const before = await rowsOfCalls();
  await purge(keep({ legalHold: true }));
  expect(await rowsOfCalls()).toBe(before);
  expect(world.log.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('legal hold') });
});

describe('the content of chat messages', () => {
  const contentOf = async (messageId: string) => (await store().chatMessages.get(chatId, messageId))?.message ?? null;

  test.each([
    ['an ordinary one', 0.9, 1.1],
    ['one of an emergency', 29.9, 30.1],
  ])('%s is kept for %d days and gone after %d', async (which, kept, gone) => {
    const messageId =
      which === 'an ordinary one' ? await say('Lunch?') : await say('Alex has placed an Emergency Call');
    days(kept);
    await purge(keep());
    expect(await contentOf(messageId)).not.toBeNull();
    days(gone - kept);
    await purge(keep());
    expect(await store().chatMessages.get(chatId, messageId)).toMatchObject({ message: null, notification: null });
    days(365);
    await purge(keep());
    expect(await store().chatMessages.get(chatId, messageId)).toBeNull();
  });

  test('what was written anew since is kept', async () => {
    const messageId = await say('Lunch?');
    days(2);
    await subscribe();
    await world.graph.chats.editMessage(chatId, messageId, { content: 'Dinner?' });
    await world.deliver();
    await purge(keep());
    expect(JSON.stringify(await contentOf(messageId))).toContain('Dinner?');
  });

  test.each<[string, (messageId: string) => Promise<unknown>]>([
    ['deleted', (messageId) => world.graph.chats.deleteMessage(chatId, messageId)],
    ['edited', (messageId) => world.graph.chats.editMessage(chatId, messageId, { content: 'Dinner?' })],
  ])('an ordinary message whose content went and that is then %s is told to nobody', async (_, change) => {
    const messageId = await say('Lunch?');
    days(20);
    await subscribe();
    await world.deliver();
    await purge(keep());
    await change(messageId);
    // Graph does not announce that a message was deleted; the chat is read back when something is written there.
    await say('Sorry, wrong chat.');
    await reconcileChats(world.services);
    await world.work();
    const stored = await store().chatMessages.get(chatId, messageId);
    expect(stored?.storedAt.slice(0, 10)).toBe(world.now().toISOString().slice(0, 10));
    expect(await store().calls.listNewest(10)).toEqual([]);
    expect(world.inbox(TEAM[0])).toEqual([]);
  });

  test('chats that are read back after an outage of three days raise no old alert, even where a day is kept', async () => {
    await reconcileChats(world.services);
    await call();
    await say('Lunch?');
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    days(2.9);
    await purge(keep({ callDays: 1, rawDays: 1 }));
    await reconcileChats(world.services);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    expect(world.log.map(({ message }) => message)).not.toContainEqual(expect.stringContaining('never announced'));
  });
});

test('dead letters, finished alarms, what lags for good, and what ties callers to calls', async () => {
  const { deadLetters, alarms, watermarks, callers, retention } = store();
  const fill = async (name: string) => {
    const at = world.now();
    await deadLetters.add({ reason: name, raw: name, at: at.toISOString(), source: 'a test' });
    await alarms.write(null, { ...ALARM, id: name, overAt: at.toISOString() });
    await watermarks.set(`chat:${name}`, at);
    await watermarks.set(`ran:${name}`, at);
    await callers.put(null, { upn: `${name}@contoso.com`, openings: [], changedAt: at.toISOString() });
  };
  await alarms.write(null, { ...ALARM, id: 'lasting' });
  await watermarks.set('chats', world.now());
  await fill('old');
  days(0.2);
  await fill('young');
  days(29.9);
  await purge(keep());
  expect((await deadLetters.list(10)).map(({ reason }) => reason)).toEqual(['young']);
  expect((await alarms.list()).map(({ value }) => value.id).sort()).toEqual(['lasting', 'young']);
  const marks = (await watermarks.list('')).map(({ name }) => name);
  expect(marks.filter((name) => !name.startsWith('gap:')).sort()).toEqual(['chat:young', 'chats', 'ran:young']);
  expect(await callers.get('old@contoso.com')).not.toBeNull();
  days(336);
  expect(await retention.claimsBefore(new Date(world.now().getTime() - 365 * DAY_MS), 10, () => undefined)).toBe(2);
});

test('what one run is not allowed to do the next ones do, and a run without anything to do does nothing', async () => {
  for (let i = 0; i < 3; i += 1) await call();
  days(400);
  const left: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    await purge(keep(), { rows: 1, timeMs: 10_000 });
    left.push(await rowsIn('EmergencyCalls'));
  }
  expect(left).toEqual([2, 1, 0, 0]);
  await purge(keep(), { rows: 100, timeMs: 0 });
  expect(world.log.at(-1)).toMatchObject({ message: 'Old records removed', fields: { calls: 0, isComplete: false } });
});

test('a table that fails does not keep the others from it, and the log holds numbers only', async () => {
  const proxy = await startStorageProxy(world.env.AlertStorage);
  try {
    const services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    await call();
    await store().deadLetters.add({ reason: 'x', raw: {}, at: world.now().toISOString(), source: 'a test' });
    days(400);
    await proxy.add({ kind: 'busy', service: 'table', path: /EmergencyCalls/ });
    await expect(purge(keep({}, services))).rejects.toThrow('Not everything old could be removed (RestError');
    expect(await store().deadLetters.list(10)).toEqual([]);
    expect(await rowsIn('EmergencyCalls')).toBe(1);
    await proxy.clear();
    await purge(keep({}, services));
    expect(await rowsOfCalls()).toBe(0);
    const fields = world.log
      .filter(({ message }) => message === 'Old records removed')
      .flatMap(({ fields }) => Object.values(fields));
    expect(fields.every((value) => typeof value === 'number' || typeof value === 'boolean')).toBe(true);
  } finally {
    await proxy.close();
  }
});

const rowOf = (partitionKey: string, rowKey: string) => ({ partitionKey, rowKey, schemaVersion: 1, json: 'no JSON' });

const ALARM: Alarm = {
  id: 'x',
  part: 'sign-in',
  severity: 'warning',
  title: 'x',
  what: 'x',
  todo: 'x',
  news: null,
  since: '2026-01-01T00:00:00.000Z',
  runs: 1,
  overAt: null,
  told: null,
  knownTo: [],
  telling: null,
  refused: [],
  history: [],
};
