import type { Behaviour } from '../../local/graph/behaviour.ts';
import type { PlacedCall } from '../../local/graph/emergency/placeEmergencyCall.ts';
import type { GraphOptions } from '../../local/graph/graph.ts';
import { makeCertificate } from './graphCertificate.ts';
import {
  CALLER,
  MINUTE_MS,
  type Notification,
  SERVICE_ACCOUNT,
  startWorld,
  TENANT_ID,
  type World,
} from './graphWorld.ts';

const OWNER = makeCertificate();
const PATH = '/v1.0/subscriptions';
const resourceOf = (policy: string) => `communications/calls/getEmergencyEventsByPolicy(policyName='${policy}')`;

let world: World;
let appToken: string;
beforeEach(() => start());
afterEach(() => world.graph.close());

async function start(options: Partial<GraphOptions> = {}): Promise<void> {
  world = await startWorld(options);
  appToken = await world.appToken();
}

/** A subscription with resource data, to the events of the policy `Global` unless a test wants another. */
async function subscribe(changes: Record<string, unknown> = {}, token = appToken): Promise<string> {
  const rich = {
    includeResourceData: true,
    encryptionCertificate: OWNER.certificate,
    encryptionCertificateId: 'first',
  };
  const wanted = { changeType: 'updated', resource: resourceOf('Global'), ...rich, ...changes };
  const { status, body } = await world.call('POST', PATH, { token, body: world.subscription(wanted) });
  expect({ status, error: body.error }).toEqual({ status: 201, error: undefined });
  world.takeEvents();
  return body.id;
}

const dials = (call: Partial<PlacedCall> = {}) =>
  world.graph.emergency.placeEmergencyCall({ caller: CALLER, numberDialed: '911', ...call });
const decrypt = ({ encryptedContent }: Notification) => {
  if (!encryptedContent) throw new Error('The notification holds no resource data');
  return OWNER.decrypt(encryptedContent);
};
const takeContents = () => world.takeNotifications().map((one) => JSON.parse(decrypt(one)));

describe('the event of a call', () => {
  test('is told as Microsoft documents it', async () => {
    const subscriptionId = await subscribe();
    const { eventId } = await dials({
      phoneNumber: '+14255550123',
      address: {
        street: 'Microsoft Way',
        city: 'Redmond',
        state: 'WA',
        countryOrRegion: 'United States',
        postalCode: '98052',
        additionalData: { companyName: 'Contoso', additionalInfo: '700', houseNumber: '1' },
      },
      place: { name: 'Loc REDMOND', coordinates: { latitude: 47.64, longitude: -122.13 } },
      occurredAt: new Date('2026-03-02T08:59:58.765Z'),
    });
    const [notification, ...more] = world.takeNotifications();
    expect(more).toEqual([]);
    expect(notification).toEqual({
      subscriptionId,
      subscriptionExpirationDateTime: '2026-03-02T10:00:00.000Z',
      tenantId: TENANT_ID,
      organizationId: TENANT_ID,
      clientState: 'a-secret-that-only-graph-knows',
      changeType: 'updated',
      resource: resourceOf('Global'),
      resourceData: {
        '@odata.id': resourceOf('Global'),
        '@odata.type': '#microsoft.graph.emergencyCallEvent',
        id: eventId,
      },
      encryptedContent: {
        data: expect.any(String),
        dataSignature: expect.any(String),
        dataKey: expect.any(String),
        encryptionCertificateId: 'first',
        encryptionCertificateThumbprint: OWNER.thumbprint,
      },
    });
    expect(notification && JSON.parse(decrypt(notification))).toEqual({
      '@odata.id': resourceOf('Global'),
      '@odata.type': '#microsoft.graph.emergencyCallEvent',
      id: eventId,
      emergencyCallEvent: {
        id: eventId,
        callEventType: 'callStarted',
        policyName: 'Global',
        eventDateTime: '2026-03-02T08:59:58.7650000+00:00',
        emergencyNumberDialed: '911',
        callerInfo: {
          displayName: 'Alex Wilber',
          upn: CALLER,
          phoneNumber: '+14255550123',
          tenantId: TENANT_ID,
          location: {
            address: {
              street: 'Microsoft Way',
              city: 'Redmond',
              state: 'WA',
              countryOrRegion: 'United States',
              postalCode: '98052',
              additionalData: { companyName: 'Contoso', additionalInfo: '700', houseNumber: '1' },
            },
            coordinates: { latitude: '47.64', longitude: '-122.13' },
          },
        },
      },
    });
  });

  test('says what the message says where nothing else is given, and nothing of what is not known', async () => {
    await subscribe();
    await dials({ place: { name: 'Loc REDMOND', address: '1 Main St' }, callbackNumber: '+14255550123' });
    await dials();
    const [full, bare] = takeContents().map(({ emergencyCallEvent }) => emergencyCallEvent.callerInfo);
    expect(full).toMatchObject({
      phoneNumber: '+14255550123',
      location: { address: { street: '1 Main St', additionalData: { additionalInfo: 'Loc REDMOND' } } },
    });
    expect(bare).toEqual({ displayName: 'Alex Wilber', upn: CALLER, tenantId: TENANT_ID });
  });

  test('has a key of its own each time', async () => {
    await subscribe();
    await dials();
    await dials();
    const keys = world.takeNotifications().map(({ encryptedContent }) => encryptedContent?.dataKey);
    expect(new Set(keys).size).toBe(2);
  });

  test('goes to the subscription of its policy alone', async () => {
    const quoted = await subscribe({ resource: `/${resourceOf("O''Brien Hall, Redmond")}` });
    const global = await subscribe();
    await dials({ policyName: "O'Brien Hall, Redmond" });
    await dials();
    await dials({ policyName: 'global' });
    const told = world.takeNotifications().map(({ subscriptionId, resource }) => ({ subscriptionId, resource }));
    expect(told).toEqual([
      { subscriptionId: quoted, resource: resourceOf("O''Brien Hall, Redmond") },
      { subscriptionId: global, resource: resourceOf('Global') },
    ]);
  });

  test.each<[string, Partial<PlacedCall>, string[]]>([
    ['both', {}, ['chat', 'event']],
    ['the event first', { sources: ['event', 'chat'] }, ['event', 'chat']],
    ['the event alone', { sources: ['event'] }, ['event']],
    ['the message alone', { sources: ['chat'] }, ['chat']],
    ['nothing: both are lost', { announce: false }, []],
    ['the message: the event is lost', { announce: { event: false } }, ['chat']],
    ['the event: the message is lost', { announce: { chat: false } }, ['event']],
  ])('is one of two sources, told by %s', async (_name, call, told) => {
    await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
    await subscribe();
    await subscribe(
      { resource: '/me/chats/getAllMessages', changeType: 'created' },
      (await world.signIn()).access_token,
    );
    const ids = await dials(call);
    const kinds = world.takeNotifications().map(({ resource }) => (resource.startsWith('chats') ? 'chat' : 'event'));
    expect(kinds).toEqual(told);
    expect(ids.eventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids.messageId === '').toBe(call.sources?.join() === 'event');
    expect(world.graph.notifications.lost().map(({ reason }) => reason)).toEqual(
      Array(call.announce === false ? 2 : call.announce === undefined ? 0 : 1).fill('fault'),
    );
  });

  test('is told to nobody where nobody subscribed, and the call is placed all the same', async () => {
    const { chatId } = await dials();
    expect(chatId).not.toBe('');
    expect(world.takeEvents()).toEqual([]);
    expect(world.graph.notifications.lost()).toEqual([]);
  });

  test('is lost silently on its way to a hub where Graph does not deliver events', async () => {
    await world.graph.close();
    await start({ behaviour: { eventHubDeliversEvents: false } });
    const { status } = await world.call('POST', PATH, { token: appToken, body: richBody() });
    expect(status).toBe(201);
    expect(world.takeNotifications()).toEqual([
      expect.objectContaining({ changeType: expect.stringMatching(/^Valid/) }),
    ]);
    await dials();
    expect(world.takeEvents()).toEqual([]);
    expect(world.graph.notifications.lost()).toEqual([expect.objectContaining({ reason: 'hubDeliversNoEvents' })]);
    world.graph.setBehaviour({ eventHubDeliversEvents: true });
    await dials();
    expect(world.takeEvents()).toHaveLength(1);
  });

  test('meets the faults of notifications, and a pause', async () => {
    const id = await subscribe();
    world.graph.notifications.setFaults({ lose: 1, copies: 2 });
    await dials();
    expect(world.takeEvents()).toEqual([]);
    const { eventId } = await dials();
    expect(world.takeNotifications().map(({ resourceData }) => resourceData.id)).toEqual([eventId, eventId]);
    await world.graph.requireReauthorization(id);
    await dials();
    expect(world.takeEvents()).toEqual([]);
  });
});

describe('after the start', () => {
  test.each([undefined, true, false])('comes an end, its id that of the start: %s', async (sameId) => {
    await subscribe();
    const { eventId } = await dials({ callbackNumber: '+14255550123' });
    world.takeEvents();
    world.advance(MINUTE_MS);
    const ended = await world.graph.emergency.endCall({ eventId, ...(sameId === undefined ? {} : { sameId }) });
    expect(ended.eventId === eventId).toBe(sameId ?? true);
    expect(takeContents()).toEqual([
      expect.objectContaining({
        id: ended.eventId,
        emergencyCallEvent: expect.objectContaining({
          id: ended.eventId,
          callEventType: 'callEnded',
          eventDateTime: '2026-03-02T09:01:00.0000000+00:00',
          callerInfo: expect.objectContaining({ upn: CALLER, phoneNumber: '+14255550123' }),
        }),
      }),
    ]);
  });

  test('comes no end of a call that no event told of', async () => {
    await expect(world.graph.emergency.endCall({ eventId: 'none' })).rejects.toThrow(/No event told of a call none/);
    const { eventId } = await dials({ sources: ['chat'] });
    await expect(world.graph.emergency.endCall({ eventId })).rejects.toThrow(/No event told of/);
  });

  test.each([
    [
      { emergencyCallEvent: { callEventType: 'rosterUpdated' } },
      '{"emergencyCallEvent":{"callEventType":"rosterUpdated"}}',
    ],
    [{ emergencyCallEvent: null }, '{"emergencyCallEvent":null}'],
    ['no JSON', 'no JSON'],
    ['', ''],
  ])('may come anything: %j', async (content, text) => {
    await subscribe({ resource: resourceOf('Kirkland') });
    const { eventId } = await world.graph.emergency.sendEvent({ content, policyName: 'Kirkland' });
    const [notification] = world.takeNotifications();
    expect(notification?.resourceData.id).toBe(eventId);
    expect(notification && decrypt(notification)).toBe(text);
  });
});

function richBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return world.subscription({
    changeType: 'updated',
    resource: resourceOf('Global'),
    includeResourceData: true,
    encryptionCertificate: OWNER.certificate,
    encryptionCertificateId: 'first',
    ...changes,
  });
}

describe('chats with resource data', () => {
  let token: string;
  let chatId: string;
  beforeEach(async () => {
    token = (await world.signIn()).access_token;
    chatId = await world.graph.chats.createChat({ members: [CALLER, SERVICE_ACCOUNT.id] });
  });
  const read = async (path: string) => {
    const { '@odata.context': _, ...resource } = (await world.call('GET', path, { token })).body;
    return resource;
  };

  test.each(['/me/chats/getAllMessages', 'one chat'])('tell the message as it can be read (%s)', async (name) => {
    const resource = name === 'one chat' ? `/chats/${chatId}/messages` : name;
    await subscribe({ resource, changeType: 'created,updated,deleted' }, token);
    const id = await world.graph.chats.postMessage(chatId, { from: CALLER, content: '<p>Grüße</p>' });
    const [notification] = world.takeNotifications();
    const path = `/v1.0/chats/${chatId}/messages/${id}`;
    expect(notification && JSON.parse(decrypt(notification))).toEqual(await read(path));
    await world.graph.chats.deleteMessage(chatId, id);
    expect(takeContents()).toEqual([await read(path)]);
  });

  test('tell a chat that was made, its members without their names', async () => {
    await subscribe({ resource: '/me/chats', changeType: 'created' }, token);
    const made = await world.graph.chats.createChat({ members: [SERVICE_ACCOUNT.id, CALLER], topic: 'Desk' });
    const [chat] = takeContents();
    expect(chat).toMatchObject({ id: made, topic: 'Desk', chatType: 'group', tenantId: TENANT_ID });
    expect(
      chat.members.map(({ userId, email, displayName }: Record<string, unknown>) => [userId, email, displayName]),
    ).toEqual([
      [SERVICE_ACCOUNT.id, null, null],
      [expect.any(String), null, null],
    ]);
  });

  test('tell what Teams writes by its own name only to those who asked for new members of enumerations', async () => {
    const headers = { prefer: 'include-unknown-enum-members' };
    const body = richBody({ resource: '/me/chats/getAllMessages', changeType: 'created' });
    await world.call('POST', PATH, { token, body, headers });
    await subscribe({ resource: '/me/chats/getAllMessages', changeType: 'created,updated' }, token);
    await world.graph.chats.createChat({ members: [SERVICE_ACCOUNT.id, CALLER] });
    expect(takeContents().map(({ messageType }) => messageType)).toEqual(['systemEventMessage', 'unknownFutureValue']);
  });
});

describe('fallbacks', () => {
  test.each<[keyof Behaviour, string, string]>([
    ['allChatsRefused', '/me/chats/getAllMessages', '/me/chats'],
    ['chatsRefused', '/me/chats', '/me/chats/getAllMessages'],
  ])('with %s, 403 for %s and not for %s, until it ends', async (name, refused, open) => {
    const token = (await world.signIn()).access_token;
    const create = (resource: string) =>
      world.call('POST', PATH, { token, body: world.subscription({ resource, changeType: 'created' }) });
    world.graph.setBehaviour({ [name]: true });
    const { status, body } = await create(refused);
    expect({ status, code: body.error.code, message: body.error.message }).toEqual({
      status: 403,
      code: 'ExtensionError',
      message: 'Operation: Create; Exception: [Status Code: Forbidden; Reason: Forbidden]',
    });
    expect(world.takeEvents()).toEqual([]);
    expect((await create(open)).status).toBe(201);
    world.graph.setBehaviour({ [name]: false });
    expect((await create(refused)).status).toBe(201);
  });
});
