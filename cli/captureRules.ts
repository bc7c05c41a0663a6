import { EMERGENCY_NUMBERS } from '../shared/emergency/emergencyWords.ts';
import { NONE_WORDS } from '../shared/emergency/fact.ts';
import { findLabels } from '../shared/emergency/labelledValues.ts';
import { KNOWN_LABELS, kindOfExactLabel } from '../shared/emergency/labels.ts';
import type { ReaderOptions } from '../shared/emergency/reading.ts';
import type { RedactionRules } from './redaction/redactionContext.ts';

/** Words of sentences and of addresses that belong to nobody, though they may begin with a capital. */
const ORDINARY_WORDS = (
  'a all an and are as at be by can for from has have he her his if in is it its new no not now of on only or our please ' +
  'she that the their them they this to was we when which will with you your urgent important notification alert test ' +
  'chat dispatch security staff responder responders immediately contact go check see open view click here started ' +
  'ended answered caller called calling made placed dialed dialled user street st avenue ave road rd boulevard blvd way ' +
  'drive dr lane ln court ct plaza square sq parkway pkwy highway hwy straße platz weg allee rue calle via rua straat ' +
  'suite ste apt unit po box n s e w ne nw se sw north south east west ext extension x am pm utc id'
).split(' ');

/** What the reader looks for: a capture keeps it, so that it is read as the original is. */
export function captureRules(options: ReaderOptions): RedactionRules {
  const phrases = options.phrases.map(({ phrase }) => phrase);
  const kept = [...KNOWN_LABELS, ...NONE_WORDS, ...ORDINARY_WORDS, ...phrases.map((phrase) => phrase.toLowerCase())];
  return {
    phrases,
    keptWords: new Set(kept.flatMap((words) => words.match(/[\p{L}\p{M}]+/gu) ?? [])),
    keptNumbers: new Set([...EMERGENCY_NUMBERS, ...options.testNumbers]),
    labelsOf: (line) =>
      findLabels(line).map(({ start, end, label }) => ({ start, end, isExact: kindOfExactLabel(label) !== null })),
  };
}
