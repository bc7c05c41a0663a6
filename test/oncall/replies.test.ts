import fc from 'fast-check';
import { BUILT_IN_PHRASES } from '../../shared/emergency/phrases.ts';
import { mayAnswer } from '../../shared/oncall/answerLimit.ts';
import { CARRIER_KEYWORDS, carrierKeywordOf } from '../../shared/oncall/carrierKeywords.ts';
import { digitOf, readReply } from '../../shared/oncall/replies.ts';
import { REPLY_KEYWORDS } from '../../shared/oncall/replyKeywords.ts';
import { foldReply } from '../../shared/oncall/replyTokens.ts';
import type { ResponseAction } from '../../shared/oncall/response.ts';

const LANGUAGES = [...new Set(BUILT_IN_PHRASES.map(({ language }) => language))];
const ACKNOWLEDGE: ResponseAction = { kind: 'acknowledge' };
const MISDIAL: ResponseAction = { kind: 'resolve', reason: 'misdial' };
/** As in the published table of replies. */
const OF_DIGIT: [string, ResponseAction][] = [
  ['1', ACKNOWLEDGE],
  ['2', { kind: 'onScene' }],
  ['3', { kind: 'handBack' }],
  ['4', { kind: 'escalate' }],
  ['5', { kind: 'resolve', reason: 'real' }],
  ['6', MISDIAL],
  ['7', { kind: 'resolve', reason: 'test' }],
  ['8', { kind: 'resolve', reason: 'other' }],
];

const read = (text: string, languages: string[] = []) => readReply(text, { languages });
const UNCLEAR = { unclear: true, carrierKeyword: null };

describe('is no answer', () => {
  test.each([
    ['a refusal', ['not ok', 'no', 'nope', 'not me', 'not on scene', "can't", "I can't take it", "don't got it"]],
    ['a negated digit', ['no 1', 'not 1', '1 no', '-1', '1 not', '!=1', '1 👎', '1 never mind']],
    [
      'what may only say that the message was seen',
      ['ok', 'OK!', 'okay thanks', 'k', 'yes please', 'thx', 'roger that'],
    ],
    [
      'a sign of liking it',
      ['👍', '👌', 'Liked “EMERGENCY CALL to 911. Call K7M”', 'Emphasized "EMERGENCY CALL to 911"'],
    ],
    ['a question', ['1?', 'ok?', '1 or 2?', 'on scene?', 'who has it', 'misdial?', '1？', '¿1']],
    ['a request to somebody else', ['you take it', 'please take it', 'Adele has it', 'somebody on it', 'call me']],
    [
      'two answers',
      [
        '1 2',
        '1 and 2',
        '1/2',
        'ack, on scene',
        '1 misdial',
        '3 4 6',
        '1 test',
        '6 test',
        'closed 1',
        'resolved test misdial',
        'on scene, real',
        'closed, ack',
        '1 1',
        '5/5',
        '5 5',
      ],
    ],
    ['two codes', ['1 K7M P4X', 'K7M 1 K7M']],
    [
      'another number',
      ['9', '11', '1.5', '1,000', '2x', '1 min', '10', '911', '+1 425 555 0123', '12:30', '1%', '3467', '½'],
    ],
    ['a code alone', ['K7M', 'k7m!', 'K7M 14:05', 'thx K7M']],
    ['a code in pieces', ['1 K 7 M', '1 K7', 'k 7', '1K7', '1 K7MM', '1 A7M', '1 K0M']],
    ['a time that names no call', ['1 14:05', '14:05 1', '1 K7M 14:055', '1 14:05 K7M', '1 K7M at 14:05']],
    ['nothing', ['', '   ', '\n', '...', '\u200b']],
    [
      'a close without a reason, or a reason alone',
      ['resolved', 'closed', 'test', 'real', 'other', 'done', "it's real"],
    ],
    ['what a stranger says to a wrong number', ['wrong number', 'who is this', 'verwählt', 'pomyłka', 'faux numéro']],
    [
      'an automatic answer',
      ["I'm driving with Focus turned on. I'll see your message later.", 'Bin unterwegs', 'onderweg'],
    ],
    ['a long text with an answer in it', [`1 ${'thanks '.repeat(200)}`, `${'x'.repeat(1_600)} 1`]],
    [
      'a sentence that holds keywords',
      ['on my way home', 'I got it wrong', 'ack not possible', 'not yet on scene', 'mine is broken'],
    ],
  ])('%s', (_, texts) => {
    for (const text of texts) expect([text, read(text, LANGUAGES)]).toEqual([text, UNCLEAR]);
  });

  test.each(['stop', 'start'] as const)(
    'a word that carriers take for %s: it is named, and nothing else',
    (carrierKeyword) => {
      for (const word of CARRIER_KEYWORDS[carrierKeyword]) {
        for (const text of [word, word.toLowerCase(), ` ${word}\n`]) {
          expect(read(text, LANGUAGES)).toEqual({ unclear: true, carrierKeyword });
        }
        expect(read(`${word} K7M`, LANGUAGES)).toEqual(UNCLEAR);
        expect(read(`${word} please`, LANGUAGES)).toEqual(UNCLEAR);
      }
    },
  );

  test('a sentence that begins like a keyword of the carriers', () => {
    expect(carrierKeywordOf('STOP PLEASE')).toBeNull();
    expect(read('yes, but not now')).toEqual(UNCLEAR);
  });

  test('a word of a language that is not set', () => {
    expect(read('übernehme')).toEqual(UNCLEAR);
    expect(read('übernehme', ['fr', 'xx', '', 'constructor', '__proto__'])).toEqual(UNCLEAR);
  });
});

test.each(['?', ' ?? ', '？', '0', 'HELP', 'info', 'menu', 'ok menu'])('%j asks how to answer', (text) => {
  expect(read(text)).toEqual({ help: true });
});

test.each(['help me', '0 K7M', '1 0', 'menu 1', 'need help'])('%j is not only a question how to answer', (text) => {
  expect(read(text)).toEqual(UNCLEAR);
});

test.each(OF_DIGIT)('%s: one digit is an answer, with the code before or after it', (digit, action) => {
  expect(digitOf(action)).toBe(digit);
  expect(read(digit)).toEqual({ action, code: null, time: null });
  for (const text of [
    `${digit} K7M`,
    `k7m ${digit}`,
    `${digit}k7m`,
    `K7m${digit}`,
    `#${digit}, "k7m".`,
    `K7M - ${digit}!`,
  ]) {
    expect([text, read(text)]).toEqual([text, { action, code: 'K7M', time: null }]);
  }
  expect(read(`${digit} 346`)).toEqual({ action, code: '346', time: null });
});

test.each([
  '1',
  ' 1. ',
  '(1)',
  '１',
  '1️⃣',
  '1 👍🏽',
  'OK 1',
  '1, thanks',
  'yes 1 please',
  'Ack',
  'ACK!!!',
  'OK got it',
  'ok, I’ve got it, thanks',
  "I'm on it",
  'im on it',
  'on   my\nway',
  'OMW',
  'on my way, ack',
  '1 ack',
  'Mine.',
  'I\u00a0have\u00a0it',
])('%j acknowledges', (text) => {
  expect(read(text)).toEqual({ action: ACKNOWLEDGE, code: null, time: null });
});

test.each([
  ['On scene', { kind: 'onScene' }],
  ['on-scene now', { kind: 'onScene' }],
  ['please hand back', { kind: 'handBack' }],
  ['need backup!', { kind: 'escalate' }],
  ['Misdial', MISDIAL],
  ['6 misdial', MISDIAL],
  ['resolved 6', MISDIAL],
  ['resolved: false alarm', MISDIAL],
  ['false alarm, resolved', MISDIAL],
  ['7 (test)', { kind: 'resolve', reason: 'test' }],
  ['closed, real', { kind: 'resolve', reason: 'real' }],
  ['resolved test', { kind: 'resolve', reason: 'test' }],
] as [string, ResponseAction][])('%j is understood', (text, action) => {
  expect(read(text)).toEqual({ action, code: null, time: null });
});

test.each([
  ['de', 'ok, ich übernehme', ACKNOWLEDGE],
  ['de-AT', 'UEBERNEHME', ACKNOWLEDGE],
  ['de', 'vor Ort', { kind: 'onScene' }],
  ['fr-CA', "je m'en charge", ACKNOWLEDGE],
  ['fr', 'resolu erreur', MISDIAL],
  ['es', 'sí, ya voy', ACKNOWLEDGE],
  ['it', 'Sono sul posto', { kind: 'onScene' }],
  ['pt-BR', 'estou indo', ACKNOWLEDGE],
  ['nl', 'ter plaatse', { kind: 'onScene' }],
  ['ja', '了解、対応します。', ACKNOWLEDGE],
  ['ja', 'エスカレーション', { kind: 'escalate' }],
  ['sv', 'Jag är på plats', { kind: 'onScene' }],
  ['da', 'på stedet', { kind: 'onScene' }],
  ['no', 'jeg tar den', ACKNOWLEDGE],
  ['fi', 'lisää väkeä', { kind: 'escalate' }],
  ['pl', 'biore', ACKNOWLEDGE],
] as [string, string, ResponseAction][])('%s: %j is understood, and English beside it', (language, text, action) => {
  expect(read(text, [language])).toEqual({ action, code: null, time: null });
  expect(read('on my way', [language])).toEqual({ action: ACKNOWLEDGE, code: null, time: null });
});

test('a time behind the code names one of two calls that have the same', () => {
  expect(read('1 K7M 14:05')).toEqual({ action: ACKNOWLEDGE, code: 'K7M', time: '14:05' });
  expect(read('k7m 9:05:07 misdial')).toEqual({ action: MISDIAL, code: 'K7M', time: '09:05:07' });
});

test('a courtesy that is the code of a call which can be meant is read as the code', () => {
  expect(read('1 thx')).toEqual({ action: ACKNOWLEDGE, code: null, time: null });
  expect(readReply('1 thx', { languages: [], codes: ['K7M', 'THX'] })).toMatchObject({ code: 'THX' });
  expect(read('1 wtf')).toMatchObject({ code: 'WTF' });
});

describe('the words', () => {
  const known = Object.keys(REPLY_KEYWORDS);
  const carriers = Object.values(CARRIER_KEYWORDS).flat() as string[];
  /** Every phrase with the list it stands in; that of a reason is the reason. */
  const phrasesOf = (language: string) => {
    const { reasons, ...lists } = REPLY_KEYWORDS[language] ?? {};
    const named = Object.entries({ ...lists, ...reasons } as Record<string, string>);
    return named.flatMap(([name, list]) => list.split(', ').map((phrase) => ({ name, phrase })));
  };
  const meaningOf = (text: string) => {
    const reply = read(text, LANGUAGES);
    if (!('action' in reply)) return 'help' in reply ? 'help' : 'unclear';
    return reply.action.kind === 'resolve' ? reply.action.reason : reply.action.kind;
  };

  test('there are some for every language in which an emergency is recognised', () => {
    expect(known.sort()).toEqual([...new Set(LANGUAGES.map((tag) => tag.split('-')[0]))].sort());
  });

  test.each(known)('%s: none but a courtesy is a keyword of the carriers or can be a code', (language) => {
    const folded = phrasesOf(language).flatMap(({ name, phrase }) => (name === 'courtesy' ? [] : [foldReply(phrase)]));
    expect(folded.filter((word) => carriers.includes(word))).toEqual([]);
    expect(folded.filter((word) => /^[34679CDFGHJKMNPQRTVWXY]{3}$/.test(word))).toEqual([]);
  });

  test.each(known)('%s: each means what it stands for, and nothing else in any language', (language) => {
    const closes = phrasesOf(language).find(({ name }) => name === 'closes')?.phrase;
    for (const { name, phrase } of phrasesOf(language)) {
      const isReason = ['real', 'misdial', 'test', 'other'].includes(name);
      const isAnswer = ['acknowledge', 'onScene', 'handBack', 'escalate', 'help'].includes(name);
      if (isAnswer) expect([phrase, meaningOf(phrase)]).toEqual([phrase, name]);
      if (isReason) expect([phrase, meaningOf(`${closes} ${phrase}`)]).toEqual([phrase, name]);
      if (name === 'courtesy') expect([phrase, meaningOf(`${phrase} 2`)]).toEqual([phrase, 'onScene']);
      if (name === 'closes') expect([phrase, meaningOf(`5 ${phrase}`)]).toEqual([phrase, 'real']);
      if (!isAnswer && foldReply(phrase) !== 'MISDIAL')
        expect([phrase, meaningOf(phrase)]).toEqual([phrase, 'unclear']);
    }
  });
});

describe('for any text', () => {
  const digits = OF_DIGIT.map(([digit]) => digit);
  const answers = fc.constantFrom(...digits, 'ack', 'on scene', 'hand back', 'escalate', 'resolved other', "i'm on it");
  const codes = fc.string({ unit: fc.constantFrom(...'34679CDFGHJKMNPQRTVWXY'), minLength: 3, maxLength: 3 });
  const pieces = fc.oneof(
    fc.constantFrom(
      '1',
      'ok',
      'not',
      'no',
      'ack',
      'K7M',
      'thx',
      'got it',
      '?',
      '14:05',
      ' ',
      '\n',
      '-',
      '.',
      '👍',
      'stop',
      'ı',
      'ß',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.string({ maxLength: 6 }),
  );

  test('case and the kind and amount of white space never matter', () => {
    const space = fc.constantFrom(' ', '  ', '\n', '\t', '\u00a0', '\r\n');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), space, (parts, blank) => {
        const reply = read(parts.join(' '), LANGUAGES);
        expect(read(parts.join(' ').toUpperCase(), LANGUAGES)).toEqual(reply);
        expect(read(`${blank}${parts.join(' ').replaceAll(' ', blank)}${blank}`, LANGUAGES)).toEqual(reply);
      }),
      { numRuns: 500 },
    );
  });

  test('an answer with a code is understood in either order, whatever courtesy stands around it', () => {
    const courtesy = fc.constantFrom('', 'ok', 'thanks', 'yes', 'Please');
    fc.assert(
      fc.property(answers, codes, courtesy, courtesy, (answer, code, before, after) => {
        const expected = { ...read(answer), code };
        fc.pre(code !== 'THX');
        expect(read(`${before} ${answer} ${code} ${after}`)).toEqual(expected);
        expect(read(`${before}, ${code.toLowerCase()}: ${answer}! ${after}`)).toEqual(expected);
      }),
    );
  });

  /** The published grammar once more: what may stand around the one digit of each answer. */
  const closing = (reason: string) => `resolved|closed|${reason}`;
  const words = [
    'ack|mine|(?:i )?(?:got|have) it|on (?:it|my way)',
    ...[
      'on scene',
      'hand (?:it )?back',
      'escalate',
      closing('real'),
      closing('misdial'),
      closing('test'),
      closing('other'),
    ],
  ];
  const around = (own: string) => `(?:(?:${own}|ok|yes|thx|[34679cdfghjkmnpqrtvwxy]{3}(?: \\d\\d:\\d\\d)?) )*`;
  const published = words.map((own, index) => new RegExp(`^${around(own)}(?:${index + 1} )?${around(own)}$`));
  const vocabulary = [
    '1',
    '2',
    '6',
    '11',
    'ack',
    'mine',
    'i',
    'got',
    'it',
    'not',
    'no',
    'on',
    'scene',
    'my',
    'way',
    'k7m',
    'p4x',
    'thx',
  ].concat([
    'ok',
    'yes',
    'misdial',
    'resolved',
    'test',
    'real',
    'stop',
    'start',
    'hand',
    'back',
    'never',
    '14:05',
    'who',
    'have',
    'escalate',
    'home',
  ]);

  test('no row of words is an answer unless every one of them is in the published grammar', () => {
    let understood = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 5 }), (list) => {
        const reply = read(list.join(' '));
        if (!('action' in reply)) return;
        understood += 1;
        const index = OF_DIGIT.findIndex(([, action]) => JSON.stringify(action) === JSON.stringify(reply.action));
        expect(`${list.join(' ')} `).toMatch(published[index] ?? 'none');
      }),
      { numRuns: 5_000 },
    );
    expect(understood).toBeGreaterThan(50);
  });

  test('one unknown word makes the whole unclear, whatever else stands there', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom('x', 'zu', 'not', 'ничего', '不'),
        (noise, word) => {
          expect(read(`1 ${word} ${noise}`, LANGUAGES)).toEqual(UNCLEAR);
          expect(read(`${noise} ${word} ack`, LANGUAGES)).toEqual(UNCLEAR);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a helpful answer', () => {
  const NOW = new Date('2026-11-21T03:00:00Z');
  const sent = (...minutesAgo: number[]) =>
    minutesAgo.map((minutes, index) => ({
      messageId: `SM${index}`,
      at: new Date(NOW.getTime() - minutes * 60_000).toISOString(),
    }));

  test.each([
    ['a message that was answered already, even long ago', sent(600), 'SM0', false],
    ['the sixth within an hour', sent(59, 40, 30, 20, 0), 'SM9', false],
    ['the sixth where our clock ran ahead', sent(59, 40, 30, 20, -5), 'SM9', false],
    ['the fifth', sent(59, 40, 30, 20), 'SM9', true],
    ['the sixth, when the first is exactly an hour old', sent(60, 40, 30, 20, 0), 'SM9', true],
    ['the first', sent(), 'SM9', true],
  ])('%s', (_, history, messageId, isAllowed) => {
    expect(mayAnswer(history, messageId, NOW)).toBe(isAllowed);
  });
});
