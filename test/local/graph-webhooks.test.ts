import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphOptions } from '../../local/graph/graph.ts';
import { makeCertificate } from './graphCertificate.ts';
import {
  CALLER,
  CLIENT_ID,
  type GraphBody,
  type Notification,
  SERVICE_ACCOUNT,
  startWorld,
  TENANT_ID,
  until,
  type World,
} from './graphWorld.ts';

const OWNER = makeCertificate();
const PATH = '/v1.0/subscriptions';
const PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086';

interface Received {
  path: string;
  type: string;
  body: { value: Notification[]; validationTokens?: string[] };
}

let world: World;
let server: Server;
/** Everything but handshakes. */
let received: Received[];
/** What the next posts are answered with; 202 when it is empty. */
let answers: (number | 'never' | 'redirect')[];
let handshake: (token: string) => { status: number; type: string; body: string };
let url: string;

beforeEach(async () => {
  received = [];
  answers = [];
  handshake = (body) => ({ status: 200, type: 'text/plain; charset=utf-8', body });
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked = new URL(request.url ?? '', 'http://127.0.0.1');
    const token = asked.searchParams.get('validationToken');
    if (token !== null) {
      const { status, type, body } = handshake(token);
      response.writeHead(status, { 'content-type': type }).end(body);
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString());
    received.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body });
    const answer = answers.shift() ?? 202;
    if (answer !== 'never') {
      response.writeHead(answer === 'redirect' ? 307 : answer, { location: '/elsewhere' }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/notifications?code=k`;
  await start();
});
afterEach(async () => {
  await world.graph.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld({ webhooks: { timeoutMs: 60_000, firstRetryMs: 5, giveUpAfterMs: 60 }, ...options });
}
async function restart(options: Partial<GraphOptions>): Promise<void> {
  await world.graph.close();
  await start(options);
}

const events = () => ({
  changeType: 'updated',
  resource: "communications/calls/getEmergencyEventsByPolicy(policyName='Global')",
  includeResourceData: true,
  encryptionCertificate: OWNER.certificate,
  encryptionCertificateId: 'first',
});
const create = async (changes: Record<string, unknown> = {}, token?: string) =>
  world.call('POST', PATH, {
    token: token ?? (await world.appToken()),
    body: world.subscription({ notificationUrl: url, ...events(), ...changes }),
  });
async function subscribe(changes: Record<string, unknown> = {}, token?: string): Promise<void> {
  const { status, body } = await create(changes, token);
  expect({ status, error: body.error }).toEqual({ status: 201, error: undefined });
}
const dials = () =>
  world.graph.emergency.placeEmergencyCall({ caller: CALLER, numberDialed: '911', sources: ['event'] });
const lost = () => world.graph.notifications.lost().map(({ reason }) => reason);

describe('the handshake', () => {
  test('opens the way, with https as with http, and leaves the hub alone', async () => {
    await subscribe();
    await subscribe({
      resource: events().resource.replace('Global', 'x'),
      notificationUrl: url.replace('http:', 'https:'),
    });
    await dials();
    expect(received.map(({ path, type }) => [path, type])).toEqual([['/api/notifications?code=k', 'application/json']]);
    expect(world.takeEvents()).toEqual([]);
  });

  test.each([
    ['another token', { body: 'other' }],
    ['another status', { status: 202 }],
    ['another type', { type: 'text/html' }],
    ['a redirection', { status: 307 }],
  ])('answered with %s prevents the subscription', async (_name, spoiled) => {
    handshake = (body) => ({ status: 200, type: 'text/plain', body, ...spoiled });
    const { status, body } = await create();
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: 'InvalidRequest' });
    expect(body.error.message).toMatch(/^Subscription validation request failed\. Notification endpoint must respond/);
    expect(world.graph.subscriptions()).toEqual([]);
  });

  test('is asked of the lifecycle address too', async () => {
    const lifecycleNotificationUrl = url.replace('notifications', 'lifecycle');
    await subscribe({ lifecycleNotificationUrl, expirationDateTime: '2026-03-03T09:00:00Z' });
    const [subscription] = world.graph.subscriptions();
    await world.graph.removeSubscription(String(subscription?.id));
    expect(received.map(({ path }) => path)).toEqual(['/api/lifecycle?code=k']);
    expect(received[0]?.body.validationTokens).toBeUndefined();
  });
});

describe('validation tokens', () => {
  /** The claims, once the signature is checked against what the sign-in service publishes. */
  async function claimsOf(token: string): Promise<Record<string, unknown>> {
    const [head = '', claims = '', signature = ''] = token.split('.');
    const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url').toString());
    expect(alg).toBe('RS256');
    const { keys } = (
      await world.call<{ keys: (JsonWebKey & { kid: string })[] }>('GET', '/common/discovery/v2.0/keys')
    ).body;
    const jwk = keys.find((key) => key.kid === kid);
    if (!jwk) throw new Error('The key is not published');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
    expect(isSigned).toBe(true);
    return JSON.parse(Buffer.from(claims, 'base64url').toString());
  }
  const takeTokens = () => received.splice(0).flatMap(({ body }) => body.validationTokens ?? []);

  test('come with what is rich, for the identity that subscribed', async () => {
    await subscribe();
    await dials();
    const [content] = received[0]?.body.value ?? [];
    expect(content?.encryptedContent && OWNER.decrypt(content.encryptedContent)).toContain('"callStarted"');
    const [token = '', ...more] = takeTokens();
    expect(more).toEqual([]);
    expect(await claimsOf(token)).toEqual({
      aud: world.graph.identity.clientId,
      iss: `https://sts.windows.net/${TENANT_ID}/`,
      idp: `https://sts.windows.net/${TENANT_ID}/`,
      iat: Date.parse('2026-03-02T09:00:00Z') / 1000,
      nbf: Date.parse('2026-03-02T09:00:00Z') / 1000,
      exp: Date.parse('2026-03-02T17:05:00Z') / 1000,
      appid: PUBLISHER,
      appidacr: '2',
      tid: TENANT_ID,
      uti: expect.any(String),
      ver: '1.0',
    });
  });

  test('may be of version 2.0', async () => {
    world.graph.setBehaviour({ validationTokenVersion: '2.0' });
    await subscribe();
    await dials();
    const claims = await claimsOf(takeTokens()[0] ?? '');
    expect(claims).toMatchObject({
      aud: world.graph.identity.clientId,
      iss: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
      azp: PUBLISHER,
      ver: '2.0',
    });
    expect(claims.appid).toBeUndefined();
  });

  test('are one for each app, and none for what is not rich', async () => {
    const user = (await world.signIn()).access_token;
    const messages = { resource: '/me/chats/getAllMessages', changeType: 'created' };
    const plain = {
      includeResourceData: undefined,
      encryptionCertificate: undefined,
      encryptionCertificateId: undefined,
    };
    await subscribe();
    await subscribe(messages, user);
    await subscribe({ resource: '/me/chats/getAllMessages', changeType: 'created,updated', ...plain }, user);
    const chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
    received.splice(0);

    await world.graph.chats.postMessage(chatId, { from: CALLER, content: 'Hello' });
    const [rich, poor] = received.splice(0).map(({ body }) => body);
    expect((await claimsOf(rich?.validationTokens?.[0] ?? '')).aud).toBe(CLIENT_ID);
    expect(Object.keys(poor ?? {})).toEqual(['value']);
    expect(poor?.value[0]?.encryptedContent).toBeUndefined();

    world.graph.notifications.setFaults({ gather: 5, oneEvent: true });
    await world.graph.chats.postMessage(chatId, { from: CALLER, content: 'Hello' });
    await world.graph.chats.postMessage(chatId, { from: CALLER, content: 'Hello' });
    await dials();
    expect(received.map(({ body }) => body.value.length)).toEqual([5]);
    const audiences = await Promise.all(takeTokens().map(async (token) => (await claimsOf(token)).aud));
    expect(audiences).toEqual([CLIENT_ID, world.graph.identity.clientId]);
  });

  test('are signed with another key from one day to the next, both published', async () => {
    await subscribe();
    await dials();
    world.graph.rotateSigningKey();
    await dials();
    const tokens = takeTokens();
    expect(new Set(tokens.map((token) => token.split('.')[0])).size).toBe(2);
    for (const token of tokens) expect((await claimsOf(token)).aud).toBe(world.graph.identity.clientId);
  });

  test('can be spoiled and signed all the same', async () => {
    const token = world.graph.validationToken('app', { exp: 1, appid: CLIENT_ID });
    expect(await claimsOf(token)).toMatchObject({ aud: 'app', exp: 1, appid: CLIENT_ID });
  });

  test.each([
    ['common', 'https://HOST/common/discovery/v2.0/keys', 'https://HOST/{tenantid}/v2.0'],
    [TENANT_ID, `https://HOST/${TENANT_ID}/discovery/v2.0/keys`, `https://HOST/${TENANT_ID}/v2.0`],
  ])('name their keys in the metadata of %s', async (tenant, jwksUri, issuer) => {
    const { host } = new URL(world.graph.authorityHost);
    const path = `/${tenant}/v2.0/.well-known/openid-configuration`;
    const { body } = await world.call<{ jwks_uri: string; issuer: string }>('GET', path);
    expect({ jwksUri: body.jwks_uri, issuer: body.issuer }).toEqual({
      jwksUri: jwksUri.replace('HOST', host),
      issuer: issuer.replace('HOST', host),
    });
    const keys = await fetch(body.jwks_uri.replace('https:', 'http:'));
    expect(await keys.json()).toEqual({ keys: [expect.objectContaining({ kty: 'RSA', use: 'sig' })] });
  });
});

describe('what is not answered 2xx', () => {
  test.each<[string, (number | 'never' | 'redirect')[], (number | null)[]]>([
    ['500', [500, 503], [500, 503, 202]],
    ['404', [404], [404, 202]],
    ['a redirection, which is not followed', ['redirect'], [307, 202]],
  ])('is repeated after %s', async (_name, given, statuses) => {
    await restart({ webhooks: { timeoutMs: 60_000, firstRetryMs: 5, giveUpAfterMs: 10_000 } });
    await subscribe();
    answers = given;
    await dials();
    await until(() => world.graph.notifications.posts().length === statuses.length);
    expect(world.graph.notifications.posts()).toEqual(
      statuses.map((status, index) => ({ path: '/api/notifications', attempt: index + 1, status })),
    );
    expect(new Set(received.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(lost()).toEqual([]);
  });

  test('is repeated after no answer within the time', async () => {
    await restart({ webhooks: { timeoutMs: 300, firstRetryMs: 5, giveUpAfterMs: 60_000 } });
    await subscribe();
    answers = ['never'];
    await dials();
    await until(() => world.graph.notifications.posts().some(({ status }) => status === 202));
    expect(world.graph.notifications.posts()[0]).toEqual({ path: '/api/notifications', attempt: 1, status: null });
    expect(lost()).toEqual([]);
  });

  test('is lost after a while', async () => {
    await subscribe();
    answers = Array(50).fill(503);
    await dials();
    expect(lost()).toEqual([]);
    await until(() => lost().length > 0);
    expect(lost()).toEqual(['webhookRefused']);
    // After 5, 10 and 20 ms; 40 more would be too much.
    expect(received).toHaveLength(4);
  });

  test('is lost with the look-alike', async () => {
    await restart({ webhooks: { firstRetryMs: 60_000, giveUpAfterMs: 600_000 } });
    await subscribe();
    answers = [503];
    await dials();
    await world.graph.close();
    expect(lost()).toEqual(['closed']);
  });
});

describe('faults on the way', () => {
  test('are those of the hub: copies, and loss', async () => {
    await subscribe();
    world.graph.notifications.setFaults({ lose: 1, copies: 2 });
    await dials();
    const { eventId } = await dials();
    expect(received.map(({ body }) => body.value[0]?.resourceData.id)).toEqual([eventId, eventId]);
    expect(lost()).toEqual(['fault']);
  });

  test('gather for each address apart', async () => {
    await subscribe();
    await subscribe({ resource: events().resource.replace('Global', 'Redmond'), notificationUrl: `${url}&second` });
    await subscribe({
      resource: events().resource.replace('Global', 'Kirkland'),
      notificationUrl: world.subscription().notificationUrl,
    });
    world.takeEvents();
    world.graph.notifications.setFaults({ gather: 6, oneEvent: true });
    for (const policyName of ['Global', 'Redmond', 'Kirkland', 'Global', 'Redmond', 'Kirkland']) {
      await world.graph.emergency.sendEvent({ content: {}, policyName });
    }
    expect(received.map(({ path, body }) => [path, body.value.length])).toEqual([
      ['/api/notifications?code=k', 2],
      ['/api/notifications?code=k&second', 2],
    ]);
    expect(world.takeEvents().map((event) => event.length)).toEqual([2]);
  });
});

test('nothing goes to another machine', async () => {
  for (const name of ['notificationUrl', 'lifecycleNotificationUrl']) {
    const { status, body } = await create({ [name]: 'https://contoso.com/notifications' });
    expect({ status, code: (body as GraphBody).error.code }).toEqual({ status: 501, code: 'notImplemented' });
  }
  expect(world.graph.refusals()).toHaveLength(2);
});
