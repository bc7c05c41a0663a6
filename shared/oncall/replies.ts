import { carrierKeywordOf } from './carrierKeywords.ts';
import { DIGIT_ACTIONS, type ReplyPart, replyPartsOf } from './replyGrammar.ts';
import type { ResponseAction } from './response.ts';

/**
 * What somebody texted. `code` and `time` (`14:05` or `14:05:09`) name the call, where they are given. `carrierKeyword` is
 * set for what Twilio itself acts on: behind `stop` no answer gets through.
 */
export type Reply =
  | { action: ResponseAction; code: string | null; time: string | null }
  | { help: true }
  | { unclear: true; carrierKeyword: 'stop' | 'start' | null };

export interface ReplyOptions {
  /** BCP 47. English is always understood. */
  languages: readonly string[];
  /** Of the calls that the sender can mean: a courtesy that is also one of these codes ("thx") is read as the code. */
  codes?: readonly string[];
}

/**
 * Reads an answer: one digit, or words that say one and the same thing, with at most one code (and the time behind it)
 * before or after, and courtesies anywhere. Closing takes a digit, or a word for it and a reason. Every word must be known: "not ok" and "1 or 2?" are unclear, and so are "OK"
 * and "thanks", which may only say that the message was seen. Nothing that is unclear ever counts as an answer.
 */
export function readReply(text: string, { languages, codes = [] }: ReplyOptions): Reply {
  const carrierKeyword = carrierKeywordOf(text);
  if (carrierKeyword === 'help' || /^\s*[?？]+\s*$/.test(text)) return { help: true };
  const unclear = { unclear: true, carrierKeyword } as const;
  if (carrierKeyword !== null) return unclear;
  const parts = replyPartsOf(text, { languages, codes });
  return parts === null ? unclear : (join(parts) ?? unclear);
}

function join(parts: readonly ReplyPart[]): Reply | null {
  const said = parts.filter(({ kind }) => kind !== 'courtesy');
  if (said.length === 1 && said[0]?.kind === 'help') return { help: true };
  const codes = said.flatMap((part) => ('code' in part ? [part.code] : []));
  const times = parts.flatMap((part, index) =>
    'time' in part && parts[index - 1]?.kind === 'code' ? [part.time] : [],
  );
  const answers = said.filter(({ kind }) => kind !== 'code' && kind !== 'time');
  const action = actionOf(answers);
  if (action === null || codes.length > 1 || codes.length + times.length + answers.length < said.length) return null;
  return { action, code: codes[0] ?? null, time: times[0] ?? null };
}

/** What all parts say alike; `null` when they contradict each other, or say too little. */
function actionOf(parts: readonly ReplyPart[]): ResponseAction | null {
  const reasons = parts.flatMap((part) => ('reason' in part ? [part.reason] : []));
  const mayClose = parts.some(({ kind }) => kind === 'closes');
  const closing = mayClose ? reasons.map((reason): ResponseAction => ({ kind: 'resolve', reason })) : [];
  const [action, ...others] = [...parts.flatMap((part) => ('action' in part ? [part.action] : [])), ...closing];
  if (action === undefined || parts.some(({ kind }) => kind === 'help')) return null;
  const isClosing = action.kind === 'resolve';
  const isPlain = !mayClose && reasons.length === 0;
  const isOneReason = isClosing && reasons.every((reason) => reason === action.reason);
  const isOneAction = others.every((other) => isSame(other, action));
  const hasOneDigit = parts.filter(({ kind }) => kind === 'digit').length <= 1;
  return isOneAction && hasOneDigit && (isPlain || isOneReason) ? action : null;
}

function isSame(a: ResponseAction, b: ResponseAction): boolean {
  return a.kind === b.kind && (a.kind !== 'resolve' || b.kind !== 'resolve' || a.reason === b.reason);
}

/** The digit that gives this answer. */
export function digitOf(action: ResponseAction): string {
  return Object.entries(DIGIT_ACTIONS).find(([, known]) => isSame(known, action))?.[0] ?? '';
}
