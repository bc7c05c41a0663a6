import { startWorld, type World } from '../harness/world.ts';
import { callAt, fillTable } from './storedCalls.ts';
import { ADMINISTRATOR, type Ask, AUDITOR, askPage, type PretendVisitor, RESPONDER } from './visitors.ts';

const ROSTER = {
  people: [
    { id: 'diego', name: 'Diego Siciliani', phone: '+14255550111', email: 'diego@contoso.com', seesSites: ['north'] },
    { id: 'adele', name: 'Adele Vance', phone: '+14255550112', email: 'adele@contoso.com', mayKnowHomeAddress: true },
    { id: 'twin-1', name: 'Nestor Wilke', phone: '+14255550113', email: 'nestor@contoso.com', seesSites: ['north'] },
    { id: 'twin-2', name: 'Nestor Wilke', phone: '+14255550114', email: 'Nestor@contoso.com', seesSites: ['south'] },
  ],
  teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps: [{ tell: ['diego', 'adele'] }] }],
  defaultTeam: 'desk',
  sites: [
    { id: 'north', name: 'North campus', places: ['North*'] },
    { id: 'south', name: 'South campus', places: ['South*'] },
  ],
};
const ADELE: PretendVisitor = { roles: ['Responder'], name: 'Adele', upn: 'ADELE@contoso.com', objectId: '7777' };
const NESTOR: PretendVisitor = { roles: ['Responder'], name: 'Nestor', upn: 'nestor@contoso.com', objectId: '8888' };
const HOME = 'Rose Lane 7, Redmond';

let world: World;
const ids: Record<string, string> = {};
beforeAll(async () => {
  world = await startWorld();
  const { store } = world.services;
  expect(
    await store.roster.insert(0, { document: ROSTER, importedAt: '2026-01-01T00:00:00Z', importedBy: null }),
  ).not.toBeNull();
  world.advance(60_000);
  await world.services.refreshRoster();
  const calls = {
    north: { site: 'north', whereabouts: 'onSite' as const, sitePattern: 'North*' },
    south: { site: 'south', whereabouts: 'onSite' as const, sitePattern: 'South*' },
    unknown: {},
    home: {
      whereabouts: 'offSite' as const,
      recipients: [
        { id: 'diego', phone: '+14255550111' },
        { id: 'adele', phone: '+14255550112' },
      ],
    },
    open: {
      whereabouts: 'offSite' as const,
      isAddressOpen: true,
      recipients: [{ id: 'adele', phone: '+14255550112' }],
    },
    nobody: { whereabouts: 'offSite' as const, recipients: [{ id: 'diego', phone: '+14255550111' }] },
  };
  for (const [i, [name, changes]] of Object.entries(calls).entries()) {
    const at = new Date(world.now().getTime() - (i + 1) * 60_000);
    const facts = { ...callAt(at).facts, location: HOME, coordinates: { latitude: 47.6, longitude: -122.1 } };
    const call = callAt(at, { ...changes, facts, alsoAt: HOME });
    ids[name] = call.id;
    await store.calls.insert(call);
    const entry = { at: call.recordedAt, clock: 'ours' as const, kind: 'messageRead', key: 'x' };
    await store.timeline.append(call.id, { ...entry, detail: { text: `Call from ${HOME}`, facts, reasons: [HOME] } });
  }
});
afterAll(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const namesOf = async (as: PretendVisitor, path: string, list: string) => {
  const { json } = await ask(path, { as });
  const found: string[] = json[list].map(({ id }: { id: string }) => id);
  return Object.keys(ids).filter((name) => found.includes(ids[name] ?? ''));
};

const ALL = ['north', 'south', 'unknown', 'home', 'open', 'nobody'];
test.each([
  ['a responder with sites', RESPONDER, ['north', 'unknown', 'home', 'open', 'nobody']],
  ['a responder without', ADELE, ALL],
  ['a responder whom the roster names twice', NESTOR, ALL],
  ['an administrator', ADMINISTRATOR, ALL],
  ['an auditor', AUDITOR, ALL],
  ['who has another role beside', { ...RESPONDER, roles: ['Responder', 'Auditor'] }, ALL],
])('%s sees the calls of their sites and of no known one, in each list', async (_, as, names) => {
  expect(await namesOf(as, 'live', 'active')).toEqual(names);
  expect(await namesOf(as, 'live', 'newest')).toEqual(names);
  expect(await namesOf(as, 'calls', 'calls')).toEqual(names);
  expect(await namesOf(as, 'calls?q=911', 'calls')).toEqual(names);
});

test.each(['', '/raw', '/chat'])('a call of another site cannot be opened by its address (%s)', async (path) => {
  const { status, json } = await ask(`calls/${ids.south}${path}`, { as: RESPONDER });
  expect([status, json.code]).toEqual([403, 'siteMissing']);
});

test('nor answered', async () => {
  const body = { action: 'acknowledge', key: 'key-of-test' };
  const { json } = await ask(`calls/${ids.south}/answers`, { as: RESPONDER, method: 'POST', body });
  expect(json.code).toBe('siteMissing');
  expect((await world.services.store.calls.get(ids.south ?? ''))?.value.response.state).toBe('open');
});

const PATHS = ['live', 'calls', 'calls/{}', 'calls/{}/raw', 'calls/{}/chat'];
test.each([RESPONDER, ADMINISTRATOR, AUDITOR, NESTOR])(
  'what may be a home is nowhere in what %j is answered',
  async (as) => {
    for (const path of PATHS) {
      const { text } = await ask(path.replace('{}', ids.home ?? ''), { as });
      const ofHome = path === 'live' || path === 'calls' ? withoutOthers(text) : text;
      expect(ofHome).not.toContain('Rose Lane');
      expect(ofHome).not.toContain('47.6');
    }
    const { json } = await ask(`calls/${ids.home}`, { as });
    expect(json.locationWithheld).toContain('Adele Vance');
    expect(json.links.map).toBeNull();
  },
);

/** Of a list, the part of that call. */
function withoutOthers(text: string): string {
  const { active = [], newest = [], calls = [] } = JSON.parse(text);
  return JSON.stringify([...active, ...newest, ...calls].filter(({ id }: { id: string }) => id === ids.home));
}

test('nor can it be guessed by searching for it', async () => {
  const names = await namesOf(ADMINISTRATOR, 'calls?q=rose%20lane', 'calls');
  expect(names).not.toContain('home');
  expect(names).toContain('north');
});

test('who may know it reads it; and everybody does where it was told to all, or nobody who may was told', async () => {
  expect((await ask(`calls/${ids.home}`, { as: ADELE })).json.location).toBe(HOME);
  expect(await namesOf(ADELE, 'calls?q=rose%20lane', 'calls')).toContain('home');
  expect((await ask(`calls/${ids.open}`, { as: AUDITOR })).json.location).toBe(HOME);
  expect((await ask(`calls/${ids.nobody}`, { as: RESPONDER })).json.location).toBe(HOME);
});

test('says to the page which sites somebody sees', async () => {
  expect((await ask('me', { as: RESPONDER })).json).toMatchObject({
    sites: ['north'],
    personId: 'diego',
    allSites: [
      { id: 'north', name: 'North campus' },
      { id: 'south', name: 'South campus' },
    ],
  });
  expect((await ask('me', { as: NESTOR })).json.personId).toBeNull();
});

test('who sees none of the newest calls can go on to those that they see', async () => {
  const quiet = await startWorld();
  try {
    const { store } = quiet.services;
    await store.roster.insert(0, { document: ROSTER, importedAt: '2026-01-01T00:00:00Z', importedBy: null });
    quiet.advance(60_000);
    await quiet.services.refreshRoster();
    const daysAgo = (days: number) => new Date(quiet.now().getTime() - days * 24 * 60 * 60_000);
    const south = Array.from({ length: 50 }, (_, i) => callAt(daysAgo(2 + i), { site: 'south' }));
    const north = callAt(daysAgo(60), { site: 'north' });
    await fillTable(quiet.services, [...south, north]);
    const live = (await askPage(quiet.services, 'live', { as: RESPONDER })).json;
    expect(live).toMatchObject({ active: [], newest: [] });
    const path = `calls?continuation=${live.continuation}`;
    const { calls } = (await askPage(quiet.services, path, { as: RESPONDER })).json;
    expect(calls.map(({ id }: { id: string }) => id)).toEqual([north.id]);
  } finally {
    await quiet.stop();
  }
});
