import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { CallFacts } from '../../shared/emergency/emergencyCall.ts';
import { type AlertWords, composeAlertSms } from '../../shared/messaging/alertSms.ts';

const FULL = { detail: 'full', timeZone: 'America/Los_Angeles' } as const;

const joined = (unit: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(unit, { minLength: 1, maxLength }).map((list) => list.join(''));
/** Text that is said as it is: letters and signs with no quotes, single spaces, none at the ends. */
const plainText = (letters: string, maxLength: number) =>
  fc
    .array(joined(fc.constantFrom(...letters), 9), { minLength: 1, maxLength: Math.ceil(maxLength / 5) })
    .map((words) => [...words.join(' ')].slice(0, maxLength).join('').trim());
const gsmText = (maxLength: number) => plainText("abcXYZ0129.,:/#&()-_'äéÑß[]€", maxLength);
const wideText = (maxLength: number) => plainText('山田Жя😀aZ9.,', maxLength);
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  joined(
    fc.constantFrom(
      ...[
        '"',
        '”',
        '\n',
        '\r\n',
        '\u2028',
        '\u202e',
        '\u200b',
        ' ',
        '. ',
        'Call ABC',
        'Callback +19005550100',
        'TEST ',
      ],
      ...['Location "', 'unknown', 'EMERGENCY CALL to 911', 'Call K7M 2/2: ', '\0', '\ud800', '山', 'x'.repeat(200)],
    ),
    40,
  ),
);

const phone = fc.integer({ min: 100, max: 199 }).map((last) => `+14255550${last}`);
const upn = fc.constantFrom('alexw@contoso.com', 'adelev@contoso.com', 'guest_fabrikam.com#EXT#@contoso.com');
const coordinates = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

const factsOf = (text: (maxLength: number) => fc.Arbitrary<string>): fc.Arbitrary<CallFacts> =>
  fc.record({
    emergencyNumberDialed: fc.option(fc.constantFrom('911', '933', '112')),
    callerDisplayName: fc.option(text(40)),
    callerUserId: fc.option(fc.uuid()),
    callerUpn: fc.option(upn),
    callbackNumber: fc.option(phone),
    location: fc.option(text(120)),
    coordinates: fc.option(coordinates),
  });

const alertOf = (facts: fc.Arbitrary<CallFacts>): fc.Arbitrary<AlertWords> =>
  fc.record({
    kind: fc.constantFrom('call', 'detailsPending', 'detailsUnavailable', 'update'),
    callCode: fc.constantFrom('K7M', '34X', 'WYQ'),
    isTest: fc.boolean(),
    occurredAt: fc.option(fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })),
    facts,
    content: fc.constant('read'),
  });

const decimals = ({ latitude, longitude }: { latitude: number; longitude: number }) =>
  [latitude, longitude].map((degrees) => Number(degrees.toFixed(6))).join(',');

/** The message in one piece again, by what is written on its parts. */
function readWhole(messages: readonly string[], { isTest, callCode }: AlertWords): string {
  if (messages.length === 1) return messages.join();
  return messages
    .map((message, index) => {
      const lead = `${isTest ? 'TEST ' : ''}Call ${callCode} ${index + 1}/${messages.length}: `;
      expect(message.startsWith(lead)).toBe(true);
      return message.slice(lead.length);
    })
    .reduce((whole, part) =>
      part.startsWith('"') && whole.endsWith('"') ? whole.slice(0, -1) + part.slice(1) : `${whole} ${part}`,
    );
}

describe('for any facts', () => {
  test.each([
    ['in GSM-7', gsmText],
    ['beyond GSM-7', wideText],
  ])('%s: every known fact stands there whole, every other reads unknown', (_, text) => {
    fc.assert(
      fc.property(alertOf(factsOf(text)), (alert) => {
        const sms = composeAlertSms(alert, FULL).join();
        const { facts } = alert;
        const caller = facts.callerDisplayName === null ? facts.callerUpn : `"${facts.callerDisplayName}"`;
        const place =
          facts.location === null ? facts.coordinates && decimals(facts.coordinates) : `"${facts.location}"`;
        for (const fact of [facts.emergencyNumberDialed, facts.callbackNumber, caller, place]) {
          if (fact !== null) expect(sms).toContain(fact);
        }
        const known = [facts.emergencyNumberDialed, facts.callbackNumber, caller, place, alert.occurredAt];
        const unknown = known.filter((fact) => fact === null).length;
        expect(sms.split(/\bunknown\b/).length - 1).toBe(unknown);
        expect(sms).toContain(`Call ${alert.callCode}`);
      }),
      { numRuns: 300 },
    );
  });

  test('one segment whenever the shortest words that hold the facts fit into one', () => {
    fc.assert(
      fc.property(alertOf(factsOf(gsmText)), (call) => {
        const alert: AlertWords = { ...call, kind: 'call', occurredAt: new Date('2026-11-21T22:05:09Z') };
        const { facts, callCode, isTest } = alert;
        const place =
          facts.location === null ? facts.coordinates && decimals(facts.coordinates) : `"${facts.location}"`;
        const caller = facts.callerDisplayName === null ? facts.callerUpn : `"${facts.callerDisplayName}"`;
        const shortest =
          `${isTest ? 'TEST ' : ''}EMERGENCY CALL ${facts.emergencyNumberDialed ?? 'unknown'} Call ${callCode} ` +
          `Callback ${facts.callbackNumber ?? 'unknown'} At ${place ?? 'unknown'} By ${caller ?? 'unknown'} 14:05`;
        const messages = composeAlertSms(alert, FULL);
        const segments = messages.map((message) => new SegmentedMessage(message).segmentsCount);
        expect(segments).toEqual([new SegmentedMessage(shortest).segmentsCount]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('for any words of strangers', () => {
  const hostileFacts: fc.Arbitrary<CallFacts> = fc.record({
    emergencyNumberDialed: fc.option(hostileText),
    callerDisplayName: fc.option(hostileText),
    callerUserId: fc.constant(null),
    callerUpn: fc.option(hostileText),
    callbackNumber: fc.option(hostileText),
    location: fc.option(hostileText),
    coordinates: fc.constant(null),
  });
  /** With what stands in quotes taken out, only our own words are left, in our own order. */
  const bare = '(?:""|unknown|[+\\d*#][\\d ().\\/*#-]*|[^\\s"]+@[^\\s"]+)';
  const time = '(?:Time unknown|(?:\\d+ [A-Z][a-z]{2} )?\\d\\d:\\d\\d(?::\\d\\d)?(?: P[SD]T)?)';
  const ours = new RegExp(
    '^(?:TEST )?(?:' +
      `EMERGENCY CALL (?:to )?${bare}|UPDATE: EMERGENCY CALL|EMERGENCY MESSAGE, details not (?:yet )?available` +
      `)\\.? Call \\w{3}\\.? Callback ${bare}\\.? (?:Location|At) ${bare}\\.? (?:Caller|By) ${bare}(?: ${bare})?\\.?` +
      `(?: Dialed ${bare}\\.?)? ${time}$`,
  );

  test('they stay within quotes, and TEST comes first exactly for tests', () => {
    fc.assert(
      fc.property(alertOf(hostileFacts), (alert) => {
        const messages = composeAlertSms(alert, FULL);
        for (const message of messages) {
          expect(message.length).toBeLessThanOrEqual(1_600);
          expect(message).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202e\u200b]/u);
          expect(message).toBe(message.trim());
          expect(message.startsWith('TEST ')).toBe(alert.isTest);
        }
        expect(readWhole(messages, alert).replace(/"[^"]*"/g, '""')).toMatch(ours);
      }),
      { numRuns: 500 },
    );
  });

  test('minimal lets none of them through but numbers', () => {
    fc.assert(
      fc.property(alertOf(hostileFacts), (alert) => {
        const [sms = '', ...more] = composeAlertSms(alert, { ...FULL, detail: 'minimal' });
        expect(more).toEqual([]);
        expect(sms).toMatch(/Details on the page/);
        expect(sms).not.toMatch(/"|ABC|Location|x{9}/);
      }),
    );
  });
});
