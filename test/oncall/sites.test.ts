import { locate, NOT_LOCATED, parseRoster, siteNameOf, teamFor, usableRosterOf } from '../../shared/oncall/roster.ts';
import { EXAMPLE, problemsOf, rosterOf, withFirst } from './rosters.ts';

const SITES = [
  { id: 'tower', name: 'Tower', places: ['Building 34*Tower*'] },
  { id: 'campus', name: 'Campus', places: ['Building 34*', '*4567 Main St*'], directRouting: true },
];
const withSites = (sites: unknown, more: object = {}) => ({ ...EXAMPLE, sites, ...more });
const roster = rosterOf(withSites(SITES));
const onSite = (site: string, sitePattern: string) => ({ whereabouts: 'onSite', site, sitePattern });
const OFF_SITE = { whereabouts: 'offSite', site: null, sitePattern: null };

test('the example names two sites, one of which is tested and one of which has Direct Routing', () => {
  expect(rosterOf(EXAMPLE).sites).toMatchObject([
    { id: 'headquarters', directRouting: false, test: { everyDays: 90, tell: ['nestor'] } },
    { id: 'warehouse', directRouting: true, test: null },
  ]);
});

describe('where a location is', () => {
  test.each([
    ['a place of the only site that has it', 'Building 34, Room 2210', onSite('campus', 'Building 34*')],
    ['of two that have it, the first', 'Building 34, Tower B', onSite('tower', 'Building 34*Tower*')],
    ['another place of a site', 'Contoso, 4567 Main St, Redmond', onSite('campus', '*4567 Main St*')],
    ['large and small letters, spaces doubled', 'BUILDING  34, tower b', onSite('tower', 'Building 34*Tower*')],
    ['accents written in two ways', 'Building 34, Cafe\u0301', onSite('campus', 'Building 34*')],
    ['another number', 'Building 3', OFF_SITE],
    ['the place within other words', 'Opposite Building 34', OFF_SITE],
    ['an address that no site has', '12 Elm St, Apt 4, Redmond, WA 98052', OFF_SITE],
    ['a word that means a site to people', 'Campus', OFF_SITE],
    ['no location', null, NOT_LOCATED],
    ['an empty one', '', NOT_LOCATED],
    ['blanks', ' \n ', NOT_LOCATED],
  ])('%s', (_, location, expected) => {
    expect(locate(roster, location)).toEqual(expected);
  });

  test('without sites nobody is off site', () => {
    expect(locate(rosterOf(withSites([])), '12 Elm St')).toEqual(NOT_LOCATED);
  });

  test('a site is named, and by its id once the roster has it no more', () => {
    expect([siteNameOf(roster.sites, 'tower'), siteNameOf(roster.sites, 'annex')]).toEqual(['Tower', 'annex']);
  });
});

describe('which team', () => {
  const routed = rosterOf(
    withSites(SITES, {
      teams: ['desk', 'tower', 'lab', 'remote'].map((id) => ({ ...EXAMPLE.teams[0], id })),
      defaultTeam: 'desk',
      remoteTeam: 'remote',
      routes: [
        { site: 'tower', team: 'tower' },
        { place: '*Lab*', team: 'lab' },
        { policy: 'Field*', team: 'lab' },
      ],
    }),
  );
  test.each([
    ['a route by site', 'Building 34, Tower B', null, 'tower'],
    ['a site that no route names', 'Building 34, Room 2210', null, 'desk'],
    ['off site', '12 Elm St', null, 'remote'],
    ['off site, and a route by place fits', '12 Elm St, Lab', null, 'lab'],
    ['off site, and a route by policy fits', '12 Elm St', 'Field staff', 'lab'],
    ['off site, and a policy that no route names', '12 Elm St', 'Global', 'remote'],
    ['no location', null, null, 'desk'],
  ])('%s', (_, location, policyName, team) => {
    expect(teamFor(routed, { policyName, location, ...locate(routed, location) }).id).toBe(team);
  });

  test('without a team for remote workers, a caller off site goes to the default one', () => {
    const alone = { ...routed, remoteTeam: null };
    const call = { policyName: null, location: '12 Elm St', ...locate(alone, '12 Elm St') };
    expect(teamFor(alone, call).id).toBe('desk');
  });
});

describe('refused', () => {
  const test1 = (test: unknown) => withFirst('sites', { test });
  const nobodyRemote = {
    people: EXAMPLE.people.map((one: object) => ({ ...one, mayKnowHomeAddress: false })),
    teams: [EXAMPLE.teams[0], { ...EXAMPLE.teams[1], steps: [{ tell: ['megan'] }, { tell: ['rotation:night'] }] }],
    rotations: [...EXAMPLE.rotations, { ...EXAMPLE.rotations[0], id: 'night', people: ['megan', 'nestor'] }],
  };
  const [adele, ...others] = nobodyRemote.people;
  test.each<[string, unknown, string]>([
    ['no list', withSites('headquarters'), 'sites: must be a list'],
    ['a site without places', withFirst('sites', { places: [] }), 'sites[0].places: is empty: name at least one place'],
    ['an empty place', withFirst('sites', { places: [' '] }), 'sites[0].places[0]: is empty'],
    [
      'no id',
      withFirst('sites', { id: 'Head quarters' }),
      'sites[0].id: must be up to 64 letters, digits, dots, dashes and underscores',
    ],
    [
      'the same id twice, in other letters',
      withFirst('sites', { id: 'Warehouse' }),
      'sites[1].id: is the same as sites[0].id',
    ],
    [
      'the same place twice',
      withFirst('sites', { places: ['Hall*', 'HALL*'] }),
      'sites[0].places[1]: is the same as sites[0].places[0]',
    ],
    [
      'a place that an earlier site takes',
      withFirst('sites', { places: ['*Tacoma*'] }),
      'sites[1].places[0]: is never reached: sites[0].places[0] comes before it and fits whatever it fits',
    ],
    ['every place is one site', withFirst('sites', { places: ['Hall', '**'] }), ''],
    ['a property that is none', withFirst('sites', { place: 'Hall*' }), 'sites[0].place: is not a known property'],
    [
      'Direct Routing in words',
      withFirst('sites', { directRouting: 'yes' }),
      'sites[0].directRouting: must be true or false',
    ],
    [
      'a test on no day',
      test1({ everyDays: 0, tell: ['nestor'] }),
      'sites[0].test.everyDays: must be a whole number from 1 to 366',
    ],
    [
      'a test that reminds nobody',
      test1({ everyDays: 30, tell: [] }),
      'sites[0].test.tell: is empty: name at least one person',
    ],
    [
      'a test that reminds a stranger',
      test1({ everyDays: 30, tell: ['alex'] }),
      'sites[0].test.tell[0]: is the id of nobody among people',
    ],
    [
      'a test that reminds somebody twice',
      test1({ everyDays: 30, tell: ['adele', 'adele'] }),
      'sites[0].test.tell[1]: is the same as sites[0].test.tell[0]',
    ],
    ['a route to no site', withFirst('routes', { site: 'annex' }), 'routes[0].site: is the id of no site'],
    ['a route to a pattern of sites', withFirst('routes', { site: '*' }), 'routes[0].site: is the id of no site'],
    [
      'remote workers whose team may not know where they live, though somebody may',
      { ...EXAMPLE, ...nobodyRemote, people: [{ ...adele, mayKnowHomeAddress: true }, ...others] },
      'remoteTeam: nobody of this team may know a home address, so all of it would read them: let one of those whom mayKnowHomeAddress names be told first',
    ],
  ])('%s', (_, json, problem) => {
    const problems = problemsOf(json);
    if (problem !== '') expect(problems).toEqual([problem]);
    else
      expect(problems).toEqual([
        'sites[1].places[0]: is never reached: sites[0].places[1] comes before it and fits whatever it fits',
        'sites[0].places[1]: fits every place: nobody would be off site, and remoteTeam would be told of no call',
      ]);
  });

  test.each<[string, unknown]>([
    ['nobody may know a home address, so all may', { ...EXAMPLE, ...nobodyRemote }],
    [
      'somebody of a rotation may',
      {
        ...EXAMPLE,
        ...nobodyRemote,
        people: nobodyRemote.people.map((one: { id: string }) => ({ ...one, mayKnowHomeAddress: one.id === 'nestor' })),
      },
    ],
    [
      'no team is set for remote workers',
      { ...EXAMPLE, ...nobodyRemote, remoteTeam: null, people: [{ ...adele, mayKnowHomeAddress: true }, ...others] },
    ],
    [
      'a site for every place, and no team for remote workers',
      { ...withSites([{ id: 'all', name: 'All', places: ['*'] }]), remoteTeam: null },
    ],
    ['a later site takes more than an earlier one', withSites(SITES)],
    [
      'places that overlap in part',
      withSites([
        { ...SITES[0], places: ['*A'] },
        { ...SITES[1], places: ['B*'] },
      ]),
    ],
    // Stored before there were sites.
    ['a route by site where there are none', { ...withFirst('routes', { site: 'North' }), sites: undefined }],
  ])('not refused: %s', (_, json) => {
    expect(problemsOf(JSON.parse(JSON.stringify(json)))).toEqual([]);
  });
});

describe('what can be used of a broken roster', () => {
  const usable = (json: object) => usableRosterOf({ ...json, defaultTeam: 7 });

  test('the sites, with what is left of them', () => {
    const broken = withSites([
      { ...SITES[0], name: 7, directRouting: 'yes', test: { everyDays: 30, tell: ['adele', 'alex'] } },
      { ...SITES[1], test: { everyDays: 30, tell: ['alex'] } },
    ]);
    expect(usable(broken)?.sites).toEqual([
      {
        id: 'tower',
        name: 'tower',
        places: ['Building 34*Tower*'],
        directRouting: false,
        test: { everyDays: 30, tell: ['adele'] },
      },
      { id: 'campus', name: 'Campus', places: ['Building 34*', '*4567 Main St*'], directRouting: true, test: null },
    ]);
  });

  test.each<[string, unknown]>([
    ['no list', 'tower'],
    ['one without places', [SITES[0], { ...SITES[1], places: [] }]],
    ['one with a place that is none', [SITES[0], { ...SITES[1], places: ['Hall', 7] }]],
    ['one without an id', [SITES[0], { ...SITES[1], id: undefined }]],
    ['two of one id', [SITES[0], { ...SITES[1], id: 'tower' }]],
  ])('none of them with %s: nobody may be taken for off site', (_, sites) => {
    const left = usable(withSites(sites, { routes: [{ site: 'tower', team: 'remote-workers' }] }));
    expect(left?.sites).toEqual([]);
    expect(left?.routes).toEqual([]);
    expect(left && locate(left, '12 Elm St')).toEqual(NOT_LOCATED);
  });

  test('a place that is never reached is left out, and each location has the site that it had', () => {
    const left = usable(withSites([SITES[1], SITES[0]]));
    expect(left?.sites.map(({ id }) => id)).toEqual(['campus']);
    expect(left && locate(left, 'Building 34, Tower B')).toEqual(onSite('campus', 'Building 34*'));
    expect('roster' in parseRoster(left)).toBe(true);
  });
});
