import { foldForMatch, foldLines } from './plainText.ts';
import type { EmergencyPhrase } from './reading.ts';

export interface PhraseMatch {
  phrase: EmergencyPhrase;
  /** The lines that the phrase stands on; usually one. */
  firstLine: number;
  lastLine: number;
  /** What stands before and after it on these lines, folded as {@link foldForMatch} does. */
  before: string;
  after: string;
}

/**
 * Finds the first of the phrases in lines of text, whatever case, blanks, line breaks and look-alike characters stand
 * between its words. A confirmed phrase goes before one nobody has seen.
 */
export function findPhrase(lines: readonly string[], phrases: readonly EmergencyPhrase[]): PhraseMatch | null {
  const shown = lines.flatMap((line, index) => (line === '' ? [] : [index]));
  const folded = foldLines(shown.map((index) => lines[index]).join('\n'));
  const flat = folded.replaceAll('\n', ' ');
  for (const phrase of [...phrases].sort((a, b) => Number(b.isConfirmed) - Number(a.isConfirmed))) {
    const wanted = foldForMatch(phrase.phrase);
    const start = wanted === '' ? -1 : flat.indexOf(wanted);
    if (start >= 0) return locate(phrase, shown, folded, start, start + wanted.length);
  }
  return null;
}

function locate(
  phrase: EmergencyPhrase,
  shown: readonly number[],
  folded: string,
  start: number,
  end: number,
): PhraseMatch {
  const lineStart = folded.lastIndexOf('\n', start - 1) + 1;
  const nextBreak = folded.indexOf('\n', end);
  const first = countBreaks(folded.slice(0, start));
  const last = first + countBreaks(folded.slice(start, end));
  return {
    phrase,
    firstLine: shown[first] ?? 0,
    lastLine: shown[last] ?? 0,
    before: start === 0 ? '' : folded.slice(lineStart, start),
    after: folded.slice(end, nextBreak < 0 ? undefined : nextBreak),
  };
}

function countBreaks(text: string): number {
  let count = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) count += 1;
  return count;
}
