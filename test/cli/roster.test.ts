import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { type RosterAction, type RosterContext, rosterCommand } from '../../cli/roster/rosterCommand.ts';
import { createLogger } from '../../shared/log.ts';
import { createRosterStore } from '../../shared/store/rosterStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { EXAMPLE, withFirst } from '../oncall/rosters.ts';

/** Saturday, 12:00 in Los Angeles; Megan is the duty manager until Monday. */
const NOW = new Date('2026-11-21T20:00:00Z');
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

let dir: string;
let connectionString: string;
let context: RosterContext;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roster-command-'));
  connectionString = await takeProductStorage();
  context = {
    store: createRosterStore(await createStorageClients({ connectionString })),
    file: 'roster.example.json',
    senders: async () => ({ numbers: ['+14255550100'], others: 0 }),
    user: 'nestor',
    log: silent,
  };
});
afterEach(() => rm(dir, { recursive: true }));

async function run(action: RosterAction, changes: Partial<RosterContext> = {}) {
  const written = { out: '', err: '' };
  const code = await rosterCommand(
    action,
    { ...context, ...changes },
    {
      write: (text) => {
        written.out += text;
      },
      writeError: (text) => {
        written.err += text;
      },
      now: () => NOW,
    },
  );
  return { code, ...written };
}

async function fileOf(json: unknown): Promise<string> {
  const file = join(dir, 'roster.json');
  await writeFile(file, typeof json === 'string' ? json : JSON.stringify(json));
  return file;
}
const show: RosterAction = { name: 'show', json: false };
const who = (at: string | null, team: string | null = null, json = false): RosterAction => ({
  name: 'who',
  at,
  team,
  json,
});
const versions = async () => (await context.store?.list(10))?.map(({ version }) => version);

describe('check', () => {
  test('a good roster: what is in it, and for how long', async () => {
    const { code, out, err } = await run({ name: 'check', file: 'roster.example.json' });
    expect(out).toBe(
      'roster.example.json is good: 3 people, 2 teams, 1 rotation, 2 sites.\n' +
        'Each step of each team has somebody at every moment from now on.\n',
    );
    expect([code, err]).toEqual([0, '']);
  });

  test('each template: its segments, and what it makes of a typical call', async () => {
    const en = { sms: '\u{1f6a8} {call} {place} {callback} {code}', emailSubject: 'North: {call}, {code}' };
    const de = { sms: '{call}, {place}, {callback}, {code}. {replies}', voice: '{call}. {place}. {callback}. {code}' };
    const { code, out } = await run({
      name: 'check',
      file: await fileOf(withFirst('teams', { templates: { en, de } })),
    });
    expect(code).toBe(0);
    expect(out.split('\n').slice(2)).toEqual([
      '',
      'Templates, with a typical call:',
      '  security-desk, en, sms: 2 segments (UCS-2, since GSM-7 has no \u{1f6a8})',
      '    \u{1f6a8} EMERGENCY CALL to 911 "Building 34, Floor 2, Room 2210" +14255550123 K7M',
      '  security-desk, en, emailSubject',
      '    North: EMERGENCY CALL to 911, K7M',
      '  security-desk, de, sms: 1 segment (GSM-7)',
      '    NOTRUF an 911, "Building 34, Floor 2, Room 2210", +14255550123, K7M. Antwort 1 K7M: übernehme, 2 K7M: vor Ort, 0: Hilfe',
      '  security-desk, de, voice',
      '    Notruf an 9, 1, 1. Building 34, Floor 2, Room 2210. plus 1. 4, 2, 5. 5, 5, 5. 0, 1, 2, 3. K Kilo, 7, M Mike',
      '',
    ]);
  });

  const later = { startsAt: '2026-11-30T09:00' };
  const standIn = { rotation: 'duty-manager', from: '2026-11-01T00:00', until: '2026-11-25T09:00', person: 'adele' };
  test.each<[string, unknown, string[]]>([
    ['text', 'people: Adele', ['It is no JSON: a comma too many or too few is the usual reason.']],
    [
      'two faults',
      { ...withFirst('people', { phone: '911' }), defaultTeam: 'desk' },
      ['people[0].phone: is an emergency number, which must never be texted', 'defaultTeam: is the id of no team'],
    ],
    [
      'a route by a site that there is not, though the roster names no site at all',
      { ...withFirst('routes', { site: 'North' }), sites: [] },
      ['routes[0].site: is the id of no site'],
    ],
    [
      'a rotation that begins in nine days',
      withFirst('rotations', later),
      [
        'At Sat 21 Nov 2026 12:00 (America/Los_Angeles) nobody is on duty in step 2 of team Security desk.',
        'Rotation duty-manager begins at 2026-11-30T09:00 (America/Los_Angeles): let it begin earlier (startsAt), or name who stands in until then (overrides).',
      ],
    ],
    [
      'one for which somebody stands in, but not long enough',
      { ...withFirst('rotations', later), overrides: [standIn] },
      [
        'At Wed 25 Nov 2026 09:00 (America/Los_Angeles) nobody is on duty in step 2 of team Security desk.',
        'Rotation duty-manager begins at 2026-11-30T09:00 (America/Los_Angeles): let it begin earlier (startsAt), or name who stands in until then (overrides).',
      ],
    ],
  ])('%s is refused, with all that is wrong', async (_, json, reasons) => {
    const file = await fileOf(json);
    const { code, out, err } = await run({ name: 'check', file });
    expect(err).toBe(`${[`${file} is refused:`, ...reasons.map((reason) => `  ${reason}`)].join('\n')}\n`);
    expect([code, out]).toEqual([1, '']);
  });

  test('a file that is not there is not judged', async () => {
    await expect(run({ name: 'check', file: join(dir, 'none.json') })).rejects.toThrow(/none\.json cannot be read/);
  });
});

describe('import', () => {
  test('stores the next version, which is told from then on, and says how to go back', async () => {
    const first = await run({ name: 'import', file: 'roster.example.json' });
    expect(first.out).toMatch(/^Version 1 of the roster is stored\./);
    expect(first.out).not.toContain('Back to');
    const file = await fileOf({ ...EXAMPLE, lastResort: ['+14255550188'] });
    const second = await run({ name: 'import', file });
    expect(second.out).toMatch(/^Version 2 of the roster is stored\.(.|\n)*export --version 1/);
    expect((await run(show)).out).toMatch(
      /^Version 2 of the roster, at Sat 21 Nov 2026 12:00(.|\n)*Last resort +\+14255550188\n\nVersions\n {2}2 {2}Sat 21 Nov 2026 12:00 by nestor\n {2}1 /,
    );
    expect(JSON.parse((await run({ name: 'export', version: 1 })).out)).toEqual(EXAMPLE);
  });

  test('of the same roster changes nothing', async () => {
    await run({ name: 'import', file: 'roster.example.json' });
    const { code, out } = await run({ name: 'import', file: 'roster.example.json' });
    expect([code, out]).toEqual([0, 'Nothing changed: version 1 is the same.\n']);
    expect(await versions()).toEqual([1]);
  });

  test.each<[string, unknown, RegExp]>([
    ['a fault', withFirst('people', { phone: '911' }), /people\[0\]\.phone: is an emergency number/],
    ['a moment without anybody', withFirst('rotations', { startsAt: '2026-11-30T09:00' }), /At Sat 21 Nov 2026 12:00/],
  ])('of a roster with %s stores nothing', async (_, json, reason) => {
    const { code, err } = await run({ name: 'import', file: await fileOf(json) });
    expect(code).toBe(1);
    expect(err).toMatch(reason);
    expect(await versions()).toEqual([]);
  });

  test('is refused when somebody else was first', async () => {
    const { store } = context;
    if (!store) throw new Error('no store');
    await run({ name: 'import', file: 'roster.example.json' });
    const late = { ...store, list: async () => [] };
    const { code, err } = await run(
      { name: 'import', file: await fileOf({ ...EXAMPLE, lastResort: [] }) },
      { store: late },
    );
    expect([code, err]).toEqual([1, expect.stringContaining('Somebody else has imported a roster just now')]);
    expect(await versions()).toEqual([1]);
  });

  test('says what is known when the storage does not answer', async () => {
    const table = TableClient.fromConnectionString(connectionString, 'Roster', { allowInsecureConnection: true });
    await table.deleteTable();
    const action: RosterAction = { name: 'import', file: 'roster.example.json' };
    await expect(run(action)).rejects.toThrow(/storage of the product did not answer \(.*\)\. Nothing was changed\./);
    const half = { list: async () => [], insert: () => Promise.reject(new Error('timeout')) };
    await expect(run(action, { store: half })).rejects.toThrow(/Whether the roster was stored is not known/);
    await expect(run(action, { store: null })).rejects.toThrow(/AlertStorage is missing/);
  });
});

describe('show', () => {
  test('without an import: the file, who is on call, and who is next', async () => {
    const { code, out } = await run(show);
    expect(code).toBe(0);
    expect(out).toContain('The roster of roster.example.json; nothing is imported');
    expect(out).toContain('  2  after 5 min    whoever has duty-manager (by voice)\n');
    expect(out).toContain('  now Megan Bowen until Mon 23 Nov 2026 09:00, then Nestor Wilke\n');
    expect(out).toContain('  Thu 24 Dec 2026 09:00 to Sun 27 Dec 2026 09:00: Adele Vance stands in\n');
    expect(out).toContain('  policy Remote*: Remote workers\n');
  });

  test('a version that cannot be used: which one is told, and why', async () => {
    await run({ name: 'import', file: 'roster.example.json' });
    await context.store?.insert(1, { document: {}, importedAt: NOW.toISOString(), importedBy: null });
    const { out } = await run(show);
    expect(out).toMatch(/^Version 1 of the roster/);
    expect(out).toContain(
      'PROBLEM  Roster: version 2 cannot be used (people: is missing, and 2 more): version 1 is told',
    );
    expect(JSON.parse((await run({ name: 'export', version: null })).out)).toEqual(EXAMPLE);
  });

  test('without an answer of the storage: the file, and that it is only that', async () => {
    const table = TableClient.fromConnectionString(connectionString, 'Roster', { allowInsecureConnection: true });
    await table.deleteTable();
    const { code, out } = await run(show);
    expect(code).toBe(0);
    expect(out).toMatch(/PROBLEM {2}Roster: the table Roster cannot be read \(RestError.* 404\): the file is told/);
    expect(out).toContain('now Megan Bowen until');
  });

  test('nobody at all', async () => {
    const { code, out } = await run(show, { file: join(dir, 'none.json') });
    expect(code).toBe(1);
    expect(out).toMatch(/^There is no roster that can be told(.|\n)*PROBLEM {2}ROSTER_FILE: it cannot be read/);
  });

  test('as JSON', async () => {
    await run({ name: 'import', file: 'roster.example.json' });
    expect(JSON.parse((await run({ name: 'show', json: true })).out)).toMatchObject({
      origin: { kind: 'table', version: 1 },
      problems: [],
      versions: [{ version: 1, importedBy: 'nestor' }],
      roster: { defaultTeam: 'security-desk' },
    });
  });
});

describe('who', () => {
  test('is told of a call a minute before somebody stands in: each step at its own time', async () => {
    // At 08:58 Nestor is the duty manager; the second step begins at 09:03.
    const { out } = await run(who('2026-12-24T08:58', 'security-desk'));
    expect(out).toBe(
      [
        'Security desk, for a call at Thu 24 Dec 2026 08:58 (America/Los_Angeles):',
        '  at once        Adele Vance  +14255550111  sms',
        '                 Megan Bowen  +14255550112  sms',
        '  after 5 min    Adele Vance  +14255550111  voice',
        '  until somebody acknowledges, 2 times over',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['now', null, '2026-11-21T20:00:00.000Z', 'megan'],
    ['a local time', '2026-11-23T08:59', '2026-11-23T16:59:00.000Z', 'megan'],
    ['the hand-over', '2026-11-23 09:00', '2026-11-23T17:00:00.000Z', 'nestor'],
    ['UTC', '2026-12-24T17:00Z', '2026-12-24T17:00:00.000Z', 'adele'],
    ['another offset', '2026-12-24T18:00:00+01:00', '2026-12-24T17:00:00.000Z', 'adele'],
  ])('at %s, as JSON', async (_, at, utc, person) => {
    const { out } = await run(who(at, 'REMOTE WORKERS', true));
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      at: utc,
      teams: [{ id: 'remote-workers', steps: [{ step: 1, afterMinutes: 0 }, {}] }],
    });
    expect(report.teams[0].steps[0].people.map(({ id }: { id: string }) => id)).toEqual([person]);
  });

  test.each(['tomorrow', '2026-02-30T09:00', '2026-12-24', '09:00', '2026-12-24T25:00Z', '2026-02-30T09:00Z'])(
    '%s is no time',
    async (at) => {
      await expect(run(who(at))).rejects.toThrow(`${at} is no time: write 2026-12-24T09:00`);
    },
  );

  test('a team that is none: the teams that there are', async () => {
    await expect(run(who(null, 'desk'))).rejects.toThrow(
      'There is no team desk: they are security-desk, remote-workers',
    );
  });
});

describe('vcard', () => {
  const vcard = (contact: string): RosterAction => ({ name: 'vcard', contact });

  test('holds every number, as RFC 2426 writes it', async () => {
    const senders = async () => ({ numbers: ['+14255550100', '+14255550101'], others: 0 });
    const { out, err } = await run(vcard('Contoso, Inc.; Emergency'), { senders });
    expect(out).toBe(
      [
        'BEGIN:VCARD',
        'VERSION:3.0',
        'FN:Contoso\\, Inc.\\; Emergency',
        'N:Contoso\\, Inc.\\; Emergency;;;;',
        'TEL;TYPE=CELL,VOICE:+14255550100',
        'TEL;TYPE=CELL,VOICE:+14255550101',
        // Folded after 75 bytes.
        'NOTE:Emergency alerts come from these numbers. Let them through Do Not Dist',
        ' urb.',
        'END:VCARD',
        '',
      ].join('\r\n'),
    );
    expect(err).toBe('');
  });

  test('says what it cannot hold, and is none without a number', async () => {
    const some = await run(vcard('Alerts'), { senders: async () => ({ numbers: ['+14255550100'], others: 2 }) });
    expect(some.err).toMatch(/^2 senders are short codes or names/);
    const none = async () => ({ numbers: [], others: 0 });
    await expect(run(vcard('Alerts'), { senders: none })).rejects.toThrow('There is no number that alerts come from');
  });
});

test('schema: the one that is published', async () => {
  const { out } = await run({ name: 'schema' });
  expect(JSON.parse(out)).toEqual(JSON.parse(await readFile('roster.schema.json', 'utf8')));
});

describe('sites', () => {
  const from = (place: string, policy: string | null = null, json = false): RosterAction => ({
    ...{ name: 'who', at: '2026-12-01T09:00', team: null, place, policy, json },
  });

  test('show lists them, with their places and their tests', async () => {
    const { out } = await run(show);
    expect(out).toContain(
      'Sites\n' +
        '  Headquarters  [headquarters]\n' +
        '    places: Building 3*, *4567 Main St*Redmond*\n' +
        '    tested each 90 days: Nestor Wilke\n' +
        '  Warehouse, Direct Routing  [warehouse]\n' +
        '    places: *1200 Dock St*Tacoma*\n',
    );
    expect(out).toContain('  off site: Remote workers\n');
  });

  test.each([
    [
      'building 34, room 2210',
      null,
      'at site Headquarters (headquarters), whose place Building 3* fits\nTeam Security desk (security-desk)\n',
    ],
    [
      '12 Elm St',
      null,
      'OFF-SITE, at no site of the roster\nTeam Remote workers (remote-workers)\nWhere it is, Megan Bowen and Nestor Wilke may know; everybody who is told, where none of them is.\n',
    ],
    [
      'Building 34',
      'Remote staff',
      'at site Headquarters (headquarters), whose place Building 3* fits\nTeam Remote workers (remote-workers)\n',
    ],
    [' ', null, 'says nothing\nTeam Security desk (security-desk)\n'],
  ])('who hears of a call from %j under policy %j', async (place, policy, words) => {
    const { code, out } = await run(from(place, policy));
    expect(out.startsWith(`${place}: ${words}\n`)).toBe(true);
    expect(out).toContain('for a call at Tue 1 Dec 2026 09:00');
    expect(code).toBe(0);
  });

  test('as one document', async () => {
    const { out } = await run(from('12 Elm St', null, true));
    expect(JSON.parse(out)).toMatchObject({
      call: {
        place: '12 Elm St',
        policy: null,
        whereabouts: 'offSite',
        site: null,
        sitePattern: null,
        team: 'remote-workers',
      },
      teams: [{ id: 'remote-workers' }],
    });
  });

  test.each<[string, object, string]>([
    ['a policy without a place', { place: null, policy: 'Global' }, '--policy says something only with --place'],
    ['a place and a team', { team: 'security-desk' }, '--place finds the team itself: leave --team out'],
  ])('%s is refused', async (_, changes, reason) => {
    const action = { ...from('Building 34'), ...changes } as RosterAction;
    await expect(run(action)).rejects.toThrow(reason);
  });

  test('check says which step would read a home address though the roster names who may', async () => {
    const steps = [{ tell: ['megan'] }, { tell: ['adele'] }];
    const file = await fileOf({ ...EXAMPLE, teams: [EXAMPLE.teams[0], { ...EXAMPLE.teams[1], steps }] });
    const { code, out } = await run({ name: 'check', file });
    expect(out.split('\n').filter((line) => line.startsWith('NOTE'))).toEqual([
      'NOTE  Step 2 of team Remote workers tells nobody who may know a home address: everybody in it reads where a caller off site is.',
    ]);
    expect(code).toBe(0);
  });
});
