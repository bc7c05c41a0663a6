import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TableClient } from '@azure/data-tables';
import { type EvidenceOptions, evidenceCommand } from '../../cli/evidence/evidenceCommand.ts';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { readRoster } from '../../shared/evidence/names.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import { callKeysBetween } from '../../shared/store/callRange.ts';
import { createStore, type Store } from '../../shared/store/store.ts';
import { answerEntry, callAt, deliveryOf, later } from '../evidence/records.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { dials911, startWorld } from '../harness/world.ts';

const ROSTER = 'local/oneStepRoster.json';
const NOW = new Date('2026-06-01T12:00:00.000Z');
const DAY = { from: '2026-03-03', to: '2026-03-03' };
const NOON = '2026-03-03T12:00:00.000Z';

let connectionString: string;
let store: Store;
beforeEach(async () => {
  connectionString = await takeProductStorage();
  store = await createStore({ connectionString });
});

async function run(options: EvidenceOptions, now = NOW) {
  const parts: Buffer[] = [];
  const said: string[] = [];
  const roster = await readRoster(store, ROSTER);
  const context = {
    store,
    ...roster,
    now,
    write: (bytes: Buffer) => parts.push(bytes),
    say: (line: string) => said.push(line),
  };
  const code = await evidenceCommand(context, options);
  return { code, text: Buffer.concat(parts).toString('utf8'), said };
}

/** As a reader by RFC 4180 has it, by the names of the first line. */
function readCsv(text: string): Record<string, string>[] {
  expect(text.charCodeAt(0)).toBe(0xfeff);
  const [head = [], ...rows] = [
    ...text.slice(1).matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/g),
  ].map(([, line = '']) =>
    [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    ),
  );
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(row.map((value, i) => [head[i], value]));
  });
}
const codesOf = (text: string) =>
  readCsv(text)
    .filter(({ record }) => record === 'call')
    .map(({ callCode }) => callCode);

async function record(...calls: EmergencyCall[]): Promise<void> {
  for (const call of calls) await store.calls.insert(call);
}

describe('what cannot be is refused in a sentence, and nothing is written', () => {
  test.each<[string, EvidenceOptions, RegExp]>([
    ['no days', {}, /^Name the days/],
    ['only the first', { from: '2026-03-03' }, /^Name the days/],
    ['reversed', { from: '2026-03-04', to: '2026-03-03' }, /^--from 2026-03-04 is later/],
    ['no date', { from: 'yesterday', to: '2026-03-03' }, /^--from yesterday is no date/],
    ['no zone', { ...DAY, zone: 'Mars/Olympus' }, /^--zone Mars\/Olympus is no time zone/],
    ['two forms', { ...DAY, csv: true, json: true }, /^Either --csv or --json/],
    ['tests of reversed days', { tests: true, from: '2026-03-04', to: '2026-03-03' }, /^--from 2026-03-04 is later/],
    ['a folder that is not there', { ...DAY, out: '/nonexistent/evidence.csv' }, /cannot be written \(ENOENT\)/],
  ])('%s', async (_, options, message) => {
    const write = jest.fn();
    const context = { store, nameOf: () => null, sites: [], now: NOW, write, say: write };
    await expect(evidenceCommand(context, options)).rejects.toThrow(message);
    expect(write).not.toHaveBeenCalled();
  });
});

describe('which calls', () => {
  test('an empty range is a head without rows, and says so', async () => {
    await record(callAt('2026-03-02T23:59:59.999Z'), callAt('2026-03-04T00:00:00.000Z'));
    const { code, text, said } = await run(DAY);
    expect(code).toBe(0);
    expect(readCsv(text)).toEqual([]);
    expect(text.split('\r\n')).toHaveLength(2);
    expect(said[0]).toBe('No call is on record, 2026-03-03 to 2026-03-03 (UTC).');
    expect(JSON.parse((await run({ ...DAY, json: true })).text)).toMatchObject({ calls: [], unreadable: [] });
  });

  // Los Angeles goes forward on 8 March 2026: that day is from 08:00 UTC until 07:00 UTC of the next.
  test.each([
    ['UTC', [true, true, true, false, false]],
    ['America/Los_Angeles', [false, false, true, true, false]],
  ])('the day of a change of the clock in %s begins and ends to the millisecond', async (zone, isIn) => {
    const calls = ['T00:00:00.000Z', 'T07:59:59.999Z', 'T08:00:00.000Z']
      .map((time) => callAt(`2026-03-08${time}`))
      .concat(callAt('2026-03-09T06:59:59.999Z'), callAt('2026-03-09T07:00:00.000Z'));
    await record(...calls);
    const { text } = await run({ from: '2026-03-08', to: '2026-03-08', zone });
    expect(codesOf(text)).toEqual(calls.filter((_, i) => isIn[i]).map(({ code }) => code));
  });

  test('a call at exactly midnight is of the day that begins, and of one day only', async () => {
    const call = callAt('2026-03-04T00:00:00.000Z');
    await record(call);
    expect(codesOf((await run(DAY)).text)).toEqual([]);
    expect(codesOf((await run({ from: '2026-03-04', to: '2026-03-04' })).text)).toEqual([call.code]);
    expect(codesOf((await run({ from: '2026-03-03', to: '2026-03-05' })).text)).toEqual([call.code]);
  });

  test('a call that stands under the time of the hub counts by its own', async () => {
    const call = callAt('2026-03-04T00:00:05.000Z', { occurredAt: '2026-03-03T23:59:58.000Z' });
    await record(call);
    expect(codesOf((await run(DAY)).text)).toEqual([call.code]);
    expect(codesOf((await run({ from: '2026-03-04', to: '2026-03-04' })).text)).toEqual([]);
  });

  test('only what is near the range is read', async () => {
    const [near, ...far] = [NOON, '2026-01-01T12:00:00.000Z', '2026-03-15T12:00:00.000Z', '2026-05-01T12:00:00.000Z'];
    const calls = [near, ...far].map((at) => callAt(`${at}`));
    await record(...calls);
    const get = jest.spyOn(store.calls, 'get');
    await run(DAY);
    expect(get.mock.calls).toEqual([[calls[0]?.id]]);
    const keys = await callKeysBetween(store.clients, new Date(NOON), new Date(later(NOON, 0.001)));
    expect(keys).toEqual([{ callId: calls[0]?.id, isTest: false }]);
    expect(await callKeysBetween(store.clients, new Date(later(NOON, 0.001)), new Date('2026-03-15'))).toEqual([]);
    expect(await callKeysBetween(store.clients, new Date('2026-03-01'), new Date(NOON))).toEqual([]);
  });

  test('more calls than are read at once: the oldest first', async () => {
    const calls = Array.from({ length: 25 }, (_, i) => callAt(later(NOON, 60 * ((i * 7) % 25))));
    await record(...calls);
    const { text } = await run(DAY);
    const sorted = [...calls].sort((a, b) => (`${a.occurredAt}` < `${b.occurredAt}` ? -1 : 1));
    expect(codesOf(text)).toEqual(sorted.map(({ code }) => code));
  });
});

describe('what is said of them', () => {
  test('a call of schema version 1, which knew no answers, in both forms', async () => {
    const { chat, event: _e, endedAt: _n, alsoAt: _a, escalation: _s, response: _r, ...old } = callAt(NOON);
    const table = TableClient.fromConnectionString(connectionString, 'EmergencyCalls', {
      allowInsecureConnection: true,
    });
    const json = JSON.stringify({ ...old, ...chat });
    await table.createEntity({ partitionKey: old.id.slice(0, 4), rowKey: old.id, schemaVersion: 1, json });
    const { text } = await run(DAY);
    expect(readCsv(text)).toMatchObject([
      {
        record: 'call',
        callId: old.id,
        sources: 'chat',
        responseState: 'open',
        team: '',
        policy: '',
        acknowledgedAt: '',
      },
    ]);
    expect(JSON.parse((await run({ ...DAY, json: true })).text).calls).toMatchObject([
      { callId: old.id, team: null, policy: null, deliveries: [], timeline: [] },
    ]);
  });

  test('a call without any delivery is a row of its own, and says so', async () => {
    await record(callAt(NOON));
    const { text, said } = await run(DAY);
    expect(readCsv(text)).toMatchObject([
      { record: 'call', deliveries: '0', peopleTold: '0', late: 'unknown', gaps: 'no timeline; no delivery' },
    ]);
    expect(said[0]).toBe('1 call (0 tests), 0 deliveries, 2026-03-03 to 2026-03-03 (UTC).');
  });

  test('names with quotes, commas, line breaks and formulas come through, and no formula does', async () => {
    const hostile = ['=HYPERLINK("https://x.example","Room 1")', 'Vance, "Del"\r\nAdele', '+1-2', '@here', "'quoted"];
    for (const [i, callerDisplayName] of hostile.entries()) {
      const call = callAt(later(NOON, i));
      await record({ ...call, facts: { ...call.facts, callerDisplayName, location: callerDisplayName } });
    }
    const rows = readCsv((await run(DAY)).text);
    expect(rows.map(({ callerName = '' }) => callerName.replace(/^'/, ''))).toEqual(hostile);
    for (const row of rows) {
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=@]|^[+-](?!\d+(\.\d+)?$)/);
      expect(row.callbackNumber).toBe('+14255550123');
    }
    const { calls } = JSON.parse((await run({ ...DAY, json: true })).text);
    expect(calls.map(({ callerName }: { callerName: string }) => callerName)).toEqual(hostile);
  });

  test('a record that cannot be read is named, and the others are exported all the same', async () => {
    const [broken, whole] = [callAt(NOON), callAt(later(NOON, 60))];
    await record(whole);
    const table = TableClient.fromConnectionString(connectionString, 'EmergencyCalls', {
      allowInsecureConnection: true,
    });
    await table.createEntity({
      partitionKey: broken.id.slice(0, 4),
      rowKey: broken.id,
      schemaVersion: 3,
      json: '{"id"',
    });
    const { code, text, said } = await run(DAY);
    expect(code).toBe(1);
    expect(readCsv(text).map(({ record, callId }) => [record, callId])).toEqual([
      ['unreadable', broken.id],
      ['call', whole.id],
    ]);
    expect(said.at(-1)).toMatch(/^1 record could not be read/);
    expect(JSON.parse((await run({ ...DAY, json: true })).text)).toMatchObject({ unreadable: [broken.id] });
  });

  test('a storage that does not answer is no empty export', async () => {
    const away = connectionString.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const elsewhere = await createStore({ connectionString: away });
    const context = { store: elsewhere, nameOf: () => null, sites: [], now: NOW, write: jest.fn(), say: jest.fn() };
    await expect(evidenceCommand(context, DAY)).rejects.toThrow(/ECONNREFUSED/);
    expect(context.say).not.toHaveBeenCalled();
  });

  test('the secret of a notification stays where it is', async () => {
    const call = callAt(NOON);
    await record(call);
    const detail = { via: 'hub', notification: { clientState: 'secret-of-the-subscription' } };
    await store.timeline.append(call.id, {
      at: NOON,
      clock: 'eventHub',
      kind: 'notificationReceived',
      key: 'hub',
      detail,
    });
    const { text } = await run({ ...DAY, json: true });
    expect(text).not.toContain('secret-of-the-subscription');
    expect(JSON.parse(text).calls[0].timeline).toEqual([
      { at: NOON, clock: 'eventHub', kind: 'notificationReceived', key: 'hub', detail: { via: 'hub' } },
    ]);
  });

  test('somebody who has left the roster keeps the name that an earlier version gave', async () => {
    const call = callAt(NOON);
    await record(call);
    await store.deliveries.claim(deliveryOf(call, { recipientId: 'lidia' }));
    const document = { people: [{ id: 'lidia', name: 'Lidia Holloway' }, null, { id: 7 }] };
    await store.roster.insert(0, { document, importedAt: NOON, importedBy: null });
    expect(readCsv((await run(DAY)).text)[1]).toMatchObject({ recipientId: 'lidia', recipientName: 'Lidia Holloway' });
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evidence-'));
    const call = callAt(NOON);
    await record(call);
    await store.deliveries.claim(deliveryOf(call, { recipientId: 'megan' }));
    await store.deliveries.claim(deliveryOf(call));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each(['csv', 'json'] as const)('%s: described by its manifest, readable by its owner only', async (form) => {
    const out = join(folder, `march.${form}`);
    const { text, said } = await run({ ...DAY, [form]: true, out });
    expect(text).toBe('');
    const bytes = await readFile(out);
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))).toEqual({
      ...{ schemaVersion: 1, product: 'teams-emergency-alerts', version, kind: 'calls', format: form },
      madeAt: NOW.toISOString(),
      range: {
        ...{ firstDay: '2026-03-03', lastDay: '2026-03-03', zone: 'UTC' },
        ...{ from: '2026-03-03T00:00:00.000Z', until: '2026-03-04T00:00:00.000Z' },
      },
      counts: { calls: 1, realCalls: 1, testCalls: 0, deliveries: 2, timelineEntries: 0, unreadable: 0 },
      ...{ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual([`march.${form}`, `march.${form}.manifest.json`]);
    expect(said[1]).toContain(createHash('sha256').update(bytes).digest('hex'));
  });

  test('the same record gives the same bytes at any time, in either form', async () => {
    for (const form of [{ csv: true }, { json: true }]) {
      const [now, then] = [await run({ ...DAY, ...form }), await run({ ...DAY, ...form }, new Date('2027-01-01'))];
      expect(then.text).toBe(now.text);
    }
    const recipients = readCsv((await run(DAY)).text).map(({ recipientId }) => recipientId);
    expect(recipients).toEqual(['', 'adele', 'megan']);
  });

  test.each(['march.csv', 'march.csv.manifest.json'])('%s is there already: not written over', async (name) => {
    await writeFile(join(folder, name), 'older evidence');
    await expect(run({ ...DAY, out: join(folder, 'march.csv') })).rejects.toThrow(/is there already/);
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(join(folder, name), 'utf8')).toBe('older evidence');
  });

  test('a storage that fails half way leaves no half file', async () => {
    jest.spyOn(store.timeline, 'listOfCall').mockRejectedValue(new Error('storage is gone'));
    await expect(run({ ...DAY, out: join(folder, 'march.csv') })).rejects.toThrow('storage is gone');
    expect(await readdir(folder)).toEqual([]);
  });
});

test('--tests: the last test call of each place with its age, and no real call', async () => {
  const lobby = (at: string, changes: Partial<EmergencyCall>) => {
    const call = callAt(at, changes);
    return {
      ...call,
      facts: { ...call.facts, location: 'Lobby', emergencyNumberDialed: changes.isTest ? '933' : '911' },
    };
  };
  const [old, last] = [
    lobby('2026-03-03T12:00:00.000Z', { isTest: true }),
    lobby('2026-05-02T12:00:00.000Z', { isTest: true }),
  ];
  await record(old, last, lobby('2026-05-30T12:00:00.000Z', { isTest: false }));
  await store.deliveries.claim(deliveryOf(last));
  const { text, said } = await run({ tests: true });
  expect(readCsv(text)).toMatchObject([
    {
      place: 'Lobby',
      numberDialed: '933',
      callCode: last.code,
      ageDays: '30',
      seenById: '',
      addressReadBack: 'not recorded',
    },
  ]);
  expect(said[0]).toMatch(/^The last test call of 1 place, /);
  const march = await run({ tests: true, json: true, from: '2026-03-01', to: '2026-03-31' });
  expect(JSON.parse(march.text)).toMatchObject({ schemaVersion: 1, tests: [{ callCode: old.code, ageDays: 90 }] });
  const none = await run({ tests: true, from: '2026-01-01', to: '2026-01-31' });
  expect(readCsv(none.text)).toEqual([]);
  expect(none.said[0]).toMatch(/^No test call is on record/);
});

test('as a command: the export on standard output, the summary on the other; a refusal is exit code 1', async () => {
  const call = callAt(NOON);
  await record(call);
  await store.timeline.append(call.id, answerEntry(later(NOON, 60), 'adele', 'acknowledge'));
  const env = { ...process.env, AlertStorage: connectionString, ROSTER_FILE: ROSTER };
  const command = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'cli/evidence.ts', ...args], { env });
  const [shown, refused] = await Promise.allSettled([
    command('--from', DAY.from, '--to', DAY.to),
    command('--from', DAY.to, '--to', '2026-03-02'),
  ]);
  if (shown.status === 'rejected') throw shown.reason;
  expect(codesOf(shown.value.stdout)).toEqual([call.code]);
  expect(shown.value.stderr).toMatch(/^1 call \(0 tests\).*\nSHA-256 [0-9a-f]{64}\n$/);
  expect(refused).toMatchObject({
    reason: { code: 1, stdout: '', stderr: expect.stringMatching(/^--from .* is later/) },
  });
});

test('the story of one call: who was told what and when, and who took it', async () => {
  const world = await startWorld();
  try {
    await world.openChat();
    const dialedAt = world.now().getTime();
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.work();
    store = world.services.store;
    const [call] = await store.calls.listNewest(1);
    const row = (await store.deliveries.listOfCall(call?.id ?? '')).find(({ value }) => value.recipientId === 'megan');
    if (!call || !row) throw new Error('Nobody was told');
    world.advance(4_000);
    const [{ id: messageSid } = { id: '' }] = row.value.providerMessages;
    const deliveredAt = world.now();
    const report = { messageSid, status: 'delivered', errorCode: null, at: deliveredAt, clock: 'twilio' } as const;
    expect(await noteDeliveryStatus(world.services, row.value, report)).toBe('noted');
    world.advance(26_000);
    const acknowledgedAt = world.now();
    const answer = { callId: call.id, by: 'megan', via: 'sms', key: 'SM9', at: acknowledgedAt } as const;
    await answerCall(world.services, { ...answer, action: { kind: 'acknowledge' } });
    await world.work();

    const day = (offsetMs: number) => new Date(dialedAt + offsetMs).toISOString().slice(0, 10);
    const { text } = await run({ from: day(0), to: day(60_000) });
    const [told, ...sent] = readCsv(text);
    expect(told).toMatchObject({
      ...{ record: 'call', callCode: call.code, testOrReal: 'real', numberDialed: '911', late: 'in time' },
      ...{ location: dials911.place, locationMet: 'conveyed', callbackNumber: '+14255550123', peopleTold: '2' },
      ...{ cameBy: 'hub', responseState: 'acknowledged', acknowledgedAt: acknowledgedAt.toISOString() },
      ...{ acknowledgedById: 'megan', acknowledgedByName: 'Megan Bowen', acknowledgedVia: 'sms', gaps: '' },
      ...{ timeToNotifyClocks: 'teams to ours', timeToAcknowledgeClocks: 'teams to ours' },
    });
    const firstSentAt = Date.parse(`${told?.firstToldAt}`);
    expect(Number(told?.timeToNotifySeconds)).toBe((firstSentAt - Date.parse(`${call.occurredAt}`)) / 1_000);
    expect(sent.map(({ record, alert, recipientName }) => [record, alert, recipientName])).toEqual([
      ['delivery', 'first', 'Adele Vance'],
      ['delivery', 'first', 'Megan Bowen'],
      ['delivery', 'response-1', 'Adele Vance'],
    ]);
    expect(sent[1]).toMatchObject({
      ...{
        to: '+14255550112',
        deliveredAt: deliveredAt.toISOString(),
        deliveredClock: 'twilio',
        answer: 'acknowledge',
      },
      ...{ answeredAt: acknowledgedAt.toISOString(), answeredVia: 'sms', words: world.inbox('+14255550112')[0] },
    });
    expect(sent[0]).toMatchObject({ deliveredAt: '', answeredAt: '' });
  } finally {
    await world.stop();
  }
});
