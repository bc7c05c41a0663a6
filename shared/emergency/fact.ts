import type { LabelledValue } from './labelledValues.ts';
import type { PhraseMatch } from './phraseMatch.ts';
import { foldForMatch, toOneLine } from './plainText.ts';

/** What the facts are read from: a bounded part of the text that told of the call. */
export interface FactSource {
  lines: readonly string[];
  labels: readonly LabelledValue[];
  links: readonly string[];
  /** Its line numbers count from the first of `lines`. */
  phrase: PhraseMatch | null;
}

/** A fact, or why there is none. Reasons never hold the value: they are kept with the record and shown to administrators. */
export interface Fact<T> {
  value: T | null;
  reasons: string[];
}

export const NO_FACT: Fact<never> = { value: null, reasons: [] };

/** Something that may be the fact; of several, those of the highest rank count. */
export interface Candidate<T> {
  value: T;
  rank: number;
}

/** The candidate of the highest rank; none at all where that rank contradicts itself. `name` is how people call the fact. */
export function chooseFact<T>(
  name: string,
  candidates: readonly Candidate<T>[],
  keyOf: (value: T) => string = (value) => foldForMatch(String(value)),
): Fact<T> {
  const highest = Math.max(...candidates.map((candidate) => candidate.rank));
  const best = candidates.filter((candidate) => candidate.rank === highest);
  const [first] = best;
  if (first === undefined) return NO_FACT;
  const different = new Set(best.map((candidate) => keyOf(candidate.value))).size;
  if (different > 1)
    return { value: null, reasons: [`${name} unknown: the message gives ${different} different ones`] };
  return { value: first.value, reasons: [] };
}

/** A fact as one line within its bounds; an empty one is none. */
export function asOneLine(name: string, fact: Fact<string>): Fact<string> {
  if (fact.value === null) return fact;
  const { value, isCut } = toOneLine(fact.value);
  if (value === '') return { value: null, reasons: fact.reasons };
  return { value, reasons: isCut ? [...fact.reasons, `${name} was too long and is cut`] : fact.reasons };
}

export const NONE_WORDS: ReadonlySet<string> = new Set(
  (
    'unknown, not known, none, null, undefined, n/a, na, nil, not available, unavailable, not provided, not found, ' +
    'no location, no address, no number, empty, -, --, ?, ., unbekannt, nicht verfügbar, nicht bekannt, keine, keiner, ' +
    'inconnu, inconnue, non disponible, aucun, aucune, desconocido, desconocida, no disponible, ninguno, sconosciuto, ' +
    'sconosciuta, nessuno, desconhecido, desconhecida, não disponível, onbekend, niet beschikbaar, 不明, なし, okänd, ' +
    'ukendt, ukjent, tuntematon, nieznany, nieznana, brak'
  )
    .split(', ')
    .map(foldForMatch),
);

/** True for a value that only says that there is none. */
export function saysNone(value: string): boolean {
  const words = foldForMatch(value).replace(/^[(<["']+|[)>\]"'.!]+$/g, '');
  return words === '' || NONE_WORDS.has(words);
}
