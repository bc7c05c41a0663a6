import { readFileSync } from 'node:fs';
import {
  administratorsOf,
  firstGap,
  onCallIn,
  parseRoster,
  planOf,
  recipientsOf,
  recipientsOfStep,
  teamFor,
  usablePartOf,
  usableRosterOf,
} from '../../shared/oncall/roster.ts';
import { rosterJsonSchema } from '../../shared/oncall/rosterDocument.ts';
import { EXAMPLE, problemsOf, rosterOf, withFirst } from './rosters.ts';

const example = rosterOf(EXAMPLE);
const NOTHING_KNOWN = { policyName: null, location: null, site: null, whereabouts: 'unknown' as const };
const ids = (recipients: readonly { id: string }[]) => recipients.map(({ id }) => id);
const withStep = (changes: object) => {
  const [team, ...others] = EXAMPLE.teams;
  return { ...EXAMPLE, teams: [{ ...team, steps: [{ ...team.steps[0], ...changes }] }, ...others] };
};

describe('the example', () => {
  test('is a roster: who is told of a call, and of faults', () => {
    expect(recipientsOf(example)).toEqual([
      { id: 'adele', phone: '+14255550111' },
      { id: 'megan', phone: '+14255550112' },
    ]);
    expect(administratorsOf(example)).toEqual([{ id: 'nestor', phone: '+14255550113' }]);
    expect(example.lastResort).toEqual(['+14255550199']);
  });

  test('its team is told in two rounds of two steps', () => {
    const team = teamFor(example, NOTHING_KNOWN);
    expect(team.name).toBe('Security desk');
    expect(planOf(team)).toEqual({
      teamId: 'security-desk',
      steps: [
        { tell: ['adele', 'megan'], channel: null, escalateAfterSeconds: 300 },
        { tell: ['rotation:duty-manager'], channel: 'voice', escalateAfterSeconds: 300 },
      ],
      rounds: 2,
      onSceneWithinSeconds: 900,
    });
  });

  test.each([
    // The first hand-over was on Monday, 5 January 2026, at 09:00 in Los Angeles: 17:00 UTC, 16:00 in summer.
    ['2026-01-05T17:00:00Z', 'nestor'],
    ['2026-01-12T16:59:59Z', 'nestor'],
    ['2026-01-12T17:00:00Z', 'megan'],
    ['2026-12-24T16:59:59Z', 'nestor'],
    ['2026-12-24T17:00:00Z', 'adele'],
    ['2026-12-27T17:00:00Z', 'nestor'],
    ['2026-12-28T17:00:00Z', 'megan'],
  ])('at %s %s is the duty manager', (at, person) => {
    expect(onCallIn(example, 'duty-manager', new Date(at))).toBe(person);
    expect(ids(recipientsOfStep(example, teamFor(example, NOTHING_KNOWN), 1, new Date(at)))).toEqual([person]);
  });

  test('leaves nobody out at any time from the first hand-over on', () => {
    expect(firstGap(example, new Date('2026-01-05T17:00:00Z'))).toBeNull();
  });

  test('the published schema is that of the code', () => {
    expect(JSON.parse(readFileSync('roster.schema.json', 'utf8'))).toEqual(rosterJsonSchema());
  });
});

describe('a roster is refused', () => {
  const NOBODY = 'is the id of nobody among people';
  const NO_ROTATION = 'is the id of no rotation';
  const NO_TEAM = 'is the id of no team';
  const MINUTES = 'to 1440';
  const LOCAL = 'must be a local time that exists, such as 2026-03-02T09:00';
  const ZONE = 'is not the IANA name of a time zone, such as America/New_York';

  test.each<[string, unknown, string]>([
    ['no default team', { ...EXAMPLE, defaultTeam: undefined }, 'defaultTeam: is missing'],
    ['a default team that is none', { ...EXAMPLE, defaultTeam: 'desk' }, `defaultTeam: ${NO_TEAM}`],
    ['a remote team that is none', { ...EXAMPLE, remoteTeam: 'desk' }, `remoteTeam: ${NO_TEAM}`],
    ['a team of both forms', { ...EXAMPLE, team: {} }, 'team: is not a known property'],
    [
      'a team twice',
      { ...EXAMPLE, teams: [EXAMPLE.teams[0], ...EXAMPLE.teams] },
      'teams[1].id: is the same as teams[0].id',
    ],
    ['a team without steps', withFirst('teams', { steps: [] }), 'teams[0].steps: is empty: name at least one step'],
    ['a team without a zone', withFirst('teams', { timeZone: undefined }), 'teams[0].timeZone: is missing'],
    ['a zone that is an offset', withFirst('teams', { timeZone: '-08:00' }), `teams[0].timeZone: ${ZONE}`],
    ['no round', withFirst('teams', { rounds: 0 }), 'teams[0].rounds: must be a whole number from 1 to 20'],
    ['half a round', withFirst('teams', { rounds: 1.5 }), 'teams[0].rounds: must be a whole number from 1 to 20'],
    [
      'on scene at once',
      withFirst('teams', { onSceneMinutes: 0 }),
      `teams[0].onSceneMinutes: must be a number of minutes from 1 ${MINUTES}`,
    ],
    ['a step for nobody', withStep({ tell: [] }), 'teams[0].steps[0].tell: is empty: name at least one person'],
    ['a step for a stranger', withStep({ tell: ['alex'] }), `teams[0].steps[0].tell[0]: ${NOBODY}`],
    [
      'a step for somebody twice',
      withStep({ tell: ['adele', 'adele'] }),
      'teams[0].steps[0].tell[1]: is the same as teams[0].steps[0].tell[0]',
    ],
    ['a step for no rotation', withStep({ tell: ['rotation:desk'] }), `teams[0].steps[0].tell[0]: ${NO_ROTATION}`],
    ['a rotation by its bare id', withStep({ tell: ['duty-manager'] }), `teams[0].steps[0].tell[0]: ${NOBODY}`],
    [
      'a step by pigeon',
      withStep({ channel: 'pigeon' }),
      'teams[0].steps[0].channel: must be one of sms, voice, email, teams, webhook',
    ],
    [
      'e-mail to who has none',
      withStep({ channel: 'email' }),
      'teams[0].steps[0].channel: is email, and somebody of this step has none',
    ],
    [
      'e-mail to a rotation of such',
      withStep({ tell: ['rotation:duty-manager'], channel: 'email' }),
      'teams[0].steps[0].channel: is email, and somebody of this step has none',
    ],
    [
      'escalation at once',
      withStep({ escalateAfterMinutes: 0 }),
      `teams[0].steps[0].escalateAfterMinutes: must be a number of minutes from 0.5 ${MINUTES}`,
    ],
    [
      'escalation after days',
      withStep({ escalateAfterMinutes: 1_441 }),
      `teams[0].steps[0].escalateAfterMinutes: must be a number of minutes from 0.5 ${MINUTES}`,
    ],
    [
      'no channel at all',
      withFirst('people', { channels: [] }),
      'people[0].channels: must hold one of sms, voice, email',
    ],
    [
      'no channel of a person’s',
      withFirst('people', { channels: ['teams'] }),
      'people[0].channels: must hold one of sms, voice, email',
    ],
    [
      'a channel twice',
      withFirst('people', { channels: ['sms', 'sms'] }),
      'people[0].channels[1]: is the same as people[0].channels[0]',
    ],
    [
      'a channel without its address',
      withFirst('people', { channels: ['sms', 'email'] }),
      'people[0].email: is missing, and email is one of the channels',
    ],
    ['no address', withFirst('people', { email: 'adele' }), 'people[0].email: must be an e-mail address'],
    [
      'a language in words',
      withFirst('people', { language: 'English' }),
      'people[0].language: must be a language, such as en or fr-CA',
    ],
    [
      'a yes',
      withFirst('people', { mayKnowHomeAddress: 'yes' }),
      'people[0].mayKnowHomeAddress: must be true or false',
    ],
    [
      'a rotation of nobody',
      withFirst('rotations', { people: [] }),
      'rotations[0].people: is empty: name at least one person',
    ],
    ['a rotation of strangers', withFirst('rotations', { people: ['alex'] }), `rotations[0].people[0]: ${NOBODY}`],
    [
      'a rotation twice',
      { ...EXAMPLE, rotations: [EXAMPLE.rotations[0], EXAMPLE.rotations[0]] },
      'rotations[1].id: is the same as rotations[0].id',
    ],
    ['a rotation without a zone', withFirst('rotations', { timeZone: 'Mars/Base' }), `rotations[0].timeZone: ${ZONE}`],
    [
      'a day that does not exist',
      withFirst('rotations', { startsAt: '2026-02-30T09:00' }),
      `rotations[0].startsAt: ${LOCAL}`,
    ],
    [
      'a time with an offset',
      withFirst('rotations', { startsAt: '2026-03-02T09:00Z' }),
      `rotations[0].startsAt: ${LOCAL}`,
    ],
    [
      'a shift of no length',
      withFirst('rotations', { shift: { every: 0, unit: 'days' } }),
      'rotations[0].shift.every: must be a whole number from 1 to 1000',
    ],
    [
      'a shift of months',
      withFirst('rotations', { shift: { every: 1, unit: 'months' } }),
      'rotations[0].shift.unit: must be hours, days or weeks',
    ],
    ['a stranger who stands in', withFirst('overrides', { person: 'alex' }), `overrides[0].person: ${NOBODY}`],
    [
      'standing in for no rotation',
      withFirst('overrides', { rotation: 'desk' }),
      `overrides[0].rotation: ${NO_ROTATION}`,
    ],
    [
      'standing in for no time',
      withFirst('overrides', { until: '2026-12-24T09:00' }),
      'overrides[0].until: is not after from',
    ],
    [
      'standing in within an hour that is skipped',
      withFirst('overrides', { from: '2026-03-08T02:30', until: '2026-03-08T03:15' }),
      'overrides[0].until: is not after from',
    ],
    ['a route to no team', withFirst('routes', { team: 'desk' }), `routes[0].team: ${NO_TEAM}`],
    [
      'a route for everything',
      { ...EXAMPLE, routes: [{ team: 'remote-workers' }] },
      'routes[0]: names no policy, place or site: calls that no route fits go to defaultTeam',
    ],
    ['a route for an empty place', withFirst('routes', { place: ' ' }), 'routes[0].place: is empty'],
    [
      'a test for everybody',
      { ...EXAMPLE, tests: { tell: 'everybody' } },
      'tests.tell: must be administrators or team',
    ],
  ])('for %s', (_, json, problem) => {
    expect(problemsOf(json)).toEqual([problem]);
  });
});

test.each([
  ['teams that are no list', 'desk', 'teams: must be a list'],
  ['no team', [], 'teams: is empty: name at least one team'],
])('%s: refused, and so is whatever names one', (_, teams, problem) => {
  expect(problemsOf({ ...EXAMPLE, teams })).toEqual([
    problem,
    `routes[0].team: is the id of no team`,
    `defaultTeam: is the id of no team`,
    `remoteTeam: is the id of no team`,
  ]);
});

test('what may be left out takes its default', () => {
  const { people, teams } = EXAMPLE;
  const bare = {
    people: people.map(({ id, name, phone }: Record<string, string>) => ({ id, name, phone })),
    teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps: [{ tell: ['megan'] }] }],
    defaultTeam: 'desk',
  };
  const roster = rosterOf(bare);
  expect(roster.people[0]).toEqual({
    ...bare.people[0],
    channels: ['sms'],
    language: 'en',
    email: null,
    mayKnowHomeAddress: false,
    seesSites: null,
  });
  expect(roster.teams).toEqual([
    {
      ...bare.teams[0],
      steps: [{ tell: ['megan'], channel: null, escalateAfterMinutes: 5 }],
      rounds: 1,
      onSceneMinutes: null,
      language: 'en',
      templates: {},
    },
  ]);
  expect(roster).toMatchObject({
    rotations: [],
    overrides: [],
    sites: [],
    routes: [],
    remoteTeam: null,
    administrators: [],
  });
  expect(roster.tests).toEqual({ tell: 'team', escalate: false });
  expect(teams).not.toEqual(bare.teams);
});

describe('routes', () => {
  const roster = rosterOf({
    ...EXAMPLE,
    teams: ['desk', 'north', 'lab', 'remote-workers'].map((id) => ({ ...EXAMPLE.teams[0], id })),
    defaultTeam: 'desk',
    sites: [{ id: 'North', name: 'North', places: ['North*'] }],
    routes: [
      { site: 'North', place: '*Lab*', team: 'lab' },
      { site: 'North', team: 'north' },
      { place: 'Building 34*Room*', team: 'lab' },
      { policy: 'Remote*', team: 'remote-workers' },
      { place: 'Ab*ab', team: 'north' },
    ],
  });
  test.each<[string, Partial<typeof NOTHING_KNOWN> | Record<string, string>, string]>([
    ['nothing is known', {}, 'desk'],
    ['all that is named fits', { site: 'North', location: 'Main Street 1, Lab 7' }, 'lab'],
    ['one of two does not fit', { site: 'North', location: 'Main Street 1' }, 'north'],
    ['one of two is not known', { site: 'North' }, 'north'],
    ['another site', { site: 'Northern' }, 'desk'],
    ['letters in the other case, spaces doubled', { location: 'BUILDING 34,  ROOM 2210' }, 'lab'],
    ['the pattern within another text', { location: 'Not Building 34, Room 2210' }, 'desk'],
    ['the parts in the wrong order', { location: 'Room 2210, Building 34' }, 'desk'],
    ['a policy by its beginning', { policyName: 'Remote EMEA' }, 'remote-workers'],
    ['a policy of the name only', { policyName: 'Remote' }, 'remote-workers'],
    ['the same words in another field', { location: 'Remote EMEA' }, 'desk'],
    ['a text too short for both ends', { location: 'ab' }, 'desk'],
    ['a text of both ends', { location: 'abab' }, 'north'],
    ['characters that mean something to a regular expression', { location: 'Building 3.*' }, 'desk'],
  ])('%s', (_, call, team) => {
    expect(teamFor(roster, { ...NOTHING_KNOWN, ...call }).id).toBe(team);
  });

  test('a pattern of many stars is judged at once', () => {
    const stars = rosterOf({ ...EXAMPLE, routes: [{ place: `${'*a'.repeat(2_000)}*b`, team: 'remote-workers' }] });
    expect(teamFor(stars, { ...NOTHING_KNOWN, location: 'a'.repeat(20_000) }).id).toBe('security-desk');
  });
});

describe('whom a step tells', () => {
  const at = new Date('2026-06-01T20:00:00Z');
  const later = { ...EXAMPLE.rotations[0], startsAt: '2030-01-01T09:00', people: ['megan', 'nestor', 'megan'] };

  test('each person once, in order of duty', () => {
    // Megan is the duty manager in this week.
    expect(onCallIn(example, 'duty-manager', at)).toBe('megan');
    const roster = rosterOf(withStep({ tell: ['rotation:duty-manager', 'adele', 'megan'] }));
    expect(ids(recipientsOfStep(roster, teamFor(roster, NOTHING_KNOWN), 0, at))).toEqual(['megan', 'adele']);
  });

  test('all of a rotation that has not begun, and nobody of it beside somebody who is on duty', () => {
    const alone = rosterOf({ ...withStep({ tell: ['rotation:duty-manager'] }), rotations: [later], overrides: [] });
    expect(ids(recipientsOfStep(alone, teamFor(alone, NOTHING_KNOWN), 0, at))).toEqual(['megan', 'nestor']);
    const beside = rosterOf({
      ...withStep({ tell: ['rotation:duty-manager', 'adele'] }),
      rotations: [later],
      overrides: [],
    });
    expect(ids(recipientsOfStep(beside, teamFor(beside, NOTHING_KNOWN), 0, at))).toEqual(['adele']);
  });

  test('of a plan with a rotation that has not begun, its people and not those of the default team', () => {
    const roster = rosterOf({ ...EXAMPLE, rotations: [later], overrides: [] });
    const plan = { steps: [{ tell: ['rotation:duty-manager'], channel: null, escalateAfterSeconds: 60 }] };
    expect(ids(recipientsOfStep(roster, plan, 0, at))).toEqual(['megan', 'nestor']);
  });

  test('of a plan whose people have left, whoever of the default team is on duty', () => {
    const roster = rosterOf(withStep({ tell: ['rotation:duty-manager'] }));
    const plan = { steps: [{ tell: ['alex'], channel: null, escalateAfterSeconds: 60 }] };
    expect(ids(recipientsOfStep(roster, plan, 0, at))).toEqual(['megan']);
  });

  test('of a plan whose people have left, whom the default team tells first', () => {
    const plan = { steps: [{ tell: ['alex', 'rotation:gone'], channel: null, escalateAfterSeconds: 60 }] };
    expect(ids(recipientsOfStep(example, plan, 0, at))).toEqual(['adele', 'megan']);
  });

  test('of a plan some of whose people have left, the others', () => {
    const plan = { steps: [{ tell: ['alex', 'nestor'], channel: null, escalateAfterSeconds: 60 }] };
    expect(ids(recipientsOfStep(example, plan, 0, at))).toEqual(['nestor']);
  });

  test('nobody for a step that there is not', () => {
    expect(recipientsOfStep(example, teamFor(example, NOTHING_KNOWN), 2, at)).toEqual([]);
  });
});

describe('a moment without anybody', () => {
  const begins = (startsAt: string, overrides: object[] = []) =>
    rosterOf({ ...EXAMPLE, rotations: [{ ...EXAMPLE.rotations[0], startsAt }], overrides });
  const now = new Date('2026-11-21T12:00:00Z');
  const standIn = (from: string, until: string) => ({ rotation: 'duty-manager', from, until, person: 'adele' });

  test('is now, where a rotation begins later: the first step that it leaves empty is named', () => {
    expect(firstGap(begins('2026-12-01T09:00'), now)).toEqual({ team: 'security-desk', step: 1, at: now });
  });

  test('is when who stands in is done before the first hand-over', () => {
    const overrides = [standIn('2026-11-01T00:00', '2026-11-25T09:00')];
    const at = new Date('2026-11-25T17:00:00Z');
    expect(firstGap(begins('2026-12-01T09:00', overrides), now)).toEqual({ team: 'security-desk', step: 1, at });
    expect(firstGap(begins('2026-12-01T09:00', overrides), now, at)).toBeNull();
    expect(firstGap(begins('2026-12-01T09:00', overrides), now, new Date(at.getTime() + 1))?.at).toEqual(at);
  });

  test('is not there where somebody stands in until the first hand-over', () => {
    const overrides = [
      standIn('2026-11-20T00:00', '2026-11-25T09:00'),
      standIn('2026-11-25T09:00', '2026-12-01T09:00'),
    ];
    expect(firstGap(begins('2026-12-01T09:00', overrides), now)).toBeNull();
    expect(firstGap(begins('2026-12-01T09:01', overrides), now)?.at).toEqual(new Date('2026-12-01T17:00:00Z'));
  });

  test('is the first of several, in whatever order people stand in', () => {
    const overrides = [
      standIn('2026-11-26T09:00', '2026-11-28T09:00'),
      standIn('2026-11-20T00:00', '2026-11-25T09:00'),
    ];
    expect(firstGap(begins('2026-12-01T09:00', overrides), now)?.at).toEqual(new Date('2026-11-25T17:00:00Z'));
  });

  test('is found years ahead', () => {
    const overrides = [standIn('2026-11-01T00:00', '2036-03-01T00:00')];
    expect(firstGap(begins('2036-03-02T09:00', overrides), now)?.at).toEqual(new Date('2036-03-01T08:00:00Z'));
  });
});

describe('what can be used of a faulty roster', () => {
  const at = new Date('2026-06-01T20:00:00Z');
  const told = (json: unknown, step = 0) => {
    expect(problemsOf(json)).not.toEqual([]);
    const roster = usableRosterOf(json);
    if (!roster) throw new Error('nobody can be told');
    return ids(recipientsOfStep(roster, teamFor(roster, NOTHING_KNOWN), step, at));
  };

  test.each<[string, unknown, string[]]>([
    ['a wrong number', withFirst('people', { phone: '911' }), ['megan']],
    [
      'a wrong language, channel and address',
      withFirst('people', { language: 7, channels: ['fax'], email: 'x' }),
      ['adele', 'megan'],
    ],
    ['a wrong zone', withFirst('teams', { timeZone: 'Nowhere' }), ['adele', 'megan']],
    ['a stranger', withStep({ tell: ['alex', 'megan'] }), ['megan']],
    [
      'a rotation that cannot be followed',
      {
        ...withStep({ tell: ['rotation:duty-manager'] }),
        rotations: [{ ...EXAMPLE.rotations[0], timeZone: 'Nowhere' }],
      },
      ['nestor', 'megan'],
    ],
    [
      'a step of strangers before another',
      withFirst('teams', { steps: [{ tell: ['alex'] }, { tell: ['nestor'] }] }),
      ['nestor'],
    ],
    ['a default team that is none', { ...EXAMPLE, defaultTeam: 'desk' }, ['adele', 'megan', 'nestor']],
    ['a default team of strangers', withFirst('teams', { steps: [{ tell: ['alex'] }] }), ['adele', 'megan', 'nestor']],
    ['teams that are no list', { ...EXAMPLE, teams: 'desk' }, ['adele', 'megan', 'nestor']],
  ])('%s: whoever is left, in order of duty', (_, json, people) => {
    expect(told(json)).toEqual(people);
  });

  test('the rest holds: rotations, stand-ins, routes, administrators', () => {
    const json = withFirst('people', { phone: '911' });
    expect(told(json, 1)).toEqual(['megan']);
    const roster = usableRosterOf(json);
    expect(roster?.routes).toEqual(EXAMPLE.routes);
    // Adele was to stand in.
    expect(roster?.overrides).toEqual([]);
    expect(usablePartOf(json)).toEqual({
      recipients: [{ id: 'megan', phone: '+14255550112' }],
      administrators: [{ id: 'nestor', phone: '+14255550113' }],
      lastResort: ['+14255550199'],
      timeZone: 'America/Los_Angeles',
    });
  });

  test('nobody, where nobody has a number', () => {
    expect(usableRosterOf({ ...EXAMPLE, people: [] })).toBeNull();
    expect(parseRoster(null)).toEqual({ problems: ['roster: must be an object'] });
    expect(usableRosterOf(null)).toBeNull();
  });
});
