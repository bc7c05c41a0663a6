import { REPLY_KEYWORDS, type ReplyKeywords } from './replyKeywords.ts';
import { foldReply, tokensOf } from './replyTokens.ts';
import type { ResolveReason, ResponseAction } from './response.ts';

/** The digits that answer, in a message and on a keypad. 0 asks how to answer. */
export const DIGIT_ACTIONS: Readonly<Record<string, ResponseAction>> = {
  '1': { kind: 'acknowledge' },
  '2': { kind: 'onScene' },
  '3': { kind: 'handBack' },
  '4': { kind: 'escalate' },
  '5': { kind: 'resolve', reason: 'real' },
  '6': { kind: 'resolve', reason: 'misdial' },
  '7': { kind: 'resolve', reason: 'test' },
  '8': { kind: 'resolve', reason: 'other' },
};

/** One thing that a reply says. */
export type ReplyPart =
  | { kind: 'digit' | 'words'; action: ResponseAction }
  | { kind: 'code'; code: string }
  | { kind: 'time'; time: string }
  | { kind: 'reason'; reason: ResolveReason }
  | { kind: 'closes' | 'help' | 'courtesy' };

/**
 * What a text says, in its order; `null` as soon as one word or sign is none of the grammar. `codes` are those that a
 * word is read as first.
 */
export function replyPartsOf(
  text: string,
  { languages, codes }: { languages: readonly string[]; codes: readonly string[] },
): ReplyPart[] | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const phrases = phrasesOf(languages);
  const parts: ReplyPart[] = [];
  for (let at = 0; at < tokens.length; ) {
    const phrase = codes.includes(tokens[at] ?? '') ? null : longestPhrase(tokens.slice(at), phrases);
    const found = phrase?.parts ?? partsOfSign(tokens[at] ?? '');
    if (found.length === 0) return null;
    parts.push(...found);
    at += phrase?.length ?? 1;
  }
  return parts;
}

const LONGEST_PHRASE = 5;

function longestPhrase(
  tokens: readonly string[],
  phrases: ReadonlyMap<string, ReplyPart>,
): { parts: ReplyPart[]; length: number } | null {
  for (let length = Math.min(LONGEST_PHRASE, tokens.length); length > 0; length -= 1) {
    const part = phrases.get(tokens.slice(0, length).join(' '));
    if (part) return { parts: [part], length };
  }
  return null;
}

/** See `callCodeOf`: three characters of an alphabet that makes no words. */
export const CODE = /^[34679CDFGHJKMNPQRTVWXY]{3}$/;
const TIME = /^\d{1,2}:/;

function partsOfSign(token: string): ReplyPart[] {
  if (CODE.test(token)) return [{ kind: 'code', code: token }];
  if (TIME.test(token)) return [{ kind: 'time', time: token.replace(/^\d:/, '0$&') }];
  if (token === '0') return [{ kind: 'help' }];
  return (
    digitAndCode(token, '') ??
    digitAndCode(token.slice(0, 1), token.slice(1)) ??
    digitAndCode(token.slice(3), token.slice(0, 3)) ??
    []
  );
}

/** Also "1K7M" and "K7M1"; not "3467", which can be read in two ways, and no other number of four digits. */
function digitAndCode(digit: string, code: string): ReplyPart[] | null {
  const action = /^\d$/.test(digit) ? DIGIT_ACTIONS[digit] : undefined;
  if (action === undefined) return null;
  if (code === '') return [{ kind: 'digit', action }];
  return CODE.test(code) && /\p{L}/u.test(code)
    ? [
        { kind: 'digit', action },
        { kind: 'code', code },
      ]
    : null;
}

function phrasesOf(languages: readonly string[]): Map<string, ReplyPart> {
  return new Map(keywordsIn(languages).flatMap(phrasesOfLanguage));
}

/** The words of these languages, and of English last. */
export function keywordsIn(languages: readonly string[]): ReplyKeywords[] {
  return [...languages, 'en'].flatMap((tag) => keywordsOf(tag) ?? []);
}

/** By the language without region and script; the macro-language of Norwegian means Bokmål. */
function keywordsOf(tag: string): ReplyKeywords | null {
  const language = tag.toLowerCase().replace(/-.*$/s, '').replace(/^no$/, 'nb');
  return Object.hasOwn(REPLY_KEYWORDS, language) ? (REPLY_KEYWORDS[language] ?? null) : null;
}

function phrasesOfLanguage(words: ReplyKeywords): [string, ReplyPart][] {
  const all = (list: string | undefined, part: ReplyPart) =>
    (list?.split(', ') ?? []).map((phrase): [string, ReplyPart] => [foldReply(phrase), part]);
  const says = (action: ResponseAction): ReplyPart => ({ kind: 'words', action });
  const reasons = Object.entries(words.reasons) as [ResolveReason, string][];
  return [
    ...all(words.courtesy, { kind: 'courtesy' }),
    ...all(words.help, { kind: 'help' }),
    ...all(words.acknowledge, says({ kind: 'acknowledge' })),
    ...all(words.onScene, says({ kind: 'onScene' })),
    ...all(words.handBack, says({ kind: 'handBack' })),
    ...all(words.escalate, says({ kind: 'escalate' })),
    ...all(words.closes, { kind: 'closes' }),
    ...reasons.flatMap(([reason, list]) => all(list, { kind: 'reason', reason })),
    ...all(words.misdial, says({ kind: 'resolve', reason: 'misdial' })),
  ];
}
