import { factText } from './factText.ts';
import { toGsmText } from './smsSegments.ts';
import { TEST_TEXTS, type TestTexts } from './testTexts.ts';

/** The site and the test that words are about. */
export interface TestSubject {
  siteName: string;
  code: string;
  directRouting: boolean;
}

const LONGEST_NAME = 60;

/** That a site is to be tested, and how to answer. `reminder`: the how manieth it is, so that no two are the same. */
export function testReminderWords(subject: TestSubject & { reminder: number }, language: string): string {
  const { lead, reminder, reminderDirect } = textsIn(language);
  return fill(lead + (subject.directRouting ? reminderDirect : reminder), subject, {
    number: String(subject.reminder),
  });
}

/** Whether the test call with the code `call` read back the right address. */
export function testQuestionWords(subject: TestSubject & { call: string }, language: string): string {
  const { question, questionDirect } = textsIn(language);
  return fill(subject.directRouting ? questionDirect : question, subject, { call: subject.call });
}

/** What came of an answer. `stillWrong`: somebody else has said that it was wrong. */
export function testNotedWords(
  outcome: 'right' | 'wrong' | 'stillWrong',
  subject: Omit<TestSubject, 'directRouting'>,
  language: string,
): string {
  return fill(textsIn(language)[outcome], subject);
}

/** No test waits for the answer; or which of several is meant, each with its code. */
export function testNotFoundWords(several: readonly Omit<TestSubject, 'directRouting'>[], language: string): string {
  const { noneWaits, which } = textsIn(language);
  const list = several.map(({ code, siteName }) => `${code} ${nameOf(siteName)}`).join(', ');
  return toGsmText(several.length === 0 ? noneWaits : which.replace('{list}', () => list));
}

function fill(
  text: string,
  { siteName, code }: Omit<TestSubject, 'directRouting'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const values: Readonly<Record<string, string>> = { site: nameOf(siteName), code, ...more };
  return toGsmText(text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}

function nameOf(siteName: string): string {
  return [...(factText(siteName) ?? '-')].slice(0, LONGEST_NAME).join('').trim();
}

function textsIn(language: string): TestTexts {
  const texts = TEST_TEXTS.get(language.toLowerCase().replace(/-.*$/s, '')) ?? TEST_TEXTS.get('en');
  if (!texts) throw new RangeError('There are no English words for tests');
  return texts;
}
