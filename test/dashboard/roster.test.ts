import { rosterSchema, setUpSchema, testResultSchema } from '../../shared/dashboard/contract.ts';
import { startWorld, type World } from '../harness/world.ts';
import { ADMINISTRATOR, type Ask, AUDITOR, askPage, type PretendVisitor, RESPONDER } from './visitors.ts';

const ROSTER = {
  people: [
    { id: 'diego', name: 'Diego Siciliani', phone: '+14255550111', email: 'diego@contoso.com' },
    { id: 'adele', name: 'Adele Vance', phone: '+14255550112' },
  ],
  rotations: [
    {
      id: 'duty',
      timeZone: 'America/Los_Angeles',
      startsAt: '2026-01-05T09:00',
      shift: { every: 1, unit: 'weeks' },
      people: ['diego', 'adele'],
    },
  ],
  teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps: [{ tell: ['rotation:duty'] }] }],
  defaultTeam: 'desk',
};
/** 2026-01-05 09:00 in Los Angeles, where winter time is eight hours behind. */
const FIRST = '2026-01-05T17:00:00.000Z';
const OVERRIDE = { rotation: 'duty', from: '2026-01-07T09:00', until: '2026-01-08T09:00', person: 'adele' };
const RANGE = `from=${FIRST}&until=2026-01-19T17:00:00.000Z`;

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.services.store.roster.insert(0, { document: ROSTER, importedAt: FIRST, importedBy: 'megan' });
  await refresh();
});
afterEach(() => world?.stop());

async function refresh() {
  world.advance(31_000);
  await world.services.refreshRoster();
}
const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const change = (path: string, body: unknown) => ask(path, { method: 'POST', body });
const shifts = async () => {
  const { rotations } = rosterSchema.parse((await ask(`roster?${RANGE}`, { as: AUDITOR })).json);
  return rotations[0]?.shifts.map(
    ({ from, person, isOverride }) => `${from} ${person?.id}${isOverride ? ' stands in' : ''}`,
  );
};

test('shows who is on call, without a gap, and no number but for its end', async () => {
  const { json, text } = await ask(`roster?${RANGE}`);
  const roster = rosterSchema.parse(json);
  expect(roster).toMatchObject({ version: 1, origin: 'table', importedBy: 'megan', problems: [] });
  expect(roster.people.map(({ id, phoneEnd, hasEmail }) => `${id} ${phoneEnd} ${hasEmail}`)).toEqual([
    'diego 11 true',
    'adele 12 false',
  ]);
  expect(await shifts()).toEqual([`${FIRST} diego`, '2026-01-12T17:00:00.000Z adele']);
  expect(text).not.toMatch(/\+1425|contoso\.com/);
});

test('before its first hand-over nobody is on call', async () => {
  const { json } = await ask('roster?from=2026-01-05T16:00:00.000Z&until=2026-01-05T18:00:00.000Z');
  expect(json.rotations[0].shifts).toMatchObject([{ person: null }, { from: FIRST, person: { id: 'diego' } }]);
});

test('somebody stands in from the next look at the roster on, and no longer once that is taken away', async () => {
  expect((await change('roster/overrides', { after: 1, ...OVERRIDE })).json).toEqual({ version: 2 });
  await refresh();
  expect(await shifts()).toEqual([
    `${FIRST} diego`,
    '2026-01-07T17:00:00.000Z adele stands in',
    '2026-01-08T17:00:00.000Z diego',
    '2026-01-12T17:00:00.000Z adele',
  ]);
  const [newest] = await world.services.store.roster.list(1);
  expect(newest).toMatchObject({ importedBy: 'Megan Bowen on the page', document: { defaultTeam: 'desk' } });
  expect((await change('roster/overrides/remove', { after: 2, ...OVERRIDE })).json).toEqual({ version: 3 });
  await refresh();
  expect(await shifts()).toHaveLength(2);
});

test.each([
  ['of a version that is no longer the newest', 'roster/overrides', { ...OVERRIDE, after: 2 }, 'changedMeanwhile'],
  ['of a rotation there is not', 'roster/overrides', { ...OVERRIDE, after: 1, rotation: 'night' }, 'badRequest'],
  ['of a person there is not', 'roster/overrides', { ...OVERRIDE, after: 1, person: 'nobody' }, 'badRequest'],
  [
    'that ends before it begins',
    'roster/overrides',
    { ...OVERRIDE, after: 1, until: '2026-01-06T09:00' },
    'badRequest',
  ],
  ['on a day there is not', 'roster/overrides', { ...OVERRIDE, after: 1, from: '2026-02-30T09:00' }, 'badRequest'],
  ['with a time that is none', 'roster/overrides', { ...OVERRIDE, after: 1, from: 'tomorrow' }, 'badRequest'],
  ['that is not there to be taken away', 'roster/overrides/remove', { ...OVERRIDE, after: 1 }, 'notFound'],
  ['that changes more than itself', 'roster/overrides', { ...OVERRIDE, after: 1, teams: [] }, 'badRequest'],
])('an override %s is refused, and no version is added', async (_, path, body, code) => {
  expect((await change(path, body)).json.code).toBe(code);
  expect(await world.services.store.roster.list(10)).toHaveLength(1);
});

test('of two who change the same version one hears that it has changed meanwhile', async () => {
  const both = await Promise.all([1, 2].map(() => change('roster/overrides', { after: 1, ...OVERRIDE })));
  expect(both.map(({ json }) => json.code ?? json.version).sort()).toEqual([2, 'changedMeanwhile']);
});

test.each([
  'from=2026-01-05T17:00:00Z&until=2026-01-05T17:00:00Z',
  'from=2026-01-05T17:00:00Z&until=2026-06-05T17:00:00Z',
  'from=x',
])('%s is no time to look at', async (query) => {
  expect((await ask(`roster?${query}`)).json.code).toBe('badRequest');
});

test('a test SMS goes to oneself and nobody else, once in half a minute', async () => {
  const body = { channel: 'sms' };
  const first = await ask('tests', { as: RESPONDER, method: 'POST', body });
  expect(testResultSchema.parse(first.json)).toMatchObject({ isAccepted: true, phoneEnd: '11' });
  expect(world.twilio.messages().map(({ to }) => to)).toEqual(['+14255550111']);
  expect(world.inbox('+14255550111')[0]).toContain('No emergency call was made');
  expect((await ask('tests', { as: RESPONDER, method: 'POST', body })).json.code).toBe('tooMany');
  expect(world.twilio.messages()).toHaveLength(1);
});

test('a test call says that it is one, and asks for no answer', async () => {
  const { json } = await ask('tests', {
    as: { ...RESPONDER, objectId: '12340000' },
    method: 'POST',
    body: { channel: 'voice' },
  });
  expect(json).toMatchObject({ isAccepted: true, phoneEnd: '11' });
  const [call] = world.twilio.calls();
  const said = JSON.stringify(call);
  expect(said).toContain('No emergency call was made');
  expect(said).not.toMatch(/Gather|emergency alert|Answer by/);
});

test.each([
  ['a number of somebody else', { channel: 'sms', to: '+14255550199' }, RESPONDER, 'badRequest'],
  ['a way there is not', { channel: 'pigeon' }, RESPONDER, 'badRequest'],
  ['who is on no roster', { channel: 'sms' }, ADMINISTRATOR, 'notSetUp'],
  ['who only reads', { channel: 'sms' }, AUDITOR, 'roleMissing'],
])('%s gets no test, and nothing is sent', async (_, body, as: PretendVisitor, code) => {
  expect((await ask('tests', { as, method: 'POST', body })).json.code).toBe(code);
  expect(world.twilio.messages()).toEqual([]);
});

test('the first steps are ticked as they are done', async () => {
  const steps = async () => setUpSchema.parse((await ask('set-up')).json).steps;
  expect((await steps()).map(({ id, isDone }) => `${id} ${isDone}`)).toEqual([
    'settings true',
    'signIn true',
    'subscription true',
    'roster true',
    'test false',
  ]);
  await world.services.signIn?.signOut();
  world.advance(16_000);
  const signIn = (await steps()).find(({ id }) => id === 'signIn');
  expect(signIn).toMatchObject({ isDone: false });
  expect(signIn?.todo).not.toBe('');
});
