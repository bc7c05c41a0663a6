import fc from 'fast-check';
import {
  administratorsOf,
  lastResortRecipients,
  parseRoster,
  recipientsOf,
  usablePartOf,
} from '../../shared/oncall/roster.ts';

/** The form of one team, as the first deployments have it. */
const EXAMPLE = {
  team: { name: 'Security desk', timeZone: 'America/Los_Angeles', members: ['adele', 'megan'] },
  people: [
    { id: 'adele', name: 'Adele Vance', phone: '+14255550111' },
    { id: 'megan', name: 'Megan Bowen', phone: '+14255550112' },
    { id: 'nestor', name: 'Nestor Wilke', phone: '+14255550113' },
  ],
  administrators: ['nestor'],
  lastResort: ['+14255550199'],
};

type Json = Record<string, unknown>;
const team = (changes: Json) => ({ ...EXAMPLE, team: { ...EXAMPLE.team, ...changes } });
const person = (changes: Json) => ({
  ...EXAMPLE,
  people: [{ ...EXAMPLE.people[0], ...changes }, ...EXAMPLE.people.slice(1)],
});
const without = (record: Json, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));

function problems(json: unknown): string[] {
  const result = parseRoster(json);
  return 'problems' in result ? result.problems : [];
}

test('a roster of one team: its members are told in order of duty, once, and nothing follows', () => {
  const result = parseRoster(EXAMPLE);
  if (!('roster' in result)) throw new Error(result.problems.join('\n'));
  expect(result.roster).toMatchObject({
    people: EXAMPLE.people.map((one) => ({ ...one, channels: ['sms'], language: 'en', mayKnowHomeAddress: false })),
    teams: [
      {
        name: 'Security desk',
        timeZone: 'America/Los_Angeles',
        steps: [{ tell: ['adele', 'megan'], channel: null }],
        rounds: 1,
        onSceneMinutes: null,
      },
    ],
    sites: [],
    routes: [],
    remoteTeam: null,
    administrators: ['nestor'],
    lastResort: ['+14255550199'],
    tests: { tell: 'team', escalate: false },
  });
  expect(recipientsOf(result.roster)).toEqual([
    { id: 'adele', phone: '+14255550111' },
    { id: 'megan', phone: '+14255550112' },
  ]);
  const swapped = parseRoster(team({ members: ['megan', 'adele'] }));
  if (!('roster' in swapped)) throw new Error(swapped.problems.join('\n'));
  expect(recipientsOf(swapped.roster).map(({ id }) => id)).toEqual(['megan', 'adele']);
});

test('whoever is on no team is not told, and a last resort may be left out', () => {
  const result = parseRoster(without(team({ members: ['megan'] }), 'lastResort'));
  if (!('roster' in result)) throw new Error(result.problems.join('\n'));
  expect(recipientsOf(result.roster)).toEqual([{ id: 'megan', phone: '+14255550112' }]);
  expect(result.roster.lastResort).toEqual([]);
});

test('administrators are told of faults, and need not be on the team', () => {
  const result = parseRoster({ ...EXAMPLE, administrators: ['nestor', 'adele'] });
  if (!('roster' in result)) throw new Error(result.problems.join('\n'));
  expect(administratorsOf(result.roster)).toEqual([
    { id: 'nestor', phone: '+14255550113' },
    { id: 'adele', phone: '+14255550111' },
  ]);
  const none = parseRoster(without(EXAMPLE, 'administrators'));
  expect('roster' in none && none.roster.administrators).toEqual([]);
});

test('last-resort numbers are recipients with ids of their own', () => {
  expect(lastResortRecipients(['+14255550198', '+14255550199'])).toEqual([
    { id: 'last-resort-1', phone: '+14255550198' },
    { id: 'last-resort-2', phone: '+14255550199' },
  ]);
  expect(lastResortRecipients([])).toEqual([]);
});

const ZONE = 'team.timeZone: is not the IANA name of a time zone, such as America/New_York';
const E164 = 'must be in E.164 form, such as +14255550100';
const EMERGENCY = 'is an emergency number, which must never be texted';

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'roster: is missing'],
  ['no object', 'text', 'roster: must be an object'],
  ['a list', [], 'roster: must be an object'],
  ['no team', without(EXAMPLE, 'team'), 'teams: is missing'],
  ['no people', { ...EXAMPLE, people: undefined }, 'people: is missing'],
  ['people that are no list', { ...EXAMPLE, people: {} }, 'people: must be a list'],
  ['an unknown property', { ...EXAMPLE, lastresort: [] }, 'lastresort: is not a known property'],
  ['one with an odd name', { ...EXAMPLE, 'a\nb': 1 }, '["a\\nb"]: is not a known property'],
  ['one in the team', team({ timezone: 'UTC' }), 'team.timezone: is not a known property'],
  ['one in a person', person({ phnoe: '+14255550111' }), 'people[0].phnoe: is not a known property'],
  ['a team without a name', team({ name: ' ' }), 'team.name: is empty'],
  ['a zone that does not exist', team({ timeZone: 'America/Redmond' }), ZONE],
  ['an offset for a zone', team({ timeZone: '-08:00' }), ZONE],
  ['an empty zone', team({ timeZone: '' }), ZONE],
  ['a team of nobody', team({ members: [] }), 'team.members: is empty: name at least one person'],
  ['a roster of nobody', { ...EXAMPLE, people: [] }, 'people: is empty: name at least one person'],
  [
    'a member that is nobody',
    team({ members: ['adele', 'alex'] }),
    'team.members[1]: is the id of nobody among people',
  ],
  ['a member twice', team({ members: ['adele', 'megan', 'adele'] }), 'team.members[2]: is the same as team.members[0]'],
  ['a member that is no text', team({ members: ['adele', 7] }), 'team.members[1]: must be text'],
  ['an id twice', person({ id: 'megan' }), 'people[1].id: is the same as people[0].id'],
  ['an id twice but for capitals', person({ id: 'Megan' }), 'people[1].id: is the same as people[0].id'],
  ['a phone twice', person({ phone: '+14255550112' }), 'people[1].phone: is the same as people[0].phone'],
  [
    'an id with a slash',
    person({ id: 'a/b' }),
    'people[0].id: must be up to 64 letters, digits, dots, dashes and underscores',
  ],
  ['the id of a last resort', person({ id: 'last-resort-1' }), 'people[0].id: must not begin with last-resort-'],
  ['a person without a name', person({ name: undefined }), 'people[0].name: is missing'],
  ['a person without a phone', person({ phone: undefined }), 'people[0].phone: is missing'],
  ['a phone that is a number', person({ phone: 14255550111 }), 'people[0].phone: must be text'],
  ['a phone without its country', person({ phone: '4255550111' }), `people[0].phone: ${E164}`],
  ['a phone with spaces', person({ phone: '+1 425 555 0111' }), `people[0].phone: ${E164}`],
  [
    'a digit missing',
    person({ phone: '+1425555011' }),
    'people[0].phone: has the wrong number of digits for its country',
  ],
  [
    'a digit too many',
    person({ phone: '+142555501111' }),
    'people[0].phone: has the wrong number of digits for its country',
  ],
  ...['911', '+1911', '+1 911', '933', '112', '+44999', '000'].map((phone): [string, unknown, string] => [
    `the emergency number ${phone}`,
    person({ phone }),
    `people[0].phone: ${EMERGENCY}`,
  ]),
  ['an emergency number as the last resort', { ...EXAMPLE, lastResort: ['911'] }, `lastResort[0]: ${EMERGENCY}`],
  ['a last resort that is no list', { ...EXAMPLE, lastResort: null }, 'lastResort: must be a list'],
  [
    'a last resort twice',
    { ...EXAMPLE, lastResort: ['+14255550199', '+14255550199'] },
    'lastResort[1]: is the same as lastResort[0]',
  ],
  [
    'an administrator that is nobody',
    { ...EXAMPLE, administrators: ['alex'] },
    'administrators[0]: is the id of nobody among people',
  ],
  [
    'an administrator twice',
    { ...EXAMPLE, administrators: ['nestor', 'nestor'] },
    'administrators[1]: is the same as administrators[0]',
  ],
])('%s is refused', (_, json, problem) => {
  expect(problems(json)).toContain(problem);
});

test('every fault is named at once, each in a line, without numbers and names', () => {
  const found = problems({
    team: { name: 'Desk', timeZone: 'Nowhere', members: ['adele', 'nobody', 'adele'], shift: 1 },
    people: [
      { id: 'adele', name: 'Adele Vance', phone: '+1425555011' },
      { id: 'adele', name: '', phone: '911' },
      { id: 'megan', phone: '+14255550112' },
    ],
  });
  expect(found.sort()).toEqual([
    'people[0].phone: has the wrong number of digits for its country',
    'people[1].id: is the same as people[0].id',
    'people[1].name: is empty',
    `people[1].phone: ${EMERGENCY}`,
    'people[2].name: is missing',
    'team.members[1]: is the id of nobody among people',
    'team.members[2]: is the same as team.members[0]',
    'team.shift: is not a known property',
    ZONE,
  ]);
  expect(found.join()).not.toMatch(/Adele|5550/);
});

test('a fault in one person is the only one named', () => {
  expect(problems(person({ phone: '+1425555011' }))).toEqual([
    'people[0].phone: has the wrong number of digits for its country',
  ]);
});

test('any JSON is either a roster or a list of problems, and never throws', () => {
  const near = fc.record(
    {
      team: fc.oneof(fc.constant(EXAMPLE.team), fc.jsonValue()),
      people: fc.oneof(fc.constant(EXAMPLE.people), fc.array(fc.oneof(fc.constant(EXAMPLE.people[0]), fc.jsonValue()))),
      lastResort: fc.oneof(fc.constant(EXAMPLE.lastResort), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (json) => {
      const result = parseRoster(json);
      if ('roster' in result) {
        const recipients = recipientsOf(result.roster);
        expect(recipients.length).toBeGreaterThan(0);
        expect(new Set(recipients.map(({ phone }) => phone)).size).toBe(recipients.length);
      } else {
        expect(result.problems.length).toBeGreaterThan(0);
        for (const problem of result.problems) expect(problem).toMatch(/^[^\n]+: [^\n]+$/);
      }
    }),
    { numRuns: 300 },
  );
});

describe('what can be used of a faulty roster', () => {
  const ADELE = { id: 'adele', phone: '+14255550111' };
  const MEGAN = { id: 'megan', phone: '+14255550112' };
  const NESTOR = { id: 'nestor', phone: '+14255550113' };

  test.each<[string, unknown, Json[]]>([
    ['a digit missing', person({ phone: '+1425555011' }), [MEGAN]],
    ['an emergency number', person({ phone: '911' }), [MEGAN]],
    ['no phone', person({ phone: undefined }), [MEGAN]],
    ['an id that cannot be a key', person({ id: 'a/b' }), [MEGAN]],
    ['the id of a last resort', person({ id: 'last-resort-1' }), [MEGAN]],
    ['a person who is no object', { ...EXAMPLE, people: [7, EXAMPLE.people[1]] }, [MEGAN]],
    ['a person without a name', person({ name: undefined }), [ADELE, MEGAN]],
    ['an unknown property', { ...EXAMPLE, shift: 1 }, [ADELE, MEGAN]],
    ['a zone that does not exist', team({ timeZone: 'Nowhere' }), [ADELE, MEGAN]],
    ['a member twice', team({ members: ['megan', 'adele', 'megan'] }), [MEGAN, ADELE]],
    ['a member that is nobody', team({ members: ['nobody', 'megan'] }), [MEGAN]],
    ['a team of strangers', team({ members: ['nobody'] }), [ADELE, MEGAN, NESTOR]],
    ['no team', without(EXAMPLE, 'team'), [ADELE, MEGAN, NESTOR]],
    ['an id twice', { ...EXAMPLE, people: [EXAMPLE.people[0], { ...EXAMPLE.people[1], id: 'adele' }] }, [ADELE]],
    ['no people', without(EXAMPLE, 'people'), []],
    ['nothing at all', null, []],
    ['a text', '+14255550111', []],
  ])('%s: whoever is left, in order of duty', (_, json, recipients) => {
    expect(problems(json)).not.toEqual([]);
    expect(usablePartOf(json).recipients).toEqual(recipients);
  });

  test.each<[string, unknown, string[]]>([
    ['one wrong number of two', ['911', '+14255550199'], ['+14255550199']],
    ['something else than text', [7, null, '+14255550199'], ['+14255550199']],
    ['no list', '+14255550199', []],
  ])('of the last resort, %s: those that are numbers', (_, lastResort, numbers) => {
    expect(usablePartOf({ ...EXAMPLE, lastResort }).lastResort).toEqual(numbers);
  });

  test('the zone, if it is one', () => {
    expect(usablePartOf(person({ phone: '911' })).timeZone).toBe('America/Los_Angeles');
    expect(usablePartOf(team({ timeZone: 'Nowhere' })).timeZone).toBeNull();
  });

  test('of any JSON: numbers that can be texted, each id once, and it never throws', () => {
    const people = fc.array(fc.oneof(fc.constantFrom(...EXAMPLE.people), fc.jsonValue()));
    const near = fc.record({ team: fc.jsonValue(), people, lastResort: fc.jsonValue() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), (json) => {
        const { recipients } = usablePartOf(json);
        for (const { phone } of recipients) expect(phone).toMatch(/^\+1425555011[123]$/);
        expect(new Set(recipients.map(({ id }) => id)).size).toBe(recipients.length);
      }),
      { numRuns: 200 },
    );
  });
});
