import { callDetailSchema, callsSchema, liveSchema } from '../../shared/dashboard/contract.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { callAt } from './storedCalls.ts';
import { ADMINISTRATOR, type Ask, AUDITOR, askPage, RESPONDER } from './visitors.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const insert = (at: Date, changes = {}) => world.services.store.calls.insert(callAt(at, changes));
const minutesAgo = (minutes: number) => new Date(world.now().getTime() - minutes * 60_000);

async function place(call = {}) {
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall({ ...dials911, ...call });
  await world.deliver();
  await world.work();
  const [newest] = await world.services.store.calls.listNewest(1);
  return newest?.id ?? '';
}
let keys = 0;
const answer = (id: string, action: string, options: Ask = {}) => {
  keys += 1;
  const body = { action, ...(action === 'resolve' ? { reason: 'misdial' } : {}), key: `key-of-test-${keys}` };
  return ask(`calls/${id}/answers`, { method: 'POST', body, ...options });
};

test('a call is there with its three facts, and who has been told; acknowledged on the page, the others hear of it', async () => {
  const id = await place();
  const live = await ask('live', { as: RESPONDER });
  const { active, newest } = liveSchema.parse(live.json);
  expect(active.map((call) => call.id)).toEqual([id]);
  expect(active[0]).toMatchObject({
    state: 'open',
    numberDialed: '911',
    callbackNumber: '+14255550123',
    location: 'Building 34, Room 2210',
    holder: null,
  });
  expect(active[0]?.told.map(({ person, state }) => `${person.name}: ${state}`)).toEqual([
    'Adele Vance: sent',
    'Megan Bowen: sent',
  ]);
  expect(newest).toHaveLength(1);

  const { json } = await answer(id, 'acknowledge', { as: RESPONDER });
  expect(json).toMatchObject({ verdict: 'done', call: { state: 'acknowledged', holder: { name: 'Diego Siciliani' } } });
  await world.work();
  expect(world.inbox('+14255550111').join('\n')).toContain('Diego Siciliani');

  const detail = callDetailSchema.parse((await ask(`calls/${id}`)).json);
  expect(detail.holder?.name).toBe('Diego Siciliani');
  expect(detail.timeline.find(({ kind }) => kind === 'answer.acknowledge')).toMatchObject({
    person: { name: 'Diego Siciliani' },
    detail: { via: 'page', verdict: 'done' },
  });
  expect(detail.callback.tel).toBe('+14255550123');
  expect(detail.callback.warning).toContain('may still run');
  expect(detail.answers).not.toContain('acknowledge');
});

test('whoever answers is the person of the roster with that address, whatever the body says', async () => {
  const roster = {
    people: [
      { id: 'adele', name: 'Adele Vance', phone: '+14255550111', email: 'Diego@contoso.com' },
      { id: 'megan', name: 'Megan Bowen', phone: '+14255550112' },
    ],
    teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps: [{ tell: ['adele', 'megan'] }] }],
    defaultTeam: 'desk',
  };
  await world.services.store.roster.insert(0, {
    document: roster,
    importedAt: '2026-01-01T00:00:00Z',
    importedBy: null,
  });
  world.advance(60_000);
  await world.services.refreshRoster();
  const id = await place();
  const forged = { action: 'acknowledge', key: 'key-of-test-x', by: 'megan' };
  expect((await ask(`calls/${id}/answers`, { as: RESPONDER, method: 'POST', body: forged })).json.code).toBe(
    'badRequest',
  );
  expect((await answer(id, 'acknowledge', { as: RESPONDER })).json.call.holder).toEqual({
    id: 'adele',
    name: 'Adele Vance',
  });
});

test('of two who acknowledge one is first, and the other hears who', async () => {
  const id = await place();
  expect((await answer(id, 'acknowledge', { as: RESPONDER })).json.verdict).toBe('done');
  expect((await answer(id, 'acknowledge', { as: ADMINISTRATOR })).json).toMatchObject({
    verdict: 'taken',
    call: { holder: { name: 'Diego Siciliani' } },
  });
  expect((await answer(id, 'handBack', { as: ADMINISTRATOR })).json.verdict).toBe('notYours');
});

test.each([
  ['from another site', { 'sec-fetch-site': 'cross-site' }],
  ['from a neighbour of the same domain', { 'sec-fetch-site': 'same-site' }],
  ['from an address that somebody typed', { 'sec-fetch-site': 'none' }],
  ['without the header of the page', { 'x-emergency-alerts': '' }],
  ['with another value in it', { 'x-emergency-alerts': '2' }],
  ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['as text', { 'content-type': 'text/plain' }],
  ['as something like JSON', { 'content-type': 'application/json-patch+json' }],
  ['without a content type', { 'content-type': '' }],
])('an answer that comes %s is refused, and the call stays open', async (_, headers) => {
  await insert(minutesAgo(1));
  const [call] = await world.services.store.calls.listNewest(1);
  const { status, json } = await answer(call?.id ?? '', 'acknowledge', { headers });
  expect([status, json.code]).toEqual([403, 'crossSite']);
  const [after] = await world.services.store.calls.listNewest(1);
  expect(after?.response.state).toBe('open');
});

test.each([
  ['https://evil.contoso.com', 403],
  ['https://alerts.contoso.com.evil.com', 403],
  ['null', 403],
  ['alerts.contoso.com', 403],
  ['', 403],
  ['https://alerts.contoso.com', 200],
])('of a browser that does not say where from, the origin %s counts', async (origin, expected) => {
  await insert(minutesAgo(1));
  const [call] = await world.services.store.calls.listNewest(1);
  const request = new Headers({ origin });
  const { status } = await answer(call?.id ?? '', 'acknowledge', {
    headers: { ...Object.fromEntries(request), 'sec-fetch-site': '' },
  });
  expect(status).toBe(expected);
});

test.each([
  ['no JSON', '{'],
  ['no object', '[]'],
  ['an answer there is not', { action: 'delete', key: 'key-of-test' }],
  ['no key', { action: 'acknowledge' }],
  ['a resolve without a reason', { action: 'resolve', key: 'key-of-test' }],
  ['a reason there is not', { action: 'resolve', reason: 'bored', key: 'key-of-test' }],
  ['a reason where none belongs', { action: 'acknowledge', reason: 'real', key: 'key-of-test' }],
])('%s is refused, and nothing is recorded', async (_, body) => {
  await insert(minutesAgo(1));
  const [call] = await world.services.store.calls.listNewest(1);
  const { status, json } = await ask(`calls/${call?.id}/answers`, { method: 'POST', body });
  expect([status, json.code]).toEqual([400, 'badRequest']);
  expect(await world.services.store.timeline.listOfCall(call?.id ?? '')).toEqual([]);
});

test('a body that is too large is not read', async () => {
  await insert(minutesAgo(1));
  const [call] = await world.services.store.calls.listNewest(1);
  const body = { action: 'acknowledge', key: 'k'.repeat(200_000) };
  const { status, json } = await ask(`calls/${call?.id}/answers`, { method: 'POST', body });
  expect([status, json.code]).toEqual([413, 'tooLarge']);
});

test.each(['x', '8242000000000-0123456789abcdef', "8242000000000-0123456789abcde'", '..'])(
  'there is no call %s',
  async (id) => {
    for (const path of [`calls/${id}`, `calls/${id}/raw`]) expect((await ask(path)).status).toBe(404);
    expect((await answer(id, 'acknowledge')).status).toBe(404);
  },
);

test('while nothing changes the page hears 304; a change is heard at once', async () => {
  const id = await place();
  for (const path of ['live', `calls/${id}`]) {
    const first = await ask(path);
    const headers = { 'if-none-match': first.headers.ETag ?? '' };
    const again = await ask(path, { headers });
    expect([path, again.status, again.text]).toEqual([path, 304, '']);
    await answer(id, path === 'live' ? 'acknowledge' : 'onScene');
    expect((await ask(path, { headers })).status).toBe(200);
  }
});

test('lists newest first, page by page, without one twice or left out', async () => {
  const times = [1, 60, 600, 20_000, 40_000, 40_001];
  for (const minutes of times) await insert(minutesAgo(minutes));
  const seen: string[] = [];
  let continuation: string | null = null;
  do {
    const { json } = await ask(`calls?limit=2${continuation ? `&continuation=${continuation}` : ''}`);
    const page = callsSchema.parse(json);
    seen.push(...page.calls.map(({ at }) => at));
    continuation = page.continuation;
    expect(page.looked.isComplete).toBe(continuation === null);
  } while (continuation !== null);
  expect(seen).toEqual(times.map((minutes) => expect.stringMatching(minutesAgo(minutes).toISOString().slice(0, 13))));
});

test('by time, test, state and site only what fits is there', async () => {
  await insert(minutesAgo(10), { isTest: true });
  await insert(minutesAgo(100));
  await insert(minutesAgo(1_000));
  const count = async (query: string) => (await ask(`calls?${query}`)).json.calls.length;
  expect(await count('')).toBe(3);
  expect(await count('test=true')).toBe(1);
  expect(await count('test=false')).toBe(2);
  expect(await count(`from=${minutesAgo(500).toISOString()}`)).toBe(2);
  expect(await count(`until=${minutesAgo(50).toISOString()}`)).toBe(2);
  expect(await count(`from=${minutesAgo(500).toISOString()}&until=${minutesAgo(50).toISOString()}`)).toBe(1);
  expect(await count('state=open')).toBe(3);
  expect(await count('state=resolved')).toBe(0);
  expect(await count('site=nowhere')).toBe(0);
  // Somebody has typed half a year.
  expect(await count('from=0202-11-21T00:00:00Z')).toBe(3);
});

test('searches caller, number, place and code, folded as people write', async () => {
  const facts = {
    ...callAt(minutesAgo(1)).facts,
    callerDisplayName: 'Alex Wilber',
    callerUpn: 'alex@contoso.com',
    location: 'Straße 5, CAFÉ',
  };
  await insert(minutesAgo(1), { facts });
  await insert(minutesAgo(2), {
    facts: { ...facts, callerDisplayName: 'Adele', callerUpn: null, location: null, callbackNumber: '+14255550155' },
  });
  const found = async (q: string) => (await ask(`calls?q=${encodeURIComponent(q)}`)).json.calls.length;
  expect(await found('alex w')).toBe(1);
  expect(await found('ALEX@')).toBe(1);
  expect(await found('café')).toBe(1);
  expect(await found('(425) 555-0155')).toBe(1);
  expect(await found('0155')).toBe(1);
  expect(await found(callAt(minutesAgo(1)).code === '' ? 'x' : '911')).toBe(2);
  expect(await found('nobody')).toBe(0);
  expect(await found('%')).toBe(0);
});

test.each([
  'limit=0',
  'limit=1000',
  'limit=x',
  'from=yesterday',
  'state=closed',
  'test=1',
  'q=',
  'site=a%27%20or%20%271',
  'more=1',
  `q=${'x'.repeat(101)}`,
])('%s is no question', async (query) => {
  const { status, json } = await ask(`calls?${query}`);
  expect([status, json.code]).toEqual([400, 'badRequest']);
});

test('text of a message stays text: markup comes as it was written, in JSON that no browser renders', async () => {
  const id = await place({ place: '<img src=x onerror=alert(1)>"Lobby"' });
  const { json, headers } = await ask(`calls/${id}`);
  expect(json.location).toContain('Lobby');
  expect(headers['Content-Type']).toBe('application/json');
  const raw = await ask(`calls/${id}/raw`);
  expect(raw.json.notifications.length).toBeGreaterThan(0);
  expect(raw.headers['X-Content-Type-Options']).toBe('nosniff');
});

test('a record that cannot be read hides no other', async () => {
  await insert(minutesAgo(1));
  const broken = callAt(minutesAgo(2)).id;
  const table = world.services.store.clients.table('EmergencyCalls');
  await table.createEntity({ partitionKey: broken.slice(0, 4), rowKey: broken, schemaVersion: 4, json: '{' });
  await insert(minutesAgo(3));
  expect((await ask('live')).json.newest).toHaveLength(2);
  expect((await ask('calls?limit=1')).json.calls).toHaveLength(1);
  expect((await ask('calls?q=lobby')).json.calls).toHaveLength(2);
});

test('open ones come first, resolved ones and those of another day are no longer active', async () => {
  const response = (state: string) => ({ ...callAt(minutesAgo(1)).response, state, holder: 'adele' });
  await insert(minutesAgo(1), { response: response('acknowledged') });
  await insert(minutesAgo(2), { response: response('resolved') });
  await insert(minutesAgo(3), { isTest: true });
  await insert(minutesAgo(4));
  await insert(minutesAgo(5), { content: 'notEmergency' });
  await insert(minutesAgo(60 * 25));
  const { active, newest } = liveSchema.parse((await ask('live')).json);
  expect(active.map(({ state, isTest }) => `${state}${isTest ? ' test' : ''}`)).toEqual([
    'open',
    'open test',
    'acknowledged',
  ]);
  expect(newest).toHaveLength(6);
});

test('an auditor reads a call and may answer nothing; who looked is on the record', async () => {
  const id = await place();
  const { json } = await ask(`calls/${id}`, { as: AUDITOR });
  expect(json.answers).toEqual([]);
  expect((await answer(id, 'acknowledge', { as: AUDITOR })).json.code).toBe('roleMissing');
  const { viewers } = callDetailSchema.parse((await ask(`calls/${id}`, { as: RESPONDER })).json);
  expect(viewers.map(({ person }) => person.name)).toEqual(['Diego Siciliani', 'Lidia Holloway']);
});

test('nothing personal is logged', async () => {
  const id = await place();
  await ask(`calls/${id}`);
  await answer(id, 'acknowledge', { as: RESPONDER });
  await ask('calls?q=Alex');
  await world.work();
  expect(JSON.stringify(world.log)).not.toMatch(/contoso\.com|Siciliani|Building 34|\+1425|Alex/);
});
