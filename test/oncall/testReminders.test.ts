import { readReply } from '../../shared/oncall/replies.ts';
import { REPLY_KEYWORDS } from '../../shared/oncall/replyKeywords.ts';
import {
  afterTelling,
  codesOf,
  dueAt,
  lastAnswered,
  neverTested,
  nextTelling,
  noteCalls,
  type SiteTest,
  type TestAnswer,
  type TestedSite,
  takeUp,
  verdictOf,
  withAnswer,
} from '../../shared/oncall/siteTest.ts';
import { civilMorningAfter, isCivilHour } from '../../shared/oncall/testReminders.ts';
import { readTestReply } from '../../shared/oncall/testReply.ts';

const ZONE = 'America/Los_Angeles';
const SITE: TestedSite = {
  id: 'hq',
  name: 'Building 34',
  directRouting: false,
  test: { everyDays: 30, tell: ['alex'] },
};
const at = (iso: string) => new Date(iso);
/** Monday 2 March 2026, 10:05 in Los Angeles (UTC-8). */
const MONDAY = at('2026-03-02T18:05:00Z');
const days = (count: number, from = MONDAY) => new Date(from.getTime() + count * 86_400_000);
const kind = (tests: SiteTest, now: Date, site = SITE) => nextTelling(tests, site, { now, timeZone: ZONE });
const up = (tests: SiteTest, what: 'remind' | 'ask', now: Date, owner = 'a') =>
  takeUp(tests, what, { recipients: ['alex'], owner, now, newCode: 'CDF' });
const told = (tests: SiteTest, now: Date, owner = 'a', result: 'told' | 'later' | 'refused' = 'told') =>
  afterTelling(tests, owner, new Map([['alex', result]]), now);
const reminded = (now = MONDAY) => told(up(neverTested('hq'), 'remind', now), now);
const call = (iso: string, code = 'K7M') => ({ id: `call-${iso}`, code, at: at(iso).toISOString(), callerId: null });
const answer = (
  by: string,
  what: 'right' | 'wrong',
  now: Date,
  messageSid = `${by}${what}${now.getTime()}`,
): TestAnswer => ({
  ...{ by, answer: what, said: null, messageSid },
  at: now.toISOString(),
});

describe('a civil hour', () => {
  test.each([
    ['Monday at 10:00', '2026-03-02T18:00:00Z', true],
    ['one second before', '2026-03-02T17:59:59Z', false],
    ['Monday at 15:59', '2026-03-02T23:59:59Z', true],
    ['Monday at 16:00', '2026-03-03T00:00:00Z', false],
    ['Sunday at noon', '2026-03-01T20:00:00Z', false],
    ['Saturday at noon', '2026-03-07T20:00:00Z', false],
    ['ten by the clock of the summer, a day after the change', '2026-03-09T17:00:00Z', true],
    ['what was ten before the change, two weeks before it', '2026-02-23T17:00:00Z', false],
  ])('%s', (_, iso, isCivil) => expect(isCivilHour(at(iso), ZONE)).toBe(isCivil));

  test.each([
    ['over the change to summer time', '2026-03-02T23:00:00Z', 8, '2026-03-10T17:00:00.000Z'],
    ['over the change back', '2026-10-26T17:00:00Z', 8, '2026-11-03T18:00:00.000Z'],
    ['onto a Saturday: the Monday after', '2026-03-02T18:00:00Z', 5, '2026-03-09T17:00:00.000Z'],
    ['onto a Sunday: the Monday after', '2026-03-02T18:00:00Z', 6, '2026-03-09T17:00:00.000Z'],
    ['from an evening that is the next day in UTC', '2026-03-04T05:00:00Z', 1, '2026-03-04T18:00:00.000Z'],
  ])('the morning %s', (_, since, count, morning) => {
    expect(civilMorningAfter(at(since), count, ZONE).toISOString()).toBe(morning);
  });
});

describe('a reminder is due', () => {
  test('of a site that was never tested, at the next civil hour and not before', () => {
    expect(kind(neverTested('hq'), MONDAY)).toBe('remind');
    expect(kind(neverTested('hq'), at('2026-03-02T12:00:00Z'))).toBeNull();
    expect(kind(neverTested('hq'), at('2026-03-01T20:00:00Z'))).toBeNull();
  });

  test('never of a site without a test', () => {
    expect(kind(neverTested('hq'), MONDAY, { ...SITE, test: null })).toBeNull();
    expect(dueAt(neverTested('hq'), { ...SITE, test: null }, ZONE)).toBeNull();
  });

  test('again three days later, not with each run', () => {
    const tests = reminded();
    expect(kind(tests, days(0))).toBeNull();
    expect(kind(tests, days(2))).toBeNull();
    expect(kind(tests, days(3))).toBe('remind');
    const again = told(up(tests, 'remind', days(3)), days(3));
    expect(again.round).toMatchObject({ code: 'CDF', reminders: 2 });
    expect(kind(again, days(4))).toBeNull();
  });

  test('each day at most where it is tested daily', () => {
    const site = { ...SITE, test: { everyDays: 1, tell: ['alex'] } };
    expect(kind(reminded(), days(1), site)).toBe('remind');
  });

  test('so many days after a call, counted by the calendar of the team', () => {
    const tests = noteCalls(neverTested('hq'), [call('2026-03-02T20:00:00Z')]);
    expect(dueAt(tests, SITE, ZONE)?.toISOString()).toBe('2026-04-01T17:00:00.000Z');
    const asked = told(up(tests, 'ask', MONDAY), MONDAY);
    const right = withAnswer(asked, answer('alex', 'right', days(0.1)));
    expect(kind(right, at('2026-04-01T16:59:00Z'))).toBeNull();
    expect(kind(right, at('2026-04-01T17:00:00Z'))).toBe('remind');
  });

  test('so many days after an answer without a call, as Direct Routing has it', () => {
    const site = { ...SITE, directRouting: true };
    const tests = withAnswer(reminded(), answer('alex', 'right', days(1)));
    expect(kind(tests, days(29), site)).toBeNull();
    expect(kind(tests, days(31), site)).toBe('remind');
  });

  test('within a week after an answer that it was wrong, and wrong it stays meanwhile', () => {
    const wrong = withAnswer(reminded(), answer('alex', 'wrong', days(1)));
    expect(kind(wrong, days(7))).toBeNull();
    expect(kind(wrong, days(8))).toBe('remind');
    const next = told(up(wrong, 'remind', days(8)), days(8));
    expect(next.round).toMatchObject({ answers: [], reminders: 1 });
    expect(verdictOf(lastAnswered(next)?.answers)).toBe('wrong');
    expect(verdictOf(lastAnswered(withAnswer(next, answer('alex', 'right', days(9))))?.answers)).toBe('right');
  });
});

describe('one message, whoever sends it', () => {
  test('while one run holds it no other one sends it, and two minutes later somebody else does', () => {
    const held = up(neverTested('hq'), 'remind', MONDAY);
    expect(kind(held, new Date(MONDAY.getTime() + 119_000))).toBeNull();
    const later = new Date(MONDAY.getTime() + 121_000);
    expect(kind(held, later)).toBe('remind');
    const taken = up(held, 'remind', later, 'b');
    expect(taken.round).toMatchObject({ reminders: 1, code: 'CDF', telling: { owner: 'b', waiting: ['alex'] } });
    expect(told(taken, later, 'a')).toBe(taken);
    expect(told(taken, later, 'b').round).toMatchObject({ telling: null, told: ['alex'] });
  });

  test('whoever could not be told yet waits; whoever is refused for good does not', () => {
    const later = told(up(neverTested('hq'), 'remind', MONDAY), MONDAY, 'a', 'later');
    expect(kind(later, new Date(MONDAY.getTime() + 300_000))).toBe('remind');
    expect(kind(later, days(2))).toBeNull();
    const refused = told(up(neverTested('hq'), 'remind', MONDAY), MONDAY, 'a', 'refused');
    expect(refused.round).toMatchObject({ telling: null, told: [], unreached: ['alex'] });
  });

  test('a reminder that is left over waits for a civil hour, a question does not', () => {
    const night = at('2026-03-03T07:00:00Z');
    const left = told(
      up(neverTested('hq'), 'remind', at('2026-03-02T23:59:00Z')),
      at('2026-03-02T23:59:00Z'),
      'a',
      'later',
    );
    expect(kind(left, night)).toBeNull();
    expect(kind(noteCalls(neverTested('hq'), [call('2026-03-03T06:59:00Z')]), night)).toBe('ask');
  });
});

describe('a test call', () => {
  test('that follows a reminder is asked about with its code, and answered by either', () => {
    const tests = noteCalls(reminded(), [call('2026-03-02T20:00:00Z')]);
    expect(codesOf(tests.round ?? neverTestedRound())).toEqual(['CDF', 'K7M']);
    expect(kind(tests, days(0.1))).toBe('ask');
  });

  test('is noted once, and one that is older than the last one never', () => {
    const tests = noteCalls(neverTested('hq'), [call('2026-03-02T20:00:00Z')]);
    expect(noteCalls(tests, [call('2026-03-02T20:00:00Z'), call('2026-03-01T20:00:00Z')])).toBe(tests);
  });

  test('is asked about three times at most, three days apart, and never once it is answered', () => {
    let tests = noteCalls(neverTested('hq'), [call('2026-03-02T18:00:00Z')]);
    for (const now of [days(0), days(3), days(7)]) {
      expect(kind(tests, now)).toBe('ask');
      tests = told(up(tests, 'ask', now), now);
      expect(kind(tests, new Date(now.getTime() + 3_600_000))).toBeNull();
    }
    expect(kind(tests, days(11))).toBeNull();
    const answered = withAnswer(
      noteCalls(neverTested('hq'), [call('2026-03-02T18:00:00Z')]),
      answer('alex', 'right', MONDAY),
    );
    expect(kind(answered, MONDAY)).toBeNull();
  });

  test('of the day before yesterday is not asked about', () => {
    expect(kind(noteCalls(neverTested('hq'), [call('2026-02-28T18:00:00Z')]), MONDAY)).toBeNull();
  });

  test('after an answer is another test: the old answer is not taken for its own', () => {
    const first = withAnswer(
      noteCalls(neverTested('hq'), [call('2026-03-02T18:00:00Z')]),
      answer('alex', 'wrong', MONDAY),
    );
    const second = noteCalls(first, [call('2026-03-02T20:00:00Z', 'XYV')]);
    expect(second.round).toMatchObject({ code: 'XYV', answers: [] });
    expect(verdictOf(lastAnswered(second)?.answers)).toBe('wrong');
  });
});

describe('what people say together', () => {
  const asked = noteCalls(neverTested('hq'), [call('2026-03-02T18:00:00Z')]);
  test.each([
    ['nobody', [], null],
    ['one right', [['alex', 'right']], 'right'],
    ['one wrong', [['alex', 'wrong']], 'wrong'],
    [
      'another one says right',
      [
        ['alex', 'wrong'],
        ['adele', 'right'],
      ],
      'wrong',
    ],
    [
      'another one says wrong',
      [
        ['alex', 'right'],
        ['adele', 'wrong'],
      ],
      'wrong',
    ],
    [
      'the same person mends a slip',
      [
        ['alex', 'wrong'],
        ['alex', 'right'],
      ],
      'right',
    ],
    [
      'the same person thinks better of it',
      [
        ['alex', 'right'],
        ['alex', 'wrong'],
      ],
      'wrong',
    ],
  ] as const)('%s', (_, said, verdict) => {
    const tests = said.reduce((known, [by, what], i) => withAnswer(known, answer(by, what, days(i))), asked);
    expect(verdictOf(tests.round?.answers)).toBe(verdict);
  });

  test('the same message twice is one answer', () => {
    const once = withAnswer(asked, answer('alex', 'right', MONDAY, 'SM1'));
    expect(withAnswer(once, answer('alex', 'wrong', MONDAY, 'SM1'))).toBe(once);
  });

  test('an answer where nothing was asked changes nothing', () => {
    const tests = neverTested('hq');
    expect(withAnswer(tests, answer('alex', 'right', MONDAY))).toBe(tests);
  });
});

describe('the words of an answer', () => {
  const read = (text: string, ...languages: string[]) => readTestReply(text, { languages });
  test.each([
    ['RIGHT K7M', { answer: 'right', code: 'K7M', said: null }],
    [' right, k7m. ', { answer: 'right', code: 'K7M', said: null }],
    ['K7M wrong', { answer: 'wrong', code: 'K7M', said: null }],
    ['WRONG K7M 4567 Main St, Buffalo', { answer: 'wrong', code: 'K7M', said: '4567 Main St, Buffalo' }],
    ['Wrong!', { answer: 'wrong', code: null, said: null }],
  ])('%j', (text, reply) => expect(read(text)).toEqual(reply));

  test.each([
    ...[
      '1',
      '7',
      '1 K7M',
      'K7M',
      '7 K7M',
      '',
      '   ',
      'ok',
      'STOP',
      'right?',
      'RIGHT K7M?',
      'not right K7M',
      'K7M not right',
    ],
    ...['RIGHT K7M no, wrong', 'right now', 'right away sir', 'wrong number', '1 right K7M', 'alright K7M', 'RIGHTK7M'],
    ...['right 4567', 'is that right K7M', 'RIGHT K7MM', 'FALSCH K7M'],
  ])('%j says nothing of a test', (text) => expect(read(text)).toBeNull());

  test('each language says it in its own words, and English is always understood', () => {
    expect(read('FALSCH K7M', 'de-CH')).toMatchObject({ answer: 'wrong' });
    expect(read('違う K7M', 'ja')).toMatchObject({ answer: 'wrong' });
    expect(read('wrong K7M', 'de')).toMatchObject({ answer: 'wrong' });
  });

  const words = Object.entries(REPLY_KEYWORDS).flatMap(([language, { right, wrong }]) =>
    `${right}, ${wrong}`.split(', ').map((word): [string, string] => [language, word]),
  );
  test.each(words)('%s %s never answers a call, alone or with a code', (language, word) => {
    for (const text of [word, `${word} K7M`, `K7M ${word}`]) {
      expect(readReply(text, { languages: [language] })).toEqual({ unclear: true, carrierKeyword: null });
    }
  });

  test.each(Object.keys(REPLY_KEYWORDS))('no word of %s means both', (language) => {
    const { right, wrong } = REPLY_KEYWORDS[language] ?? { right: '', wrong: '' };
    for (const word of right.split(', ')) expect(read(word, language)).toMatchObject({ answer: 'right' });
    for (const word of wrong.split(', ')) expect(read(word, language)).toMatchObject({ answer: 'wrong' });
  });
});

function neverTestedRound(): never {
  throw new Error('There is no round');
}
