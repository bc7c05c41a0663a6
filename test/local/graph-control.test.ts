import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { LayoutName } from '../../local/graph/emergency/messageLayouts.ts';
import { CALLER, CLIENT_ID, SCOPES, SERVICE_ACCOUNT, startWorld, TENANT_ID, type World } from './graphWorld.ts';

let world: World;
let token: string;
beforeEach(async () => {
  world = await startWorld();
  token = String((await world.signIn()).access_token);
});
afterEach(() => world.graph.close());

const get = async (path: string) => (await world.call('GET', path, { token })).body;

const dials911 = {
  caller: CALLER,
  numberDialed: '911',
  place: {
    name: 'Loc REDMOND',
    address: '1 Main St, Redmond, WA',
    coordinates: { latitude: 47.64, longitude: -122.13 },
  },
  callbackNumber: '+14255550123',
};

describe('an emergency call', () => {
  test.each<LayoutName>(['lines', 'breaks', 'table'])(
    'becomes an important message from the caller (%s)',
    async (layout) => {
      const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, layout });
      const message = await get(`/v1.0/chats/${chatId}/messages/${messageId}`);
      expect(message).toMatchObject({
        messageType: 'message',
        importance: 'high',
        createdDateTime: '2026-03-02T09:00:00.000Z',
        from: { user: { displayName: 'Alex Wilber' } },
        body: { contentType: 'html' },
      });
      const { content } = message.body;
      for (const part of [
        'has placed an Emergency Call',
        'Alex Wilber',
        'Loc REDMOND',
        '911',
        '+14255550123',
        '47.64',
      ]) {
        expect(content).toContain(part);
      }
      expect(content.split('\n').length).toBeGreaterThan(3);
    },
  );

  test('has the time of the call as its id, in a chat that Teams has made a moment before', async () => {
    const occurredAt = new Date('2026-03-02T08:59:58.765Z');
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, occurredAt });
    expect(messageId).toBe(String(occurredAt.getTime()));
    const { value } = await get(`/v1.0/chats/${chatId}/messages`);
    expect(value.map(({ messageType }) => messageType)).toEqual(['message', 'unknownFutureValue']);
    const members = (await get(`/v1.0/chats/${chatId}/members`)).value.map(({ email }) => email);
    expect(members).toEqual([CALLER, SERVICE_ACCOUNT.userPrincipalName]);
  });

  test('of the same people comes to the same chat, of others to another', async () => {
    const place = (call: object = {}) => world.graph.emergency.placeEmergencyCall({ ...dials911, ...call });
    const withDesk = await place({ securityDesk: ['MeganB@contoso.com'] });
    const first = await place();
    const again = await place();
    expect(first.chatId).not.toBe(withDesk.chatId);
    expect(again.chatId).toBe(first.chatId);
    expect(again.messageId).not.toBe(first.messageId);
    expect((await place({ securityDesk: ['MeganB@contoso.com'] })).chatId).toBe(withDesk.chatId);
    expect((await place({ caller: 'AdeleV@contoso.com' })).chatId).not.toBe(first.chatId);
  });

  test('may say next to nothing, and in another language', async () => {
    const call = { caller: CALLER, numberDialed: '933', language: 'de' };
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall(call);
    const { body, locale } = await get(`/v1.0/chats/${chatId}/messages/${messageId}`);
    expect(locale).toBe('de-de');
    expect(body.content).toContain('hat einen Notruf abgesetzt');
    expect(body.content).not.toMatch(/Emergency|Rückruf|standort|Adresse|null|undefined/);
  });

  test('writes names as text', async () => {
    world.graph.directory.addUser({ userPrincipalName: 'x@contoso.com', displayName: '<b>X & "Y"</b>' });
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall({
      caller: 'x@contoso.com',
      numberDialed: '911',
      place: '<script>',
    });
    const { content } = (await get(`/v1.0/chats/${chatId}/messages/${messageId}`)).body;
    expect(content).toContain('&lt;b&gt;X &amp; &quot;Y&quot;&lt;/b&gt;');
    expect(content).not.toMatch(/<b>|<script>/);
  });

  test.each([
    [{ caller: '00000000-0000-0000-0000-000000000000' }, /No user 0000/],
    [{ language: 'tlh' }, /The languages are en-us/],
    [{ layout: 'poem' as LayoutName }, /The layouts are lines/],
    [{ chatId: '19:none@thread.v2' }, /There is no chat/],
  ])('cannot be placed with %j', async (spoiled, message) => {
    await expect(world.graph.emergency.placeEmergencyCall({ ...dials911, ...spoiled })).rejects.toThrow(message);
    expect((await get('/v1.0/me/chats')).value).toEqual([]);
  });
});

describe('control by another process', () => {
  interface ControlBody {
    error: string;
    id: string;
    chatId: string;
    messageId: string;
  }
  const control = <Body = ControlBody>(method: string, path: string, body?: unknown, headers = {}) =>
    world.call<Body>(method, `/control/${path}`, { body, headers });
  const json = { 'content-type': 'application/json' };

  test('places a call, which Graph then announces', async () => {
    await world.call('POST', '/v1.0/subscriptions', { token, body: world.subscription() });
    world.takeEvents();
    const { status, body } = await control('POST', 'calls', { ...dials911, occurredAt: '2026-03-02T08:59:00Z' });
    expect({ status, id: body.messageId }).toEqual({ status: 200, id: String(Date.parse('2026-03-02T08:59:00Z')) });
    const told = world.takeNotifications().map(({ resource }) => resource);
    expect(told).toContain(`chats('${body.chatId}')/messages('${body.messageId}')`);
  });

  test('places a call whose event is told, and ends it', async () => {
    const placed = await control<{ eventId: string }>('POST', 'calls', {
      ...dials911,
      sources: ['event'],
      announce: { event: false },
      address: { city: 'Redmond', additionalData: { houseNumber: '1' } },
      policyName: 'Redmond',
    });
    expect(placed.body).toEqual({ chatId: '', messageId: '', eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const { eventId } = placed.body;
    expect((await control('POST', `calls/${eventId}/end`, {})).body).toEqual({ eventId });
    expect((await control('POST', `calls/${eventId}/end`, { sameId: false })).body).not.toEqual({ eventId });
    expect((await control('POST', 'calls/none/end', {})).body.error).toMatch(/No event told of a call none/);
    expect((await control('POST', 'events', { content: 'x', id: '7' })).body).toEqual({ eventId: '7' });
  });

  test('changes what Graph does', async () => {
    await control('PUT', 'behaviour', { allChatsRefused: true });
    expect((await control('GET', 'behaviour')).body).toEqual({
      allChatsRefused: true,
      chatsRefused: false,
      eventHubDeliversEvents: true,
      validationTokenVersion: '1.0',
    });
    expect((await control('PUT', 'behaviour', { allChats: true })).status).toBe(400);
  });

  test('approves a sign-in', async () => {
    await world.graph.close();
    world = await startWorld({ signInApproval: 'manual' });
    const form = { client_id: CLIENT_ID, scope: SCOPES };
    const begun = (await world.postForm(`${TENANT_ID}/oauth2/v2.0/devicecode`, form)).body;
    const [pending] = (await control<{ userCode: string }[]>('GET', 'sign-ins')).body;
    expect(pending).toEqual({ userCode: begun.user_code, expiresAt: '2026-03-02T09:15:00.000Z' });

    const path = `sign-ins/${pending?.userCode}/approve`;
    expect((await control('POST', path, { account: 'nobody@contoso.com' })).body.error).toMatch(/No user nobody/);
    expect((await control('POST', path, { account: SERVICE_ACCOUNT.userPrincipalName })).status).toBe(200);
    expect((await control('GET', 'sign-ins')).body).toEqual([]);
    expect((await control('POST', path, { account: CALLER })).status).toBe(400);
  });

  test('sets a fault and clears it', async () => {
    const fault = { operation: 'me.get', effect: { kind: 'status', status: 429, retryAfterSeconds: 1 } };
    const { id } = (await control('POST', 'faults', fault)).body;
    expect((await world.call('GET', '/v1.0/me', { token })).status).toBe(429);
    expect((await control('GET', 'faults')).body).toEqual([{ ...fault, id }]);
    expect((await control('DELETE', `faults/${id}`)).status).toBe(200);
    expect((await world.call('GET', '/v1.0/me', { token })).status).toBe(200);
  });

  test('lists and removes subscriptions, and loses notifications', async () => {
    const { id } = (await world.call('POST', '/v1.0/subscriptions', { token, body: world.subscription() })).body;
    expect((await control('GET', 'subscriptions')).body).toEqual([
      expect.objectContaining({ id, expirationDateTime: '2026-03-02T10:00:00.000Z' }),
    ]);
    world.takeEvents();
    await control('PUT', 'notification-faults', { lose: 'all' });
    await control('POST', 'calls', { caller: CALLER });
    expect(world.takeEvents()).toEqual([]);
    expect((await control('GET', 'notifications/lost')).body).toHaveLength(2);
    expect((await control('DELETE', `subscriptions/${id}`)).body).toEqual({ posted: false, status: null });
    expect((await control('GET', 'subscriptions')).body).toEqual([]);
  });

  test('is neither recorded nor met by a fault', async () => {
    world.graph.faults.add({ operation: '*', effect: { kind: 'hang' } });
    const before = world.graph.requests().length;
    expect((await control('GET', 'refusals')).body).toEqual([]);
    expect(world.graph.requests()).toHaveLength(before);
  });

  test.each([
    ['GET', 'nothing', undefined, 404, /No control is called GET/],
    ['POST', 'calls', {}, 400, /caller/],
    ['POST', 'calls', { caller: CALLER, palce: 'x' }, 400, /palce/],
    ['POST', 'calls', { caller: CALLER, sources: ['sms'] }, 400, /sources/],
    ['POST', 'calls', { caller: CALLER, occurredAt: 'now' }, 400, /occurredAt/],
    ['POST', 'faults', { operation: 'nothing', effect: { kind: 'hang' } }, 400, /No operation is called "nothing"/],
    ['POST', 'faults', { operation: 'me', effect: { kind: 'explode' } }, 400, /kind/],
    ['POST', 'faults', { operation: 'signIn', effect: { kind: 'aadsts', code: 1 } }, 400, /Unknown AADSTS code/],
    ['PUT', 'notification-faults', { lose: 'some' }, 400, /lose/],
    ['DELETE', 'subscriptions/none', undefined, 400, /no live subscription/],
  ])('refuses %s %s %j', async (method, path, body, status, message) => {
    const answer = await control(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(message);
    expect(world.graph.faults.list()).toEqual([]);
  });

  test('is not for a page that gave this address another name', async () => {
    const answers = ['127.0.0.1:1', 'evil.example:80'].map(async (host) => {
      const request = httpRequest(`${world.graph.graphBaseUrl}/control/users`, { headers: { host } }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    });
    expect(await Promise.all(answers)).toEqual([200, 403]);
  });

  test('is not for a form of a page in a browser', async () => {
    const plain = await control('POST', 'tokens/expire', undefined, { 'content-type': 'text/plain' });
    expect(plain.status).toBe(403);
    expect((await world.call('GET', '/v1.0/me', { token })).status).toBe(200);
    expect((await control('POST', 'tokens/expire', undefined, json)).status).toBe(200);
    expect((await world.call('GET', '/v1.0/me', { token })).status).toBe(401);
  });
});
