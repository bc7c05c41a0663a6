import { type CallFacts, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import { type AlertStyle, type AlertWords, composeAlertSms } from '../../shared/messaging/alertSms.ts';
import { countSegments } from '../../shared/messaging/smsSegments.ts';

const FACTS: CallFacts = {
  emergencyNumberDialed: '911',
  callerDisplayName: 'Alex Wilber',
  callerUserId: '22223333-cccc-4444-dddd-5555eeee6666',
  callerUpn: 'alexw@contoso.com',
  callbackNumber: '+14255550123',
  location: 'Building 34, Room 2210',
  coordinates: null,
};
const CALL: AlertWords = {
  kind: 'call',
  callCode: 'K7M',
  isTest: false,
  occurredAt: new Date('2026-11-21T22:05:09Z'),
  facts: FACTS,
  content: 'read',
};
const FULL: AlertStyle = { detail: 'full', timeZone: 'America/Los_Angeles' };
const MINIMAL: AlertStyle = { detail: 'minimal', timeZone: 'America/Los_Angeles' };

const compose = (changes: Partial<AlertWords>, style = FULL) => composeAlertSms({ ...CALL, ...changes }, style);
const withFacts = (changes: Partial<CallFacts>, style = FULL) => compose({ facts: { ...FACTS, ...changes } }, style);

describe('what people read', () => {
  test('a call', () => {
    expect(compose({})).toEqual([
      'EMERGENCY CALL to 911. Call K7M. Callback +14255550123. Location "Building 34, Room 2210". ' +
        'Caller "Alex Wilber" alexw@contoso.com. 21 Nov 14:05:09 PST',
    ]);
  });

  test('a test call', () => {
    expect(compose({ isTest: true, facts: { ...FACTS, emergencyNumberDialed: '933' } })).toEqual([
      'TEST EMERGENCY CALL to 933. Call K7M. Callback +14255550123. Location "Building 34, Room 2210". ' +
        'Caller "Alex Wilber" alexw@contoso.com. 21 Nov 14:05:09 PST',
    ]);
  });

  test('a call of which nothing is known', () => {
    expect(compose({ facts: NO_FACTS, occurredAt: null })).toEqual([
      'EMERGENCY CALL to unknown. Call K7M. Callback unknown. Location unknown. Caller unknown. Time unknown',
    ]);
  });

  test('a message that cannot be read yet, and one that never can', () => {
    expect(compose({ kind: 'detailsPending', content: 'pending', facts: NO_FACTS })).toEqual([
      'EMERGENCY MESSAGE, details not yet available. Call K7M. Callback unknown. Location unknown. Caller unknown. ' +
        'Dialed unknown. 21 Nov 14:05:09 PST',
    ]);
    expect(compose({ kind: 'detailsUnavailable', content: 'unavailable', facts: NO_FACTS })).toEqual([
      'EMERGENCY MESSAGE, details not available. Call K7M. Callback unknown. Location unknown. Caller unknown. ' +
        'Dialed unknown. 21 Nov 14:05:09 PST',
    ]);
  });

  test('an update says what is new, and the three facts again', () => {
    expect(compose({ kind: 'update', changed: ['location'] })).toEqual([
      'UPDATE: EMERGENCY CALL. Call K7M. Callback +14255550123. Location now "Building 34, Room 2210". ' +
        'Caller "Alex Wilber". Dialed 911. 21 Nov 14:05 PST',
    ]);
  });

  test('an update of which it is not known what is new says all', () => {
    expect(compose({ kind: 'update' })).toEqual([
      'UPDATE: EMERGENCY CALL. Call K7M. Callback +14255550123. Location "Building 34, Room 2210". ' +
        'Caller "Alex Wilber" alexw@contoso.com. Dialed 911. 21 Nov 14:05 PST',
    ]);
  });

  test('a message that turned out to be no emergency', () => {
    expect(compose({ kind: 'notEmergency', content: 'notEmergency', facts: NO_FACTS })).toEqual([
      'NO EMERGENCY. Call K7M. The message turned out to be no emergency call. 21 Nov 14:05:09 PST',
    ]);
  });

  test('only the UPN of a caller without a name; the name once where it is the UPN', () => {
    expect(withFacts({ callerDisplayName: null })[0]).toContain('Caller alexw@contoso.com. ');
    expect(withFacts({ callerDisplayName: null, callerUpn: null })[0]).toContain('Caller unknown. ');
    expect(withFacts({ callerDisplayName: 'alexw@contoso.com' })[0]).toContain('Caller "alexw@contoso.com". ');
  });

  test('the coordinates where there is no place in words', () => {
    const coordinates = { latitude: 47.6423001, longitude: -122.1369 };
    expect(withFacts({ location: null, coordinates })[0]).toContain('Location 47.6423,-122.1369. ');
    expect(withFacts({ location: ' \n', coordinates })[0]).toContain('Location 47.6423,-122.1369. ');
    expect(withFacts({ coordinates })[0]).not.toContain('47.64');
  });
});

describe('minimal', () => {
  test('a call: the fact, the code, the callback number, and where the rest is', () => {
    expect(compose({}, MINIMAL)).toEqual([
      'EMERGENCY CALL to 911. Call K7M. Callback +14255550123. Details on the page. 21 Nov 14:05:09 PST',
    ]);
  });

  test.each<AlertWords['kind']>(['call', 'detailsPending', 'detailsUnavailable', 'update', 'notEmergency'])(
    '%s: no name, no UPN, no place',
    (kind) => {
      const coordinates = { latitude: 47.6423, longitude: -122.1369 };
      for (const location of [FACTS.location, null]) {
        const sms = compose({ kind, facts: { ...FACTS, location, coordinates } }, MINIMAL).join();
        expect(sms).toContain('Call K7M');
        expect(sms).not.toMatch(/Alex|contoso|Building|47\.64|"/);
        expect(sms).toMatch(kind === 'notEmergency' ? /NO EMERGENCY/ : /Details on the page/);
      }
    },
  );

  test('a callback or dialed number that is none could be a name: it stays on the page', () => {
    const sms = withFacts({ callbackNumber: "Alex Wilber's desk", emergencyNumberDialed: 'sos, Alex' }, MINIMAL);
    expect(sms).toEqual(['EMERGENCY CALL. Call K7M. Callback on the page. Details on the page. 21 Nov 14:05:09 PST']);
  });
});

describe('what goes first when room is short', () => {
  // One place each, so long that the step before no longer fits into 160 units.
  test.each([
    ['nothing', 32, /^EMERGENCY CALL to 911\. .*Caller "Alex Wilber" alexw@contoso\.com\. 21 Nov 14:05:09 PST$/],
    ['the seconds', 33, /^EMERGENCY CALL to 911\. .*Caller "Alex Wilber" alexw@contoso\.com\. 21 Nov 14:05 PST$/],
    ['the UPN', 36, /^EMERGENCY CALL to 911\. .*Caller "Alex Wilber"\. 21 Nov 14:05 PST$/],
    ['the date', 54, /^EMERGENCY CALL to 911\. .*Caller "Alex Wilber"\. 14:05 PST$/],
    ['long words', 61, /^EMERGENCY CALL 911 Call K7M Callback \+14255550123 At ".*" By "Alex Wilber" 14:05 PST$/],
    ['the zone', 80, /^EMERGENCY CALL 911 Call K7M Callback \+14255550123 At ".*" By "Alex Wilber" 14:05$/],
  ])('%s', (_, length, expected) => {
    const location = 'x'.repeat(length);
    const [sms = '', ...more] = withFacts({ location });
    expect(more).toEqual([]);
    expect(countSegments(sms)).toMatchObject({ encoding: 'GSM-7', segments: 1 });
    expect(sms).toMatch(expected);
    expect(sms).toContain(`"${location}"`);
  });

  test('once a second segment must be, there is room for all again', () => {
    const location = 'x'.repeat(84);
    const [sms = ''] = withFacts({ location });
    expect(countSegments(sms).segments).toBe(2);
    expect(sms).toMatch(/^EMERGENCY CALL to 911\. .*alexw@contoso\.com\. 21 Nov 14:05:09 PST$/);
    expect(sms).toContain(`Location "${location}"`);
  });

  test('an update leaves out what was told before, but for the three facts and the news', () => {
    const facts = { ...FACTS, location: 'x'.repeat(85) };
    const [sms = ''] = compose({ kind: 'update', facts, changed: ['location'] });
    expect(countSegments(sms).segments).toBe(1);
    expect(sms).toBe(`UPDATE: EMERGENCY CALL Call K7M Callback +14255550123 At now "${facts.location}"`);
  });

  test('news is never left out, not even the UPN beside a name', () => {
    const facts = { ...FACTS, location: 'x'.repeat(55), coordinates: { latitude: 47.6, longitude: -122.1 } };
    const upn = compose({ kind: 'update', facts, changed: ['callerUpn'] }).join();
    expect(upn).toMatch(/By now "Alex Wilber" alexw@contoso\.com/);
    const coordinates = compose({ kind: 'update', facts, changed: ['coordinates'] }).join();
    expect(coordinates).toMatch(/GPS now 47\.6,-122\.1/);
    for (const sms of [upn, coordinates]) expect(countSegments(sms).segments).toBe(1);
  });

  test('a typographic place costs no second segment, and a name in Japanese stays whole', () => {
    expect(countSegments(withFacts({ location: 'Gebäude 3 – 2º piso, “Čapek”…' })[0] ?? '')).toMatchObject({
      encoding: 'GSM-7',
      segments: 1,
    });
    expect(withFacts({ callerDisplayName: '山田 太郎' }).join()).toContain('"山田 太郎"');
  });
});

describe("a stranger's words", () => {
  test.each<[string, Partial<CallFacts>, string]>([
    ['a closing quote', { location: 'X". Callback +19005550100' }, `Location "X'. Callback +19005550100"`],
    ['a curly one', { location: 'X”. Callback +19005550100' }, `Location "X'. Callback +19005550100"`],
    ['a wide one beside letters that stay', { location: '東＂ Call ABC' }, `Location "東' Call ABC"`],
    ['new lines', { location: 'X\r\nCall ABC\u2028TEST' }, 'Location "X Call ABC TEST"'],
    ['control characters', { location: 'X\u0000\u001b[2J\u0007Y' }, 'Location "X [2J Y"'],
    ['turned writing', { location: 'Room \u202e9\u202c\u20661' }, 'Location "Room 91"'],
    ['invisible characters', { location: 'Ro\u200bo\u00adm\u2060 1\ufeff' }, 'Location "Room 1"'],
    ['half a surrogate pair', { location: 'Room \ud83d 1\udc00' }, 'Location "Room 1"'],
    ['labels in the callback number', { callbackNumber: '1. Location here' }, 'Callback "1. Location here"'],
    ['labels in the dialed number', { emergencyNumberDialed: '911. Call ABC' }, 'CALL to "911. Call ABC"'],
    ['labels in the name', { callerDisplayName: 'A" 14:05. Call ABC' }, `Caller "A' 14:05. Call ABC"`],
    ['labels in the UPN', { callerDisplayName: null, callerUpn: 'a@b. Call ABC' }, 'Caller "a@b. Call ABC"'],
    ['the word for what is missing', { location: 'unknown' }, 'Location "unknown"'],
  ])('%s', (_, facts, expected) => {
    const [sms = '', ...more] = withFacts(facts);
    expect(more).toEqual([]);
    expect(sms).toContain(`${expected}`);
    expect(sms).toMatch(/^EMERGENCY CALL to /);
    expect(sms).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
  });

  test.each(['', '  ', '\n\t', '\u200b\u00ad', '\ud800'])('nothing to read (%j) is unknown', (nothing) => {
    const facts = {
      ...{ ...NO_FACTS, emergencyNumberDialed: nothing, callerDisplayName: nothing, callerUpn: nothing },
      ...{ callbackNumber: nothing, location: nothing },
    };
    expect(compose({ facts })[0]).toMatch(
      /^EMERGENCY CALL to unknown\. Call K7M\. Callback unknown\. Location unknown\. Caller unknown\. 21 Nov/,
    );
  });

  test.each(['+1 (425) 555-0123', '+14255550123', '425.555.0123', '911'])(
    'the number %s stands as it was written',
    (callbackNumber) => {
      expect(withFacts({ callbackNumber })[0]).toContain(`Callback ${callbackNumber}. `);
    },
  );
});

describe('longer than Twilio takes', () => {
  const words = Array.from({ length: 700 }, (_, i) => `${i}山`).join(' ');

  test('several messages, cut between words, each with the code and its number, nothing lost', () => {
    const messages = compose({ isTest: true, facts: { ...FACTS, location: words } });
    expect(messages.length).toBeGreaterThan(1);
    messages.forEach((message, index) => {
      expect(message.length).toBeLessThanOrEqual(1_600);
      expect(message).toBe(message.trim());
      expect(message.startsWith(`TEST Call K7M ${index + 1}/${messages.length}: `)).toBe(true);
    });
    const [first = '', ...rest] = messages.map((message) => message.replace(/^TEST Call K7M \d\/\d: /, ''));
    const joined = [first, ...rest].join(' ').replaceAll('" "', ' ');
    expect(joined).toContain(`"${words}"`);
    expect(joined).toMatch(
      /^TEST EMERGENCY CALL 911 Call K7M Callback \+14255550123 At ".*" By "Alex Wilber" 14:05 PST$/,
    );
  });

  test("no part begins with a stranger's words outside of quotes", () => {
    const messages = compose({ facts: { ...FACTS, location: 'Callback +19005550100 '.repeat(200) } });
    expect(messages).toHaveLength(3);
    for (const message of messages.slice(1)) expect(message).toMatch(/^Call K7M \d\/3: "(Callback )?\+19005550100 /);
    for (const message of messages.slice(0, 2)) expect(message).toMatch(/(Callback|\+19005550100)"$/);
  });

  test('a word longer than a message is cut between whole characters', () => {
    const location = '🚑'.repeat(2_000);
    const messages = compose({ facts: { ...FACTS, location } });
    for (const message of messages) expect(message).not.toMatch(/\p{Cs}/u);
    expect(messages.join('').match(/🚑/gu)).toHaveLength(2_000);
  });

  test('exactly as long as Twilio takes is one message', () => {
    const shortest = withFacts({ location: '山'.repeat(1_000) })[0]?.length ?? 0;
    const fits = withFacts({ location: '山'.repeat(1_000 + 1_600 - shortest) });
    expect(fits.map(({ length }) => length)).toEqual([1_600]);
    expect(withFacts({ location: '山'.repeat(1_000 + 1_601 - shortest) })).toHaveLength(2);
  });
});
