import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../shared/log.ts';
import { createRosterSource, REFRESH_TIMEOUT_MS } from '../../shared/pipeline/rosterSource.ts';
import type { RosterVersion } from '../../shared/store/rosterStore.ts';
import { EXAMPLE, withFirst } from '../oncall/rosters.ts';

const START = Date.UTC(2026, 10, 21, 12);
const SECOND_MS = 1_000;

let dir: string;
let clockMs: number;
let stored: RosterVersion[];
let asked: number;
let answer: () => Promise<RosterVersion[]>;
let logged: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roster-source-'));
  clockMs = START;
  stored = [];
  asked = 0;
  answer = async () => stored;
  logged = [];
});
afterEach(() => rm(dir, { recursive: true }));

const now = () => new Date(clockMs);
const write = (line: unknown) => void logged.push(String(line));
const log = createLogger({ log: write, warn: write, error: write });
const table = {
  list: () => {
    asked += 1;
    return answer();
  },
};

/** A process with this file (`null`: none there). */
async function start(file: unknown = EXAMPLE) {
  const path = join(dir, 'roster.json');
  if (file !== null) await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file));
  return createRosterSource(table, path, log, now);
}

/** A roster that names its version as the only last-resort number. */
const document = (version: number) => ({ ...EXAMPLE, lastResort: [`+1425555018${version}`] });
const good = (version: number): RosterVersion => ({
  version,
  document: document(version),
  importedAt: now().toISOString(),
  importedBy: null,
});
const broken = (version: number, json: unknown = null): RosterVersion => ({ ...good(version), document: json });

type Source = Awaited<ReturnType<typeof start>>;
async function refreshed(source: Source): Promise<void> {
  clockMs += 30 * SECOND_MS;
  await source.refresh();
}
const told = (source: Source) => {
  const used = source.current();
  return used && { ...used.origin, lastResort: used.roster.lastResort };
};
const said = (source: Source) => source.problems().map(({ name, problem }) => `${name}: ${problem}`);

const FILE = { kind: 'file', lastResort: ['+14255550199'] };
const version = (n: number) => ({ kind: 'table', version: n, lastResort: [`+1425555018${n}`] });
const VERSION_1 = version(1);

test('the file is told at once, and a version of the table once it is read', async () => {
  const source = await start();
  expect(told(source)).toEqual(FILE);
  expect(asked).toBe(0);
  stored = [good(1)];
  await refreshed(source);
  expect(told(source)).toEqual(VERSION_1);
  stored = [good(2), good(1)];
  await refreshed(source);
  expect(told(source)).toEqual(version(2));
  expect(said(source)).toEqual([]);
});

test('the table is asked at most each 30 seconds, by all who ask together once', async () => {
  const source = await start();
  await Promise.all([source.refresh(), source.refresh(), source.refresh()]);
  clockMs += 29 * SECOND_MS;
  await source.refresh();
  expect(asked).toBe(1);
  clockMs += SECOND_MS;
  await source.refresh();
  expect(asked).toBe(2);
});

test.each<[string, () => RosterVersion[], unknown, string]>([
  [
    'no roster at all',
    () => [broken(2), good(1)],
    VERSION_1,
    'version 2 cannot be used (roster: must be an object): version 1 is told',
  ],
  [
    'a wrong number in it',
    () => [broken(2, withFirst('people', { phone: '911' })), good(1)],
    VERSION_1,
    'version 2 cannot be used (people[0].phone: is an emergency number, which must never be texted): version 1 is told',
  ],
  [
    'nothing good before it',
    () => [broken(2, {})],
    FILE,
    'version 2 cannot be used (people: is missing, and 2 more): the file is told',
  ],
])(
  'the newest version has %s: the last good one is told, and the administrator learns why',
  async (_, versions, expected, problem) => {
    const source = await start();
    stored = versions();
    await refreshed(source);
    expect(told(source)).toEqual(expected);
    expect(said(source)).toEqual([`Roster: ${problem}`]);
    expect(logged.join()).not.toMatch(/Adele|5550/);
  },
);

describe('a faulty template', () => {
  const templates = { en: { sms: 'Somebody called. {call} {code} {callback}', emailSubject: '{call}, {code}' } };
  const spoiled = withFirst('teams', { templates });
  const PLACE = 'teams[0].templates.en.sms: must hold {place}: where the call comes from';
  const templatesIn = (source: Source) => source.current()?.roster.teams[0]?.templates;
  const used = { en: { emailSubject: '{call}, {code}' } };

  test('of the newest version is left out, and no older version is told for it', async () => {
    const source = await start();
    stored = [broken(2, { ...spoiled, lastResort: ['+14255550182'] }), good(1)];
    await refreshed(source);
    expect(told(source)).toEqual(version(2));
    expect(templatesIn(source)).toEqual(used);
    expect(said(source)).toEqual([
      `Roster: version 2 has a template that cannot be used (${PLACE}): version 2 is told`,
    ]);
    expect(logged.join()).not.toContain('Somebody called');
  });

  test('of the file is left out, and the file is told whole', async () => {
    const source = await start(spoiled);
    expect(told(source)).toEqual(FILE);
    expect(templatesIn(source)).toEqual(used);
    expect(said(source)).toEqual([`ROSTER_FILE: ${PLACE}`]);
  });
});

test('a version that was good when it was read is told on, though it is spoiled in the table', async () => {
  const source = await start();
  stored = [good(2), good(1)];
  await refreshed(source);
  stored = [broken(2), good(1)];
  await refreshed(source);
  expect(told(source)).toEqual(version(2));
  expect(said(source)).toEqual(['Roster: version 2 cannot be used (roster: must be an object): version 2 is told']);
});

test('a version that was taken back is told no more', async () => {
  const source = await start();
  stored = [good(2), good(1)];
  await refreshed(source);
  stored = [good(1)];
  await refreshed(source);
  expect(told(source)).toEqual(VERSION_1);
  stored = [];
  await refreshed(source);
  expect(told(source)).toEqual(VERSION_1);
  expect(said(source)).toEqual(['Roster: the table holds no roster any more: version 1 is told']);
});

test('a table that fails: the last version is told on, and after five minutes that is said', async () => {
  const source = await start();
  stored = [good(1)];
  await refreshed(source);
  answer = () => Promise.reject(Object.assign(new Error('503'), { name: 'RestError', statusCode: 503 }));
  await refreshed(source);
  expect(told(source)).toEqual(VERSION_1);
  expect(said(source)).toEqual([]);
  for (let i = 0; i < 10; i += 1) await refreshed(source);
  expect(said(source)).toEqual([
    'Roster: the table Roster cannot be read (RestError 503): version 1, the last one read, is told',
  ]);
  answer = async () => stored;
  await refreshed(source);
  expect(said(source)).toEqual([]);
});

test('a table that never answered: the file is told, and that is said at once', async () => {
  answer = () => Promise.reject(Object.assign(new Error('404'), { name: 'RestError', statusCode: 404 }));
  const source = await start();
  await refreshed(source);
  expect(told(source)).toEqual(FILE);
  expect(said(source)).toEqual(['Roster: the table Roster cannot be read (RestError 404): the file is told']);
});

test('a table that hangs holds nobody up, and its answer counts when it comes', async () => {
  const source = await start();
  let give: (versions: RosterVersion[]) => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      give = resolve;
    });
  jest.useFakeTimers();
  try {
    const waiting = source.refresh();
    await jest.advanceTimersByTimeAsync(REFRESH_TIMEOUT_MS);
    await waiting;
  } finally {
    jest.useRealTimers();
  }
  expect(told(source)).toEqual(FILE);
  give([good(1)]);
  await new Promise(setImmediate);
  expect(told(source)).toEqual(VERSION_1);
});

describe('the file', () => {
  const E164 = 'people[0].phone: must be in E.164 form, such as +14255550100';
  const ADELE_WRONG = withFirst('people', { phone: '425' });

  test('has faults: what of it can be texted, and each fault is said', async () => {
    const source = await start(ADELE_WRONG);
    expect(told(source)).toEqual({ kind: 'part', of: 'file', lastResort: ['+14255550199'] });
    expect(source.current()?.roster.people.map(({ id }) => id)).toEqual(['megan', 'nestor']);
    expect(source.problems()).toEqual([{ name: 'ROSTER_FILE', problem: E164, feature: 'the roster' }]);
  });

  test.each<[string, unknown, string]>([
    ['is no JSON', '{ "people": ', 'it cannot be read (SyntaxError)'],
    ['is not there', null, 'it cannot be read (Error'],
  ])('%s: nobody of it', async (_, file, problem) => {
    const source = await start(file);
    expect(source.current()).toBeNull();
    expect(said(source)).toEqual([expect.stringContaining(`ROSTER_FILE: ${problem}`)]);
  });

  test('need not be there where the table has a roster, but must be right if it is', async () => {
    stored = [good(1)];
    const without = await start(null);
    await refreshed(without);
    expect(told(without)).toEqual(VERSION_1);
    expect(said(without)).toEqual([]);
    const faulty = await start(ADELE_WRONG);
    await refreshed(faulty);
    expect(told(faulty)).toEqual(VERSION_1);
    expect(said(faulty)).toEqual([`ROSTER_FILE: ${E164}`]);
  });

  test('and the table are unusable as they are: what of the table can be texted', async () => {
    stored = [broken(2), broken(1, ADELE_WRONG)];
    const source = await start(null);
    await refreshed(source);
    expect(told(source)).toEqual({ kind: 'part', of: 'table', lastResort: ['+14255550199'] });
  });

  test('leaves a moment without anybody: it is told all the same, and said', async () => {
    const source = await start(withFirst('rotations', { startsAt: '2026-11-30T09:00' }));
    expect(told(source)).toEqual(FILE);
    expect(said(source)).toEqual([
      'ROSTER_FILE: at 2026-11-21T12:00:00.000Z nobody is on duty in step 2 of team security-desk: everybody of its rotations is told',
    ]);
    clockMs = Date.UTC(2026, 10, 30, 17);
    expect(said(source)).toEqual([]);
  });
});

test('without a table the file is told', async () => {
  await writeFile(join(dir, 'roster.json'), JSON.stringify(EXAMPLE));
  const source = createRosterSource(null, join(dir, 'roster.json'), log, now);
  await source.refresh();
  expect(told(source)).toEqual(FILE);
});
