import { signInAttemptSchema, signInSchema } from '../../shared/dashboard/contract.ts';
import { startWorld, type World } from '../harness/world.ts';
import { type Ask, askPage } from './visitors.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.services.signIn?.signOut();
});
afterEach(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const begin = (body: unknown = {}) => ask('sign-in/device-code', { method: 'POST', body });
const state = async () => signInSchema.parse((await ask('sign-in')).json);

async function ended() {
  for (;;) {
    const { attempt, ...rest } = await state();
    if (attempt && attempt.state !== 'waiting') return { attempt, ...rest };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('shows code and link, then who signed in', async () => {
  expect(await state()).toMatchObject({ signedInAs: null, attempt: null, serviceAccount: 'emergency@contoso.com' });
  const attempt = signInAttemptSchema.parse((await begin()).json);
  expect(attempt.userCode).toMatch(/^[A-Z0-9]{8,9}$/);
  expect(attempt.url).toMatch(/^http/);
  expect(Date.parse(attempt.expiresAt)).toBeGreaterThan(world.now().getTime());
  expect(await ended()).toMatchObject({
    signedInAs: 'emergency@contoso.com',
    attempt: { state: 'signedIn', failure: null },
  });
});

test.each([
  [53003, 'blockedByPolicy', true, 'policy'],
  [65004, 'declined', false, 'declined'],
  [70020, 'expired', false, 'expired'],
  [700016, 'AADSTS700016', false, 'CLIENT_ID'],
] as const)('when Microsoft answers AADSTS%d, it says so', async (code, word, isBlockedByPolicy, words) => {
  world.graph.faults.add({ operation: 'signIn.token.deviceCode', effect: { kind: 'aadsts', code } });
  await begin();
  const { attempt, signedInAs } = await ended();
  expect(attempt.state).toBe('failed');
  expect(attempt.failure?.isBlockedByPolicy).toBe(isBlockedByPolicy);
  expect(`${attempt.failure?.code} ${attempt.failure?.message}`.toLowerCase()).toContain(words.toLowerCase());
  if (!isBlockedByPolicy) expect(attempt.failure?.code).toBe(word);
  expect(signedInAs).toBeNull();
});

test('when no code is given, the attempt has failed at once', async () => {
  world.graph.faults.add({ operation: 'signIn.deviceCode', effect: { kind: 'aadsts', code: 90002 } });
  const attempt = signInAttemptSchema.parse((await begin()).json);
  expect(attempt).toMatchObject({ state: 'failed', userCode: null, failure: { code: 'AADSTS90002' } });
  expect((await state()).attempt?.state).toBe('failed');
});

test('another account is refused and named to the administrator alone', async () => {
  world.services = await world.start(undefined, { ...world.env, SERVICE_ACCOUNT: 'alexw@contoso.com' });
  await begin();
  const { attempt } = await ended();
  expect(attempt.failure).toMatchObject({ code: 'wrongAccount', signedInAs: 'emergency@contoso.com' });
  expect(await world.services.store.signIn.read()).toBeNull();
  expect(JSON.stringify(world.log)).not.toContain('contoso.com');
});

test('an attempt whose process is gone, or whose time is over, has failed', async () => {
  const attempt = {
    ...{
      id: 'x',
      way: 'deviceCode' as const,
      state: 'waiting' as const,
      userCode: 'ABCDEFGHI',
      url: 'https://x.contoso.com',
    },
    startedAt: world.now().toISOString(),
    expiresAt: new Date(world.now().getTime() + 600_000).toISOString(),
    failure: null,
    aliveAt: world.now().toISOString(),
    sealed: null,
  };
  await world.services.store.signInAttempts.begin(attempt);
  expect((await state()).attempt?.state).toBe('waiting');
  world.advance(31_000);
  expect((await state()).attempt?.failure?.code).toBe('interrupted');
  await world.services.store.signInAttempts.change('x', { aliveAt: null });
  world.advance(600_000);
  expect((await state()).attempt?.failure?.code).toBe('expired');
});

test('no token and no sealed sign-in is in what is answered', async () => {
  await begin();
  await ended();
  const stored = await world.services.store.signIn.read();
  const { text } = await ask('sign-in');
  expect(text).not.toContain(stored?.value.sealed.slice(0, 20) ?? 'x');
  expect(text).not.toMatch(/eyJ|refresh_token|access_token/);
});

// ---- In a browser, where device codes are blocked

const beginInBrowser = async () =>
  signInAttemptSchema.parse((await ask('sign-in/authorization-code', { method: 'POST', body: {} })).json);
const finish = (id: string, address: string) =>
  ask('sign-in/authorization-code/finish', { method: 'POST', body: { id, address } });
/** Signs in, and gives the address on which the browser ends. */
async function browse(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  return response.headers.get('location') ?? `no redirect: ${response.status}`;
}

test('a sign-in in a browser ends with the address of an empty page', async () => {
  const { id, url, state: begun } = await beginInBrowser();
  expect(begun).toBe('waiting');
  const asked = new URL(url).searchParams;
  expect(asked.get('code_challenge_method')).toBe('S256');
  expect(asked.get('redirect_uri')).toContain('/common/oauth2/nativeclient');
  const ended = signInAttemptSchema.parse((await finish(id, await browse(url))).json);
  expect(ended).toMatchObject({ state: 'signedIn', failure: null });
  expect((await state()).signedInAs).toBe('emergency@contoso.com');
  expect(await world.services.signIn?.getAccessToken()).toBeTruthy();
});

test('who ends it is on the record, also of what somebody else began; what cannot be noted is not done', async () => {
  const { id, url } = await beginInBrowser();
  const address = await browse(url);
  const adele = { roles: ['Administrator'], name: 'Adele Vance', upn: 'adele@contoso.com', objectId: '7777' };
  const ends = () => ask('sign-in/authorization-code/finish', { as: adele, method: 'POST', body: { id, address } });
  const spy = jest.spyOn(world.services.store.pageAudit, 'add').mockRejectedValue(new Error('storage'));
  expect((await ends()).json.code).toBe('failed');
  spy.mockRestore();
  expect((await ends()).json.state).toBe('signedIn');
  const { entries } = (await ask('audit')).json;
  expect(entries.map(({ upn, what }: { upn: string; what: string }) => [upn, what]).slice(0, 2)).toEqual([
    ['adele@contoso.com', 'sign-in ended'],
    ['megan@contoso.com', 'sign-in begun'],
  ]);
});

test('no secret of it is answered', async () => {
  const { id } = await beginInBrowser();
  const stored = await world.services.store.signInAttempts.read();
  expect(stored?.sealed).toBeTruthy();
  const { text } = await ask('sign-in');
  expect(text).toContain(id);
  expect(text).not.toContain(String(stored?.sealed));
});

test.each([
  ['an address of something else', () => 'https://contoso.com/'],
  ['a code without our state', (address: string) => address.replace(/state=[^&]*/, 'state=x')],
  ['an address that was cut short', (address: string) => address.slice(0, address.indexOf('state='))],
  ['nothing but blanks', () => '   '],
])('%s is refused, and the right one is still taken', async (_, change) => {
  const { id, url } = await beginInBrowser();
  const address = await browse(url);
  const { status, json } = await finish(id, change(address));
  expect([status, json.code]).toEqual([400, 'badRequest']);
  expect((await finish(id, address)).json.state).toBe('signedIn');
});

test('a code is good once, and an attempt that is over takes none', async () => {
  const { id, url } = await beginInBrowser();
  const address = await browse(url);
  expect((await finish('another', address)).json.code).toBe('changedMeanwhile');
  await finish(id, address);
  expect((await finish(id, address)).json.code).toBe('changedMeanwhile');
  const other = await beginInBrowser();
  const stale = address.replace(/state=[^&]*/, `state=${new URL(other.url).searchParams.get('state')}`);
  expect((await finish(other.id, stale)).json).toMatchObject({ state: 'failed', failure: { code: 'AADSTS70000' } });
  world.advance(16 * 60_000);
  const late = await beginInBrowser();
  world.advance(16 * 60_000);
  expect((await finish(late.id, 'x')).json.code).toBe('changedMeanwhile');
});

test('what Microsoft refuses in the browser is said in an administrator’s words', async () => {
  const { id } = await beginInBrowser();
  const address = `https://x/common/oauth2/nativeclient?error=access_denied&error_description=${encodeURIComponent('AADSTS53003: Access has been blocked for alex@contoso.com')}`;
  const { json, text } = await finish(id, address);
  expect(json).toMatchObject({ state: 'failed', failure: { code: 'AADSTS53003', isBlockedByPolicy: true } });
  expect(text).not.toContain('alex@');
});

test('another account is refused in the browser too', async () => {
  world.services = await world.start(undefined, { ...world.env, SERVICE_ACCOUNT: 'alexw@contoso.com' });
  const { id, url } = await beginInBrowser();
  const { json } = await finish(id, await browse(url));
  expect(json.failure).toMatchObject({ code: 'wrongAccount', signedInAs: 'emergency@contoso.com' });
  expect(await world.services.store.signIn.read()).toBeNull();
});
