import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SendResult } from '../../shared/messaging/channel.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { requestReplay } from '../../shared/pipeline/replayDeadLetter.ts';
import { alertWork } from '../../shared/pipeline/startAlert.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { dials911, startWorld, TEAM, TENANT_ID, type World } from '../harness/world.ts';

let world: World;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-rosters-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
});
afterEach(() => world.stop());

const LAST_RESORT = '+14255550199';
const openWork = () => world.services.store.work.listDue(new Date(world.now().getTime() + 7 * 86_400_000), 100);
const deadLetters = () => world.services.store.deadLetters.list(100);
const logged = (message: string) => world.log.filter((line) => line.message === message);

async function placeCall(): Promise<void> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
}

/** Another process, with this roster. */
async function useRoster(roster: unknown, settings: Record<string, string> = {}): Promise<void> {
  const file = join(dir, `${randomBytes(8).toString('hex')}.json`);
  await writeFile(file, JSON.stringify(roster));
  world.services = await world.start(undefined, { ...world.env, ROSTER_FILE: file, ...settings });
}

function roster(phones: Record<string, string>, lastResort: unknown[] = [LAST_RESORT]) {
  const ids = Object.keys(phones);
  return {
    team: { name: 'Security desk', timeZone: 'America/Los_Angeles', members: ids },
    people: ids.map((id) => ({ id, name: id, phone: phones[id] })),
    lastResort,
  };
}

test('neither Graph nor the table of subscriptions answers: told without details after ten seconds', async () => {
  world.services.fetchBudgetMs = 0;
  world.graph.faults.add({ operation: 'chats.getMessage', effect: { kind: 'status', status: 503 } });
  await placeCall();
  const { subscriptions } = world.services.store;
  world.services.store.subscriptions = {
    ...subscriptions,
    list: () => Promise.reject(new Error('The storage does not answer')),
  };
  await world.pass(10_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toEqual([expect.stringMatching(/details not yet available/)]);
});

describe('numbers that are none', () => {
  test('one in the roster: the others are told', async () => {
    await useRoster(roster({ adele: '+1425555011', megan: TEAM[1] }));
    await placeCall();
    await world.work();
    expect(world.inbox(TEAM[1])).toHaveLength(1);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
    expect(logged('The roster file has faults')).toHaveLength(1);
    expect(world.services.rosterProblems()).toHaveLength(1);
  });

  test('all in the roster: the last resort is told', async () => {
    await useRoster(roster({ adele: '911', megan: '425 555 0112' }));
    await placeCall();
    await world.work();
    expect(world.inbox(LAST_RESORT)).toHaveLength(1);
  });

  test.each([
    ['the roster', ['911', LAST_RESORT], {}],
    ['the settings', [], { LAST_RESORT_NUMBERS: `14255550101,${LAST_RESORT}` }],
  ])('one of the last resort in %s: the one beside it is told', async (_, lastResort, settings) => {
    await useRoster(roster({ adele: TEAM[0] }, lastResort), settings);
    world.twilio.behave(TEAM[0], 'invalid');
    await placeCall();
    await world.work();
    expect(world.inbox(LAST_RESORT)).toHaveLength(1);
  });
});

describe('one is refused for good, the other for the time being', () => {
  test.each<[string, SendResult]>([
    ['20003', { outcome: 'temporary', code: '20003', reason: 'the credentials were refused', retryAfterMs: 15_000 }],
    ['503', { outcome: 'temporary', code: '20503', reason: 'Twilio is not available', retryAfterMs: null }],
  ])('with %s: the last resort is told after a minute, and the other as soon as it can be', async (_, refusal) => {
    const channel = world.services.channels.sms;
    if (!channel) throw new Error('There is no channel');
    world.twilio.behave(TEAM[0], 'invalid');
    world.services.channels.sms = {
      ...channel,
      send: (message) => (message.to === TEAM[1] ? Promise.resolve(refusal) : channel.send(message)),
    };
    await placeCall();
    await world.pass(55_000);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
    await world.pass(35_000);
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringContaining('Building 34, Room 2210')]);

    world.services.channels.sms = channel;
    await world.pass(35_000);
    expect(world.inbox(TEAM[1])).toHaveLength(1);
    expect(world.inbox(LAST_RESORT)).toHaveLength(1);
    expect(await openWork()).toEqual([]);
  });
});

test('everybody and the last resort are refused for good: the work stays and says so, and whoever joins the roster is told', async () => {
  for (const phone of [...TEAM, LAST_RESORT]) world.twilio.behave(phone, 'invalid');
  await placeCall();
  await world.pass(65_000);
  expect(logged('Nobody at all could be told').length).toBeGreaterThanOrEqual(2);
  expect(await openWork()).toHaveLength(1);

  await useRoster(roster({ adele: TEAM[0], megan: TEAM[1], diego: '+14255550113' }));
  await world.pass(31_000);
  expect(world.inbox('+14255550113')).toEqual([expect.stringContaining('Building 34, Room 2210')]);
  expect(await openWork()).toEqual([]);
});

test('everybody is refused for good, and the last-resort number is put right: it is told', async () => {
  for (const phone of [...TEAM, LAST_RESORT]) world.twilio.behave(phone, 'invalid');
  await placeCall();
  await world.pass(35_000);
  await useRoster(roster({ adele: TEAM[0], megan: TEAM[1] }, ['+14255550198']));
  await world.pass(31_000);
  expect(world.inbox('+14255550198')).toEqual([expect.stringContaining('Building 34, Room 2210')]);
  expect(await openWork()).toEqual([]);
});

test('a call recorded while there was no roster, and Twilio busy once: the team gets one message each', async () => {
  await useRoster({}, { LAST_RESORT_NUMBERS: '' });
  await placeCall();
  await world.pass(65_000);
  await useRoster(roster({ adele: TEAM[0], megan: TEAM[1] }));
  world.twilio.faults.set({ kind: 'status', status: 503, times: TEAM.length });
  await world.pass(120_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

describe('the sweep', () => {
  test('work that fails each time, more than is done at once, does not keep a call from being told', async () => {
    const { work } = world.services.store;
    const longAgo = new Date(world.now().getTime() - 3_600_000);
    await Promise.all(Array.from({ length: 70 }, (_, i) => work.insert(alertWork(`nowhere-${i}`, 'first', longAgo))));
    await placeCall();
    for (let i = 0; i < 2; i += 1) {
      world.advance(30_000);
      await expect(sweep(world.services)).rejects.toThrow('Work could not be done');
    }
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  });

  test('however much other work is older, an alert is done first', async () => {
    const dueAt = new Date(world.now().getTime() - 3_600_000).toISOString();
    const replays = Array.from({ length: 70 }, (_, i) => ({ kind: 'replayDeadLetter' as const, deadLetterId: `${i}` }));
    await Promise.all(replays.map((work) => world.services.store.work.insert({ ...work, dueAt, attempts: 0 })));
    await placeCall();
    world.advance(30_000);
    await sweep(world.services);
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
  });

  test.each([
    ['nothing', 'null'],
    ['no time', '{"kind":"alert","callId":"1"}'],
    ['an unknown kind', '{"kind":"dance","dueAt":"2026-01-01T00:00:00.000Z"}'],
  ])('a row that is JSON and no work (%s) is named in the log and keeps nobody waiting', async (_, json) => {
    const dueAt = new Date(world.now().getTime() - 3_600_000).toISOString();
    const row = { partitionKey: 'open', rowKey: 'odd', kind: 'alert', dueAt, json };
    await world.services.store.clients.table('Work').createEntity(row);
    await placeCall();
    world.advance(30_000);
    await sweep(world.services);
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
    expect(logged('A work row cannot be read')).toEqual([expect.objectContaining({ fields: { rowKey: 'odd' } })]);
  });

  test('a row that is no JSON is named in the log, and does not keep a call from being told', async () => {
    const dueAt = new Date(world.now().getTime() - 3_600_000).toISOString();
    await world.services.store.clients
      .table('Work')
      .createEntity({ partitionKey: 'open', rowKey: 'damaged', kind: 'alert', dueAt, json: '{"kind":"ale' });
    await placeCall();
    world.advance(30_000);
    await sweep(world.services);
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
    expect(logged('A work row cannot be read')).toEqual([expect.objectContaining({ fields: { rowKey: 'damaged' } })]);
  });

  test('the queue cannot be reached, the tables can: ingest keeps the call, and the sweep tells of it', async () => {
    const AlertStorage = world.env.AlertStorage.replace(
      /QueueEndpoint=http:\/\/127\.0\.0\.1:\d+/,
      'QueueEndpoint=http://127.0.0.1:1',
    );
    expect(AlertStorage).not.toBe(world.env.AlertStorage);
    world.services = await world.start(undefined, { ...world.env, AlertStorage });
    await placeCall();
    expect(world.inbox(TEAM[0])).toEqual([]);
    world.advance(30_000);
    await expect(sweep(world.services)).rejects.toThrow('Work could not be done');
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
    expect(await openWork()).toEqual([]);
  });
});

describe('an event that no service could ever take', () => {
  const nested = () => JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  const nestedObjects = () => JSON.parse(`${'{"value":'.repeat(200_000)}0${'}'.repeat(200_000)}`);
  const change = (changes: Record<string, unknown>) => ({
    value: [
      {
        tenantId: TENANT_ID,
        changeType: 'created',
        resource: "chats('19:nowhere@thread.v2')/messages('1772352000000')",
        ...changes,
      },
    ],
  });
  /** Characters that no compression makes much of. */
  const noise = (length: number) => {
    const bytes = randomBytes(length * 2);
    return Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + (bytes.readUInt16LE(i * 2) % 0x5000))).join(
      '',
    );
  };
  const longId = () => randomBytes(690 * 768).toString('base64url');

  test.each<[string, () => unknown, RegExp]>([
    ['lists in lists in lists', nested, /nested too deeply to be kept/],
    ['objects in objects in objects', nestedObjects, /nested too deeply to be kept/],
    ['a change with such a field', () => change({ more: nested() }), /nested too deeply to be kept/],
    [
      'a chat id of 690 KB',
      () => change({ resource: `chats('${longId()}')/messages('1772352000000')` }),
      /^cannot be processed/,
    ],
    ['a million characters of noise', () => noise(1_000_000), /only the first 200000 of 1000000 characters are kept/],
    ['a megabyte of noise', () => randomBytes(1_000_000), /only the first 200000 of 13\d{5} characters are kept/],
  ])('%s: a dead letter with its reason, and its neighbour is told', async (_, body, reason) => {
    world.hub.push({ body: body(), enqueuedAt: world.now().toISOString(), source: 'injected' });
    await placeCall();
    await world.work();
    expect(await deadLetters()).toEqual([expect.objectContaining({ reason: expect.stringMatching(reason) })]);
    for (const phone of TEAM) expect(world.inbox(phone)).toEqual([expect.stringContaining('Building 34, Room 2210')]);
  });

  test('of what is too large for a row, the beginning is kept', async () => {
    const body = noise(1_000_000);
    world.hub.push({ body, enqueuedAt: world.now().toISOString(), source: 'injected' });
    await world.deliver();
    const [letter] = await deadLetters();
    expect(letter?.raw === body.slice(0, 200_000)).toBe(true);
  });
});

describe('reading chats back', () => {
  const CALLERS = Array.from({ length: 20 }, (_, i) => `caller${i}@contoso.com`);

  async function placeUnannounced(callers: readonly string[]): Promise<string[]> {
    const chatIds: string[] = [];
    for (const caller of callers) {
      const { chatId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, caller, announce: false });
      chatIds.push(chatId);
    }
    return chatIds;
  }

  const chatsWithCalls = async () =>
    (await world.services.store.calls.listNewest(100)).map(({ chat }) => chat?.chatId).sort();

  test('a chat that cannot be read holds no other up, and is read from where it was left once it can be', async () => {
    await reconcileChats(world.services);
    const chatIds = await placeUnannounced(CALLERS.slice(0, 3));
    const [unreadable = '', ...others] = chatIds;
    const fault = world.graph.faults.add({
      operation: 'chats.listMessages',
      containing: unreadable.slice('19:'.length, -'@thread.v2'.length),
      effect: { kind: 'status', status: 400, code: 'BadRequest' },
    });
    await expect(reconcileChats(world.services)).rejects.toThrow('Chats could not be read back');
    expect(await chatsWithCalls()).toEqual([...others].sort());
    world.advance(3_600_000);
    const leftAt = await world.services.store.watermarks.list('chat:');
    for (let i = 0; i < 3; i += 1) await expect(reconcileChats(world.services)).rejects.toThrow();
    expect(await world.services.store.watermarks.list('chat:')).toEqual(leftAt);

    world.graph.faults.clear(fault);
    await reconcileChats(world.services);
    expect(await chatsWithCalls()).toEqual([...chatIds].sort());
    await world.work();
    for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(chatIds.length);
  });

  test('at most eight chats are asked at once', async () => {
    await placeUnannounced(CALLERS);
    const { chats } = world.services;
    if (!chats) throw new Error('There are no chats');
    let underWay = 0;
    let most = 0;
    world.services.chats = {
      ...chats,
      async messagesSince(chatId, since) {
        underWay += 1;
        most = Math.max(most, underWay);
        const result = await chats.messagesSince(chatId, since);
        underWay -= 1;
        return result;
      },
    };
    await reconcileChats(world.services);
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(1);
    expect(await chatsWithCalls()).toHaveLength(CALLERS.length);
  });
});

test('an alert that was given up after a day: its dead letter is replayed, and it is told, though not at the first attempt', async () => {
  world.services = await world.start(undefined, { ...world.env, TWILIO_FROM: 'nobody' });
  await placeCall();
  await world.work();
  world.advance(24 * 60 * 60_000);
  await world.work();
  const [letter] = await deadLetters();
  expect(letter).toMatchObject({ reason: 'a recipient could not be told of a call for a day' });
  expect(await openWork()).toEqual([]);

  await world.restart();
  world.twilio.faults.set({ kind: 'status', status: 503, times: TEAM.length });
  await requestReplay(world.services, letter?.id ?? '');
  await world.pass(30_000);
  for (const phone of TEAM) expect(world.inbox(phone)).toEqual([expect.stringContaining('Building 34, Room 2210')]);
  expect(await deadLetters()).toEqual([]);
  expect(await openWork()).toEqual([]);
});
