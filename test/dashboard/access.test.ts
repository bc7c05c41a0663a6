import { problemSchema } from '../../shared/dashboard/contract.ts';
import { routes } from '../../shared/dashboard/routes.ts';
import { startWorld, type World } from '../harness/world.ts';
import { ADMINISTRATOR, AUDITOR, askPage, encoded, HOST, ON, type PretendVisitor, RESPONDER } from './visitors.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const ask = (path: string, options = {}) => askPage(world.services, path, options);
/** What an answer refuses, by its code, after it was found to be a problem of RFC 9457. */
async function refusalOf(path: string, options: Parameters<typeof askPage>[2]) {
  const { status, headers, json } = await askPage(world.services, path, options);
  expect(headers['Content-Type']).toBe('application/problem+json');
  const problem = problemSchema.parse(json);
  expect(problem.status).toBe(status);
  return `${status} ${problem.code}`;
}

// ---- Who may do what. The table is written down here, not taken from the code.

type RoleLetters = 'R' | 'A' | 'U';
const VISITORS: Record<RoleLetters, PretendVisitor> = { R: RESPONDER, A: ADMINISTRATOR, U: AUDITOR };
/** R: responder, A: administrator, U: auditor. */
const WHO_MAY: Readonly<Record<string, string>> = {
  'GET me': 'RAU',
  'GET live': 'RAU',
  'GET calls': 'RAU',
  'GET calls/{id}': 'RAU',
  'GET calls/{id}/raw': 'RAU',
  'POST calls/{id}/answers': 'RA',
  'GET calls/{id}/chat': 'RAU',
  'POST calls/{id}/ticks': 'RA',
  'GET procedures': 'RAU',
  'GET procedures/one': 'RAU',
  'POST procedures': 'A',
  'GET sign-in': 'A',
  'POST sign-in/device-code': 'A',
  'POST sign-in/authorization-code': 'A',
  'POST sign-in/authorization-code/finish': 'A',
  'GET set-up': 'RAU',
  'GET roster': 'RAU',
  'POST roster/overrides': 'A',
  'POST roster/overrides/remove': 'A',
  'POST tests': 'RA',
  'GET statistics': 'RAU',
  'GET export/calls.csv': 'AU',
  'GET audit': 'AU',
  'GET openapi.json': 'RAU',
  'GET messages': 'AU',
  'GET status': 'RAU',
  'GET status/monitor': 'RAU',
  'GET dead-letters': 'A',
  'GET dead-letters/{id}': 'A',
  'POST dead-letters/{id}/replay': 'A',
};

const pathOf = (path: string) => path.replace(/\{\w+\}/g, 'x');
const wayOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

test('each route is in the table, and nothing else is', () => {
  expect(routes.map(wayOf).sort()).toEqual(Object.keys(WHO_MAY).sort());
});

describe.each(routes.map((route) => [wayOf(route), route] as const))('%s', (way, { method, path }) => {
  test.each(Object.entries(VISITORS))('as %s', async (letter, as) => {
    // A body that no route takes: who may come in hears of that, and nothing is done.
    const { status, json } = await ask(pathOf(path), { as, method, body: [] });
    if (WHO_MAY[way]?.includes(letter))
      expect(json?.code ?? '').not.toMatch(/roleMissing|noRole|notSignedIn|crossSite/);
    else expect(`${status} ${json?.code}`).toBe('403 roleMissing');
  });

  test('without a role, as nobody, and while nobody checks who comes in', async () => {
    const asked = { method, body: [] };
    expect(await refusalOf(pathOf(path), { ...asked, as: { roles: [] } })).toBe('403 noRole');
    expect(await refusalOf(pathOf(path), { ...asked, as: { roles: ['responder', 'Admin'] } })).toBe('403 noRole');
    expect(await refusalOf(pathOf(path), { ...asked, as: null })).toBe('401 notSignedIn');
    expect(await refusalOf(pathOf(path), { ...asked, env: { WEBSITE_HOSTNAME: HOST } })).toBe('403 authenticationOff');
  });
});

// ---- The principal

test.each(['', 'False', 'false', '0', '1', 'True ', 'Trueish'])(
  'with the switch of the platform at "%s" the door is shut, whatever the header says',
  async (WEBSITE_AUTH_ENABLED) => {
    const env = { ...ON, WEBSITE_AUTH_ENABLED };
    expect(await refusalOf('me', { env })).toBe('403 authenticationOff');
    const { json } = await ask('me', { env });
    expect(json.detail).toContain('switch it on');
  },
);

const ID = { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: '3333' };
const ROLE = { typ: 'roles', val: 'Administrator' };
test.each([
  ['no Base64', '%%%%'],
  ['no JSON', Buffer.from('{').toString('base64')],
  ['null', encoded(null)],
  ['a list', encoded([])],
  ['without claims', encoded({ auth_typ: 'aad' })],
  ['claims that are no list', encoded({ auth_typ: 'aad', claims: { roles: 'Administrator' } })],
  ['another provider', encoded({ auth_typ: 'facebook', claims: [ID, ROLE] })],
  ['no provider', encoded({ claims: [ID, ROLE] })],
  ['no object id', encoded({ auth_typ: 'aad', claims: [ROLE] })],
  ['an empty object id', encoded({ auth_typ: 'aad', claims: [{ ...ID, val: '' }, ROLE] })],
  ['claims that are none', encoded({ auth_typ: 'aad', claims: [null, 7, 'roles', { typ: 'oid' }] })],
  ['far too long', encoded({ auth_typ: 'aad', claims: [ID, ROLE], more: 'x'.repeat(70_000) })],
  [
    'of another tenant',
    encoded({
      auth_typ: 'aad',
      claims: [ID, ROLE, { typ: 'tid', val: '99999999-aaaa-2222-bbbb-3333cccc4444' }],
    }),
  ],
])('a principal that is %s is nobody', async (_, header) => {
  expect(await refusalOf('me', { as: null, headers: { 'x-ms-client-principal': header } })).toBe('401 notSignedIn');
});

test.each([
  ['another header', { 'x-ms-client-principal-name': 'megan@contoso.com', 'x-ms-client-principal-id': '3333' }],
  ['a cookie', { cookie: 'AppServiceAuthSession=x; pretend-user=administrator' }],
  ['a bearer token', { authorization: 'Bearer abc.def.ghi' }],
])('%s says nothing of who somebody is', async (_, headers) => {
  expect(await refusalOf('me?as=administrator', { as: null, headers })).toBe('401 notSignedIn');
});

test('says who is here, what they may do, and nothing of the roster’s numbers', async () => {
  const { status, json, text } = await ask('me', { as: RESPONDER });
  expect(status).toBe(200);
  expect(json).toMatchObject({ name: 'Diego Siciliani', upn: 'diego@contoso.com', roles: ['Responder'], sites: null });
  expect(json.rights).toContain('answerCalls');
  expect(json.rights).not.toContain('changeRoster');
  expect(text).not.toContain('+1425');
});

test('says which tiles may be drawn, and that there are none where none are set', async () => {
  expect((await ask('me')).json.map).toBeNull();
  const map = { tileUrl: 'https://tiles.contoso.com/{z}/{x}/{y}.png', attribution: '© Contoso' };
  const services = { ...world.services, settings: { ...world.services.settings, map } };
  expect((await askPage(services, 'me')).json.map).toEqual(map);
});

test('several roles give what any of them gives', async () => {
  const { json } = await ask('me', { as: { roles: ['Auditor', 'Responder'] } });
  expect(json.rights).toEqual(expect.arrayContaining(['answerCalls', 'exportRecord']));
  expect(json.rights).not.toContain('signInAccount');
});

test('nothing of an answer is kept or framed, and nothing of it runs', async () => {
  for (const as of [ADMINISTRATOR, null]) {
    const { headers } = await ask('me', { as });
    expect(headers).toMatchObject({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
  }
});

test.each(['', 'nothing', 'me/', 'me/x', '../answer', 'ME', '%E0%A4%A', 'me%2F'])('there is no %s', async (path) => {
  expect(await refusalOf(path, {})).toBe('404 notFound');
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is no way to read', async (method) => {
  expect(await refusalOf('me', { method, body: {} })).toBe('405 methodNotAllowed');
});

test.each(['cross-site', 'same-site'])('another site that makes a browser read (%s) gets nothing', async (site) => {
  expect(await refusalOf('me', { headers: { 'sec-fetch-site': site } })).toBe('403 crossSite');
});

test('no name, address or role is logged', async () => {
  const lines = JSON.stringify(world.log);
  expect(lines).not.toMatch(/contoso\.com|Megan|Siciliani|Holloway/);
});
