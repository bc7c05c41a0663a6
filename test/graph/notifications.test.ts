import fc from 'fast-check';
import { readHubEvent } from '../../shared/graph/notifications.ts';

/** Microsoft's documented notification of a chat message, without resource data. */
const DOCUMENTED = {
  subscriptionId: '10493aa0-4d29-4df5-bc0c-ef742cc6cd7f',
  changeType: 'created',
  clientState: 'secret',
  subscriptionExpirationDateTime: '2021-02-02T10:30:34.9097561-08:00',
  resource:
    "chats('19:8ea0e38b-efb3-4757-924a-5f94061cf8c2_97f62344-57dc-409c-88ad-c4af14158ff5@unq.gbl.spaces')/messages('1612289765949')",
  resourceData: {
    id: '1612289765949',
    '@odata.type': '#Microsoft.Graph.chatMessage',
    '@odata.id':
      "chats('19:8ea0e38b-efb3-4757-924a-5f94061cf8c2_97f62344-57dc-409c-88ad-c4af14158ff5@unq.gbl.spaces')/messages('1612289765949')",
  },
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
};
const CHAT_ID = '19:8ea0e38b-efb3-4757-924a-5f94061cf8c2_97f62344-57dc-409c-88ad-c4af14158ff5@unq.gbl.spaces';
const MESSAGE_ID = '1612289765949';
const IDS = { kind: 'change', chatId: CHAT_ID, messageId: MESSAGE_ID };

/** As Graph puts it into the hub when a subscription is created. */
const VALIDATION = {
  subscriptionId: 'NA',
  subscriptionExpirationDateTime: 'NA',
  clientState: 'NA',
  changeType:
    'Validation: Testing client application reachability for subscription Request-Id: 522a8e7e-096a-494c-aaf1-ac0dcfca45b7',
  resource: 'NA',
  resourceData: { '@odata.type': 'NA', '@odata.id': 'NA', id: 'NA' },
};
const LIFECYCLE = {
  subscriptionId: '76619225-ff6b-4e88-a4ca-6e5f7f0ec1b0',
  subscriptionExpirationDateTime: '2019-03-20T11:00:00.0000000Z',
  tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
  clientState: 'secret',
  lifecycleEvent: 'reauthorizationRequired',
};

const only = (body: unknown) => {
  const read = readHubEvent(body);
  expect(read).toHaveLength(1);
  return read[0];
};
const item = (changes: Record<string, unknown>) => only({ value: [{ ...DOCUMENTED, ...changes }] });

describe('the kinds of notifications', () => {
  test("Microsoft's documented example is a change, with all that it says", () => {
    expect(only({ value: [DOCUMENTED] })).toEqual({
      ...IDS,
      encryptedContent: null,
      subscriptionId: '10493aa0-4d29-4df5-bc0c-ef742cc6cd7f',
      clientState: 'secret',
      tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
      changeType: 'created',
      resource: DOCUMENTED.resource,
      notification: DOCUMENTED,
    });
  });

  test('the validation message is told apart', () => {
    expect(only({ value: [VALIDATION] })).toEqual({ kind: 'validation' });
  });

  test.each([
    ['a resource of its own', { resource: DOCUMENTED.resource }, 'change'],
    ['an id of a message', { resourceData: DOCUMENTED.resourceData, resource: 'chats' }, 'change'],
    ['a subscription', { subscriptionId: DOCUMENTED.subscriptionId }, 'unreadable'],
    ['another change type', { changeType: 'created' }, 'unreadable'],
  ])('what resembles a validation but has %s is not ignored', (_what, changes, kind) => {
    expect(only({ value: [{ ...VALIDATION, ...changes }] })).toMatchObject({ kind });
  });

  test('a lifecycle notification is told apart', () => {
    expect(only({ value: [LIFECYCLE] })).toEqual({ kind: 'lifecycle', ...LIFECYCLE });
  });

  test('a lifecycle notification that names a message is a message: in doubt people are told', () => {
    expect(item({ lifecycleEvent: 'missed' })).toMatchObject(IDS);
  });

  test('a lifecycle notification without subscriptionId is kept as unreadable', () => {
    const { subscriptionId, ...rest } = LIFECYCLE;
    expect(only({ value: [rest] })).toEqual({
      kind: 'unreadable',
      reason: 'a lifecycle notification without subscriptionId',
      raw: rest,
    });
  });

  test('our canary is told apart', () => {
    const canary = { id: 'c1', sentAt: '2026-03-02T09:00:00.000Z' };
    expect(only({ canary })).toEqual({ kind: 'canary', ...canary });
  });

  test.each([
    [{ id: 'c1' }],
    [{ sentAt: '2026-03-02T09:00:00.000Z' }],
    [{ id: 7, sentAt: '2026-03-02T09:00:00.000Z' }],
    [{ id: 'c1', sentAt: 'soon' }],
    ['c1'],
    [null],
  ])('the canary %j is unreadable', (canary) => {
    expect(only({ canary })).toMatchObject({ kind: 'unreadable', reason: 'a canary without id or time' });
  });

  test('a canary does not hide a message', () => {
    expect(item({ canary: { id: 'c1', sentAt: '2026-03-02T09:00:00.000Z' } })).toMatchObject(IDS);
  });
});

/** https://learn.microsoft.com/graph/changenotifications-for-emergencycalls */
const EVENT_RESOURCE = "communications/calls/getEmergencyEventsByPolicy(policyName='EmergencyPolicy')";
const EVENT = {
  subscriptionId: '10493aa0-4d29-4df5-bc0c-ef742cc6cd7f',
  clientState: 'secret',
  changeType: 'updated',
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  resource: EVENT_RESOURCE,
  resourceData: { '@odata.id': EVENT_RESOURCE, '@odata.type': '#microsoft.graph.emergencyCallEvent', id: 'e1' },
  encryptedContent: { data: 'x', dataSignature: 'x', dataKey: 'x', encryptionCertificateId: 'x' },
};

describe('an emergency call event', () => {
  test("Microsoft's documented example, with all that it says", () => {
    expect(only({ value: [EVENT] })).toEqual({
      kind: 'emergencyEvent',
      subscriptionId: EVENT.subscriptionId,
      clientState: 'secret',
      tenantId: EVENT.tenantId,
      eventId: 'e1',
      policyName: 'EmergencyPolicy',
      encryptedContent: EVENT.encryptedContent,
      notification: EVENT,
    });
  });

  test.each<[string, Record<string, unknown>, string | null]>([
    ['a leading slash', { resource: `/${EVENT_RESOURCE}` }, 'EmergencyPolicy'],
    ['a quote in the name of the policy', { resource: EVENT_RESOURCE.replace('EmergencyPolicy', "O''Hare") }, "O'Hare"],
    ['no resource', { resource: undefined }, 'EmergencyPolicy'],
    [
      'the type of its data only',
      { resource: 'x', resourceData: { '@odata.type': '#Microsoft.Graph.EmergencyCallEvent' } },
      null,
    ],
    ['nothing but encrypted content', { resource: undefined, resourceData: undefined }, null],
    ['no encrypted content', { encryptedContent: undefined }, 'EmergencyPolicy'],
  ])('with %s it still is one: in doubt people are told', (_what, changes, policyName) => {
    expect(only({ value: [{ ...EVENT, ...changes }] })).toMatchObject({ kind: 'emergencyEvent', policyName });
  });

  test('a chat message with encrypted content is a chat message', () => {
    const { encryptedContent } = EVENT;
    expect(item({ encryptedContent })).toMatchObject({ ...IDS, encryptedContent });
  });
});

describe('a chat', () => {
  test.each([
    ["chats('19:a@thread.v2')", '19:a@thread.v2'],
    ['chats/19:a@thread.v2', '19:a@thread.v2'],
    ["users('u1')/chats('19:a@thread.v2')", '19:a@thread.v2'],
    ['/users/u1/chats/19:a@thread.v2', '19:a@thread.v2'],
  ])('%s was made or changed', (resource, chatId) => {
    expect(item({ resource, resourceData: undefined })).toMatchObject({ kind: 'chat', chatId });
  });

  test.each(['chats', "chats('')", '/users/u1/chats', "teams('t')/channels('c')", "chats('19:a')/members('m')"])(
    '%s is none',
    (resource) => {
      expect(item({ resource, resourceData: undefined })).toMatchObject({ kind: 'unreadable' });
    },
  );
});

describe('the ways a body comes in', () => {
  const text = JSON.stringify({ value: [DOCUMENTED] });
  test.each<[string, unknown]>([
    ['text', text],
    ['text with a byte order mark', `\uFEFF${text}`],
    ['text of text', JSON.stringify(text)],
    ['a Buffer', Buffer.from(text)],
    ['bytes', new TextEncoder().encode(text)],
    ['a list of bodies', [{ value: [DOCUMENTED] }]],
    ['a list of notifications', [DOCUMENTED]],
    ['one bare notification', DOCUMENTED],
  ])('%s', (_what, body) => {
    expect(only(body)).toMatchObject(IDS);
  });

  test.each<[string, unknown, string, unknown]>([
    ['empty text', '', 'the body is not JSON', ''],
    ['other text', 'hello', 'the body is not JSON', 'hello'],
    ['cut text', text.slice(0, -2), 'the body is not JSON', text.slice(0, -2)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 'the body is not UTF-8 text', { base64: '//4=' }],
    ['a number', 911, 'the notification is not an object', 911],
    ['a number as text', '911', 'the notification is not an object', 911],
    ['null', null, 'the notification is not an object', null],
    ['nothing', undefined, 'the notification is not an object', undefined],
    ['true', true, 'the notification is not an object', true],
    ['no notifications', { value: [] }, 'the body holds no notification', { value: [] }],
    ['an empty list', [], 'the body holds no notification', []],
    ['an empty object', {}, 'the notification names no resource', {}],
    ['a value that is no list', { value: 'x' }, 'the notification names no resource', { value: 'x' }],
  ])('%s is unreadable', (_what, body, reason, raw) => {
    expect(only(body)).toEqual({ kind: 'unreadable', reason, raw });
  });

  test('a bad notification does not affect its neighbours', () => {
    const read = readHubEvent({ value: [DOCUMENTED, null, 7, VALIDATION, { resource: {} }, DOCUMENTED] });
    expect(read.map(({ kind }) => kind)).toEqual([
      'change',
      'unreadable',
      'unreadable',
      'validation',
      'unreadable',
      'change',
    ]);
  });
});

describe('the names of a message', () => {
  const encoded = encodeURIComponent(CHAT_ID);
  test.each([
    `chats('${CHAT_ID}')/messages('${MESSAGE_ID}')`,
    `/chats('${CHAT_ID}')/messages('${MESSAGE_ID}')`,
    `/chats/${CHAT_ID}/messages/${MESSAGE_ID}`,
    `chats/${CHAT_ID}/messages/${MESSAGE_ID}/`,
    `chats/${encoded}/messages/${MESSAGE_ID}`,
    `chats('${encoded}')/messages('${MESSAGE_ID}')`,
    encodeURIComponent(`chats('${CHAT_ID}')/messages('${MESSAGE_ID}')`),
    `users('87d349ed-44d7-43e1-9a83-5f2406dee5bd')/chats('${CHAT_ID}')/messages('${MESSAGE_ID}')`,
    `/users/87d349ed-44d7-43e1-9a83-5f2406dee5bd/chats/${CHAT_ID}/messages/${MESSAGE_ID}`,
    `me/chats/${CHAT_ID}/messages/${MESSAGE_ID}`,
    `Chats('${CHAT_ID}')/Messages('${MESSAGE_ID}')`,
    `chats('${CHAT_ID}')/messages('1612289700000')/replies('${MESSAGE_ID}')`,
    `chats/${CHAT_ID}/messages/1612289700000/replies/${MESSAGE_ID}`,
    `https://graph.microsoft.com/v1.0/chats('${CHAT_ID}')/messages('${MESSAGE_ID}')`,
    `beta/chats/${CHAT_ID}/messages/${MESSAGE_ID}?$select=id`,
  ])('%s', (resource) => {
    expect(item({ resource, resourceData: undefined })).toMatchObject({ ...IDS, resource });
    expect(item({ resource: 'communications/calls', resourceData: { '@odata.id': resource } })).toMatchObject(IDS);
  });

  test('a quote in an id is doubled, as OData has it', () => {
    expect(item({ resource: "chats('19:O''Neil')/messages('1')" })).toMatchObject({ chatId: "19:O'Neil" });
  });

  test.each([
    "chats('19:a@thread.v2')/members('MCMj')",
    "chats('')/messages('1')",
    "chats('19:a')/messages('')",
    "chats('19:a')/messages",
    "chats('19:a')/messages('1')/hostedContents('2')",
    "teams('fbe2bf47')/channels('19:4a95')/messages('1612289765949')",
    "users('87d349ed')/messages('AAMk')",
    'communications/calls/1',
    "chats('19:a/messages/1",
    "xchats('19:a')/messages('1')",
    '/',
    'NA',
  ])('%s is not a chat message', (resource) => {
    expect(item({ resource, resourceData: { '@odata.id': resource } })).toMatchObject({
      kind: 'unreadable',
      reason: 'the resource is none that is subscribed to',
    });
  });

  test('a notification in blob storage is named as such', () => {
    const { resource, resourceData, ...rest } = DOCUMENTED;
    expect(only({ value: [{ ...rest, additionalPayloadStorageId: 'x' }] })).toMatchObject({
      reason: 'the notification lies in blob storage',
    });
  });
});

describe('wrong types', () => {
  const wrong = [null, 7, true, [], {}, ''];
  test.each(['subscriptionId', 'clientState', 'tenantId', 'changeType'] as const)(
    'a %s of any other type is null, and the message is still read',
    (name) => {
      for (const value of wrong) expect(item({ [name]: value })).toMatchObject({ ...IDS, [name]: null });
    },
  );

  test('a resource of any other type leaves the id in the resource data', () => {
    for (const resource of wrong) expect(item({ resource })).toMatchObject(IDS);
  });

  test('resource data of any other type leaves the resource', () => {
    for (const resourceData of wrong) expect(item({ resourceData })).toMatchObject(IDS);
  });

  test('names that every object has are not taken for its own', () => {
    expect(only(JSON.parse('{"__proto__":{"value":[]},"constructor":1,"toString":2}'))).toMatchObject({
      kind: 'unreadable',
      reason: 'the notification names no resource',
    });
    const inherited = Object.create({ resource: DOCUMENTED.resource, value: [DOCUMENTED] });
    expect(only(inherited)).toMatchObject({ kind: 'unreadable' });
  });

  test('an object that fails when it is looked at is unreadable, its neighbour is not', () => {
    const hostile = Object.defineProperty({}, 'resource', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(readHubEvent({ value: [hostile, DOCUMENTED] })).toMatchObject([{ kind: 'unreadable' }, IDS]);
  });
});

describe('whatever comes in', () => {
  const anyName = fc.constantFrom(
    'value',
    'resource',
    'resourceData',
    '@odata.id',
    'subscriptionId',
    'lifecycleEvent',
    'canary',
    'changeType',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
  );
  const anything = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constantFrom(DOCUMENTED, VALIDATION, LIFECYCLE, DOCUMENTED.resource),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(anyName, tie('node'), { maxKeys: 5 }),
    ),
  })).node;

  test('it never throws, says at least one thing, and gives no reason that it did not choose itself', () => {
    const REASONS = [
      'the body is not UTF-8 text',
      'the body is not JSON',
      'the body holds no notification',
      'the notification is not an object',
      'the notification lies in blob storage',
      'the notification names no resource',
      'the resource is none that is subscribed to',
      'a canary without id or time',
      'a lifecycle notification without subscriptionId',
    ];
    const body = fc.oneof(
      anything,
      anything.map((value) => JSON.stringify(value)),
      fc.string(),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(body, (value) => {
        const read = readHubEvent(value);
        expect(read.length).toBeGreaterThan(0);
        for (const one of read) {
          if (one.kind === 'unreadable') expect(REASONS).toContain(one.reason);
          if (one.kind === 'change') expect([typeof one.chatId, typeof one.messageId]).toEqual(['string', 'string']);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a good notification is read beside anything', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 3 }), fc.array(anything, { maxLength: 3 }), (before, after) => {
        const read = readHubEvent({ value: [...before, DOCUMENTED, ...after] });
        expect(read).toHaveLength(before.length + 1 + after.length);
        expect(read[before.length]).toMatchObject(IDS);
      }),
      { numRuns: 200 },
    );
  });

  test('what is unreadable can be stored as JSON and read again', () => {
    fc.assert(
      fc.property(anything, (value) => {
        for (const one of readHubEvent({ value: [value] })) {
          if (one.kind !== 'unreadable') continue;
          const stored: unknown = JSON.parse(JSON.stringify(one.raw));
          expect(readHubEvent(stored).length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  // With a pattern that backtracks this would not end within the limit of a test.
  test('a resource of any length is read', () => {
    const long = `chats('${"''".repeat(200_000)}`;
    expect(item({ resource: long, resourceData: undefined })).toMatchObject({ kind: 'unreadable' });
  });
});
