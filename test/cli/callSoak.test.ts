import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountOfCalls } from '../../cli/soak/calls/account.ts';
import { planCalls } from '../../cli/soak/calls/plan.ts';
import { privatePatterns } from '../../cli/soak/calls/privacy.ts';
import { type CallSoakOptions, type CallSoakResult, runCallSoak } from '../../cli/soak/calls/run.ts';
import { narrow } from '../../cli/soak/calls/shorten.ts';
import { watchLog } from '../../cli/soak/logWatch.ts';
import { generateSchedule } from '../../local/faults/schedule.ts';
import { bundle } from '../../scripts/bundle.ts';
import { takeProductStorage, takeStorageAccount } from '../harness/storage.ts';

let appDir: string;
beforeAll(async () => {
  appDir = await mkdtemp(join(tmpdir(), 'emergency-alerts-soak-'));
  await bundle(appDir);
});
afterAll(() => rm(appDir, { recursive: true, force: true }));

async function soak(options: Pick<CallSoakOptions, 'calls' | 'seed' | 'durationMs'> & Partial<CallSoakOptions>) {
  const storage = { host: takeStorageAccount(), product: await takeProductStorage() };
  return runCallSoak({ appDir, storage, schedule: { seed: options.seed, entries: [] }, ...options });
}

function badLinesOf(result: CallSoakResult): string[] {
  return accountOfCalls(result).flatMap(({ name, value, isBad }) => (isBad ? [`${name.trim()}: ${value}`] : []));
}

test('sixty calls while parts fail: nobody is missed, nothing is left over, and no log line says who or where', async () => {
  const seed = Number(process.env.SEED ?? 4);
  process.stdout.write(`seed ${seed} (SEED=${seed} repeats it)\n`);
  const durationMs = 40_000;
  const times = { durationMs, meanGapMs: 4_000, leastMs: 1_000, mostMs: 6_000, atOnce: 2 };
  const schedule = generateSchedule(seed, { ...times, except: ['notifications lost'] });
  const result = await soak({ calls: 60, seed, durationMs, schedule });
  const { tally, changes, log } = result;
  process.stdout.write(
    `60 calls, ${changes.length / 2} faults: ${tally.extraMessages} double messages, ${tally.late.length} late, ` +
      `slowest ${tally.slowestSeconds} s, ${log.count()} log lines\n`,
  );
  expect(log.personal()).toEqual([]);
  expect(badLinesOf(result)).toEqual([]);
  expect(log.count()).toBeGreaterThan(500);
}, 300_000);

/** What stands in the bundle for the door, and what it becomes: every fifth event is dropped, as if it were done. */
const DOOR = /async function ingestNotifications\((\w+), (\w+)\) \{/;
const LEAKY_DOOR =
  'async function ingestNotifications($1, all) { const $2 = all.filter(({ source }) => !/[05]$/.test(source));';

/** Whether the file holds the door. */
async function makeLeaky(file: string): Promise<boolean> {
  const whole = await readFile(file, 'utf8');
  await writeFile(file, whole.replace(DOOR, LEAKY_DOOR));
  return DOOR.test(whole);
}

test('a door that drops events: the account says how many calls were lost, and the run is narrowed to the first', async () => {
  const leaky = await mkdtemp(join(tmpdir(), 'emergency-alerts-leaky-'));
  try {
    await bundle(leaky);
    const files = (await readdir(leaky, { recursive: true })).filter((file) => file.endsWith('.mjs'));
    const changed = await Promise.all(files.map((file) => makeLeaky(join(leaky, file))));
    expect(changed.filter((isChanged) => isChanged)).toHaveLength(1);
    const result = await soak({ appDir: leaky, calls: 60, seed: 1, durationMs: 20_000, drainMs: 40_000 });
    const { lost } = result.tally;
    // What comes by chat as well is found by the other source, or by reading chats back.
    const byEventOnly = result.calls.filter(({ sources }) => sources.join() === 'event').map(({ n }) => n);
    expect(lost.length).toBeGreaterThan(0);
    expect(byEventOnly).toEqual(expect.arrayContaining(lost));
    expect(badLinesOf(result)).toEqual(
      expect.arrayContaining([`calls told: ${60 - lost.length}`, `calls lost: ${lost.length}`]),
    );
    const first = result.calls.find(({ n }) => n === lost[0]);
    const { window } = narrow({ seed: 1, entries: [] }, result);
    expect(window?.fromMs).toBeLessThanOrEqual(first?.atMs ?? -1);
    expect(window?.untilMs).toBeGreaterThan(first?.atMs ?? Number.POSITIVE_INFINITY);
  } finally {
    await rm(leaky, { recursive: true, force: true });
  }
}, 240_000);

test('the part of a run around what was lost has the faults of that time, and begins with it', () => {
  const calls = planCalls({ seed: 1, calls: 100, durationMs: 300_000, hasEvents: true }).map((call, n) => ({
    ...{ ...call, n, placedAtMs: 0, chatId: '', messageId: '', eventId: '' },
    atMs: n * 3_000,
  }));
  const entries = [
    { atMs: 20_000, forMs: 9_000, part: 'graph', kind: 'down' } as const,
    { atMs: 110_000, forMs: 15_000, part: 'storage', kind: 'down' } as const,
    { atMs: 145_000, forMs: 5_000, part: 'host', kind: 'killed' } as const,
    { atMs: 165_000, forMs: 5_000, part: 'twilio', kind: 'down' } as const,
  ];
  // Call 50 was placed after 150 s.
  const result = { calls, tally: { lost: [50], notEverybody: [] } } as unknown as CallSoakResult;
  expect(narrow({ seed: 1, entries }, result)).toEqual({
    seed: 1,
    window: { fromMs: 120_000, untilMs: 165_000 },
    entries: [
      { atMs: 0, forMs: 5_000, part: 'storage', kind: 'down' },
      { atMs: 25_000, forMs: 5_000, part: 'host', kind: 'killed' },
    ],
  });
});

describe('a log line of a soak with', () => {
  const settings = {
    TWILIO_AUTH_TOKEN: 'auth-token-of-the-embedded-stack',
    AlertStorage: 'AccountName=alerts;AccountKey=c2VjcmV0IGtleQ==;',
    SMS_DETAIL: 'full-detail',
  };
  const find = (line: string) => {
    const log = watchLog(privatePatterns(settings));
    log.add(line);
    return log.personal();
  };

  test.each([
    ['a phone number', 'sent to +14255550111', 'phone number: aaaa aa +99999999999'],
    ['a phone number as people write it', 'sent to (425) 555-0111', 'phone number: aaaa aa (999) 999-9999'],
    ['a UPN', 'caller alex@contoso.com', 'UPN: aaaaaa aaaa@aaaaaaa.aaa'],
    ['a name', 'caller Alex Wilber', 'name: aaaaaa aaaa aaaaaa'],
    ['a place', 'at="Building 34, Room 2210"', 'place: aa="aaaaaaaa 99, aaaa 9999"'],
    ['words of an alert', 'body="EMERGENCY CALL to 911"', 'message text: aaaa="aaaaaaaaa aaaa aa 999"'],
    ['a token', 'eyJ0eXAiOiJKV1Q.a', 'token: aaa9aaaaaaaaa9a.a'],
    ['a connection string', 'AccountKey=abc', 'connection string: aaaaaaaaaa=aaa'],
    [
      'the value of a secret setting',
      'x auth-token-of-the-embedded-stack',
      'secret setting: a aaaa-aaaaa-aa-aaa-aaaaaaaa-aaaaa',
    ],
    ['a key alone', 'key c2VjcmV0IGtleQ==', 'secret setting: aaa a9aaaaa9aaaaaa=='],
  ])('%s is found, and only its shape is told', (_, line, found) => {
    expect(find(line)).toEqual([found]);
  });

  test.each([
    'Message accepted callId="8236271999999-0123456789abcdef" alert="first" recipient="adele"',
    'Emergency call recorded isTest=false content="read" source="chat" at 2026-03-01T08:00:00.000+00:00',
    'Setting full-detail is used',
  ])('nothing personal passes: %s', (line) => {
    expect(find(line)).toEqual([]);
  });
});
