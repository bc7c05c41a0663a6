import { SegmentedMessage } from 'sms-segments-calculator';
import {
  type ReplyAnswer,
  type ReplyStyle,
  reminderWords,
  replyHints,
  replyWords,
  responseWords,
} from '../../shared/messaging/replyWords.ts';
import { countSegments } from '../../shared/messaging/smsSegments.ts';
import { CARRIER_KEYWORDS } from '../../shared/oncall/carrierKeywords.ts';
import type { ToldCall } from '../../shared/oncall/chooseCall.ts';
import { readReply } from '../../shared/oncall/replies.ts';
import { type CallResponse, NOBODY_ANSWERED, type ResponseAction, type Verdict } from '../../shared/oncall/response.ts';

/** By Twilio's own counting. */
const segmentsOf = (body: string) => new SegmentedMessage(body).segmentsCount;

const STYLE: ReplyStyle = {
  language: 'en',
  detail: 'full',
  timeZone: 'America/Los_Angeles',
  now: new Date('2026-11-21T22:20:00Z'),
};
const SINCE = '2026-11-21T22:05:09Z';
const LANGUAGES = ['en', 'de', 'fr-CA', 'es', 'ja'];
/** The longest of the sample names, and one that nobody would write out. */
const NAMES = ['Diego Siciliani', 'Henrietta Mueller', 'Maximiliane Featherstonehaugh-Cholmondeley'];

const REASONS = ['real', 'misdial', 'test', 'other'] as const;
const ACTIONS: ResponseAction[] = [
  ...(['acknowledge', 'onScene', 'handBack', 'escalate'] as const).map((kind) => ({ kind })),
  ...REASONS.map((reason) => ({ kind: 'resolve' as const, reason })),
];
const ACKNOWLEDGE: ResponseAction = { kind: 'acknowledge' };

const held: CallResponse = { ...NOBODY_ANSWERED, state: 'acknowledged', holder: 'adele', since: SINCE };
function answered(changes: Partial<CallResponse> = {}, holderName: string | null = 'Adele Vance', isTest = false) {
  return { call: { code: 'K7M', isTest, response: { ...held, ...changes } }, holderName };
}
const verdict = (verdict: Verdict, action: ResponseAction, call = answered()): ReplyAnswer => ({
  ...{ kind: 'verdict', verdict, action },
  ...call,
});

function told(count: number, code?: string): ToldCall[] {
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    code: code ?? `K${'34679CDFGH'.charAt(Math.floor(index / 10))}${'34679CDFGH'.charAt(index % 10)}`,
    clock: `14:${String(59 - (index % 60)).padStart(2, '0')}:09`,
    toldAt: SINCE,
    response: { state: 'open', since: null },
  }));
}
const which = (
  why: 'several' | 'sameCode' | 'unknownCode',
  calls: ToldCall[],
  action: ResponseAction = ACKNOWLEDGE,
): ReplyAnswer => ({
  ...{ kind: 'which', choice: { which: calls, why }, action },
});

/** Every text there is, each at its longest: a test, and a call of yesterday. */
function everyText(language: string, name: string): string[] {
  const style = { ...STYLE, language, now: new Date('2026-11-22T22:20:00Z') };
  const call = (changes: Partial<CallResponse>) => answered(changes, name, true);
  const verdicts = (['done', 'yours', 'taken', 'notYours', 'resolved'] as const).flatMap((one) =>
    ACTIONS.flatMap((action) => REASONS.map((resolvedAs) => verdict(one, action, call({ resolvedAs })))),
  );
  const states = (['open', 'acknowledged', 'onScene', 'resolved'] as const).flatMap((state) =>
    REASONS.map((resolvedAs) => call({ state, resolvedAs })),
  );
  const asked = (['several', 'sameCode', 'unknownCode'] as const).flatMap((why) =>
    [2, 5, 60].map((count) => which(why, told(count))),
  );
  return [
    ...[...verdicts, ...asked].map((answer) => replyWords(answer, style)),
    replyWords(verdict('notYours', { kind: 'handBack' }, call({ state: 'open', holder: null })), style),
    ...(['help', 'unclear'] as const).flatMap((kind) => ['K7M', null].map((code) => replyWords({ kind, code }, style))),
    replyWords({ kind: 'noneOpen' }, style),
    ...states.map((one) => responseWords(one, style)),
    reminderWords(call({}), style),
  ];
}

describe.each(LANGUAGES)('%s: every text', (language) => {
  const texts = NAMES.flatMap((name) => everyText(language, name));

  test('fits one segment of GSM-7, with everything filled in', () => {
    expect(texts.filter((text) => segmentsOf(text) !== 1 || text.length < 15)).toEqual([]);
    expect(texts.filter((text) => /[{}]|undefined|null/.test(text))).toEqual([]);
    expect(texts.filter((text) => new SegmentedMessage(text).encodingName !== 'GSM-7')).toEqual([]);
  });

  test('begins with no word that carriers act on', () => {
    const keywords = Object.values(CARRIER_KEYWORDS).flat() as string[];
    const firstWords = texts.map((text) => text.split(/[^\p{L}]+/u).find((word) => word !== '' && word !== 'TEST'));
    expect(firstWords.filter((word) => word === undefined || keywords.includes(word.toUpperCase()))).toEqual([]);
  });

  test('is no answer itself, if a machine sends it back', () => {
    expect(texts.filter((text) => 'action' in readReply(text, { languages: [language] }))).toEqual([]);
  });

  test('is understood where it says what to reply: a digit and the code, with the word beside it', () => {
    const examples = texts.flatMap((text) => text.match(/\b\d K7M(?: \([^)]+\))?/g) ?? []);
    expect(new Set(examples.map((example) => example.charAt(0)))).toEqual(new Set('12345678'));
    for (const example of new Set(examples)) {
      const digit = example.charAt(0);
      const expected = { action: ACTIONS[Number(digit) - 1], code: 'K7M', time: null };
      expect([example, readReply(example, { languages: [language] })]).toEqual([example, expected]);
    }
  });

  test('gives the code of the call as the example, and one that no call has where there is none', () => {
    const [withCode, without] = ['K7M', null].map((code) => replyWords({ kind: 'help', code }, { ...STYLE, language }));
    expect(withCode).toMatch(/1 K7M$/);
    const example = without?.match(/1 \w+$/)?.[0] ?? '';
    expect(readReply(example, { languages: [language] })).toEqual({ unclear: true, carrierKeyword: null });
  });
});

describe('names', () => {
  const isTold = (words: string) => words.includes('Adele Vance');

  test('stand in no text of the minimal style', () => {
    const style: ReplyStyle = { ...STYLE, detail: 'minimal' };
    expect(replyWords(verdict('taken', ACKNOWLEDGE), style)).toBe(
      'You were not first: somebody has call K7M since 14:05.',
    );
    const texts = [
      responseWords(answered(), style),
      responseWords(answered({ state: 'resolved', resolvedAs: 'test' }), style),
      reminderWords(answered(), style),
      replyWords(verdict('notYours', { kind: 'handBack' }), style),
    ];
    expect(texts.filter(isTold)).toEqual([]);
  });

  test.each([[null], [''], [' \u200b ']])('%j reads "somebody"', (name) => {
    expect(responseWords(answered({}, name), STYLE)).toBe('Call K7M: somebody has it since 14:05.');
  });

  test('one that GSM-7 cannot say stays as it is', () => {
    expect(responseWords(answered({}, '山田 太郎'), STYLE)).toBe('Call K7M: 山田 太郎 has it since 14:05.');
  });

  test('one with line breaks stays one line, and a placeholder in it is no placeholder', () => {
    expect(responseWords(answered({}, 'Adele\n{code}'), STYLE)).toBe('Call K7M: Adele {code} has it since 14:05.');
  });
});

test('a time says the day once it is not today', () => {
  const style = { ...STYLE, now: new Date('2026-11-22T20:00:00Z') };
  expect(responseWords(answered(), style)).toBe('Call K7M: Adele Vance has it since 21 Nov 14:05.');
});

test.each<[string, ReplyAnswer, string]>([
  [
    'nobody has it',
    verdict('notYours', { kind: 'handBack' }, answered({ state: 'open', holder: null }, null)),
    'Nobody has call K7M. Reply 1 K7M to take it.',
  ],
  [
    'somebody else has it',
    verdict('notYours', { kind: 'handBack' }),
    'You cannot hand back call K7M: Adele Vance has it.',
  ],
  ['they have it already', verdict('yours', ACKNOWLEDGE), 'You have call K7M already.'],
  [
    'it is closed',
    verdict('resolved', ACKNOWLEDGE, answered({ state: 'resolved', resolvedAs: 'misdial' })),
    'Call K7M was closed by Adele Vance at 14:05: a misdial.',
  ],
  [
    'they took it',
    verdict('done', ACKNOWLEDGE),
    'You have call K7M. Reply 2 K7M when on scene, 3 K7M to hand it back, 4 K7M for more people.',
  ],
  [
    'they closed it, and it was a test',
    verdict(
      'done',
      { kind: 'resolve', reason: 'test' },
      answered({ state: 'resolved', resolvedAs: 'test' }, 'Adele Vance', true),
    ),
    'TEST Call K7M is closed: a test.',
  ],
  ['several could be meant', which('several', told(2)), 'Which call? Reply 1 and its code: K33 14:59, K34 14:58'],
  [
    'the code is of none',
    which('unknownCode', told(1), { kind: 'resolve', reason: 'misdial' }),
    'No open call has that code. Reply 6 and a code: K33 14:59',
  ],
  [
    'two have the code',
    which('sameCode', told(2, 'K7M')),
    'Several calls have that code. Reply 1, code and time: K7M 14:59, K7M 14:58',
  ],
])('%s', (_, answer, expected) => {
  expect(replyWords(answer, STYLE)).toBe(expected);
});

test('two calls of one code and minute are told apart by the second, and a call without a time has only its code', () => {
  const [first, second, third] = told(3, 'K7M');
  const calls = [
    { ...first, clock: '14:05:01' },
    { ...second, clock: '14:05:31' },
    { ...third, clock: '' },
  ] as ToldCall[];
  expect(replyWords(which('sameCode', calls), STYLE)).toMatch(/: K7M 14:05:01, K7M 14:05:31, K7M$/);
});

test('of many calls the newest are named, and the others counted', () => {
  const body = replyWords(which('several', told(60)), STYLE);
  const named = body.match(/K\w\w \d\d:\d\d/g) ?? [];
  expect(named.slice(0, 3)).toEqual(['K33 14:59', 'K34 14:58', 'K36 14:57']);
  expect(body).toMatch(new RegExp(`, ${60 - named.length} more$`));
  expect(named.length).toBeGreaterThan(7);
});

test.each(LANGUAGES)('%s: behind an alert stands how to answer, in ever fewer units', (language) => {
  const hints = replyHints('K7M', language);
  const units = hints.map((hint) => countSegments(hint).units);
  expect(units).toEqual([...units].sort((a, b) => b - a));
  expect(hints.filter((hint) => countSegments(hint).encoding !== 'GSM-7')).toEqual([]);
  expect(Math.min(...units)).toBeLessThanOrEqual(16);
  for (const hint of hints) {
    const example = hint.match(/1 K7M/)?.[0] ?? '';
    expect(readReply(example, { languages: [language] })).toMatchObject({ action: ACKNOWLEDGE, code: 'K7M' });
  }
});
