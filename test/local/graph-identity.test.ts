import { ManagedIdentityCredential } from '@azure/identity';
import type { GraphOptions } from '../../local/graph/graph.ts';
import { startWorld, TENANT_ID, type World } from './graphWorld.ts';

const GRAPH = 'https://graph.microsoft.com';
const VAULT = 'https://vault.azure.net';
const ROLE = 'CallEvents-Emergency.Read.All';

let world: World;
async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  // The real credential reckons by the wall clock.
  world = await startWorld({ now: () => new Date(), ...options });
}

const ask = (query: Record<string, string>, header: string | null = world.graph.identity.header) =>
  world.call<{ access_token: string; expires_on: string; statusCode: number; message: string }>(
    'GET',
    `/msi/token?${new URLSearchParams(query)}`,
    { headers: header === null ? {} : { 'x-identity-header': header } },
  );
const forGraph = { resource: GRAPH, 'api-version': '2019-08-01' };
const tokenFor = async (resource: string) => (await ask({ ...forGraph, resource })).body.access_token;
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('the credential of @azure/identity', () => {
  /*
   * Within a process it keeps the address and the network client of the first use, and every token it ever got: so one
   * look-alike for all of these tests, and another resource for each.
   */
  beforeAll(async () => {
    await start();
    process.env.IDENTITY_ENDPOINT = world.graph.identity.endpoint;
    process.env.IDENTITY_HEADER = world.graph.identity.header;
  });
  afterAll(async () => {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
    await world.graph.close();
  });

  /** No waiting between attempts: how the credential repeats is its own affair. */
  const credential = (clientId = world.graph.identity.clientId) =>
    new ManagedIdentityCredential({ clientId, retryOptions: { maxRetries: 0 } });

  test('gets a token that Graph takes for the identity, with its role', async () => {
    const { token } = await credential().getToken(`${GRAPH}/.default`);
    expect(claimsOf(token)).toMatchObject({
      aud: GRAPH,
      appid: world.graph.identity.clientId,
      idtyp: 'app',
      roles: [ROLE],
      tid: TENANT_ID,
    });
    expect((await world.call('GET', '/v1.0/subscriptions', { token })).body.value).toEqual([]);
    expect(world.graph.refusals()).toEqual([]);
  });

  test('gets one for Key Vault, which Graph does not take', async () => {
    const { token } = await credential().getToken(`${VAULT}/.default`);
    expect(claimsOf(token)).toMatchObject({ aud: VAULT });
    expect(claimsOf(token).roles).toBeUndefined();
    const { status, body } = await world.call('GET', '/v1.0/subscriptions', { token });
    expect({ status, message: body.error.message }).toEqual({
      status: 401,
      message: 'Access token validation failure. Invalid audience.',
    });
  });

  test('gets none for the client id of another identity', async () => {
    const other = credential('22223333-cccc-4444-dddd-5555eeee6666').getToken(`${GRAPH}/.default`);
    await expect(other).rejects.toThrow(/No User Assigned or Delegated Managed Identity found/);
  });

  test.each([
    [400, 'https://storage.azure.com'],
    [503, 'https://servicebus.azure.net'],
  ])('fails with a fault of %d, once', async (status, resource) => {
    const effect = { kind: 'status', status, message: 'Not now.' } as const;
    world.graph.faults.add({ operation: 'identity', times: 1, effect });
    await expect(credential().getToken(`${resource}/.default`)).rejects.toThrow(/Not now\./);
    expect((await credential().getToken(`${resource}/.default`)).token).toMatch(/^ey/);
    expect(world.graph.requests().slice(-2)).toMatchObject([{ status }, { status: 200 }]);
  });
});

describe('the token service', () => {
  beforeEach(() => start());
  afterEach(() => world.graph.close());

  test('answers as App Service does', async () => {
    const { status, body } = await ask(forGraph);
    expect(claimsOf(body.access_token).exp).toBe(Number(body.expires_on));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^ey/),
        expires_on: expect.stringMatching(/^\d{10}$/),
        resource: GRAPH,
        token_type: 'Bearer',
        client_id: world.graph.identity.clientId,
      },
    });
  });

  test.each([
    ['another header', forGraph, 'x', 401, /X-IDENTITY-HEADER/],
    ['no header', forGraph, null, 401, /X-IDENTITY-HEADER/],
    ['no resource', { 'api-version': '2019-08-01' }, undefined, 400, /resource is missing/],
    ['no version', { resource: GRAPH }, undefined, 400, /must be 2019-08-01/],
    ['an old version', { ...forGraph, 'api-version': '2017-09-01' }, undefined, 400, /must be 2019-08-01/],
    ['another client', { ...forGraph, client_id: TENANT_ID }, undefined, 400, /No User Assigned/],
  ])('gives no token for %s', async (_name, query, header, status, message) => {
    const answer = await ask(query, header);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ statusCode: status, message: expect.stringMatching(message) });
  });

  test('refuses loudly what it does not know', async () => {
    expect((await ask({ ...forGraph, mi_res_id: 'x' })).status).toBe(501);
    expect(world.graph.refusals()).toHaveLength(1);
  });

  test('hangs when told to, and is no part of the faults of Graph or of sign-in', async () => {
    world.graph.faults.add({ operation: 'graph', effect: { kind: 'status', status: 503 } });
    world.graph.faults.add({ operation: 'signIn', effect: { kind: 'status', status: 503 } });
    expect((await ask(forGraph)).status).toBe(200);
    world.graph.faults.add({ operation: 'identity', effect: { kind: 'hang' } });
    expect(await world.errorOf('hang', world.graph.identity.endpoint)).toBe('AbortError');
  });
});

describe('an app that asks for itself', () => {
  beforeEach(() => start());
  afterEach(() => world.graph.close());

  test.each([
    ['/v1.0/me', 400, 'BadRequest', /^\/me request is only valid with delegated authentication flow\.$/],
    ['/v1.0/me/chats', 400, 'BadRequest', /^\/me request is only valid/],
    ['/v1.0/chats', 403, 'Forbidden', /requires one of 'Chat\.ReadBasic\.All, .+Roles on the request 'CallEvents-/],
    ['/v1.0/chats/x/messages/1', 403, 'Forbidden', /requires one of 'Chat\.Read\.All, Chat\.ReadWrite\.All'/],
  ])('is not answered at %s', async (path, status, code, message) => {
    const answer = await world.call('GET', path, { token: await tokenFor(GRAPH) });
    expect({ status: answer.status, ...answer.body.error }).toMatchObject({
      status,
      code,
      message: expect.stringMatching(message),
    });
    expect(world.graph.refusals()).toEqual([]);
  });

  test('reads chats nowhere here, whatever it was granted', async () => {
    await world.graph.close();
    await start({ managedIdentity: { roles: ['Chat.Read.All'] } });
    expect((await world.call('GET', '/v1.0/chats', { token: await tokenFor(GRAPH) })).status).toBe(501);
    expect(world.graph.refusals()).toHaveLength(1);
  });

  test.each([`${GRAPH}/`, '00000003-0000-0000-c000-000000000000', 'https://graph.microsoft.us', 'the look-alike'])(
    'may call Graph %s',
    async (name) => {
      const token = await tokenFor(name === 'the look-alike' ? world.graph.graphBaseUrl : name);
      expect((await world.call('GET', '/v1.0/subscriptions', { token })).status).toBe(200);
    },
  );

  test('is refused once its token has ended', async () => {
    await world.graph.close();
    await start({ managedIdentity: { tokenSeconds: 0 } });
    const { status, body } = await world.call('GET', '/v1.0/subscriptions', { token: await tokenFor(GRAPH) });
    expect({ status, message: body.error.message }).toEqual({
      status: 401,
      message: 'Lifetime validation failed, the token is expired.',
    });
  });
});
