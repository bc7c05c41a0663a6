import fc from 'fast-check';
import { readEmergencyEvent } from '../../shared/emergency/readEmergencyEvent.ts';

const OPTIONS = { testNumbers: ['933'], defaultCountry: 'US' };
const EVENT = {
  id: '11111111-0000-0000-0000-000000000000',
  callEventType: 'callStarted',
  policyName: 'EmergencyPolicy',
  eventDateTime: '2026-03-02T09:00:00.0000000+00:00',
  emergencyNumberDialed: '911',
  callerInfo: {
    displayName: 'Alex Wilber',
    upn: 'alex@contoso.com',
    phoneNumber: '14255550123',
    tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
    location: {
      address: {
        street: 'Microsoft Way',
        city: 'Redmond',
        state: 'WA',
        countryOrRegion: 'United States',
        postalCode: '98052',
        additionalData: {
          companyName: 'Contoso',
          additionalInfo: 'Floor 2, Room 2210',
          houseNumber: '725',
          county: 'King',
          streetSuffix: 'NE',
        },
      },
      coordinates: { latitude: '47.6396', longitude: '-122.1281' },
    },
  },
};
/** As it comes in a notification: https://learn.microsoft.com/graph/changenotifications-for-emergencycalls */
const wrapped = (event: unknown) => ({
  '@odata.type': '#microsoft.graph.emergencyCallEvent',
  id: '22222222-0000-0000-0000-000000000000',
  emergencyCallEvent: event,
});
const caller = (changes: Record<string, unknown>) => ({ ...EVENT, callerInfo: { ...EVENT.callerInfo, ...changes } });
const place = (address: unknown, coordinates: unknown = null) => caller({ location: { address, coordinates } });
const read = (event: unknown) => readEmergencyEvent(wrapped(event), OPTIONS);

test('the documented event, with every fact', () => {
  expect(read(EVENT)).toEqual({
    eventId: EVENT.id,
    eventType: 'callStarted',
    policyName: 'EmergencyPolicy',
    isTest: false,
    occurredAt: '2026-03-02T09:00:00.000Z',
    reasons: [],
    facts: {
      emergencyNumberDialed: '911',
      callerDisplayName: 'Alex Wilber',
      callerUserId: null,
      callerUpn: 'alex@contoso.com',
      callbackNumber: '+14255550123',
      location: 'Floor 2, Room 2210, Contoso, 725 Microsoft Way NE, Redmond, WA 98052, United States',
      coordinates: { latitude: 47.6396, longitude: -122.1281 },
    },
  });
});

test('the event without its wrapping is the same', () => {
  expect(readEmergencyEvent(EVENT, OPTIONS)).toEqual(read(EVENT));
});

test.each([
  ['+1 (425) 555-0123', '+14255550123'],
  ['4255550123', '+14255550123'],
  ['+4930901820', '+4930901820'],
  ['4930901820', '+4930901820'],
  ['x2210', 'x2210'],
])('the number %s can be called back as %s', (phoneNumber, callbackNumber) => {
  expect(read(caller({ phoneNumber })).facts.callbackNumber).toBe(callbackNumber);
});

test.each(['', '911', '00000000000', 'unknown', null, 14255550123, {}])('%j is no callback number', (phoneNumber) => {
  expect(read(caller({ phoneNumber })).facts.callbackNumber).toBeNull();
});

test.each<[string, unknown, string | null]>([
  ['a street and nothing else', { street: 'Microsoft Way' }, 'Microsoft Way'],
  ['empty parts', { street: ' ', city: 'Redmond', state: '', postalCode: 'unknown' }, 'Redmond'],
  ['parts that are no text', { street: 7, city: null, state: ['WA'] }, null],
  ['no address', null, null],
  ['a list', [EVENT], null],
])('the location of %s', (_, address, location) => {
  expect(read(place(address)).facts.location).toBe(location);
});

test('a location turned around by invisible characters is shown as it reads', () => {
  expect(read(place({ street: '\u202eyaW\u202c 1\nMicrosoft\u0000 Way' })).facts.location).toBe('yaW 1 Microsoft Way');
});

test.each([
  [{ latitude: '47.6396', longitude: 'x' }],
  [{ latitude: '91', longitude: '0' }],
  [{ latitude: '0', longitude: '0' }],
  [{ latitude: '00.0000', longitude: '00.0000' }],
  [{ latitude: '' }],
  ['47,-122'],
])('%j are no coordinates', (coordinates) => {
  expect(read(place(null, coordinates)).facts.coordinates).toBeNull();
});

test('coordinates that are numbers count as well', () => {
  const coordinates = { latitude: 47.6396, longitude: -122.1281 };
  expect(read(place(null, coordinates)).facts.coordinates).toEqual(coordinates);
});

test('933 is a test, and no other number is', () => {
  expect(read({ ...EVENT, emergencyNumberDialed: '933' }).isTest).toBe(true);
  expect(read({ ...EVENT, emergencyNumberDialed: '9331' }).isTest).toBe(false);
  expect(read({ ...EVENT, emergencyNumberDialed: null }).isTest).toBe(false);
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'callStarted'],
  ['a list', [EVENT]],
  ['an empty object', {}],
  ['a caller that is no object', { callerInfo: 'Alex Wilber' }],
])('%s has no facts, and does not throw', (_, content) => {
  const { facts, occurredAt } = readEmergencyEvent(content, OPTIONS);
  expect(Object.values(facts).filter((fact) => fact !== null)).toEqual([]);
  expect(occurredAt).toBeNull();
});

test('without an id of its own it has that of its wrapping', () => {
  expect(read({ ...EVENT, id: undefined }).eventId).toBe('22222222-0000-0000-0000-000000000000');
});

test.each(['soon', '0001-01-01T00:00:00Z', 7, null])('%j is no time', (eventDateTime) => {
  expect(read({ ...EVENT, eventDateTime }).occurredAt).toBeNull();
});

test('whatever comes, it never throws, and every fact is one line of bounded length', () => {
  const near = fc.record(
    {
      id: fc.jsonValue(),
      callEventType: fc.oneof(fc.constant('callEnded'), fc.jsonValue()),
      emergencyNumberDialed: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
      callerInfo: fc.record({ displayName: fc.string({ unit: 'binary', maxLength: 2_000 }), location: fc.jsonValue() }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (event) => {
      const { facts, reasons } = read(event);
      for (const fact of Object.values(facts)) {
        if (typeof fact !== 'string') continue;
        expect(fact).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(fact.length).toBeLessThanOrEqual(500);
      }
      expect(reasons.every((reason) => reason.length < 100)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
