import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphOptions } from '../../local/graph/graph.ts';
import {
  CALLER,
  CLIENT_ID,
  type GraphBody,
  MINUTE_MS,
  SERVICE_ACCOUNT,
  startWorld,
  TENANT_ID,
  type World,
} from './graphWorld.ts';

const ALL_MESSAGES = `/users/${SERVICE_ACCOUNT.id}/chats/getAllMessages`;
const PATH = '/v1.0/subscriptions';

let world: World;
let token: string;
beforeEach(() => start());
afterEach(() => world.graph.close());

async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld(options);
  token = String((await world.signIn()).access_token);
}
async function restart(options: Partial<GraphOptions>): Promise<void> {
  await world.graph.close();
  await start(options);
}

const create = (changes: Record<string, unknown> = {}) =>
  world.call('POST', PATH, { token, body: world.subscription(changes) });
const inMinutes = (minutes: number) => new Date(world.now().getTime() + minutes * MINUTE_MS).toISOString();

/** Expects that nothing was made, and gives what Graph said. */
async function refused(answer: ReturnType<typeof create>): Promise<{ status: number; code: string; message: string }> {
  const before = world.graph.subscriptions().length;
  const { status, body } = await answer;
  expect(world.graph.subscriptions()).toHaveLength(before);
  return { status, code: body.error?.code, message: body.error?.message };
}

test('a subscription is made once the hub has taken the validation message', async () => {
  const { status, body } = await create();
  expect(status).toBe(201);
  expect(body).toEqual({
    '@odata.context': expect.stringContaining('$metadata#subscriptions/$entity'),
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    resource: ALL_MESSAGES,
    applicationId: CLIENT_ID,
    changeType: 'created,updated,deleted',
    clientState: 'a-secret-that-only-graph-knows',
    notificationUrl: world.subscription().notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: null,
    expirationDateTime: '2026-03-02T10:00:00.000Z',
    creatorId: SERVICE_ACCOUNT.id,
    includeResourceData: false,
    latestSupportedTlsVersion: 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationUrlAppId: null,
  });
  expect(world.takeNotifications()).toEqual([
    {
      subscriptionId: 'NA',
      subscriptionExpirationDateTime: 'NA',
      clientState: 'NA',
      changeType: expect.stringMatching(
        /^Validation: Testing client application reachability for subscription Request-Id: [0-9a-f-]{36}$/,
      ),
      resource: 'NA',
      resourceData: { '@odata.type': 'NA', '@odata.id': 'NA', id: 'NA' },
    },
  ]);
  expect(world.graph.refusals()).toEqual([]);
});

test('no subscription without the hub', async () => {
  await restart({ publish: () => Promise.reject(new Error('refused')) });
  expect(await refused(create())).toEqual({
    status: 400,
    code: 'InvalidRequest',
    message: expect.stringMatching(/^Subscription validation request failed/),
  });
});

test.each([
  ['/me/chats/getAllMessages', 'allMessages'],
  ['me/chats/getAllMessages', 'allMessages'],
  [`/users/${SERVICE_ACCOUNT.userPrincipalName}/chats/getAllMessages`, 'allMessages'],
  [`/users/${SERVICE_ACCOUNT.id}/chats`, 'chats'],
])('the resource %s is known', async (resource, kind) => {
  const changeType = 'updated,created';
  const { status, body } = await create({ resource, changeType });
  expect({ status, resource: body.resource, changeType: body.changeType }).toEqual({
    status: 201,
    resource,
    changeType,
  });
  expect(world.graph.subscriptions()[0]?.target).toEqual({ kind, userId: SERVICE_ACCOUNT.id });
});

describe('creation is refused', () => {
  test.each([
    ['changeType', undefined, 'InvalidRequest', /^changeType is a required property/],
    ['notificationUrl', undefined, 'InvalidRequest', /^notificationUrl is a required property/],
    ['resource', undefined, 'InvalidRequest', /^resource is a required property/],
    ['expirationDateTime', undefined, 'InvalidRequest', /^expirationDateTime is a required property/],
    ['resource', '', 'InvalidRequest', /^resource is a required property/],
    ['changeType', 7, 'BadRequest', /Cannot convert the value of property changeType/],
    ['changeType', 'created,moved', 'InvalidRequest', /Invalid changeType 'moved'/],
    ['notificationUrl', 'EventHub:https://contoso.servicebus.windows.net/teams-events', 'InvalidRequest', /not valid/],
    [
      'notificationUrl',
      'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events',
      'InvalidRequest',
      /\?tenantId=/,
    ],
    ['lifecycleNotificationUrl', 'http://contoso.com/x', 'InvalidRequest', /must be an HTTPS address/],
    ['notificationUrl', 'http://127.0.0.1.contoso.com/x', 'InvalidRequest', /must be an HTTPS address/],
    ['notificationUrl', 'https://', 'InvalidRequest', /must be an HTTPS address/],
    ['clientState', 'x'.repeat(129), 'InvalidRequest', /longer than 128/],
    ['expirationDateTime', 'tomorrow', 'BadRequest', /Cannot convert the literal 'tomorrow'/],
    ['expirationDateTime', '2026-03-03', 'BadRequest', /Edm.DateTimeOffset/],
    ['notifcationUrl', 'x', 'BadRequest', /The property 'notifcationUrl' does not exist/],
    ['id', 'x', 'BadRequest', /The property 'id' does not exist/],
  ])('for %s = %j', async (name, value, code, message) => {
    const answer = await refused(create({ [name]: value }));
    expect(answer).toEqual({ status: 400, code, message: expect.stringMatching(message) });
    expect(world.takeEvents()).toEqual([]);
    expect(world.graph.refusals()).toEqual([]);
  });

  test.each([
    ['resource', '/teams/getAllMessages', 400],
    ['resource', '/me/chats/getAllMessages?model=B', 400],
    ['notificationUrl', 'https://contoso.com/notifications', 501],
    ['lifecycleNotificationUrl', 'https://contoso.com/lifecycle', 501],
    ['encryptionCertificate', 'x', 501],
    ['encryptionCertificateId', 'x', 501],
  ])('loudly for %s = %j, which the look-alike does not know', async (name, value, status) => {
    expect((await refused(create({ [name]: value }))).status).toBe(status);
    expect(world.graph.refusals()).toHaveLength(1);
  });

  test.each(['', '[]', 'null', '{"changeType":'])('for the body %j', async (body) => {
    const response = await fetch(`${world.graph.graphBaseUrl}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as GraphBody).error.message).toMatch(/^Unable to read JSON request payload/);
  });

  test('for messages of a chat one is not in, and of none', async () => {
    const foreign = await world.graph.chats.createChat({ members: [CALLER, 'AdeleV@contoso.com'] });
    expect((await refused(create({ resource: `/chats/${foreign}/messages` }))).status).toBe(403);
    expect((await refused(create({ resource: '/chats/19:none@thread.v2/messages' }))).status).toBe(404);
  });

  test('for another user, and without the scope', async () => {
    const other = `/users/${CALLER}/chats/getAllMessages`;
    expect(await refused(create({ resource: other }))).toMatchObject({ status: 403, code: 'Forbidden' });
    token = String((await world.signIn('Chat.ReadBasic')).access_token);
    expect((await refused(create())).message).toMatch(/API requires one of 'Chat.Read, Chat.ReadWrite'/);
    expect((await create({ resource: '/me/chats', changeType: 'created' })).status).toBe(201);
  });

  test('for the deletion of chats, which there is none of', async () => {
    const answer = await refused(create({ resource: '/me/chats', changeType: 'created,deleted' }));
    expect(answer.message).toMatch(/Invalid changeType 'deleted'/);
  });
});

describe('the expiration', () => {
  test.each([
    [0, 'InvalidRequest', /must be in the future/],
    [-1, 'InvalidRequest', /must be in the future/],
    [60 + 1 / 60_000, 'InvalidRequest', /^lifecycleNotificationUrl is a required property.+greater than 1 hour\.$/],
    [4_320, 'InvalidRequest', /^lifecycleNotificationUrl is a required property/],
    [4_320 + 1 / 60_000, 'ExtensionError', /^Subscription expiration can only be 4320 minutes in the future\.$/],
  ])('cannot be %d minutes away without a lifecycle address', async (minutes, code, message) => {
    const answer = await refused(create({ expirationDateTime: inMinutes(minutes) }));
    expect(answer).toEqual({ status: 400, code, message: expect.stringMatching(message) });
  });

  test.each([
    [60, 60],
    [45, 45],
    [44, 45],
    [1, 45],
  ])('of %d minutes becomes %d', async (asked, given) => {
    const { body } = await create({ expirationDateTime: inMinutes(asked) });
    expect(body.expirationDateTime).toBe(inMinutes(given));
  });

  test('ends the subscription: it is gone, and its place is free', async () => {
    const { id } = (await create()).body;
    world.advance(60 * MINUTE_MS - 1);
    expect((await world.call('GET', `${PATH}/${id}`, { token })).status).toBe(200);
    world.advance(1);
    token = String((await world.signIn()).access_token);
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await world.call(method, `${PATH}/${id}`, { token });
      expect({ status, code: body.error.code }).toEqual({ status: 404, code: 'ResourceNotFound' });
    }
    expect((await create()).status).toBe(201);
  });
});

describe('one too many', () => {
  test('409 for the same change types on the same resource, however they are written', async () => {
    const { id } = (await create({ changeType: 'created,updated' })).body;
    for (const same of [
      { changeType: 'updated, created' },
      { changeType: 'created,updated', resource: '/me/chats/getAllMessages' },
    ]) {
      expect(await refused(create(same))).toEqual({
        status: 409,
        code: 'ObjectIdentifierInUse',
        message: `Subscription Id ${id} already exists for the requested combination`,
      });
    }
    expect((await create({ changeType: 'created' })).status).toBe(201);
  });

  test('409 for one of two that come at once', async () => {
    await restart({ publish: () => sleep(30) });
    const answers = await Promise.all([create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(world.graph.subscriptions()).toHaveLength(1);
  });

  test('403 for a second one to a chat', async () => {
    const chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
    const resource = `/chats/${chatId}/messages`;
    expect((await create({ resource, changeType: 'created' })).status).toBe(201);
    const answer = await refused(create({ resource, changeType: 'updated' }));
    expect(answer).toEqual({ status: 403, code: 'Forbidden', message: expect.stringMatching(/limit of 1 .+ chat/) });
  });

  test.each([
    [{ allChatsPerUser: 1 }, /limit of 1 subscriptions per app and user/],
    [{ organization: 1 }, /limit of 1 subscriptions per organization/],
  ])('403 beyond the quota %j', async (quotas, message) => {
    await restart({ quotas });
    expect((await create({ changeType: 'created' })).status).toBe(201);
    const answer = await refused(create({ changeType: 'updated' }));
    expect(answer).toEqual({ status: 403, code: 'Forbidden', message: expect.stringMatching(message) });
  });

  test('403 after 90 single chats of one user, as seen in the field', async () => {
    const statuses = [];
    for (let count = 0; count < 91; count += 1) {
      const chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
      statuses.push((await create({ resource: `/chats/${chatId}/messages` })).status);
    }
    expect(statuses).toEqual([...Array(90).fill(201), 403]);
  }, 120_000);
});

describe('a subscription that is there', () => {
  let id: string;
  beforeEach(async () => {
    id = (await create()).body.id;
  });
  const at = (suffix = '') => `${PATH}/${id}${suffix}`;
  const patch = (body: unknown) => world.call('PATCH', at(), { token, body });

  test('is listed and read without its clientState', async () => {
    const [listed] = (await world.call('GET', PATH, { token })).body.value;
    const { body: read } = await world.call('GET', at(), { token });
    expect(listed).toMatchObject({ id, clientState: null, resource: ALL_MESSAGES });
    expect(read).toMatchObject({ id, clientState: null, resource: ALL_MESSAGES });
    expect(world.graph.subscriptions()[0]?.clientState).toBe('a-secret-that-only-graph-knows');
  });

  test('is renewed', async () => {
    world.advance(20 * MINUTE_MS);
    const { status, body } = await patch({ expirationDateTime: inMinutes(60) });
    expect({ status, expires: body.expirationDateTime }).toEqual({ status: 200, expires: '2026-03-02T10:20:00.000Z' });
  });

  test.each([
    [{ lifecycleNotificationUrl: 'https://contoso.com/x' }, 400, /cannot be changed/],
    [{ expirationDateTime: '2026-03-02T09:00:00Z' }, 400, /must be in the future/],
    [{ expirationDateTime: '2026-03-02T10:00:00.001Z' }, 400, /^lifecycleNotificationUrl is a required property/],
    [{ expirationDateTime: '2026-03-06T09:00:00Z' }, 400, /4320 minutes/],
    [{}, 400, /^expirationDateTime is a required property/],
    [{ notificationUrl: 'x' }, 501, /does not know a PATCH of notificationUrl/],
    [{ expirationDateTime: '2026-03-02T09:50:00Z', clientState: 'x' }, 501, /does not know a PATCH of clientState/],
  ])('stays as it is after a PATCH of %j', async (body, status, message) => {
    const answer = await patch(body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(message);
    expect(world.graph.subscriptions()[0]?.expirationDateTime.toISOString()).toBe('2026-03-02T10:00:00.000Z');
  });

  test('is deleted, and not twice', async () => {
    expect((await world.call('DELETE', at(), { token })).status).toBe(204);
    expect((await world.call('DELETE', at(), { token })).status).toBe(404);
    expect(world.graph.subscriptions()).toEqual([]);
  });

  test('is nothing to another user', async () => {
    await restart({ signInApproval: 'manual' });
    const mine = await tokenOf(SERVICE_ACCOUNT.id);
    token = mine;
    id = (await create()).body.id;
    token = await tokenOf(CALLER);
    expect((await world.call('GET', PATH, { token })).body.value).toEqual([]);
    for (const [method, suffix] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PATCH', ''],
      ['POST', '/reauthorize'],
    ] as const) {
      expect((await world.call(method, at(suffix), { token })).status).toBe(404);
    }
    expect(world.graph.subscriptions()).toHaveLength(1);
  });

  async function tokenOf(account: string): Promise<string> {
    const form = { client_id: CLIENT_ID, scope: 'Chat.Read' };
    const begun = (await world.postForm(`${TENANT_ID}/oauth2/v2.0/devicecode`, form)).body;
    world.graph.devices.approve(begun.user_code, account);
    const grant = { grant_type: 'device_code', client_id: CLIENT_ID, device_code: begun.device_code };
    return (await world.postForm(`${TENANT_ID}/oauth2/v2.0/token`, grant)).body.access_token;
  }

  test('is reauthorized, and its expiration stays', async () => {
    expect((await world.call('POST', at('/reauthorize'), { token })).status).toBe(204);
    expect(world.graph.subscriptions()[0]?.expirationDateTime.toISOString()).toBe('2026-03-02T10:00:00.000Z');
    expect(world.graph.refusals()).toEqual([]);
  });

  test('renewed and reauthorized within ten minutes, is remembered as what Microsoft says not to do', async () => {
    await patch({ expirationDateTime: inMinutes(60) });
    world.advance(10 * MINUTE_MS - 1);
    expect((await world.call('POST', at('/reauthorize'), { token })).status).toBe(204);
    expect(world.graph.refusals()).toEqual([expect.objectContaining({ reason: expect.stringMatching(/ten minutes/) })]);
    world.advance(10 * MINUTE_MS);
    await patch({ expirationDateTime: inMinutes(60) });
    expect(world.graph.refusals()).toHaveLength(1);
    world.advance(10 * MINUTE_MS);
    await world.call('POST', at('/reauthorize'), { token });
    await patch({ expirationDateTime: inMinutes(60) });
    expect(world.graph.refusals()).toHaveLength(2);
  });
});

describe('the lifecycle address', () => {
  interface Received {
    url: URL;
    type: string;
    body: string;
  }
  let server: Server;
  let received: Received[];
  /** What the address answers a validation with; the right answer unless a test spoils it. */
  let answerTo: (token: string) => { status: number; type: string; body: string };

  beforeEach(async () => {
    received = [];
    answerTo = (body) => ({ status: 200, type: 'text/plain', body });
    server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      received.push({ url, type: request.headers['content-type'] ?? '', body: Buffer.concat(chunks).toString() });
      const token = url.searchParams.get('validationToken');
      const answer = token === null ? { status: 202, type: 'text/plain', body: '' } : answerTo(token);
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const lifecycleNotificationUrl = () =>
    `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/lifecycle?code=k`;
  const createLong = () =>
    create({ lifecycleNotificationUrl: lifecycleNotificationUrl(), expirationDateTime: inMinutes(4_320) });

  test('is tried with a token, and allows three days', async () => {
    const { status, body } = await createLong();
    expect({ status, expires: body.expirationDateTime }).toEqual({ status: 201, expires: '2026-03-05T09:00:00.000Z' });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ type: 'text/plain; charset=utf-8', body: '' });
    expect(received[0]?.url.searchParams.get('code')).toBe('k');
    expect(received[0]?.url.searchParams.get('validationToken')).toMatch(/^Validation: Testing client/);
  });

  test.each([
    ['another token', { body: 'other' }],
    ['the token as it was encoded', { body: 'Validation%3A+Testing' }],
    ['another status', { status: 202 }],
    ['another type', { type: 'application/json' }],
  ])('that answers with %s prevents the subscription', async (_name, spoiled) => {
    answerTo = (body) => ({ status: 200, type: 'text/plain', body, ...spoiled });
    expect(await refused(createLong())).toEqual({
      status: 400,
      code: 'InvalidRequest',
      message: expect.stringMatching(/^Subscription validation request failed\. Notification endpoint must respond/),
    });
  });

  test('that is not there prevents the subscription', async () => {
    const url = lifecycleNotificationUrl();
    await new Promise((resolve) => server.close(resolve));
    expect((await refused(create({ lifecycleNotificationUrl: url }))).message).toMatch(/validation request failed/);
  });

  test('is told of a removal', async () => {
    const { id } = (await createLong()).body;
    expect(await world.graph.removeSubscription(id)).toEqual({ posted: true, status: 202 });
    expect(received[1]?.type).toBe('application/json');
    expect(JSON.parse(received[1]?.body ?? '')).toEqual({
      value: [
        {
          subscriptionId: id,
          subscriptionExpirationDateTime: '2026-03-05T09:00:00.000Z',
          tenantId: TENANT_ID,
          clientState: 'a-secret-that-only-graph-knows',
          lifecycleEvent: 'subscriptionRemoved',
        },
      ],
    });
    expect((await world.call('GET', `${PATH}/${id}`, { token })).status).toBe(404);
  });

  test('is told that a reauthorization is required; what changes until then is lost', async () => {
    const { id } = (await createLong()).body;
    const chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
    const say = (content: string) => world.graph.chats.postMessage(chatId, { from: CALLER, content });
    world.takeEvents();

    await world.graph.requireReauthorization(id);
    expect(JSON.parse(received[1]?.body ?? '').value[0].lifecycleEvent).toBe('reauthorizationRequired');
    await say('lost');
    expect(world.takeEvents()).toEqual([]);
    expect(world.graph.notifications.lost()).toEqual([expect.objectContaining({ reason: 'deliveryPaused' })]);

    await world.call('POST', `${PATH}/${id}/reauthorize`, { token });
    await say('told');
    expect(world.takeNotifications()).toHaveLength(1);

    await world.graph.requireReauthorization(id, { pause: false });
    await say('still told');
    expect(world.takeNotifications()).toHaveLength(1);
  });

  test('left out, nobody is told', async () => {
    const { id } = (await create()).body;
    expect(await world.graph.removeSubscription(id)).toEqual({ posted: false, status: null });
    expect(received).toEqual([]);
    await expect(world.graph.removeSubscription(id)).rejects.toThrow(/There is no live subscription/);
  });
});
