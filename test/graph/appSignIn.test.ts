import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCredential } from '../../shared/azureCredential.ts';
import { createAppSignIn } from '../../shared/graph/appSignIn.ts';
import { SignInError } from '../../shared/graph/signInError.ts';

const GRAPH = { graphBaseUrl: 'https://graph.microsoft.com' };
/** A busy machine is no failure of the identity. */
const PATIENT = { timeoutMs: 60_000 };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.UTC(2026, 5, 1, 9);

async function failureOf(step: Promise<unknown>): Promise<SignInError> {
  try {
    await step;
  } catch (caught) {
    if (caught instanceof SignInError) return caught;
    throw new Error('It failed with another error', { cause: caught });
  }
  throw new Error('It did not fail');
}

describe('one token for everybody', () => {
  let clockMs: number;
  let asked: (string | string[])[];
  let answer: () => Promise<{ token: string; expiresOnTimestamp: number; refreshAfterTimestamp?: number } | null>;
  const credential = {
    getToken: (scopes: string | string[]) => {
      asked.push(scopes);
      return answer();
    },
  };
  const open = (settings = GRAPH, options = {}) =>
    createAppSignIn(settings, credential, { now: () => new Date(clockMs), ...options });
  /** Everything that was begun without being awaited has run. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    clockMs = START;
    asked = [];
    answer = async () => ({ token: `token-${asked.length}`, expiresOnTimestamp: clockMs + DAY_MS });
  });

  test('of Graph, in whatever cloud', async () => {
    await open().getAccessToken();
    await open({ graphBaseUrl: 'https://graph.microsoft.us' }).getAccessToken();
    expect(asked).toEqual(['https://graph.microsoft.com/.default', 'https://graph.microsoft.us/.default']);
  });

  test('calls at the same time share one exchange, later ones its token', async () => {
    const signIn = open();
    const tokens = await Promise.all([1, 2, 3].map(() => signIn.getAccessToken()));
    expect([...tokens, await signIn.getAccessToken()]).toEqual(['token-1', 'token-1', 'token-1', 'token-1']);
    expect(asked).toHaveLength(1);
  });

  test('replaced five minutes before its end, without anybody waiting', async () => {
    const signIn = open();
    await signIn.getAccessToken();
    clockMs = START + DAY_MS - 5 * MINUTE_MS - 1;
    expect(await signIn.getAccessToken()).toBe('token-1');
    await settle();
    expect(asked).toHaveLength(1);
    clockMs += 1;
    expect(await signIn.getAccessToken()).toBe('token-1');
    await settle();
    expect(await signIn.getAccessToken()).toBe('token-2');
    expect(asked).toHaveLength(2);
  });

  test('replaced earlier where Azure says so', async () => {
    const refreshAfterTimestamp = START + DAY_MS / 2;
    answer = async () => ({
      token: `token-${asked.length}`,
      expiresOnTimestamp: START + DAY_MS,
      refreshAfterTimestamp,
    });
    const signIn = open();
    await signIn.getAccessToken();
    clockMs = refreshAfterTimestamp;
    await signIn.getAccessToken();
    await settle();
    // Azure keeps tokens itself and may give the same one again: it is asked each 30 s, not with each request.
    expect(await signIn.getAccessToken()).toBe('token-2');
    clockMs += 29_999;
    await signIn.getAccessToken();
    expect(asked).toHaveLength(2);
    clockMs += 1;
    await signIn.getAccessToken();
    expect(asked).toHaveLength(3);
  });

  test('while no new one can be had the old one serves to its end, and no longer', async () => {
    const signIn = open();
    await signIn.getAccessToken();
    answer = () => Promise.reject(new Error('out of order'));
    clockMs = START + DAY_MS - 1;
    expect(await signIn.getAccessToken()).toBe('token-1');
    await settle();
    clockMs += 1;
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ kind: 'temporary' });
  });

  test('a forced one is asked for, though the old one lives; those at the same time share it', async () => {
    const signIn = open();
    await signIn.getAccessToken();
    const forced = await Promise.all([1, 2].map(() => signIn.getAccessToken({ forceRefresh: true })));
    expect(forced).toEqual(['token-2', 'token-2']);
    expect(await signIn.getAccessToken()).toBe('token-2');
    answer = () => Promise.reject(new Error('out of order'));
    await failureOf(signIn.getAccessToken({ forceRefresh: true }));
    expect(await signIn.getAccessToken()).toBe('token-2');
  });

  test('a failure is not kept', async () => {
    const good = answer;
    answer = async () => null;
    const signIn = open();
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ code: 'appIdentity noToken', kind: 'temporary' });
    answer = good;
    expect(await signIn.getAccessToken()).toBe('token-2');
  });

  test('an answer that does not come ends in time, and is broken off', async () => {
    let signal: AbortSignal | undefined;
    const silent = {
      getToken: (_: unknown, options?: { abortSignal?: unknown }) => {
        signal = options?.abortSignal as AbortSignal;
        return new Promise<never>(() => undefined);
      },
    };
    const signIn = createAppSignIn(GRAPH, silent, { timeoutMs: 30 });
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ code: 'appIdentity timeout', kind: 'temporary' });
    expect(signal?.aborted).toBe(true);
  });
});

describe('the managed identity, by its own library', () => {
  const CLIENT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';
  /** The library keeps the tokens of each identity for all of the process. */
  const newIdentity = () => createCredential(randomUUID());
  type Reply = { status: number; body?: unknown; kind?: 'reset' };
  let replies: Reply[];
  let requests: { query: Record<string, string>; header: unknown }[];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push({ query: Object.fromEntries(searchParams), header: request.headers['x-identity-header'] });
    const { status, body = {}, kind } = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500 };
    if (kind === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const before = { ...process.env };
  const granted = (token: string): Reply => ({
    status: 200,
    body: { access_token: token, expires_on: String(Math.floor((Date.now() + DAY_MS) / 1_000)), token_type: 'Bearer' },
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    // What App Service sets for an app with a managed identity.
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/msi/token`;
    process.env.IDENTITY_HEADER = 'header-of-the-app';
  });
  beforeEach(() => {
    replies = [];
    requests = [];
  });
  afterAll(async () => {
    process.env = before;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['user-assigned', CLIENT_ID, { client_id: CLIENT_ID }],
    ['system-assigned', null, {}],
  ])('%s: a token for Graph', async (_, clientId, query) => {
    replies = [granted(`token-of-${clientId}`)];
    const signIn = createAppSignIn(GRAPH, createCredential(clientId), PATIENT);
    expect(await signIn.getAccessToken()).toBe(`token-of-${clientId}`);
    const expected = { resource: 'https://graph.microsoft.com', 'api-version': '2019-08-01', ...query };
    expect(requests).toEqual([{ query: expected, header: 'header-of-the-app' }]);
  });

  test('a passing failure is repeated within one exchange', async () => {
    replies = [{ status: 503, body: { error: 'temporarily_unavailable' } }, granted('token-after-all')];
    expect(await createAppSignIn(GRAPH, newIdentity(), PATIENT).getAccessToken()).toBe('token-after-all');
  });

  const noIdentity = { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found for AlexW' };
  const noResource = { error: 'invalid_resource', error_description: 'AADSTS500011: not found in tenant contoso.com' };
  test.each<[string, Reply, string, string]>([
    ['an identity that is not assigned', { status: 400, body: noIdentity }, 'appIdentity 400', 'configuration'],
    [
      'a resource that Entra does not know',
      { status: 400, body: noResource },
      'appIdentity AADSTS500011',
      'configuration',
    ],
    ['500', { status: 500, body: { error: 'server_error' } }, 'appIdentity 500', 'temporary'],
    ['503 without a word', { status: 503 }, 'appIdentity noToken', 'temporary'],
    ['429 without a word', { status: 429 }, 'appIdentity noToken', 'temporary'],
    ['a broken connection', { status: 0, kind: 'reset' }, 'appIdentity network', 'temporary'],
    ['a page of a proxy', { status: 200, body: '<html>' }, 'appIdentity network', 'temporary'],
    ['an answer without a token', { status: 200 }, 'appIdentity noToken', 'temporary'],
  ])('%s', async (_, reply, code, kind) => {
    replies = [reply];
    const failure = await failureOf(createAppSignIn(GRAPH, newIdentity(), PATIENT).getAccessToken());
    expect(failure).toMatchObject({ code, kind });
    // Nothing of what the library says.
    expect(failure.message).toMatch(/^(The identity of the app gets no token|Azure gives the identity of the app no)/);
    expect(failure.message).toContain(`(${code})`);
    expect(failure.message).not.toMatch(/Alex|contoso|127\.0\.0\.1/);
  });
});

test('without a managed identity, and with nobody signed in: said as such', async () => {
  const { PATH } = process.env;
  // No Azure CLI, Azure Developer CLI or PowerShell is found.
  process.env.PATH = '/nowhere';
  try {
    const signIn = createAppSignIn(GRAPH, createCredential(null, {}), PATIENT);
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({
      code: 'appIdentity noIdentity',
      kind: 'configuration',
    });
  } finally {
    process.env.PATH = PATH;
  }
});
