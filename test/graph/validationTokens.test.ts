import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createValidationTokens, issuersOf, type ValidationTokens } from '../../shared/graph/validationTokens.ts';

const TENANT = '84bd8158-6d4d-4958-8b9f-9d6445542f95';
const APP = '8e460676-ae3f-4b1e-8790-ee0fb5d6148f';
const PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const OTHER = '00001111-aaaa-2222-bbbb-3333cccc4444';
/** The tenant of personal accounts: some keys under /common are its own. */
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
const NOW = new Date('2026-03-02T09:00:00.000Z');
const NOW_SECONDS = 1_772_442_000;

const first = generateKeyPairSync('rsa', { modulusLength: 2048 });
const second = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What the sign-in service publishes, in its own form. */
const jwk = (key: KeyObject, kid: string, issuerTenant = '{tenantid}') => ({
  ...key.export({ format: 'jwk' }),
  use: 'sig',
  kid,
  issuer: `https://login.microsoftonline.com/${issuerTenant}/v2.0`,
});

let server: Server;
let authorityHost: string;
let paths: string[];
let answer: RequestListener;
let now: Date;
let tokens: ValidationTokens;

/** Long enough for the busiest machine. */
const options = () => ({ authorityHost, tenantId: TENANT, audiences: [APP], keysTimeoutMs: 25_000 });

const publish =
  (...keys: object[]): RequestListener =>
  (_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));

beforeEach(async () => {
  paths = [];
  answer = publish(jwk(first.publicKey, 'first'));
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  authorityHost = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  now = NOW;
  tokens = createValidationTokens({ ...options(), now: () => now });
});
afterEach(async () => {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
type Claims = Record<string, unknown>;

/** The example of https://learn.microsoft.com/graph/change-notifications-with-resource-data#example-jwt-token. */
const v1: Claims = {
  aud: APP,
  iss: `https://sts.windows.net/${TENANT}/`,
  iat: NOW_SECONDS,
  nbf: NOW_SECONDS,
  exp: NOW_SECONDS + 3_600,
  appid: PUBLISHER,
  appidacr: '2',
  idp: `https://sts.windows.net/${TENANT}/`,
  tid: TENANT,
  ver: '1.0',
};
/** The same in version 2. */
const v2: Claims = {
  aud: APP,
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  iat: NOW_SECONDS,
  nbf: NOW_SECONDS,
  exp: NOW_SECONDS + 3_600,
  azp: PUBLISHER,
  azpacr: '2',
  tid: TENANT,
  ver: '2.0',
};

/** RFC 7515, by hand: nothing of the library under test. */
function sign(claims: unknown, { key = first.privateKey, kid = 'first' as unknown, alg = 'RS256' } = {}): string {
  const signed = `${part({ typ: 'JWT', alg, kid })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}

const refused = (reason: string) => ({ outcome: 'refused', reason });

describe('accepted', () => {
  test('a token as in the documentation', async () => {
    expect(await tokens.check([sign(v1)])).toEqual({ outcome: 'valid' });
    expect(paths).toEqual(['/common/discovery/v2.0/keys']);
  });

  test.each<[string, Claims]>([
    ['version 2', v2],
    ['expired for less than five minutes', { ...v1, exp: NOW_SECONDS - 299 }],
    ['of a clock that is five minutes ahead', { ...v1, nbf: NOW_SECONDS + 300 }],
  ])('%s', async (_, claims) => {
    expect(await tokens.check([sign(claims)])).toEqual({ outcome: 'valid' });
  });

  test('one for each of our applications', async () => {
    const both = createValidationTokens({
      ...options(),
      tenantId: TENANT.toUpperCase(),
      audiences: [APP, OTHER],
      now: () => now,
    });
    expect(await both.check([sign(v1), sign({ ...v1, aud: OTHER })])).toEqual({ outcome: 'valid' });
  });
});

// https://learn.microsoft.com/graph/deployments and the table that issuersOf names.
test.each([
  ['https://login.microsoftonline.com', `https://login.microsoftonline.com/${TENANT}/v2.0`],
  ['https://login.microsoftonline.us', `https://login.microsoftonline.us/${TENANT}/v2.0`],
])('the issuers where people sign in at %s', (host, v2Issuer) => {
  expect(issuersOf(host, TENANT)).toEqual({ v1: `https://sts.windows.net/${TENANT}/`, v2: v2Issuer });
});

describe('refused', () => {
  test.each<[string, Claims, string]>([
    ['expired by five minutes', { exp: NOW_SECONDS - 300 }, 'expired'],
    ['without an end', { exp: undefined }, 'expired'],
    ['with an end that is no number', { exp: 'never' }, 'malformed'],
    ['not yet valid', { nbf: NOW_SECONDS + 301 }, 'early'],
    ['for another application', { aud: OTHER }, 'audience'],
    ['for no application', { aud: undefined }, 'audience'],
    ['for Graph itself', { aud: 'https://graph.microsoft.com' }, 'audience'],
    ['of another issuer', { iss: `https://sts.contoso.com/${TENANT}/` }, 'issuer'],
    ['of the issuer of another tenant', { iss: `https://sts.windows.net/${OTHER}/`, tid: OTHER }, 'issuer'],
    ['of an issuer that only begins so', { iss: `https://sts.windows.net/${TENANT}/x` }, 'issuer'],
    ['without issuer', { iss: undefined }, 'issuer'],
    ['of another cloud', { iss: `https://login.microsoftonline.us/${TENANT}/v2.0`, azp: PUBLISHER }, 'issuer'],
    ['of another tenant', { tid: OTHER }, 'tenant'],
    ['without tenant', { tid: undefined }, 'tenant'],
    ['issued to another application', { appid: OTHER }, 'publisher'],
    ['issued to nobody', { appid: undefined }, 'publisher'],
    ['issued to another application, which says otherwise', { appid: OTHER, azp: PUBLISHER }, 'publisher'],
  ])('%s', async (_, change, reason) => {
    expect(await tokens.check([sign({ ...v1, ...change })])).toEqual(refused(reason));
  });

  test.each<[string, Claims]>([
    ['azp', { azp: OTHER }],
    ['no azp', { azp: undefined }],
    ['appid in its place', { azp: undefined, appid: PUBLISHER }],
  ])('version 2 with another publisher: %s', async (_, change) => {
    expect(await tokens.check([sign({ ...v2, ...change })])).toEqual(refused('publisher'));
  });

  const publicPem = first.publicKey.export({ type: 'spki', format: 'pem' });
  const symmetric = (secret: string | Buffer) => {
    const signed = `${part({ typ: 'JWT', alg: 'HS256', kid: 'first' })}.${part(v1)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  const [header = '', , signature = ''] = sign(v1).split('.');

  test.each<[string, unknown, string]>([
    ['unsigned', `${part({ typ: 'JWT', alg: 'none' })}.${part(v1)}.`, 'algorithm'],
    ['unsigned, with a key id', `${part({ typ: 'JWT', alg: 'none', kid: 'first' })}.${part(v1)}.`, 'algorithm'],
    ['unsigned, which says RS256', `${header}.${part(v1)}.`, 'signature'],
    ['HS256 with the public key as the secret', symmetric(publicPem as string), 'algorithm'],
    [
      'HS256 with the bytes of the public key',
      symmetric(first.publicKey.export({ type: 'spki', format: 'der' })),
      'algorithm',
    ],
    ['HS256 with no secret', symmetric(''), 'algorithm'],
    ['PS256', sign(v1, { alg: 'PS256' }), 'algorithm'],
    ['RS512', sign(v1, { alg: 'RS512' }), 'algorithm'],
    ['no algorithm', `${part({ kid: 'first' })}.${part(v1)}.${signature}`, 'algorithm'],
    ['another key under the same id', sign(v1, { key: second.privateKey }), 'signature'],
    ['a changed payload', `${header}.${part({ ...v1, aud: OTHER })}.${signature}`, 'signature'],
    ['a signature cut short', sign(v1).slice(0, -8), 'signature'],
    ['an unknown key id', sign(v1, { key: second.privateKey, kid: 'second' }), 'key'],
    ['no key id', sign(v1, { kid: null }), 'key'],
    ['a key id that is no text', sign(v1, { kid: { first: 1 } }), 'key'],
    ['a key id of every object', sign(v1, { kid: 'constructor' }), 'key'],
    ['claims that are no object', sign('text'), 'audience'],
    ['nothing', '', 'malformed'],
    ['garbage', 'cGlkYWNyIjoiMiIsImlkc...', 'malformed'],
    ['two parts', `${header}.${part(v1)}`, 'malformed'],
    ['a header that is no JSON', `e30x.${part(v1)}.${signature}`, 'malformed'],
    ['no text', 7, 'malformed'],
    ['a token in a list', [sign(v1)], 'malformed'],
    ['null', null, 'malformed'],
  ])('%s', async (_, token, reason) => {
    expect(await tokens.check([token])).toEqual(refused(reason));
  });

  test.each<[string, unknown]>([
    ['an empty list', []],
    ['no list', undefined],
    ['null', null],
    ['a token alone', sign(v1)],
    ['an object', { 0: sign(v1), length: 1 }],
  ])('%s', async (_, given) => {
    expect(await tokens.check(given)).toEqual(refused('missing'));
    expect(paths).toEqual([]);
  });

  test('a bad one among good ones, wherever it stands', async () => {
    const bad = sign({ ...v1, appid: OTHER });
    for (const list of [
      [sign(v1), bad],
      [bad, sign(v1)],
      [sign(v1), bad, sign(v2)],
    ]) {
      expect(await tokens.check(list)).toEqual(refused('publisher'));
    }
  });

  test.each([
    ['of personal accounts', () => jwk(first.publicKey, 'first', PERSONAL)],
    ['of another tenant', () => jwk(first.publicKey, 'first', OTHER)],
    ['that is no RSA key', () => jwk(ec.publicKey, 'first')],
    ['that cannot be read', () => ({ kty: 'RSA', kid: 'first', n: 7 })],
  ])('signed with a key %s', async (_, key) => {
    answer = publish(key(), jwk(second.publicKey, 'second'));
    expect(await tokens.check([sign(v1)])).toEqual(refused('key'));
  });

  test('no application of ours is known', async () => {
    const none = createValidationTokens({ ...options(), audiences: [], now: () => now });
    expect(await none.check([sign(v1)])).toEqual(refused('audience'));
  });

  test('no reason holds anything of the token', async () => {
    const spoilt = [sign({ ...v1, aud: 'Adele Vance' }), sign({ ...v1, iss: 'Adele Vance' }), 'Adele.Vance.x'];
    for (const token of spoilt) expect(JSON.stringify(await tokens.check([token]))).not.toContain('Adele');
  });
});

describe('keys', () => {
  const fromSecond = () => sign(v1, { key: second.privateKey, kid: 'second' });
  const at = (ms: number) => {
    now = new Date(NOW.getTime() + ms);
  };

  test('are fetched once for many deliveries, also at the same time', async () => {
    await Promise.all([tokens.check([sign(v1), sign(v2)]), tokens.check([sign(v1)])]);
    await tokens.check([sign(v1)]);
    expect(paths).toHaveLength(1);
  });

  test('a new key is taken up when it is first seen, a minute after the last look at the earliest', async () => {
    await tokens.check([sign(v1)]);
    answer = publish(jwk(second.publicKey, 'second'));
    at(59_999);
    expect(await tokens.check([fromSecond()])).toEqual(refused('key'));
    expect(paths).toHaveLength(1);
    at(60_000);
    expect(await tokens.check([fromSecond()])).toEqual({ outcome: 'valid' });
    expect(await tokens.check([sign(v1)])).toEqual(refused('key'));
  });

  test('a stranger with ever new key ids causes one request a minute', async () => {
    for (let i = 0; i < 20; i += 1) await tokens.check([sign(v1, { kid: `key ${i}` })]);
    at(60_000);
    for (let i = 0; i < 20; i += 1) await tokens.check([sign(v1, { kid: `key ${i}` })]);
    expect(paths).toHaveLength(2);
  });

  test('are read again after a day, and a withdrawn one counts no longer', async () => {
    await tokens.check([sign(v1)]);
    answer = publish(jwk(second.publicKey, 'second'));
    at(86_399_999);
    expect(await tokens.check([sign({ ...v1, exp: NOW_SECONDS + 90_000 })])).toEqual({ outcome: 'valid' });
    at(86_400_000);
    expect(await tokens.check([sign({ ...v1, exp: NOW_SECONDS + 90_000 })])).toEqual(refused('key'));
  });

  const failures: [string, RequestListener, string][] = [
    ['answers 500', (_request, response) => response.writeHead(500).end('Adele Vance'), 'Error 500'],
    ['answers 404', (_request, response) => response.writeHead(404).end(), 'Error 404'],
    ['answers no JSON', (_request, response) => response.end('<html>Adele Vance'), 'SyntaxError'],
    ['answers another JSON', (_request, response) => response.end('{"keys":{}}'), 'SyntaxError'],
    ['answers no keys', publish(), 'SyntaxError'],
    ['answers null', (_request, response) => response.end('null'), 'SyntaxError'],
    ['breaks off', (request) => request.socket.destroy(), 'TypeError UND_ERR_SOCKET'],
    ['redirects', (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'TypeError'],
  ];

  test.each(failures)('a sign-in service that %s makes nothing refused', async (_, failing, code) => {
    answer = failing;
    expect(await tokens.check([sign(v1)])).toEqual({ outcome: 'unavailable', code });
    answer = publish(jwk(first.publicKey, 'first'));
    at(1_000);
    expect(await tokens.check([sign(v1)])).toEqual({ outcome: 'valid' });
    expect(await tokens.check([fromSecond()])).toEqual(refused('key'));
  });

  test.each(failures)('a sign-in service that %s takes away no key that is known', async (_, failing, code) => {
    await tokens.check([sign(v1)]);
    answer = failing;
    at(86_400_000);
    expect(await tokens.check([sign({ ...v1, exp: NOW_SECONDS + 90_000 })])).toEqual({ outcome: 'valid' });
    expect(paths).toHaveLength(2);
    expect(await tokens.check([fromSecond()])).toEqual({ outcome: 'unavailable', code });
  });

  test('no sign-in service at all', async () => {
    await new Promise((resolve) => server.close(resolve));
    const check = await tokens.check([sign(v1)]);
    expect(check).toEqual({ outcome: 'unavailable', code: expect.stringContaining('ECONNREFUSED') });
  });

  test('a sign-in service that hangs is waited for for a limited time, once for all who ask', async () => {
    answer = () => undefined;
    const hasty = createValidationTokens({ ...options(), keysTimeoutMs: 50, now: () => now });
    const checks = await Promise.all([hasty.check([sign(v1)]), hasty.check([sign(v2)])]);
    expect(checks).toEqual([1, 2].map(() => ({ outcome: 'unavailable', code: 'TimeoutError' })));
    expect(paths.length).toBeLessThanOrEqual(1);
  });

  test('while it is away it is asked once a second at most', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    for (let i = 0; i < 5; i += 1) await tokens.check([sign(v1)]);
    expect(paths).toHaveLength(1);
  });
});
