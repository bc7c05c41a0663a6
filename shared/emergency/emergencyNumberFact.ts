import { EMERGENCY_NUMBERS } from './emergencyWords.ts';
import { type Candidate, chooseFact, type Fact, type FactSource } from './fact.ts';
import { foldForMatch } from './plainText.ts';

/** Words that may stand between the phrase, or "dialed", and the number: none of them makes it a room or a time. */
const LINKING_WORDS =
  'to|the|number|no|nr|dialed|dialled|dialing|dialling|called|calling|using|via|emergency|service|services|an|die|zu|' +
  'nummer|notrufnummer|au|le|numero|numéro|al|el|número|il|para|o|naar|het|til|till|numeroon|na|pod|numer';
const DIALED_WORDS =
  'dialed|dialled|dialing|dialling|called|calling|composé|marcado|marcó|discou|gewählt|wählte|an die|emergency call|' +
  "notruf|appel d'urgence|llamada de emergencia";
const GAP = `(?:[\\s"'(:,-]|(?<!\\p{L})(?:${LINKING_WORDS})(?!\\p{L})){0,12}`;
/** Not part of a longer number, a time, a price or a word. */
const SHORT_NUMBER = '(?<![\\p{L}\\d.,:/+#-])(\\d{2,8})(?![\\p{L}\\d]|[.,:/-]\\d)';
const AFTER_PHRASE = new RegExp(`^${GAP}${SHORT_NUMBER}`, 'u');
const CALL_TO = new RegExp(`${SHORT_NUMBER}(?= (?:emergency )?call(?!\\p{L}))`, 'gu');
const DIALED = new RegExp(`(?<!\\p{L})(?:${DIALED_WORDS})(?!\\p{L})${GAP}${SHORT_NUMBER}`, 'gu');

/** Digits that are all there is of a number; a plus before them is how some clients write it. */
const NUMBER_OF_VALUE = /(?<![\d\p{L}]|\d[ .-])(\d{2,8})(?![\p{L}\d]|[ .-]\d)/gu;

/**
 * The emergency number that was dialled: after a label, behind the phrase, behind "dialed", or alone on a line. A
 * number anywhere else (a room 933) is none, since it decides whether the call is a test.
 */
export function readEmergencyNumber(source: FactSource, testNumbers: readonly string[]): Fact<string> {
  const known = new Set([...EMERGENCY_NUMBERS, ...testNumbers]);
  const candidates: Candidate<string>[] = [];
  for (const label of source.labels) {
    const number = onlyNumberOf([label.value, ...label.following].find((line) => line !== '') ?? '');
    if (number === null) continue;
    if (label.kind === 'dialed') candidates.push({ value: number, rank: label.isSure ? 5 : 4 });
    if (label.kind === 'phone' && known.has(number)) candidates.push({ value: number, rank: 1 });
  }
  const [, behindPhrase] = AFTER_PHRASE.exec(source.phrase?.after ?? '') ?? [];
  if (behindPhrase !== undefined && known.has(behindPhrase)) candidates.push({ value: behindPhrase, rank: 3 });
  for (const line of source.lines) {
    const folded = foldForMatch(line);
    if (known.has(folded)) candidates.push({ value: folded, rank: 1 });
    for (const [, number] of [...folded.matchAll(DIALED), ...folded.matchAll(CALL_TO)]) {
      if (number !== undefined && known.has(number)) candidates.push({ value: number, rank: 2 });
    }
  }
  const fact = chooseFact('emergency number', candidates);
  return fact.value !== null && isDoubtfulTest(fact.value, candidates, testNumbers)
    ? { value: null, reasons: ['emergency number unknown: the message names a test number and another one'] }
    : fact;
}

function onlyNumberOf(value: string): string | null {
  const numbers = [...foldForMatch(value).matchAll(NUMBER_OF_VALUE)];
  return numbers.length === 1 ? (numbers[0]?.[1] ?? null) : null;
}

/** A call is a test only where nothing in the message speaks against it, however faintly. */
function isDoubtfulTest(
  number: string,
  candidates: readonly Candidate<string>[],
  testNumbers: readonly string[],
): boolean {
  return testNumbers.includes(number) && candidates.some(({ value }) => !testNumbers.includes(value));
}
