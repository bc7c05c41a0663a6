import { CODE, keywordsIn } from './replyGrammar.ts';
import type { ReplyKeywords } from './replyKeywords.ts';
import { foldReply } from './replyTokens.ts';

/** What somebody texted about a test call. */
export interface TestReply {
  answer: 'right' | 'wrong';
  code: string | null;
  /** What stands behind it, to the letter; `null` for nothing. */
  said: string | null;
}

const WORD = /[^\s,.:;!()"“”„«»、。，！]+/gu;
const LONGEST_SAID = 300;

/**
 * Reads `RIGHT K7M` or `K7M WRONG`, with whatever was heard behind it, or the word all alone. Never a digit, and nothing
 * that answers a call: those are read before. `null` for everything else, also for a question ("right?") and for what
 * takes its word back ("RIGHT K7M no, wrong").
 */
export function readTestReply(text: string, { languages }: { languages: readonly string[] }): TestReply | null {
  if (/[?？]/.test(text)) return null;
  const [first, second, ...others] = [...text.matchAll(WORD)];
  if (first === undefined) return null;
  const keywords = keywordsIn(languages);
  const isCode = (match: RegExpExecArray | undefined) => match !== undefined && CODE.test(foldReply(match[0]));
  const [word, code] = isCode(first) ? [second, first] : [first, isCode(second) ? second : undefined];
  const answer = word === undefined ? null : answerOf(word[0], keywords);
  if (answer === null) return null;
  if (code === undefined) return second === undefined ? { answer, code: null, said: null } : null;
  const rest = others.map(([one]) => answerOf(one, keywords));
  if (rest.some((other) => other !== null && other !== answer)) return null;
  const [behind] = others;
  const said = behind === undefined ? null : text.slice(behind.index, behind.index + LONGEST_SAID).trim();
  return { answer, code: foldReply(code[0]), said };
}

function answerOf(word: string, keywords: readonly ReplyKeywords[]): 'right' | 'wrong' | null {
  const folded = foldReply(word);
  const holds = (list: string) => list.split(', ').some((one) => foldReply(one) === folded);
  if (keywords.some(({ wrong }) => holds(wrong))) return 'wrong';
  return keywords.some(({ right }) => holds(right)) ? 'right' : null;
}
