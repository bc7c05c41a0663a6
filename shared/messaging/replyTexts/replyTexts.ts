import type { ResolveReason } from '../../oncall/response.ts';

/**
 * What is texted about answers, in one language. `{code}` is that of the call, `{name}` who is meant (within a sentence,
 * since it can be "somebody"), `{time}` since when. Each fits one segment, GSM-7 says it, and no first word is one that
 * carriers act on. Only the English ones come from a speaker of the language: nobody has confirmed the translations.
 */
export interface ReplyTexts {
  /** To who answered, once the answer is recorded. */
  done: Readonly<Record<'acknowledge' | 'onScene' | 'handBack' | 'escalate', string>>;
  /** With `{reason}`. */
  closed: string;
  isYours: string;
  isTaken: string;
  isNotYours: string;
  nobodyHas: string;
  /** With `{reason}`. */
  isClosed: string;
  /** With `{digit}` and `{list}`: codes with their times, as many as fit. */
  which: Readonly<Record<'several' | 'unknownCode' | 'sameCode' | 'unheld', string>>;
  /** With `{count}`: how many calls the list has no room for. */
  more: string;
  noneOpen: string;
  help: string;
  unclear: string;
  /** To the others. */
  news: Readonly<Record<'acknowledged' | 'onScene' | 'handedBack', string>>;
  /** With `{reason}`. */
  newsClosed: string;
  nobodyOnScene: string;
  /** The emergency call itself is over, at `{time}`; nobody need have answered. */
  ended: string;
  /** Behind an alert: how to answer, the longest first. */
  hints: readonly string[];
  reasons: Readonly<Record<ResolveReason, string>>;
  somebody: string;
}
