import { AuthenticationHandler, Client } from '@microsoft/microsoft-graph-client';
import { createBoundedList } from '../../local/graph/boundedList.ts';
import {
  CALLER,
  LoopbackTransport,
  MINUTE_MS,
  SERVICE_ACCOUNT,
  startWorld,
  TENANT_ID,
  type World,
} from './graphWorld.ts';

const OTHER = 'AdeleV@contoso.com';

let world: World;
let token: string;
beforeEach(async () => {
  world = await startWorld();
  token = String((await world.signIn()).access_token);
});
afterEach(() => world.graph.close());

const get = (path: string, headers: Record<string, string> = {}) => world.call('GET', path, { token, headers });
const enums = { prefer: 'include-unknown-enum-members' };

/** A group of the service account and a caller, with nothing but the event of its making. */
async function newChat(members = [CALLER, SERVICE_ACCOUNT.id]): Promise<string> {
  return world.graph.chats.createChat({ members });
}
async function post(chatId: string, content: string, from = CALLER): Promise<string> {
  return world.graph.chats.postMessage(chatId, { from, content });
}

describe('the Graph client', () => {
  /** Its own authentication handler gives a token to https addresses only: https of loopback is carried by http. */
  function client() {
    const { host, hostname } = new URL(world.graph.graphBaseUrl);
    const authentication = new AuthenticationHandler({ getAccessToken: async () => token });
    authentication.setNext(new LoopbackTransport());
    return Client.initWithMiddleware({
      baseUrl: `https://${host}/`,
      customHosts: new Set([hostname]),
      middleware: authentication,
    });
  }

  test('reads the account, its chats page by page, and a message', async () => {
    expect(await client().api('/me').get()).toMatchObject({ id: SERVICE_ACCOUNT.id, displayName: 'Nestor Wilke' });
    const chatIds = [await newChat(), await newChat([OTHER, SERVICE_ACCOUNT.id]), await newChat()];
    const messageId = await post(String(chatIds[0]), '<p>Hello</p>');

    const first = await client()
      .api('/me/chats')
      .expand('lastMessagePreview')
      .orderby('lastMessagePreview/createdDateTime desc')
      .top(2)
      .get();
    const second = await client().api(first['@odata.nextLink']).get();
    const listed = [...first.value, ...second.value].map(({ id }) => id);
    expect(second['@odata.nextLink']).toBeUndefined();
    expect(new Set(listed)).toEqual(new Set(chatIds));

    const path = `/chats/${chatIds[0]}/messages/${messageId}`;
    expect((await client().api(path).get()).body).toEqual({ contentType: 'html', content: '<p>Hello</p>' });
    expect(world.graph.refusals()).toEqual([]);
  });

  test('makes a refusal of Graph into an error with its code', async () => {
    await expect(client().api('/chats/19:none@thread.v2').get()).rejects.toMatchObject({
      statusCode: 404,
      code: 'NotFound',
      message: 'NotFound',
    });
  });
});

describe('who asks', () => {
  test.each([
    ['no token', {}, 'Access token is empty.'],
    ['an empty one', { authorization: 'Bearer ' }, 'Access token is empty.'],
    ['another scheme', { authorization: 'Basic bmVzdG9yOnBhc3M=' }, 'Access token is empty.'],
    ['a token of somebody else', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.x' }, /could not be read/],
  ])('401 for %s', async (_name, headers, message) => {
    const { status, body, headers: answered } = await world.call('GET', '/v1.0/me', { headers });
    expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'InvalidAuthenticationToken' });
    expect(body.error.message).toMatch(message);
    expect(answered.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test('401 for a token that was good until now', async () => {
    expect((await get('/v1.0/me')).status).toBe(200);
    world.graph.expireAccessTokens();
    const { status, body } = await get('/v1.0/me');
    expect({ status, ...body.error }).toMatchObject({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: 'Lifetime validation failed, the token is expired.',
    });
  });

  test.each([
    ['/v1.0/me', 'Chat.Read', "'User.Read, User.ReadWrite'"],
    ['/v1.0/me/chats', 'User.Read', "'Chat.ReadBasic, Chat.Read, Chat.ReadWrite'"],
    ['/v1.0/chats/x/messages', 'Chat.ReadBasic', "'Chat.Read, Chat.ReadWrite'"],
    ['/v1.0/chats/x/messages/1', 'Chat.ReadBasic ChatMessage.Read', "'Chat.Read, Chat.ReadWrite'"],
  ])('403 for %s with %s alone', async (path, scope, needed) => {
    token = String((await world.signIn(scope)).access_token);
    const { status, body } = await get(path);
    expect({ status, code: body.error.code }).toEqual({ status: 403, code: 'Forbidden' });
    expect(body.error.message).toBe(
      `Missing scope permissions on the request. API requires one of ${needed}. Scopes on the request '${scope.replace(' ', ', ')}'`,
    );
  });

  test('403 for the chats of another user, 200 for its own by id and by UPN', async () => {
    expect((await get(`/v1.0/users/${CALLER}/chats`)).status).toBe(403);
    expect((await get(`/v1.0/users/${SERVICE_ACCOUNT.id}/chats`)).status).toBe(200);
    expect((await get(`/v1.0/users/${SERVICE_ACCOUNT.userPrincipalName.toLowerCase()}/chats`)).status).toBe(200);
  });

  test('describes a refusal as Graph does', async () => {
    const { body, headers } = await get('/v1.0/chats/19:none@thread.v2', { 'client-request-id': 'mine' });
    expect(body).toEqual({
      error: {
        code: 'NotFound',
        message: 'NotFound',
        innerError: {
          date: '2026-03-02T09:00:00',
          'request-id': headers.get('request-id'),
          'client-request-id': 'mine',
        },
      },
    });
  });
});

describe('what it does not know', () => {
  test.each([
    ['GET', '/v1.0/teams'],
    ['GET', '/beta/me'],
    ['POST', '/v1.0/$batch'],
    ['POST', '/v1.0/me/chats'],
    ['GET', '/v1.0/users/x/chats/getAllMessages/delta'],
    ['GET', '/v1.0/me?$select=id'],
    ['GET', '/v1.0/me/chats?$filter=topic eq null'],
    ['GET', '/v1.0/me/chats?$orderby=lastUpdatedDateTime desc'],
    ['GET', '/v1.0/me/chats?$orderby=lastMessagePreview/createdDateTime+desc'],
    ['GET', '/v1.0/me/chats?$expand=installedApps'],
    ['GET', '/v1.0/me/chats?$top=5&$top=6'],
    ['GET', '/nowhere'],
  ])('refuses %s %s loudly, and remembers it', async (method, path) => {
    const { status, body } = await world.call(method, path, { token });
    expect({ status, code: body.error.code }).toEqual({ status: 501, code: 'notImplemented' });
    expect(body.error.innerError).toHaveProperty('request-id');
    expect(world.graph.refusals()).toEqual([
      { at: '2026-03-02T09:00:00.000Z', method, path: path.split('?')[0], reason: body.error.message },
    ]);
  });
});

describe('chats', () => {
  test('ordered, lists the newest message first and drops those without one', async () => {
    const old = await newChat();
    await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id], chatType: 'oneOnOne' });
    world.advance(MINUTE_MS);
    const recent = await newChat();
    world.advance(MINUTE_MS);
    await post(old, 'newest');
    await newChat([CALLER, OTHER]);
    const { body } = await get(
      '/v1.0/me/chats?$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime desc',
    );
    expect(body.value.map(({ id }) => id)).toEqual([old, recent]);
    expect(body.value[0]?.lastMessagePreview).toMatchObject({
      createdDateTime: '2026-03-02T09:02:00.000Z',
      isDeleted: false,
      messageType: 'message',
      body: { content: 'newest' },
      from: { user: { displayName: 'Alex Wilber' } },
    });
    const unordered = await get('/v1.0/me/chats');
    expect(unordered.body.value).toHaveLength(3);
    expect(unordered.body.value[0]).not.toHaveProperty('lastMessagePreview');
  });

  test.each([
    ['$top=51', /limit of '50' for Top query has been exceeded.+'51'/],
    ['$top=0', /Invalid value '0' for \$top/],
    ['$top=many', /Invalid value 'many' for \$top/],
    ['$skiptoken=zzz', /Invalid \$skiptoken/],
    ['$expand=%E0%A4%A', /not percent-encoded/],
  ])('400 for %s', async (query, message) => {
    const { status, body } = await get(`/v1.0/me/chats?${query}`);
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: 'BadRequest' });
    expect(body.error.message).toMatch(message);
    expect(world.graph.refusals()).toEqual([]);
  });

  test('gives one chat and its members, in each of three ways to ask', async () => {
    const chatId = await newChat();
    const ways = ['/v1.0', '/v1.0/me', `/v1.0/users/${SERVICE_ACCOUNT.id}`];
    for (const way of ways) {
      const { body } = await get(`${way}/chats/${encodeURIComponent(chatId)}`);
      expect(body).toMatchObject({ id: chatId, chatType: 'group', topic: null });
    }
    const { body } = await get(`/v1.0/chats/${chatId}/members`);
    expect(body.value).toEqual([
      expect.objectContaining({ email: CALLER, displayName: 'Alex Wilber' }),
      expect.objectContaining({
        userId: SERVICE_ACCOUNT.id,
        '@odata.type': '#microsoft.graph.aadUserConversationMember',
      }),
    ]);
  });

  test('400 for the preview of one chat: only the list has it', async () => {
    const { status, body } = await get(`/v1.0/chats/${await newChat()}?$expand=lastMessagePreview`);
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/only be expanded when chats are listed/);
  });

  test.each(['', '/members', '/messages', '/messages/1'])('403 for chat%s once one has left', async (rest) => {
    const chatId = await newChat();
    expect((await get(`/v1.0/chats/${chatId}`)).status).toBe(200);
    await world.graph.chats.leaveChat(chatId, SERVICE_ACCOUNT.id);
    const { status, body } = await get(`/v1.0/chats/${chatId}${rest}`);
    expect({ status, code: body.error.code }).toEqual({ status: 403, code: 'Forbidden' });
    expect((await get('/v1.0/me/chats')).body.value).toEqual([]);
  });
});

describe('messages', () => {
  test('have every documented property', async () => {
    const chatId = await newChat();
    world.advance(1_500);
    const id = await world.graph.chats.postMessage(chatId, { from: CALLER, content: '<p>Hi</p>', importance: 'high' });
    expect(id).toBe(String(Date.parse('2026-03-02T09:00:01.500Z')));
    const { body } = await get(`/v1.0/chats/${chatId}/messages/${id}`);
    const { '@odata.context': context, ...message } = body;
    expect(context).toContain('$metadata#chats(');
    expect(message).toEqual({
      id,
      replyToId: null,
      etag: id,
      messageType: 'message',
      createdDateTime: '2026-03-02T09:00:01.500Z',
      lastModifiedDateTime: '2026-03-02T09:00:01.500Z',
      lastEditedDateTime: null,
      deletedDateTime: null,
      subject: null,
      summary: null,
      chatId,
      importance: 'high',
      locale: 'en-us',
      webUrl: null,
      channelIdentity: null,
      policyViolation: null,
      eventDetail: null,
      from: {
        application: null,
        device: null,
        user: {
          '@odata.type': '#microsoft.graph.teamworkUserIdentity',
          id: world.graph.directory.users()[1]?.id,
          displayName: 'Alex Wilber',
          userIdentityType: 'aadUser',
          tenantId: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
        },
      },
      body: { contentType: 'html', content: '<p>Hi</p>' },
      attachments: [],
      mentions: [],
      reactions: [],
      messageHistory: [],
    });
  });

  test('are found by the resource that a notification names', async () => {
    const chatId = await newChat();
    const id = await post(chatId, 'Hello');
    expect((await get(`/v1.0/chats('${chatId}')/messages('${id}')`)).body).toMatchObject({ id, chatId });
  });

  test('404 for one that is not there, and for one of another chat', async () => {
    const [chatId, other] = [await newChat(), await newChat()];
    const id = await post(other, 'Hello');
    for (const missing of ['1', id]) {
      const { status, body } = await get(`/v1.0/chats/${chatId}/messages/${missing}`);
      expect({ status, code: body.error.code }).toEqual({ status: 404, code: 'NotFound' });
    }
  });

  test('two in the same millisecond have two ids', async () => {
    const chatId = await newChat();
    expect(await post(chatId, 'one')).not.toBe(await post(chatId, 'two'));
  });

  test('edited and deleted, they stay: with the new text, then with none', async () => {
    const chatId = await newChat();
    const id = await post(chatId, 'first');
    const path = `/v1.0/chats/${chatId}/messages/${id}`;
    await world.graph.chats.editMessage(chatId, id, { content: 'second' });
    const edited = (await get(path)).body;
    expect(edited).toMatchObject({ body: { content: 'second' }, deletedDateTime: null });
    expect(edited.lastEditedDateTime).toBe(edited.lastModifiedDateTime);
    expect(edited.lastModifiedDateTime > edited.createdDateTime).toBe(true);

    world.advance(MINUTE_MS);
    await world.graph.chats.deleteMessage(chatId, id);
    expect((await get(path)).body).toMatchObject({
      deletedDateTime: '2026-03-02T09:01:00.000Z',
      lastModifiedDateTime: '2026-03-02T09:01:00.000Z',
      body: { contentType: 'html', content: '' },
      attachments: [],
    });
  });

  test('of the system are unknownFutureValue unless the client prefers to know', async () => {
    const path = `/v1.0/chats/${await newChat()}/messages`;
    const [plain] = (await get(path)).body.value;
    expect(plain).toMatchObject({ messageType: 'unknownFutureValue', from: null });
    const [known] = (await get(path, enums)).body.value;
    expect(known).toMatchObject({
      messageType: 'systemEventMessage',
      body: { contentType: 'html', content: '<systemEventMessage/>' },
      eventDetail: {
        '@odata.type': '#microsoft.graph.membersAddedEventMessageDetail',
        members: [expect.objectContaining({ displayName: null }), expect.objectContaining({ id: SERVICE_ACCOUNT.id })],
      },
    });
  });

  describe('in a list', () => {
    let path: string;
    const texts = async (query: string) => (await get(`${path}?${query}`)).body.value.map(({ body }) => body.content);

    beforeEach(async () => {
      const chatId = await world.graph.chats.createChat({
        members: [CALLER, SERVICE_ACCOUNT.id],
        chatType: 'oneOnOne',
      });
      path = `/v1.0/chats/${encodeURIComponent(chatId)}/messages`;
      const ids = [];
      for (const text of ['one', 'two', 'three']) {
        world.advance(MINUTE_MS);
        ids.push(await post(chatId, text));
      }
      world.advance(MINUTE_MS);
      await world.graph.chats.editMessage(chatId, String(ids[0]), { content: 'one, edited' });
    });

    const since = (time: string) => `$filter=lastModifiedDateTime gt ${time}`;
    const newest = '$orderby=lastModifiedDateTime desc';

    test('come newest change first, or newest first', async () => {
      expect(await texts('')).toEqual(['one, edited', 'three', 'two']);
      expect(await texts('$orderby=createdDateTime desc')).toEqual(['three', 'two', 'one, edited']);
    });

    test('are filtered only when the order names the same property', async () => {
      const filter = since('2026-03-02T09:02:00Z');
      expect(await texts(`${newest}&${filter}`)).toEqual(['one, edited', 'three']);
      expect(await texts(filter)).toHaveLength(3);
      expect(await texts(`$orderby=createdDateTime desc&${filter}`)).toHaveLength(3);
    });

    test('are filtered on both sides, with an offset from UTC', async () => {
      const filter = `${since('2026-03-02T10:02:00%2B01:00')} and lastModifiedDateTime lt 2026-03-02T09:04:00.000Z`;
      expect(await texts(`${newest}&${filter}`)).toEqual(['three']);
    });

    test('go on where the page ended', async () => {
      const first = (await get(`${path}?$top=2&${newest}`)).body;
      const link = new URL(first['@odata.nextLink']);
      expect(link.origin).toBe(world.graph.graphBaseUrl);
      const second = (await get(`${link.pathname}${link.search}`)).body;
      expect([first.value.length, second.value.length, second['@odata.nextLink']]).toEqual([2, 1, undefined]);
    });

    test.each([
      ['$orderby=lastModifiedDateTime asc', /'lastModifiedDateTime' is only supported in 'Descending'/],
      ['$orderby=createdDateTime', /'createdDateTime' is only supported in 'Descending'/],
      ['$orderby=id desc', /Order by 'id desc' is not supported/],
      ['$filter=lastModifiedDateTime ge 2026-03-02T09:00:00Z', /Invalid filter clause/],
      ['$filter=createdDateTime gt 2026-03-02T09:00:00Z', /Invalid filter clause/],
      ['$filter=lastModifiedDateTime gt yesterday', /Invalid filter clause/],
      ['$filter=lastModifiedDateTime gt 2026-03-02', /Invalid filter clause/],
      ['$top=100', /limit of '50'/],
    ])('400 for %s', async (query, message) => {
      const { status, body } = await get(`${path}?${query}`);
      expect(status).toBe(400);
      expect(body.error.message).toMatch(message);
    });
  });
});

describe('a fault', () => {
  test('429 says how long to wait, for as many requests as it was told', async () => {
    world.graph.faults.add({
      operation: 'chats.list',
      times: 2,
      effect: { kind: 'status', status: 429, retryAfterSeconds: 3 },
    });
    const answers = [await get('/v1.0/me/chats'), await get('/v1.0/me/chats'), await get('/v1.0/me/chats')];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['3', '3', null]);
    expect(answers[0]?.body.error.code).toBe('TooManyRequests');
    expect((await get('/v1.0/me')).status).toBe(200);
  });

  test.each([
    ['*', 'GET /v1.0/me', true],
    ['graph', 'GET /v1.0/me', true],
    ['chats', 'GET /v1.0/me/chats', true],
    ['chats.list', 'GET /v1.0/me/chats', true],
    ['chats.get', 'GET /v1.0/me/chats', false],
    ['signIn', 'GET /v1.0/me', false],
    ['graph', 'GET /common/discovery/instance?authorization_endpoint=x', false],
  ])('for %s meets %s: %s', async (operation, request, isMet) => {
    world.graph.faults.add({ operation, effect: { kind: 'status', status: 503 } });
    const { status } = await get(String(request.split(' ')[1]));
    expect(status).toBe(isMet ? 503 : 200);
  });

  test('meets only requests that contain its text, until it is cleared', async () => {
    const [one, two] = [await newChat(), await newChat()];
    const id = world.graph.faults.add({ operation: 'chats', containing: one, effect: { kind: 'status', status: 403 } });
    const statuses = async () => [(await get(`/v1.0/chats/${one}`)).status, (await get(`/v1.0/chats/${two}`)).status];
    expect(await statuses()).toEqual([403, 200]);
    world.graph.faults.clear(id);
    expect(await statuses()).toEqual([200, 200]);
  });

  test('keeps an answer back without losing it', async () => {
    world.graph.faults.add({ operation: 'me', effect: { kind: 'delay', ms: 300 } });
    const order: string[] = [];
    const slow = get('/v1.0/me').then(({ status }) => order.push(`me ${status}`));
    await get('/v1.0/me/chats').then(({ status }) => order.push(`chats ${status}`));
    await slow;
    expect(order).toEqual(['chats 200', 'me 200']);
  });

  test.each([
    ['hang', 'AbortError'],
    ['reset', 'TypeError'],
  ] as const)('%s gives no answer', async (kind, name) => {
    world.graph.faults.add({ operation: 'me.get', effect: { kind } });
    const url = `${world.graph.graphBaseUrl}/v1.0/me`;
    expect(await world.errorOf(kind, url)).toBe(name);
    expect(world.graph.requests().at(-1)).toMatchObject({ operation: 'me.get', status: kind, faultId: 'fault-1' });
  });

  test.each([
    [{ operation: 'chat.list', effect: { kind: 'hang' } }, /No operation is called "chat.list"/],
    [{ operation: 'me', times: 0, effect: { kind: 'hang' } }, /above 0/],
    [{ operation: 'graph', effect: { kind: 'slowDown' } }, /Only the sign-in service/],
    [{ operation: '*', effect: { kind: 'aadsts', code: 53003 } }, /Only the sign-in service/],
  ] as const)('that cannot come is refused: %j', (fault, message) => {
    expect(() => world.graph.faults.add(fault)).toThrow(message);
    expect(world.graph.faults.list()).toEqual([]);
  });
});

test('members and oneself are shown with their mail address, which is not the UPN where the directory holds another', async () => {
  await world.graph.close();
  world = await startWorld({ serviceAccount: { ...SERVICE_ACCOUNT, mail: null } });
  token = String((await world.signIn()).access_token);
  const mail = 'adele@mail.contoso.com';
  const adele = world.graph.directory.addUser({ userPrincipalName: OTHER, displayName: 'Adele Vance', mail });
  const chatId = await newChat([OTHER, CALLER, SERVICE_ACCOUNT.id]);
  const members = (await get(`/v1.0/chats/${chatId}/members`)).body.value;
  expect(members.map(({ email }) => email)).toEqual([mail, CALLER, null]);
  expect(members[0]).toEqual({
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    id: expect.any(String),
    roles: ['owner'],
    displayName: 'Adele Vance',
    visibleHistoryStartDateTime: '0001-01-01T00:00:00Z',
    userId: adele.id,
    email: mail,
    tenantId: TENANT_ID,
  });
  expect((await get('/v1.0/me')).body).toMatchObject({ mail: null });
});

test('what is remembered does not grow without end', () => {
  const list = createBoundedList<number>(3);
  for (let item = 1; item <= 10; item += 1) list.push(item);
  expect(list.list()).toEqual([8, 9, 10]);
  list.list().push(11);
  expect(list.list()).toEqual([8, 9, 10]);
});

test('what was asked is remembered without any token', async () => {
  await get('/v1.0/me/chats?$top=51');
  expect(world.graph.requests().at(-1)).toEqual({
    at: '2026-03-02T09:00:00.000Z',
    operation: 'chats.list',
    method: 'GET',
    path: '/v1.0/me/chats',
    query: '$top=51',
    status: 400,
    errorCode: 'BadRequest',
    faultId: null,
  });
  expect(JSON.stringify(world.graph.requests())).not.toContain(token);
});
