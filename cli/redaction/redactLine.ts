import type { RedactionContext } from './redactionContext.ts';
import { redactUrl } from './redactUrl.ts';

export interface Replacement {
  start: number;
  end: number;
  text: string;
}

/**
 * How much of a stretch is replaced. `value`: every word but the kept ones; `prose`: what begins with a capital;
 * `label`: only what is known to be personal. Numbers, addresses, ids and links are replaced in all of them.
 */
type Mode = 'value' | 'prose' | 'label';

interface Stretch {
  start: number;
  end: number;
  mode: Mode | 'kept';
}

/** Reads a text line by line; remembers whether a value may go on in the next one. */
export function createLineRedactor(context: RedactionContext) {
  let isInValue = false;

  function stretchesOf(line: string): Stretch[] {
    const labels = context.rules.labelsOf(line);
    const unknown = labels.length === 0 ? unknownLabelEnd(line) : 0;
    if (labels.length > 0 || unknown > 0) {
      isInValue = true;
      return unknown > 0
        ? [
            { start: 0, end: unknown, mode: 'label' },
            { start: unknown, end: line.length, mode: 'value' },
          ]
        : labels.flatMap(({ start, end, isExact }, i) => [
            ...(i === 0 ? [{ start: 0, end: start, mode: 'prose' as const }] : []),
            { start, end, mode: isExact ? ('kept' as const) : ('label' as const) },
            { start: end, end: labels[i + 1]?.start ?? line.length, mode: 'value' as const },
          ]);
    }
    isInValue &&= line.trim() !== '' && !isSentence(line);
    // The words around the phrase are what a capture is made for.
    if (phrasesIn(line, context.rules.phrases).length > 0) return [{ start: 0, end: line.length, mode: 'prose' }];
    return [{ start: 0, end: line.length, mode: isInValue || /\d/.test(line) ? 'value' : 'prose' }];
  }

  return {
    /** A line of text, without its break. */
    line: (line: string): Replacement[] => redactStretches(line, stretchesOf(line), context),
    /** A cell or a fact whose label stands in another one. */
    label: (line: string): Replacement[] =>
      redactStretches(line, [{ start: 0, end: line.length, mode: 'label' }], context),
    value: (line: string): Replacement[] =>
      redactStretches(line, [{ start: 0, end: line.length, mode: 'value' }], context),
  };
}

export type LineRedactor = ReturnType<typeof createLineRedactor>;

export function applyReplacements(line: string, replacements: readonly Replacement[]): string {
  let result = '';
  let from = 0;
  for (const { start, end, text } of replacements) {
    result += line.slice(from, start) + text;
    from = end;
  }
  return result + line.slice(from);
}

/** "Anything at all: " at the beginning of a line may be a label that the reader does not know yet: why we want it. */
function unknownLabelEnd(line: string): number {
  const [label] = /^[^\p{L}:：]{0,8}\p{L}[^:：.!?|]{0,40}[:：](?=\s|$)/u.exec(line) ?? [];
  return label !== undefined && label.trim().split(/\s+/).length <= 5 ? label.length : 0;
}

function isSentence(line: string): boolean {
  return /[.!?]\s*$/.test(line) && line.trim().split(/\s+/).length > 4;
}

function redactStretches(line: string, stretches: readonly Stretch[], context: RedactionContext): Replacement[] {
  const phrases = phrasesIn(line, context.rules.phrases);
  const replacements: Replacement[] = [];
  for (const match of line.matchAll(TOKEN)) {
    const start = match.index;
    const end = start + match[0].length;
    if (phrases.some((phrase) => start >= phrase.start && end <= phrase.end)) continue;
    const stretch = stretches.find((candidate) => start >= candidate.start && start < candidate.end);
    // Before the phrase stands a name.
    const isBeforePhrase = phrases.some((phrase) => end <= phrase.start);
    const mode = isBeforePhrase && stretch?.mode === 'prose' ? 'value' : (stretch?.mode ?? 'value');
    const text = mode === 'kept' ? match[0] : redactToken(match, mode, line, context);
    if (text !== match[0]) replacements.push({ start, end, text });
  }
  return replacements;
}

/** In this order: the first kind that fits is the kind of a token. */
const TOKEN = new RegExp(
  [
    '(?<link>(?:https?|ftp)://[^\\s<>"\']+|(?:tel|mailto|geo|sip):[^\\s<>"\']+)',
    "(?<mail>[\\w.%+'-]+@[\\w-]+(?:\\.[\\w-]+)*)",
    '(?<guid>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})',
    '(?<iso>\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[+-]\\d{2}:\\d{2})?)',
    '(?<date>\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|\\d{1,2}:\\d{2}(?::\\d{2})?)(?!\\d)',
    '(?<decimal>(?<![\\d.])[-+]?\\d{1,3}[.,]\\d{1,15}(?![\\d.]*\\.?\\d))',
    '(?<phone>\\+?\\(?\\d(?:[ \\u00a0\\u2010-\\u2015()./-]{0,3}\\d){6,16}(?!\\d))',
    '(?<digits>\\d+)',
    '(?<state>(?<![\\p{L}\\d])[A-Z]{2}(?=[ ,\\u00a0]{1,2}\\d{5}))',
    '(?<word>[\\p{L}\\p{M}]+)',
  ].join('|'),
  'giu',
);

function redactToken(match: RegExpExecArray, mode: Mode, line: string, context: RedactionContext): string {
  const { samples, rules } = context;
  const { link, mail, guid, iso, date, decimal, phone, digits, state, word } = match.groups ?? {};
  if (link !== undefined) return redactUrl(link, context);
  if (mail !== undefined) return samples.mailAddress(mail);
  if (guid !== undefined) return samples.guid(guid);
  if (iso !== undefined && !Number.isNaN(Date.parse(iso))) return samples.time(iso);
  if (decimal !== undefined) return samples.decimal(decimal);
  if (phone !== undefined) return samples.phone(phone);
  if (digits !== undefined) return rules.keptNumbers.has(digits) ? digits : samples.digits(digits);
  if (state !== undefined && state === state.toUpperCase()) return samples.state(state);
  if (word === undefined && state === undefined)
    return (iso ?? date ?? '').replace(/\d+/g, (run) => samples.digits(run));
  return redactWord(word ?? state ?? '', mode, line.slice(match.index + match[0].length), context);
}

function redactWord(
  word: string,
  mode: Mode,
  behind: string,
  { rules, samples, secrets, names }: RedactionContext,
): string {
  const folded = word.toLowerCase();
  const isSecret = secrets.has(folded);
  const isPossessive = /^['’]s(?!\p{L})/u.test(behind) && /^\p{Lu}/u.test(word);
  const isKept = !isSecret && !isPossessive && (rules.keptWords.has(folded) || (word === 's' && folded === word));
  if (isKept) return word;
  const hasNoCase = word.toLowerCase() === word.toUpperCase();
  const isPlain = mode === 'label' || (mode === 'prose' && (hasNoCase || /^\p{Ll}/u.test(word)));
  return isPlain && !isSecret && !isPossessive ? word : samples.word(word, names.has(folded));
}

function phrasesIn(line: string, phrases: readonly string[]): { start: number; end: number }[] {
  return phrases.flatMap((phrase) => {
    const words = phrase
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/['’]/g, "['’]"));
    return Array.from(line.matchAll(new RegExp(words.join('\\s+'), 'giu')), (match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }));
  });
}
