import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { type CallFacts, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import { type AlertStyle, type AlertWords, composeAlertSms } from '../../shared/messaging/alertSms.ts';
import { composeAlertTable } from '../../shared/messaging/alertTable.ts';
import { emailContent } from '../../shared/messaging/email/emailContent.ts';
import { replyHints } from '../../shared/messaging/replyWords.ts';
import { composeVoiceScript, readVoiceScript } from '../../shared/messaging/voice/script.ts';
import { callTwiml } from '../../shared/messaging/voice/voiceTwiml.ts';
import { type TemplateKind, templateProblems } from '../../shared/oncall/alertTemplates.ts';
import { ALERT_LANGUAGES } from '../../shared/oncall/languages.ts';
import { parseRoster } from '../../shared/oncall/roster.ts';
import { EXAMPLE } from '../oncall/rosters.ts';

const FACTS: CallFacts = {
  emergencyNumberDialed: '911',
  callerDisplayName: 'Alex Wilber',
  callerUserId: null,
  callerUpn: 'alexw@contoso.com',
  callbackNumber: '+14255550123',
  location: 'Building 34',
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
const styleOf = (kind: TemplateKind, text: string, language = 'en', changes: Partial<AlertStyle> = {}): AlertStyle => ({
  ...{ detail: 'full', timeZone: 'America/Los_Angeles', language, templates: { [kind]: text } },
  ...{ hints: replyHints('K7M', language), ...changes },
});
const sms = (text: string, changes: Partial<AlertWords> = {}, style: Partial<AlertStyle> = {}, language = 'en') =>
  composeAlertSms({ ...CALL, ...changes }, styleOf('sms', text, language, style)).join('\n');

const TEXT = 'Gate 7: {call} at {place}.\nCall {caller} back: {callback}. {code}, {time}. {replies}';

describe('an SMS in the words of a team', () => {
  test.each([
    [
      'a call',
      {},
      'Gate 7: EMERGENCY CALL to 911 at "Building 34".\nCall "Alex Wilber" alexw@contoso.com back: +14255550123. K7M, ' +
        '21 Nov 14:05:09 PST. Reply 1 K7M to take it',
    ],
    [
      'a test',
      { isTest: true, facts: { ...FACTS, emergencyNumberDialed: '933' } },
      'TEST Gate 7: EMERGENCY CALL to 933 at "Building 34".\nCall "Alex Wilber" alexw@contoso.com back: +14255550123. K7M, ' +
        '21 Nov 14:05:09 PST. Reply 1 K7M to take it',
    ],
    [
      'nothing known',
      { facts: NO_FACTS, occurredAt: null },
      'Gate 7: EMERGENCY CALL to unknown at unknown.\nCall unknown back: unknown. K7M, unknown. ' +
        'Reply 1 K7M to take it, 2 K7M on scene, 0 for help',
    ],
    [
      'two places',
      { alsoAt: 'Building 7' },
      'Gate 7: EMERGENCY CALL to 911 at "Building 34" (Also reported at "Building 7").\nCall "Alex Wilber" back: ' +
        '+14255550123. K7M, 14:05 PST. Reply 1 K7M to take it',
    ],
  ])('%s', (_, changes, expected) => {
    expect(sms(TEXT, changes)).toBe(expected);
  });

  test('with minimal detail it names nobody and no place', () => {
    expect(sms(TEXT, {}, { detail: 'minimal' })).toMatch(
      /^Gate 7: EMERGENCY CALL to 911 at on the page\.\nCall on the page back: \+14255550123\. K7M/,
    );
  });

  test.each(['update', 'detailsPending', 'detailsUnavailable', 'notEmergency'] as const)(
    '%s keeps the built-in words',
    (kind) => {
      expect(sms(TEXT, { kind })).toBe(sms(TEXT, { kind }, { templates: {} }));
    },
  );

  test('how to answer is there whenever it is asked for, and nowhere else', () => {
    const location = 'x'.repeat(110);
    expect(sms('{call} {callback} {place} {code} {replies}', { facts: { ...FACTS, location } })).toMatch(
      / Reply 1 K7M$/,
    );
    expect(sms('{call} {callback} {place} {code}')).not.toContain('Reply');
  });

  test('a dash, a curly apostrophe and an accent of its own cost no segment', () => {
    const body = sms('L’été – {call} {callback} {place} {code} Čapek', {}, {}, 'fr');
    expect(new SegmentedMessage(body)).toMatchObject({ encodingName: 'GSM-7', segmentsCount: 1 });
    expect(body).toMatch(/^L'été - APPEL D'URGENCE au 911 .* Capek$/);
  });

  test("a stranger's placeholder is none, and stays between quotes", () => {
    const facts = { ...FACTS, location: '{code} {callback}" {call}', callerDisplayName: '{place}' };
    const body = sms('{call}. {callback}. {place}. {caller}. {code}', { facts });
    expect(body).toBe(
      `EMERGENCY CALL to 911. +14255550123. "{code} {callback}' {call}". "{place}" alexw@contoso.com. K7M`,
    );
  });
});

const letters = fc.constantFrom(...'abcXYZ0129.,:/#&()-_äéÑß€山'.split(''));
const plain = (maxLength: number) =>
  fc
    .array(fc.string({ unit: letters, minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: maxLength / 5 })
    .map((words) => words.join(' '));
const facts: fc.Arbitrary<CallFacts> = fc.record({
  emergencyNumberDialed: fc.option(fc.constantFrom('911', '933', '112')),
  callerDisplayName: fc.option(plain(40)),
  callerUserId: fc.constant(null),
  callerUpn: fc.option(fc.constantFrom('alexw@contoso.com', 'adelev@contoso.com')),
  callbackNumber: fc.option(fc.constantFrom('+14255550123', '+1 (425) 555-0177', 'desk 7')),
  // Also several messages long.
  location: fc.option(
    fc.oneof(
      plain(100),
      plain(60).map((text) => new Array(120).fill(text).join(' ')),
    ),
  ),
  coordinates: fc.constant(null),
});
const literal = fc.array(
  fc.constantFrom(
    ...[
      ' ',
      '. ',
      ', ',
      '\n',
      ' ruf an ',
      ' Gate 7 ',
      ' – ',
      ' 山 ',
      ' ( ',
      " don't ",
      '$& ',
      ' Call ABC ',
      ' unknown ',
    ],
  ),
  { minLength: 1, maxLength: 3 },
);
/** Every order of facts that a template may have, its own words between them. */
const templateWith = (required: readonly string[], optional: readonly string[]) =>
  fc.tuple(fc.subarray([...optional]), fc.array(literal, { minLength: 9, maxLength: 9 })).chain(([more, literals]) =>
    fc.shuffledSubarray([...required, ...more], { minLength: required.length + more.length }).map((names) =>
      names
        .map((name, index) => `${literals[index]?.join('')}{${name}}`)
        .concat(literals[8] ?? [])
        .join('')
        .trim(),
    ),
  );
const FOUR = ['call', 'callback', 'place', 'code'];
const language = fc.constantFrom(...ALERT_LANGUAGES);
/** As an emergency desk of the language would say it. */
const WORDS = {
  en: { call: 'EMERGENCY CALL', unknown: 'unknown', code: 'Call' },
  de: { call: 'NOTRUF', unknown: 'unbekannt', code: 'Notruf' },
  es: { call: 'LLAMADA DE EMERGENCIA', unknown: 'desconocido', code: 'Llamada' },
  fr: { call: "APPEL D'URGENCE", unknown: 'inconnu', code: 'Appel' },
};

/** In one piece again, by what is written on the parts. */
function readWhole(messages: readonly string[], lead: string): string {
  if (messages.length === 1) return messages.join();
  return messages
    .map((message, index) => {
      const begins = `${lead} ${index + 1}/${messages.length}: `;
      expect(message.startsWith(begins)).toBe(true);
      return message.slice(begins.length);
    })
    .reduce((whole, part) =>
      part.startsWith('"') && whole.endsWith('"') ? `${whole.slice(0, -1)} ${part.slice(1)}` : `${whole} ${part}`,
    );
}
/** The cut may have been at any space. */
const even = (text: string) => text.replace(/\s+/g, ' ');

test('for any template that passes, any facts and any language: the three facts stand in it whole', () => {
  let passed = 0;
  let split = 0;
  fc.assert(
    fc.property(
      templateWith(FOUR, ['caller', 'time', 'replies']),
      facts,
      language,
      fc.boolean(),
      (text, some, tag, isTest) => {
        if (templateProblems('sms', text).length > 0) return;
        passed += 1;
        const { call, unknown, code } = WORDS[tag];
        const messages = composeAlertSms({ ...CALL, facts: some, isTest }, styleOf('sms', text, tag));
        if (messages.length > 1) split += 1;
        const mark = isTest ? 'TEST ' : '';
        for (const message of messages) {
          expect(message.length).toBeLessThanOrEqual(1_600);
          expect(message.startsWith('TEST ')).toBe(isTest);
        }
        const whole = even(readWhole(messages, `${mark}${code} K7M`));
        const { emergencyNumberDialed: dialed, callbackNumber: callback, location } = some;
        expect(whole).toContain(call);
        expect(whole).toContain(dialed ?? unknown);
        expect(whole).toContain(callback === 'desk 7' ? '"desk 7"' : (callback ?? unknown));
        expect(whole).toContain(location === null ? unknown : `"${location}"`);
        expect(whole).toContain('K7M');
        const missing = [dialed, callback, location].filter((fact) => fact === null).length;
        expect(whole.split(unknown).length - 1).toBeGreaterThanOrEqual(missing);
      },
    ),
    { numRuns: 300 },
  );
  expect(passed).toBeGreaterThan(150);
  expect(split).toBeGreaterThan(10);
});

test('for any template that is cut about at random: it is refused, or all four facts are in it', () => {
  const spoiled = fc
    .tuple(templateWith(FOUR, ['caller']), fc.nat(120), fc.nat(12), fc.string({ maxLength: 3 }))
    .map(([text, at, length, put]) => `${text.slice(0, at)}${put}${text.slice(at + length)}`.trim());
  let refused = 0;
  fc.assert(
    fc.property(spoiled, (text) => {
      const isRefused = templateProblems('sms', text).length > 0;
      refused += Number(isRefused);
      if (isRefused) return;
      const body = sms(text);
      expect(body).toMatch(/EMERGENCY CALL (to )?911/);
      for (const fact of ['+14255550123', '"Building 34"', 'K7M']) expect(body).toContain(fact);
      expect(body).not.toMatch(/[{}]/);
    }),
    { numRuns: 300 },
  );
  expect(refused).toBeGreaterThan(30);
});

describe('a voice call in the words of a team', () => {
  const VOICE = 'Gate 7. {call}.\nThey are at {place}.\nCall back {callback}. {code}. {caller}';
  const scriptOf = (alert: Partial<AlertWords>, text = VOICE, tag = 'en', changes: Partial<AlertStyle> = {}) =>
    composeVoiceScript({ ...CALL, ...alert }, styleOf('voice', text, tag, changes)).join('\n');

  test('says its lines in place of the built-in facts', () => {
    expect(scriptOf({ isTest: true, alsoAt: 'Building 7' }).split('\n')).toEqual([
      '[en-US call]',
      'TEST. This is only a test.',
      'Gate 7. Emergency call to 9, 1, 1.',
      'They are at Building 34. Also reported at: Building 7.',
      'Call back plus 1. 4, 2, 5. 5, 5, 5. 0, 1, 2, 3. K Kilo, 7, M Mike. Alex Wilber',
    ]);
  });

  test('names nobody and no place with minimal detail, and says what is unknown', () => {
    expect(scriptOf({}, VOICE, 'en', { detail: 'minimal' })).toMatch(/They are at on the page\..* on the page$/s);
    expect(scriptOf({ facts: NO_FACTS }, VOICE, 'de')).toMatch(
      /an unbekannt\.\nThey are at unbekannt\.\nCall back unbekannt\./,
    );
  });

  test('an update keeps the built-in words', () => {
    expect(scriptOf({ kind: 'update' })).not.toContain('Gate 7');
  });

  test('the longest template with the longest facts fits into a call, in every language', () => {
    const rest = 300 - '{call} {callback} {place} {code} {caller} '.length;
    const text = `{call} {callback} {place} {code} {caller} ${'ä'.repeat(rest)}`;
    expect(templateProblems('voice', text)).toEqual([]);
    const url = `https://${'a'.repeat(63)}.azurewebsites.net/api/twilio/voice?${'&x=1'.repeat(60)}`;
    for (const tag of ['en', 'es', 'fr-CA', 'de']) {
      for (const part of ['a', '&', '山']) {
        const long = { ...FACTS, location: part.repeat(9_000), callerDisplayName: part.repeat(500) };
        const body = scriptOf({ facts: long, alsoAt: part.repeat(500), isTest: true }, text, tag);
        expect(callTwiml(VoiceResponse, readVoiceScript(body), url).length).toBeLessThanOrEqual(4_000);
      }
    }
  });

  test('for any template that passes and any facts: the three facts are said, or that they are unknown', () => {
    fc.assert(
      fc.property(templateWith(FOUR, ['caller']), facts, (text, some) => {
        if (templateProblems('voice', text).length > 0) return;
        const said = even(scriptOf({ facts: some }, text));
        const spoken = (number: string) => number.replace(/\D/g, '');
        expect(said).toContain('Emergency call to ');
        const digits = spoken(said);
        if (some.emergencyNumberDialed !== null) expect(digits).toContain(some.emergencyNumberDialed);
        if (some.callbackNumber !== null) expect(digits).toContain(spoken(some.callbackNumber));
        if (some.location !== null) expect(said).toContain(some.location.slice(0, 300));
        const missing = [some.emergencyNumberDialed, some.callbackNumber, some.location].filter((one) => one === null);
        expect(said.split('unknown').length - 1).toBeGreaterThanOrEqual(missing.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the subject of a mail in the words of a team', () => {
  const mail = (changes: Partial<AlertWords>, style: Partial<AlertStyle> = {}) =>
    emailContent(
      composeAlertTable(
        { ...CALL, ...changes },
        styleOf('emailSubject', 'Plant North: {call} ({code}), {time}', 'de', style),
      ),
    );

  test('stands over the built-in table', () => {
    const { subject, plainText } = mail({ isTest: true });
    expect(subject).toBe('TEST Plant North: NOTRUF an 911 (K7M), 21 Nov 14:05:09 PST');
    for (const line of ['Gewählt: 911', 'Rückrufnummer: +14255550123', 'Ort: "Building 34"']) {
      expect(plainText.split('\n')).toContain(line);
    }
  });

  test('holds no words of a stranger', () => {
    expect(mail({ facts: { ...FACTS, emergencyNumberDialed: 'Alex' } }).subject).toMatch(
      /^Plant North: NOTRUF \(K7M\)/,
    );
  });

  test('an update keeps the built-in one', () => {
    expect(mail({ kind: 'update' }).subject).toBe('NEUES ZUM NOTRUF [K7M]');
  });
});

test('the example of the guide is a roster that may be imported, and reads as it says', () => {
  const guide = readFileSync('docs/on-call.md', 'utf8').split("### A team's own words")[1] ?? '';
  const team = JSON.parse(guide.split('```json')[1]?.split('```')[0] ?? '');
  const result = parseRoster({ ...EXAMPLE, teams: [...EXAMPLE.teams, team] });
  if (!('roster' in result)) throw new Error(result.problems.join('\n'));
  const templates = result.roster.teams.at(-1)?.templates.de ?? {};
  const facts = { ...FACTS, location: 'Building 34, Room 2210' };
  const occurredAt = new Date('2026-11-21T13:05:09Z');
  const style = { ...styleOf('sms', '', 'de'), timeZone: team.timeZone, templates };
  const [body] = composeAlertSms({ ...CALL, facts, occurredAt }, style);
  expect(guide).toContain(`\`${body}\``);
});
