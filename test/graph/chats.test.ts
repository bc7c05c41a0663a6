import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createChats } from '../../shared/graph/chats.ts';
import { SignInError } from '../../shared/graph/signInError.ts';
import { ACCOUNT, MINUTE_MS, REFRESH, type SignInWorld, startSignInWorld } from './signInWorld.ts';

const ALEX = 'AlexW@contoso.com';
const GET_MESSAGE = 'chats.getMessage';

describe('with a look-alike of Graph', () => {
  let world: SignInWorld;
  let chatId: string;
  let messageId: string;
  const reader = () => createChats(world.settings, world.instance());

  beforeEach(async () => {
    world = await startSignInWorld();
    await world.instance().startDeviceCode({ onCode: () => undefined });
    chatId = await world.graph.chats.createChat({ members: [ALEX, ACCOUNT.userPrincipalName] });
    messageId = await world.graph.chats.postMessage(chatId, { from: ALEX, content: 'Hello' });
  });
  afterEach(async () => {
    await world.stop();
    expect(world.graph.refusals()).toEqual([]);
  });

  describe('a message', () => {
    test('is given as Graph gives it', async () => {
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({
        outcome: 'message',
        message: expect.objectContaining({ id: messageId, chatId, body: { contentType: 'html', content: 'Hello' } }),
      });
    });

    test('a deleted one is still a message', async () => {
      await world.graph.chats.deleteMessage(chatId, messageId);
      expect(await reader().fetchMessage(chatId, messageId)).toMatchObject({
        outcome: 'message',
        message: { deletedDateTime: expect.any(String) },
      });
    });

    test('that Graph does not know is gone', async () => {
      expect(await reader().fetchMessage(chatId, '1')).toEqual({ outcome: 'gone', code: '404 NotFound' });
    });

    test('of a chat that the account has left is gone', async () => {
      await world.graph.chats.leaveChat(chatId, ACCOUNT.userPrincipalName);
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({ outcome: 'gone', code: '403 Forbidden' });
    });

    test('410 is gone', async () => {
      world.graph.faults.add({ operation: GET_MESSAGE, effect: { kind: 'status', status: 410, code: 'Gone' } });
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({ outcome: 'gone', code: '410 Gone' });
    });

    test.each([
      ['..', '1'],
      ['.', '1'],
      ['', '1'],
      ['19:a@thread.v2', '..'],
      ['\ud800', '1'],
    ])('ids that no message has (%j, %j) are not asked for', async (chat, message) => {
      expect(await reader().fetchMessage(chat, message)).toEqual({ outcome: 'gone', code: 'invalidId' });
      expect(world.asked(GET_MESSAGE)).toBe(0);
    });

    test.each(['../../me', 'a/b', '19:a?b=c', '%2e%2e', "19:a')/x"])('the id %s stays one id', async (strange) => {
      expect(await reader().fetchMessage(strange, strange)).toMatchObject({ outcome: 'gone' });
      const [request] = world.graph.requests().filter(({ operation }) => operation === GET_MESSAGE);
      expect(request?.path).toBe(`/v1.0/chats/${encodeURIComponent(strange)}/messages/${encodeURIComponent(strange)}`);
    });

    test.each([429, 500, 502, 503, 504, 400])('%d is tried again', async (status) => {
      world.graph.faults.add({ operation: GET_MESSAGE, effect: { kind: 'status', status, code: 'x' } });
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({
        outcome: 'retry',
        code: `${status} x`,
        retryAfterMs: null,
      });
      expect(world.asked(GET_MESSAGE)).toBe(1);
    });

    test('Retry-After is passed on', async () => {
      const effect = { kind: 'status', status: 429, retryAfterSeconds: 7 } as const;
      world.graph.faults.add({ operation: GET_MESSAGE, effect });
      expect(await reader().fetchMessage(chatId, messageId)).toMatchObject({ outcome: 'retry', retryAfterMs: 7_000 });
    });

    test('without an answer it ends with its limit', async () => {
      world.graph.faults.add({ operation: GET_MESSAGE, effect: { kind: 'hang' } });
      expect(await reader().fetchMessage(chatId, messageId, { timeoutMs: 200 })).toEqual({
        outcome: 'retry',
        code: 'timeout',
        retryAfterMs: null,
      });
    });

    test('a broken connection is tried again', async () => {
      world.graph.faults.add({ operation: GET_MESSAGE, effect: { kind: 'reset' } });
      expect(await reader().fetchMessage(chatId, messageId)).toMatchObject({ outcome: 'retry', code: 'network' });
    });
  });

  test('a permission that nobody granted is a matter of the sign-in, not of the chat', async () => {
    const effect = {
      kind: 'status',
      status: 403,
      // https://learn.microsoft.com/graph/resolve-auth-errors; the sentence as Graph writes it.
      message:
        "Missing scope permissions on the request. API requires one of 'Chat.Read'. Scopes on the request 'User.Read'",
    } as const;
    world.graph.faults.add({ operation: 'chats', effect });
    expect(await reader().fetchMessage(chatId, messageId)).toEqual({ outcome: 'signInRequired', code: 'missingScope' });
  });

  describe('a token that Graph refuses', () => {
    test('is replaced once, and the message is given', async () => {
      world.graph.expireAccessTokens();
      expect(await reader().fetchMessage(chatId, messageId)).toMatchObject({ outcome: 'message' });
      expect([world.asked(GET_MESSAGE), world.asked(REFRESH)]).toEqual([2, 1]);
    });

    test('twice is tried again later', async () => {
      const effect = { kind: 'status', status: 401, code: 'InvalidAuthenticationToken' } as const;
      world.graph.faults.add({ operation: GET_MESSAGE, effect });
      expect(await reader().fetchMessage(chatId, messageId)).toMatchObject({
        outcome: 'retry',
        code: '401 InvalidAuthenticationToken',
      });
      expect([world.asked(GET_MESSAGE), world.asked(REFRESH)]).toEqual([2, 1]);
    });

    test('with a revoked sign-in: someone must sign in', async () => {
      world.graph.expireAccessTokens();
      world.graph.revokeRefreshTokens();
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({
        outcome: 'signInRequired',
        code: 'AADSTS50173',
      });
    });

    test('with a sign-in service out of order: tried again', async () => {
      world.graph.expireAccessTokens();
      const effect = { kind: 'status', status: 503, retryAfterSeconds: 3 } as const;
      world.graph.faults.add({ operation: REFRESH, effect });
      expect(await reader().fetchMessage(chatId, messageId)).toEqual({
        outcome: 'retry',
        code: 'AADSTS90033',
        retryAfterMs: 3_000,
      });
    });

    test('with a sign-in service that does not answer: the limit counts for all of it', async () => {
      world.graph.expireAccessTokens();
      world.graph.faults.add({ operation: REFRESH, effect: { kind: 'hang' } });
      expect(await reader().fetchMessage(chatId, messageId, { timeoutMs: 300 })).toMatchObject({
        outcome: 'retry',
        code: 'timeout',
      });
    });
  });

  test.each([
    ['required', 'signInRequired'],
    ['configuration', 'signInRequired'],
    ['blockedByPolicy', 'signInRequired'],
    ['temporary', 'retry'],
  ] as const)('a sign-in that fails as %s is %s', async (kind, outcome) => {
    const signIn = { getAccessToken: () => Promise.reject(new SignInError('code', kind)) };
    const chats = createChats(world.settings, signIn);
    expect(await chats.fetchMessage(chatId, messageId)).toMatchObject({ outcome, code: 'code' });
    expect(await chats.recentChats({ changedSince: world.now() })).toMatchObject({ outcome, code: 'code' });
    expect(await chats.messagesSince(chatId, world.now())).toMatchObject({ outcome, code: 'code' });
    expect(world.asked(GET_MESSAGE)).toBe(0);
  });

  describe('reading back', () => {
    const ago = (minutes: number) => new Date(world.now().getTime() - minutes * MINUTE_MS);

    test('chats with a message since, newest first', async () => {
      const old = await world.graph.chats.createChat({ members: [ALEX, ACCOUNT.userPrincipalName], at: ago(600) });
      await world.graph.chats.postMessage(old, { from: ALEX, content: 'old', at: ago(500) });
      const found = await reader().recentChats({ changedSince: ago(10) });
      expect(found).toEqual({
        outcome: 'chats',
        chats: [{ id: chatId, lastMessageAt: expect.any(String) }],
        isComplete: true,
      });
    });

    test('messages written or changed since, from every page', async () => {
      const many = await world.graph.chats.createChat({ members: [ALEX, ACCOUNT.userPrincipalName], at: ago(600) });
      await world.graph.chats.postMessage(many, { from: ALEX, content: 'before', at: ago(500) });
      const edited = await world.graph.chats.postMessage(many, { from: ALEX, content: 'draft', at: ago(400) });
      await world.graph.chats.editMessage(many, edited, { content: 'final' });
      const ids = [edited];
      for (let i = 0; i < 120; i += 1) {
        ids.push(await world.graph.chats.postMessage(many, { from: ALEX, content: `${i}`, at: ago(5) }));
      }
      const found = await reader().messagesSince(many, ago(10));
      expect(found).toMatchObject({ outcome: 'messages', isComplete: true });
      const messages = found.outcome === 'messages' ? found.messages : [];
      expect(messages.map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(messages.find(({ id }) => id === edited)).toMatchObject({ message: { body: { content: 'final' } } });
      expect(world.asked('chats.listMessages')).toBe(3);
    });

    test('chats from every page, and no page too many', async () => {
      for (let i = 0; i < 120; i += 1) {
        const chat = await world.graph.chats.createChat({ members: [ALEX, ACCOUNT.userPrincipalName], at: ago(600) });
        await world.graph.chats.postMessage(chat, { from: ALEX, content: 'x', at: i < 60 ? ago(5) : ago(500) });
      }
      const found = await reader().recentChats({ changedSince: ago(10) });
      expect(found.outcome === 'chats' && found.chats.length).toBe(61);
      expect(world.asked('chats.list')).toBe(2);
    });

    test('a chat that the account has left is gone', async () => {
      await world.graph.chats.leaveChat(chatId, ACCOUNT.userPrincipalName);
      expect(await reader().messagesSince(chatId, ago(10))).toEqual({ outcome: 'gone', code: '403 Forbidden' });
    });

    test('a failure on a later page is a failure of all: what is missing must not pass for read', async () => {
      for (let i = 0; i < 60; i += 1) {
        await world.graph.chats.postMessage(chatId, { from: ALEX, content: `${i}` });
      }
      const effect = { kind: 'status', status: 503 } as const;
      world.graph.faults.add({ operation: 'chats.listMessages', containing: 'skiptoken', effect });
      expect(await reader().messagesSince(chatId, ago(10))).toMatchObject({
        outcome: 'retry',
        code: '503 ServiceUnavailable',
      });
    });
  });
});

describe('with a server that answers otherwise than Graph', () => {
  let server: Server;
  let answer: (response: ServerResponse, path: string) => void;
  const seen: { path: string; authorization: string | undefined }[] = [];
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reader = () => createChats({ graphBaseUrl: origin() }, { getAccessToken: async () => 'a-token' });
  const json = (response: ServerResponse, body: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
      answer(response, request.url ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')],
    ['nothing', (response) => response.writeHead(200).end()],
    ['a number', (response) => json(response, 7)],
    ['null', (response) => json(response, null)],
    ['cut JSON', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":')],
  ])('%s in place of a message is tried again', async (_what, reply) => {
    answer = reply;
    expect(await reader().fetchMessage('19:a', '1')).toEqual({
      outcome: 'retry',
      code: 'unexpectedAnswer',
      retryAfterMs: null,
    });
  });

  test.each([403, 404, 410])('a %d that is not Graph’s is not its final word', async (status) => {
    answer = (response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<html>blocked</html>');
    expect(await reader().fetchMessage('19:a', '1')).toMatchObject({ outcome: 'retry', code: String(status) });
  });

  test('an error code that is no word does not get into a log', async () => {
    answer = (response) => response.writeHead(500).end('{"error":{"code":"call +14255550123 now"}}');
    expect(await reader().fetchMessage('19:a', '1')).toMatchObject({ outcome: 'retry', code: '500' });
  });

  test('a body that stops halfway ends with the limit', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
    expect(await reader().fetchMessage('19:a', '1', { timeoutMs: 200 })).toMatchObject({ code: 'timeout' });
  });

  test.each(['https://evil.example/v1.0/me/chats?$skiptoken=x', '//evil.example/v1.0/x', 'nowhere', 7])(
    'a link to %s is not followed: the token goes to Graph alone',
    async (link) => {
      answer = (response) => json(response, { value: [{ id: 'a' }], '@odata.nextLink': link });
      expect(await reader().recentChats({ changedSince: new Date() })).toMatchObject({
        outcome: 'retry',
        code: 'unexpectedAnswer',
      });
      expect(seen).toHaveLength(1);
    },
  );

  test('a redirect is not followed', async () => {
    answer = (response) => response.writeHead(302, { location: `${origin()}/elsewhere` }).end();
    expect(await reader().fetchMessage('19:a', '1')).toMatchObject({ outcome: 'retry', code: 'network' });
    expect(seen.map(({ path }) => path)).toEqual(['/v1.0/chats/19%3Aa/messages/1']);
  });

  test('links that never end are followed for a while, and the answer says so', async () => {
    answer = (response) =>
      json(response, { value: [{ id: '1' }], '@odata.nextLink': `${origin()}/v1.0/me/chats?$skiptoken=again` });
    const found = await reader().recentChats({ changedSince: new Date() });
    expect(found).toMatchObject({ outcome: 'chats', isComplete: false });
    expect(seen).toHaveLength(20);
  });

  test.each([{}, { value: null }, { value: {} }, []])('a page of chats that reads %j is tried again', async (page) => {
    answer = (response) => json(response, page);
    expect(await reader().recentChats({ changedSince: new Date() })).toMatchObject({ code: 'unexpectedAnswer' });
  });

  test('items that are none are left out, a chat without preview counts as recent', async () => {
    answer = (response) =>
      json(response, { value: [null, 7, {}, { id: 5 }, { id: '19:a', lastMessagePreview: null }] });
    expect(await reader().recentChats({ changedSince: new Date() })).toEqual({
      outcome: 'chats',
      chats: [{ id: '19:a', lastMessageAt: '' }],
      isComplete: true,
    });
  });
});
