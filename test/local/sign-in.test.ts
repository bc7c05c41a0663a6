import { InteractionRequiredAuthError, PublicClientApplication, ServerError } from '@azure/msal-node';
import type { GraphOptions } from '../../local/graph/graph.ts';
import {
  CALLER,
  CLIENT_ID,
  DEVICE_GRANT,
  LoopbackNetwork,
  MINUTE_MS,
  SCOPES,
  SERVICE_ACCOUNT,
  startWorld,
  TENANT_ID,
  until,
  type World,
} from './graphWorld.ts';

const TOKEN = `${TENANT_ID}/oauth2/v2.0/token`;
const DEVICE_CODE = `${TENANT_ID}/oauth2/v2.0/devicecode`;
const DAY_MS = 86_400_000;

let world: World;

async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld({ devicePollSeconds: 0.02, ...options });
}
beforeEach(() => start());
afterEach(() => world.graph.close());

async function restart(options: Partial<GraphOptions>): Promise<void> {
  await world.graph.close();
  await start(options);
}

/** The configuration that works: an https authority at the loopback port, named as a known authority. */
function msal(auth: Record<string, unknown> = {}) {
  const { host } = new URL(world.graph.authorityHost);
  const network = new LoopbackNetwork(world.graph.authorityHost);
  const application = new PublicClientApplication({
    auth: { clientId: CLIENT_ID, authority: `https://${host}/${TENANT_ID}`, knownAuthorities: [host], ...auth },
    system: { networkClient: network },
  });
  return { application, network };
}

const request = { scopes: ['User.Read', 'Chat.Read'], deviceCodeCallback: () => undefined };

async function signInWithMsal() {
  const { application } = msal();
  const result = await application.acquireTokenByDeviceCode({ ...request });
  if (!result?.account) {
    throw new Error('MSAL gave no account');
  }
  return { application, account: result.account, accessToken: result.accessToken };
}

describe('msal-node', () => {
  test('signs in with a device code, then silently: from its cache, and with the refresh token', async () => {
    const { application, account, accessToken } = await signInWithMsal();
    expect(account).toMatchObject({
      username: SERVICE_ACCOUNT.userPrincipalName,
      localAccountId: SERVICE_ACCOUNT.id,
      homeAccountId: `${SERVICE_ACCOUNT.id}.${TENANT_ID}`,
      tenantId: TENANT_ID,
    });

    const { scopes } = request;
    expect((await application.acquireTokenSilent({ account, scopes })).accessToken).toBe(accessToken);
    expect(operations()).not.toContain('signIn.token.refresh');

    const refreshed = await application.acquireTokenSilent({ account, scopes, forceRefresh: true });
    expect(refreshed.accessToken).not.toBe(accessToken);
    expect((await world.call('GET', '/v1.0/me', { token: refreshed.accessToken })).body.id).toBe(SERVICE_ACCOUNT.id);
    expect(world.graph.refusals()).toEqual([]);
  });

  test('keeps polling until a person approves', async () => {
    await restart({ signInApproval: 'manual' });
    const { application } = msal();
    const polls = () => errorCodes('signIn.token.deviceCode');
    let approved = Promise.resolve();
    const result = await application.acquireTokenByDeviceCode({
      ...request,
      deviceCodeCallback: ({ userCode, verificationUri }) => {
        expect(verificationUri).toBe(`${world.graph.authorityHost}/devicelogin`);
        approved = until(() => polls().length > 0).then(() =>
          world.graph.devices.approve(userCode.toLowerCase(), CALLER),
        );
      },
    });
    await approved;
    expect(result?.account?.username).toBe(CALLER);
    expect(polls()[0]).toBe('authorization_pending');
  });

  test('gives up when the person declines', async () => {
    await restart({ signInApproval: 'manual' });
    const declined = msal().application.acquireTokenByDeviceCode({
      ...request,
      deviceCodeCallback: ({ userCode }) => world.graph.devices.decline(userCode),
    });
    await expect(declined).rejects.toMatchObject({ message: expect.stringContaining('authorization_declined') });
  });

  test('would ask Microsoft about an authority that it was not told to know', async () => {
    const { application, network } = msal({ knownAuthorities: [] });
    await expect(application.acquireTokenByDeviceCode({ ...request })).rejects.toMatchObject({
      errorCode: 'endpoints_resolution_error',
    });
    expect(network.refused).toEqual(['login.microsoftonline.com']);
    expect(world.graph.requests()).toEqual([]);
  });

  test('takes the metadata from its configuration too, and then asks for none', async () => {
    const { host } = new URL(world.graph.authorityHost);
    const get = async (path: string) => (await world.call('GET', path)).body;
    const discovery = `/common/discovery/instance?api-version=1.1&authorization_endpoint=https://${host}/x`;
    const { application } = msal({
      knownAuthorities: [],
      cloudDiscoveryMetadata: JSON.stringify(await get(discovery)),
      authorityMetadata: JSON.stringify(await get(`/${TENANT_ID}/v2.0/.well-known/openid-configuration`)),
    });
    const before = world.graph.requests().length;
    await application.acquireTokenByDeviceCode({ ...request });
    expect(operations().slice(before)).toEqual(['signIn.deviceCode', 'signIn.token.deviceCode']);
  });

  test.each([
    [50173, 'invalid_grant', 'bad_token'],
    [53003, 'invalid_grant', 'message_only'],
    [700082, 'invalid_grant', 'bad_token'],
    [50097, 'interaction_required', 'basic_action'],
  ] as const)('is told by AADSTS%i that a person must sign in again', async (code, error, suberror) => {
    const { application, account } = await signInWithMsal();
    world.graph.faults.add({ operation: 'signIn.token.refresh', effect: { kind: 'aadsts', code } });
    const silent = application.acquireTokenSilent({ account, scopes: request.scopes, forceRefresh: true });
    await expect(silent).rejects.toBeInstanceOf(InteractionRequiredAuthError);
    await expect(silent).rejects.toMatchObject({ errorCode: error, subError: suberror, errorNo: code });
  });

  test('is told of an outage by another class of error', async () => {
    const { application, account } = await signInWithMsal();
    world.graph.faults.add({ operation: 'signIn.token.refresh', effect: { kind: 'status', status: 503 } });
    const silent = application.acquireTokenSilent({ account, scopes: request.scopes, forceRefresh: true });
    await expect(silent).rejects.toBeInstanceOf(ServerError);
    await expect(silent).rejects.toMatchObject({ errorCode: 'temporarily_unavailable', errorNo: 90033 });
  });
});

describe('the token endpoint', () => {
  const device = (form: Record<string, string>) => ({ grant_type: DEVICE_GRANT, client_id: CLIENT_ID, ...form });
  const refresh = (form: Record<string, string>) => ({
    grant_type: 'refresh_token',
    client_id: CLIENT_ID,
    scope: SCOPES,
    ...form,
  });

  test.each([
    ['another tenant', 'contoso.com/oauth2/v2.0/token', device({ device_code: 'x' }), 'invalid_request', 90002],
    ['no client_id', TOKEN, { grant_type: DEVICE_GRANT }, 'invalid_request', 90014],
    ['another client_id', TOKEN, device({ client_id: TENANT_ID }), 'unauthorized_client', 700016],
    ['no grant_type', TOKEN, { client_id: CLIENT_ID }, 'invalid_request', 90014],
    ['an unknown grant', TOKEN, device({ grant_type: 'password' }), 'unsupported_grant_type', 70003],
    ['no device_code', TOKEN, device({}), 'bad_verification_code', 70018],
    ['an unknown device_code', TOKEN, device({ device_code: 'x' }), 'bad_verification_code', 70018],
    ['no refresh_token', TOKEN, refresh({}), 'invalid_request', 90014],
    ['an unknown refresh_token', TOKEN, refresh({ refresh_token: 'x' }), 'invalid_grant', 70000],
    ['no scope for a device code', DEVICE_CODE, { client_id: CLIENT_ID }, 'invalid_request', 90014],
    [
      'a scope nobody consented to',
      DEVICE_CODE,
      { client_id: CLIENT_ID, scope: 'openid Chat.ReadWrite' },
      'invalid_grant',
      65001,
    ],
    [
      'a device code for another app',
      DEVICE_CODE,
      { client_id: TENANT_ID, scope: SCOPES },
      'unauthorized_client',
      700016,
    ],
  ])('refuses %s', async (_name, path, form, error, code) => {
    const { status, body } = await world.postForm(path, form);
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({ status: 400, error, codes: [code] });
    expect(body.access_token).toBeUndefined();
  });

  test('describes a refusal as Entra does', async () => {
    const { body } = await world.postForm(`${TOKEN}?client-request-id=11112222-bbbb-3333-cccc-4444dddd5555`, {});
    expect(body).toEqual({
      error: 'invalid_request',
      error_description: expect.stringMatching(
        /^AADSTS90014: .+ Trace ID: \S+ Correlation ID: 11112222-\S+ Timestamp: 2026-03-02 09:00:00Z$/,
      ),
      error_codes: [90014],
      timestamp: '2026-03-02 09:00:00Z',
      trace_id: expect.any(String),
      correlation_id: '11112222-bbbb-3333-cccc-4444dddd5555',
      error_uri: 'https://login.microsoftonline.com/error?code=90014',
    });
  });

  async function begin(): Promise<{ device_code: string; user_code: string; expires_in: number }> {
    return (await world.postForm(DEVICE_CODE, { client_id: CLIENT_ID, scope: SCOPES })).body;
  }
  const poll = async (device_code: string) => (await world.postForm(TOKEN, device({ device_code }))).body;

  test('lets a device code wait for 15 minutes and not longer', async () => {
    await restart({ signInApproval: 'manual' });
    const { device_code, user_code, expires_in } = await begin();
    expect(expires_in).toBe(900);
    world.advance(900_000 - 1);
    expect(await poll(device_code)).toMatchObject({ error: 'authorization_pending', error_codes: [70016] });
    world.advance(1);
    expect(await poll(device_code)).toMatchObject({ error: 'expired_token', error_codes: [70020] });
    expect(() => world.graph.devices.approve(user_code, CALLER)).toThrow(/unknown, used or expired/);
    expect(world.graph.devices.pendingSignIns()).toEqual([]);
  });

  test('redeems a device code once', async () => {
    const { device_code } = await begin();
    expect(await poll(device_code)).toHaveProperty('access_token');
    expect(await poll(device_code)).toMatchObject({ error: 'invalid_grant', error_codes: [70000] });
  });

  test('gives a new refresh token each time, and goes on taking the old one', async () => {
    const first = await world.signIn();
    const second = (await world.postForm(TOKEN, refresh({ refresh_token: first.refresh_token }))).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const again = await world.postForm(TOKEN, refresh({ refresh_token: first.refresh_token }));
    expect(again.status).toBe(200);
  });

  test('ends a refresh token after 90 days without use', async () => {
    const { refresh_token } = await world.signIn();
    const form = refresh({ refresh_token });
    world.advance(90 * DAY_MS - 1);
    expect((await world.postForm(TOKEN, form)).status).toBe(200);
    world.advance(1);
    expect((await world.postForm(TOKEN, form)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700082] });
  });

  test('refuses what was revoked, while access tokens live on', async () => {
    const { refresh_token, access_token } = await world.signIn();
    world.graph.revokeRefreshTokens();
    const { body } = await world.postForm(TOKEN, refresh({ refresh_token }));
    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [50173] });
    expect((await world.call('GET', '/v1.0/me', { token: access_token })).status).toBe(200);
  });

  test('gives only what was asked for', async () => {
    const tokens = await world.signIn('Chat.Read');
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'scope', 'token_type']);
    expect(tokens.scope).toBe('Chat.Read');
    expect((await world.signIn()).scope).toBe('openid profile User.Read Chat.Read');
    const all = await world.signIn('https://graph.microsoft.com/.default offline_access');
    expect(String(all.scope).split(' ')).toContain('https://graph.microsoft.com/Chat.ReadBasic');
  });

  test('lets an access token live between 60 and 90 minutes', async () => {
    const { access_token, expires_in } = await world.signIn();
    expect(Number(expires_in)).toBeGreaterThanOrEqual(3_600);
    expect(Number(expires_in)).toBeLessThanOrEqual(5_400);
    const status = async () => (await world.call('GET', '/v1.0/me', { token: access_token })).status;
    world.advance(60 * MINUTE_MS - 1);
    expect(await status()).toBe(200);
    world.advance(30 * MINUTE_MS + 1);
    expect(await status()).toBe(401);
  });

  test.each([
    [{ kind: 'slowDown' } as const, 400, 'slow_down'],
    [{ kind: 'aadsts', code: 50199 } as const, 400, 'interaction_required'],
    [{ kind: 'aadsts', code: 53003 } as const, 400, 'invalid_grant'],
    [{ kind: 'status', status: 503, retryAfterSeconds: 7 } as const, 503, 'temporarily_unavailable'],
  ])('can be told to answer %j, once', async (effect, status, error) => {
    const { device_code } = await begin();
    world.graph.faults.add({ operation: 'signIn.token.deviceCode', times: 1, effect });
    const answer = await world.postForm(TOKEN, device({ device_code }));
    expect({ status: answer.status, error: answer.body.error }).toEqual({ status, error });
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '7' : null);
    expect(await poll(device_code)).toHaveProperty('access_token');
  });

  test.each([
    ['hang', 'AbortError'],
    ['reset', 'TypeError'],
  ] as const)('can be told to %s', async (kind, name) => {
    world.graph.faults.add({ operation: 'signIn', effect: { kind } });
    const url = `${world.graph.authorityHost}/${TOKEN}`;
    expect(await world.errorOf(kind, url, { method: 'POST', body: '' })).toBe(name);
    expect(world.graph.requests().map(({ status }) => status)).toEqual([kind]);
  });
});

describe('the page for the code', () => {
  const page = '/devicelogin';

  async function userCode(): Promise<string> {
    return (await world.postForm(DEVICE_CODE, { client_id: CLIENT_ID, scope: SCOPES })).body.user_code;
  }

  beforeEach(() => restart({ signInApproval: 'manual', serviceAccount: { ...SERVICE_ACCOUNT, password: 'pa<ss' } }));

  test('approves a sign-in, as the account chosen', async () => {
    const code = await userCode();
    expect((await world.call<string>('GET', page)).body).toContain('<label for="code">Code</label>');
    const done = await world.postForm<string>('devicelogin', { code, account: SERVICE_ACCOUNT.id, password: 'pa<ss' });
    expect({ status: done.status, says: done.body.includes('You have signed in') }).toEqual({
      status: 200,
      says: true,
    });
    expect(world.graph.devices.pendingSignIns()).toEqual([]);
  });

  test.each([
    ['a wrong password', { password: 'other' }, 401, 'The password is not correct'],
    ['no password', { password: '' }, 401, 'The password is not correct'],
    ['a wrong code', { code: 'AAAAAAAAA' }, 400, 'unknown, used or expired'],
    ['an account that is not there', { account: 'nobody@contoso.com' }, 400, 'No user nobody@contoso.com'],
  ])('refuses %s', async (_name, spoiled, status, notice) => {
    const form = { code: await userCode(), account: SERVICE_ACCOUNT.id, password: 'pa<ss', ...spoiled };
    const answer = await world.postForm<string>('devicelogin', form);
    expect({ status: answer.status, says: answer.body.includes(notice) }).toEqual({ status, says: true });
    expect(world.graph.devices.pendingSignIns()).toHaveLength(1);
  });

  test('writes what it was sent as text', async () => {
    const form = { code: await userCode(), account: '<script>', password: 'pa<ss' };
    const { body } = await world.postForm<string>('devicelogin', form);
    expect(body).toContain('No user &lt;script&gt;');
    expect(body).not.toContain('<script>');
  });
});

function operations(): (string | null)[] {
  return world.graph.requests().map(({ operation }) => operation);
}

function errorCodes(operation: string): (string | null)[] {
  return world.graph
    .requests()
    .filter((one) => one.operation === operation)
    .map(({ errorCode }) => errorCode);
}
