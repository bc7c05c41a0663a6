import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { type AlertWords, composeAlertSms } from '../../shared/messaging/alertSms.ts';
import { replyHints } from '../../shared/messaging/replyWords.ts';

const STYLE = { detail: 'full', timeZone: 'America/Los_Angeles' } as const;
const HINTS = replyHints('K7M', 'en');

function alertAt(location: string): AlertWords {
  return {
    ...{ kind: 'call', callCode: 'K7M', isTest: false, content: 'read' },
    occurredAt: new Date('2026-11-21T22:05:09Z'),
    facts: {
      ...{ emergencyNumberDialed: '911', callerDisplayName: 'Alex Wilber', callerUserId: null },
      ...{ callerUpn: 'alexw@contoso.com', callbackNumber: '+14255550100', location, coordinates: null },
    },
  };
}
const segmentsOf = (bodies: readonly string[]) =>
  bodies.reduce((sum, body) => sum + new SegmentedMessage(body).segmentsCount, 0);
const withHints = (location: string) => composeAlertSms(alertAt(location), { ...STYLE, hints: HINTS });

test('for any place: how to answer costs no segment, and no fact', () => {
  const place = fc
    .array(fc.constantFrom('a', 'B', ' ', '7', 'ж', '€'), { minLength: 1, maxLength: 140 })
    .map((list) => `x${list.join('')}`.trim());
  fc.assert(
    fc.property(place, (location) => {
      const told = location.replace(/ +/g, ' ');
      const body = withHints(location).join();
      expect(segmentsOf([body])).toBe(segmentsOf(composeAlertSms(alertAt(location), STYLE)));
      for (const fact of ['911', 'Call K7M', '+14255550100', `"${told}"`, 'Alex Wilber']) expect(body).toContain(fact);
    }),
  );
});

test.each([
  ['B34', '21 Nov 14:05:09 PST. Reply 1 K7M to take it'],
  ['Building 34', '"Alex Wilber" alexw@contoso.com. 21 Nov 14:05 PST. Reply 1 K7M to take it'],
  ['Building 34, Room 2210, Redmond WA', '"Alex Wilber". 14:05 PST. Reply 1 K7M to take it'],
  ['Building 34, 1 Microsoft Way, Redmond, WA 98052', '"Alex Wilber". 14:05 PST. Reply 1 K7M'],
  [`Building 34, ${'Wing A '.repeat(9)}end`, '"Alex Wilber" 14:05'],
])('%s', (location, end) => {
  expect(withHints(location).join()).toMatch(new RegExp(`${end.replaceAll('.', '\\.')}$`));
});

test('a body that is split has it behind the last message', () => {
  const bodies = withHints('x'.repeat(1_700));
  expect(bodies.at(-1)).toMatch(/Reply 1 K7M/);
  expect(bodies.slice(0, -1).join()).not.toMatch(/Reply/);
});
