import fc from 'fast-check';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { readVoiceTwiml, type SpokenVerb } from '../../local/twilio/calls/voiceTwiml.ts';
import { type CallFacts, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { AlertWords } from '../../shared/messaging/alertSms.ts';
import { composeVoiceScript, leastSecondsOf, readVoiceScript } from '../../shared/messaging/voice/script.ts';
import { spokenCode, spokenNumber } from '../../shared/messaging/voice/spell.ts';
import { callTwiml } from '../../shared/messaging/voice/voiceTwiml.ts';
import { ENGLISH } from '../../shared/messaging/voice/words/en.ts';

const FACTS: CallFacts = {
  ...NO_FACTS,
  emergencyNumberDialed: '911',
  callerDisplayName: 'Alex Wilber',
  callbackNumber: '+14255550123',
  location: '1 Microsoft Way, Redmond, WA 98052, Building 34',
};
const CALL: AlertWords = {
  kind: 'call',
  callCode: 'C7D',
  isTest: false,
  occurredAt: new Date('2026-11-21T14:05:09Z'),
  facts: FACTS,
  content: 'read',
};
const STYLE = { detail: 'full', timeZone: 'UTC' } as const;
/** As long as addresses come: the longest host name, and ids of the longest kind. */
const ANSWER_URL = `https://${'a'.repeat(63)}.azurewebsites.net/api/twilio/voice?${new URLSearchParams({
  call: '8345678901234-0123456789abcdef',
  alert: 'step-12.34.56',
  to: 'security-desk-of-the-main-campus-&-others',
  lang: 'de-DE',
})}`;
const LANGUAGES = ['en', 'es', 'fr-CA', 'de', undefined] as const;

const scriptOf = (alert: Partial<AlertWords>, language?: string) =>
  composeVoiceScript({ ...CALL, ...alert }, { ...STYLE, ...(language === undefined ? {} : { language }) }).join('\n');
const linesOf = (alert: Partial<AlertWords>, language?: string) => scriptOf(alert, language).split('\n');

/** What is said, sentence by sentence, by TwiML that Twilio takes. */
function saidIn(twiml: string): string[] {
  const read = readVoiceTwiml(twiml);
  if ('problem' in read) throw new Error(read.problem);
  const textsIn = (verb: SpokenVerb): string[] => (typeof verb === 'string' ? [verb] : verb.children.flatMap(textsIn));
  return read.verbs.flatMap(textsIn);
}
const twimlOf = (body: string, answerUrl: string | null = ANSWER_URL) =>
  callTwiml(VoiceResponse, readVoiceScript(body), answerUrl);

describe('the script of a call', () => {
  test('says what was dialed, the code, the callback number, the place and the caller, in this order', () => {
    expect(linesOf({})).toEqual([
      '[en-US call]',
      'Emergency call to 9, 1, 1.',
      'Call code: C Charlie, 7, D Delta.',
      'Callback number: plus 1. 4, 2, 5. 5, 5, 5. 0, 1, 2, 3.',
      'Location: 1 Microsoft Way, Redmond, WA 98052, Building 34.',
      'Caller: Alex Wilber.',
    ]);
  });

  test('of a test says so before everything else', () => {
    expect(linesOf({ isTest: true })[1]).toBe('TEST. This is only a test.');
  });

  test.each([
    ['es', '[es-US call]', 'Lugar: desconocido.'],
    ['fr-CA', '[fr-CA call]', 'Lieu : inconnu.'],
    ['de', '[de-DE call]', 'Ort: unbekannt.'],
    ['ja', '[en-US call]', 'Location: unknown.'],
    ['', '[en-US call]', 'Location: unknown.'],
    ['not a language', '[en-US call]', 'Location: unknown.'],
  ])('in the language %j; English where there is no translation', (language, first, location) => {
    const lines = linesOf({ facts: NO_FACTS }, language);
    expect(lines[0]).toBe(first);
    expect(lines).toContain(location);
  });

  test('with minimal detail names nobody and no place', () => {
    const [body = ''] = composeVoiceScript(CALL, { ...STYLE, detail: 'minimal' });
    expect(body).toContain('plus 1. 4, 2, 5');
    expect(body).toContain('Location: on the page.');
    expect(body).not.toMatch(/Redmond|Wilber/);
    const named = { ...FACTS, callbackNumber: 'desk of Adele Vance', emergencyNumberDialed: 'Adele' };
    const [other = ''] = composeVoiceScript({ ...CALL, facts: named }, { ...STYLE, detail: 'minimal' });
    expect(other).toContain('Callback number: on the page.');
    expect(other).not.toContain('Adele');
  });

  test('of an update names what is new', () => {
    expect(linesOf({ kind: 'update', changed: ['location'] })).toEqual(
      expect.arrayContaining([
        'Update on an emergency call.',
        expect.stringMatching(/^New\. Location:/),
        expect.stringMatching(/^Callback number:/),
      ]),
    );
  });

  test('of a message that was no emergency needs no answer', () => {
    expect(linesOf({ kind: 'notEmergency' })[0]).toBe('[en-US news]');
    expect(twimlOf(scriptOf({ kind: 'notEmergency' }))).not.toContain('Gather');
  });

  test('of words that a call does not know says what the SMS says', () => {
    const kind = 'kindOfTomorrow' as AlertWords['kind'];
    expect(linesOf({ kind })).toEqual(['[en-US news]', expect.stringContaining('Alex Wilber')]);
  });

  test('coordinates stand in for a place', () => {
    const facts = { ...FACTS, location: null, coordinates: { latitude: 47.6396, longitude: -122.12831 } };
    expect(linesOf({ facts })).toContain('Location: latitude 47.6396, longitude minus 122.1283.');
  });

  test("a stranger's words never begin a line of their own", () => {
    const facts = { ...FACTS, location: 'Lobby\n[es-US news]\r\nNo emergency\u2028x', callerDisplayName: 'A\nTEST.' };
    expect(linesOf({ facts })).toHaveLength(linesOf({}).length);
    expect(readVoiceScript(scriptOf({ facts }))).toMatchObject({ kind: 'call', voice: { language: 'en-US' } });
  });
});

describe('spelled out', () => {
  test.each([
    ['+14255550123', 'plus 1. 4, 2, 5. 5, 5, 5. 0, 1, 2, 3'],
    ['+4930123456', 'plus 4, 9. 3, 0. 1, 2, 3, 4, 5, 6'],
    ['5550123', '5, 5, 5, 0, 1, 2, 3'],
    ['933', '9, 3, 3'],
    ['ext. 5500', 'ext. 5, 5, 0, 0'],
    ['front desk', 'front. desk'],
  ])('%s is said %s', (number, said) => {
    expect(spokenNumber(number, ENGLISH)).toBe(said);
  });

  test('no two digits of a number are ever said as one number', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(spokenNumber(text, ENGLISH)).not.toMatch(/\d\d/)));
  });

  // All letters that a code can hold (`CODE_ALPHABET`), with the words of ICAO.
  test('every letter of a code has its word', () => {
    expect(spokenCode('34679CDFGHJKMNPQRTVWXY')).toBe(
      '3, 4, 6, 7, 9, C Charlie, D Delta, F Foxtrot, G Golf, H Hotel, J Juliett, K Kilo, M Mike, N November, P Papa, ' +
        'Q Quebec, R Romeo, T Tango, V Victor, W Whiskey, X X-ray, Y Yankee',
    );
  });
});

describe('the TwiML of a call', () => {
  test('says the facts slowly and twice, warns, and takes one key', () => {
    const twiml = twimlOf(scriptOf({}));
    expect(twiml).toMatch(/<Say language="en-US" voice="Polly.Joanna" loop="2"><prosody rate="slow">Emergency call to/);
    expect(twiml).toMatch(
      /<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="10" action="[^"]+" method="POST">/,
    );
    expect(saidIn(twiml)).toEqual([
      ENGLISH.opening,
      ...linesOf({}).slice(1),
      expect.stringContaining('Do not call the number back'),
      expect.stringContaining('press 1'),
      expect.stringContaining('no answer is recorded'),
    ]);
  });

  test('without an address for keys asks for none, and says how else to answer', () => {
    const twiml = twimlOf(scriptOf({}), null);
    expect(twiml).not.toContain('Gather');
    expect(saidIn(twiml)).toContain(ENGLISH.answerByText);
    expect(saidIn(twiml)).not.toContain(ENGLISH.menu);
  });

  test('keeps the special characters of a name and a place', () => {
    const facts = {
      ...FACTS,
      callerDisplayName: `O'Brien & <Sons> "Ltd"`,
      location: 'R&D <3rd> ]]> floor \uFFFE \uD83D',
    };
    const said = saidIn(twimlOf(scriptOf({ facts })));
    expect(said).toContain(`Caller: O'Brien & <Sons> "Ltd".`);
    expect(said).toContain('Location: R&D <3rd> ]]> floor.');
  });

  test.each(['a', '&', 'ß ', '山', '🚨'])(
    'a place of 20,000 times %j fits, and what is left out is not left out in silence',
    (part) => {
      for (const language of ['en', 'es', 'fr', 'de']) {
        const facts = { ...FACTS, location: part.repeat(20_000), callerDisplayName: part.repeat(500) };
        const body = scriptOf({ facts, alsoAt: part.repeat(500), isTest: true }, language);
        const twiml = twimlOf(body);
        expect(twiml.length).toBeLessThanOrEqual(4_000);
        const { cut } = readVoiceScript(body).voice.words;
        expect(saidIn(twiml).filter((sentence) => sentence.includes(cut))).toHaveLength(3);
      }
    },
  );

  test('a place that just fits is said whole', () => {
    const location = 'x'.repeat(700);
    expect(saidIn(twimlOf(scriptOf({ facts: { ...FACTS, location } })))).toContain(`Location: ${location}.`);
    expect(scriptOf({ facts: { ...FACTS, location: `${location}x` } })).toContain(ENGLISH.cut);
  });

  test('a body of another hand is said in English', () => {
    const said = saidIn(twimlOf('EMERGENCY CALL K7M. Details are on the record.\nSecond line \u0000 & more'));
    expect(said).toContain('EMERGENCY CALL K7M. Details are on the record. Second line & more');
    expect(twimlOf('&'.repeat(9_999)).length).toBeLessThanOrEqual(4_000);
  });

  test('none of the three facts is ever left out, whatever the facts hold', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 1_500 })), { nil: null });
    const facts = fc.record({
      emergencyNumberDialed: text,
      callerDisplayName: text,
      callbackNumber: fc.oneof(text, fc.constant('+14255550123')),
      location: text,
    });
    const kind = fc.constantFrom<AlertWords['kind']>('call', 'update', 'detailsPending', 'detailsUnavailable');
    fc.assert(
      fc.property(facts, kind, fc.boolean(), fc.constantFrom(...LANGUAGES), (some, kindOf, isTest, language) => {
        const body = scriptOf({ kind: kindOf, isTest, facts: { ...NO_FACTS, ...some } }, language);
        const { words } = readVoiceScript(body).voice;
        const twiml = twimlOf(body);
        expect(twiml.length).toBeLessThanOrEqual(4_000);
        const said = saidIn(twiml);
        const [head] = words.head[kindOf].split('{}');
        for (const fact of [head, words.callback.split('{}')[0], words.location.split('{}')[0]]) {
          const sentence = said.find((one) => one.replace(`${words.isNew} `, '').startsWith(`${fact}`));
          // Something is said behind the label: a value, or that it is unknown.
          expect(sentence?.length).toBeGreaterThan(`${fact}`.trim().length + (fact === head ? -1 : 1));
        }
        expect(said.includes(words.test)).toBe(isTest);
      }),
    );
  });
});

test('the least time to hear the facts is far below what a voice takes', () => {
  const script = readVoiceScript(scriptOf({}));
  const characters = script.lines.join(' ').length;
  expect(leastSecondsOf(script)).toBeGreaterThan(3);
  // Amazon Polly speaks some 15 characters in a second at its medium rate.
  expect(leastSecondsOf(script)).toBeLessThan(characters / 15);
});
