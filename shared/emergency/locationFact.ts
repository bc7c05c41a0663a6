import { type Candidate, chooseFact, type Fact, type FactSource, saysNone } from './fact.ts';
import type { LabelledValue } from './labelledValues.ts';
import type { LabelKind } from './labels.ts';
import { foldForMatch } from './plainText.ts';
import { readUsAddress } from './usAddress.ts';

const LOCATION_KINDS: readonly LabelKind[] = ['location', 'address', 'place'];
const PART_KINDS: readonly LabelKind[] = ['part', 'locality'];

/** More labelled parts than any location has; bounds the work of comparing them. */
const MAX_PARTS = 20;

const NO_VALUE = 'location: a label without a value';

interface Part {
  label: LabelledValue;
  text: string;
  folded: string;
}

/**
 * The location conveyed, as one text: every labelled part in the order of the message, joined with ", "; without any
 * label a Place named `<PREFIX> <site id>` and a United States address, by their shape.
 */
export function readLocation(source: FactSource): Fact<string> {
  const parts = partsOf(source.labels);
  const reasons = parts.map((part) => faultOf(part, parts));
  if (reasons.every((reason) => reason === NO_VALUE)) return byShape(source, reasons);
  const good = parts.filter((_, index) => reasons[index] === null);
  // The address on record is not where the caller is, if the message says where that is.
  const current = good.filter(({ label }) => !/registered/i.test(label.label));
  const texts: string[] = [];
  for (const part of current.length > 0 ? current : good) addText(texts, withLabel(part));
  return {
    value: texts.length > 0 ? texts.join(', ') : null,
    reasons: [...new Set(reasons.filter((reason) => reason !== null))],
  };
}

/** Where a whole location has a label at the beginning of a line, one in the middle of another line is somebody's words. */
function partsOf(labels: readonly LabelledValue[]): Part[] {
  const isLine = (line: number) => labels.some((label) => label.line === line && label.isSure && isOfLocation(label));
  const hasWhole = labels.some((label) => label.isSure && isWhole(label));
  return labels
    .filter(
      (label) =>
        isOfLocation(label) && (label.isSure || isLine(label.line) || (!hasWhole && isBesideWhole(label, labels))),
    )
    .slice(0, MAX_PARTS)
    .map((label) => {
      const text = textOf(label);
      return { label, text, folded: foldForMatch(text) };
    });
}

function isOfLocation(label: LabelledValue): boolean {
  return isWhole(label) || PART_KINDS.includes(label.kind);
}

function isWhole({ kind }: LabelledValue): boolean {
  return LOCATION_KINDS.includes(kind);
}

/** "Room: 3" in the middle of a line counts only beside a location; anybody may write "our office: …". */
function isBesideWhole(label: LabelledValue, labels: readonly LabelledValue[]): boolean {
  return isWhole(label) || labels.some((other) => other.line === label.line && isWhole(other));
}

/** Why a part says nothing, or `null`. */
function faultOf(part: Part, parts: readonly Part[]): string | null {
  if (part.folded === '') return NO_VALUE;
  if (saysNone(part.text)) return 'location: the message says of a part that it is not known';
  const isContradicted = parts.some((other) => contradicts(other, part));
  return isContradicted ? `location: the message gives different values for one label (${part.label.kind})` : null;
}

/** Another value for the same words; a label at the beginning of a line goes before one in the middle. */
function contradicts(other: Part, part: Part): boolean {
  const isSame = foldForMatch(other.label.label) === foldForMatch(part.label.label);
  if (other === part || !isSame || (part.label.isSure && !other.label.isSure)) return false;
  const isMore = part.folded.includes(other.folded) || other.folded.includes(part.folded);
  return !isMore && !saysNone(other.text);
}

/** The value with the lines that belong to it, without links and without the full stop of a sentence. */
function textOf({ value, following }: LabelledValue): string {
  const lines = value === '' ? addressBlock(following) : [value, ...continuation(following)];
  return lines
    .map((line) => withoutEnd(line.replace(/(?:https?|geo|tel|mailto|javascript):\S*/gi, '')))
    .filter((line) => line !== '')
    .join(', ');
}

function withoutEnd(line: string): string {
  return line.replace(/[\s,;.]+$/, '').trim();
}

/** Lines under a label that stands alone: all up to something that is surely no part of a place. */
function addressBlock(following: readonly string[]): string[] {
  const end = following.findIndex((line) => isSentence(line) || isNumberOrAddress(line));
  return following.slice(0, end < 0 ? undefined : end);
}

/** Lines under a value: only those that look like more of an address. */
function continuation(following: readonly string[]): string[] {
  const end = following.findIndex(
    (line) => isSentence(line) || isNumberOrAddress(line) || line.length > 120 || !/\d|,/.test(line),
  );
  const looksLikeAddress = following.slice(0, end < 0 ? undefined : end);
  // A street without a number ("One Microsoft Way") counts when a line of numbers follows it.
  return end >= 0 && /\d/.test(following[end + 1] ?? '') && STREET_WORD.test(following[end] ?? '')
    ? [...looksLikeAddress, following[end] ?? '', ...continuation(following.slice(end + 1))]
    : looksLikeAddress;
}

const STREET_WORD =
  /\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|way|drive|dr|lane|ln|court|ct|place|pl|square|sq|parkway|pkwy|highway|hwy|plaza|circle|terrace|straße|strasse|platz|weg|allee|rue|calle|via|rua|straat|laan|gatan|vej|gate|katu|ulica)\b\.?$/i;

function isSentence(line: string): boolean {
  return /[.!?]$/.test(line) && line.split(' ').length > 4;
}

function isNumberOrAddress(line: string): boolean {
  return /^[\s()+\d./-]{7,}$/.test(line) || /^\S+@\S+$/.test(line) || /^[a-z]+:\/\//i.test(line);
}

/** "3" says nothing, "Floor 3" does. */
function withLabel({ label, text, folded }: Part): string {
  const words = label.label.replace(/[*_]/g, '').trim();
  return label.kind !== 'part' || folded.includes(foldForMatch(words)) ? text : `${words} ${text}`;
}

/** What a text before it already says is not said again. */
function addText(texts: string[], text: string): void {
  const folded = foldForMatch(text);
  if (folded === '' || texts.some((other) => foldForMatch(other).includes(folded))) return;
  const shorter = texts.findIndex((other) => folded.includes(foldForMatch(other)));
  if (shorter >= 0) texts[shorter] = text;
  else texts.push(text);
}

function byShape(source: FactSource, labelReasons: readonly (typeof NO_VALUE)[]): Fact<string> {
  const place = readPlace(source);
  const address = readUsAddress(source.lines);
  const texts: string[] = [];
  for (const fact of [place, address]) if (fact.value !== null) addText(texts, fact.value);
  const reasons = [...new Set(labelReasons), ...place.reasons, ...address.reasons];
  return { value: texts.length > 0 ? texts.join(', ') : null, reasons };
}

/** Administrators name Places so that their site can be found in the text: a prefix, a blank, the site's id. */
const PLACE_AT_START = /^(?:Loc|LOC) ([\p{L}\p{N}][^|:]{0,80})$/u;
const PLACE =
  /(?:^|[\s,(])((?:Loc|LOC) [\p{L}\p{N}][\p{L}\p{N}._-]{0,40}|(?:Location|LOCATION|Site|SITE) (?!ID\b|IP\b|GPS\b|UNKNOWN\b|NOT\b|IS\b|A\b)[A-Z0-9][A-Z0-9._-]{1,40})(?=$|[\s,.)])/gu;

function readPlace(source: FactSource): Fact<string> {
  const candidates = source.lines.flatMap((line, index): Candidate<string>[] => {
    if (PLACE_AT_START.test(line)) {
      return [{ value: [line, ...addressBelow(source, index)].map(withoutEnd).join(', '), rank: 2 }];
    }
    return Array.from(line.matchAll(PLACE), ([, place = '']) => ({ value: place.replace(/[._-]+$/, ''), rank: 1 }));
  });
  return chooseFact('location', candidates);
}

/** Two lines at most below a Place, if they have no label and look like its address. */
function addressBelow({ lines, labels, phrase }: FactSource, index: number): string[] {
  const below = [index + 1, index + 2];
  const end = below.findIndex(
    (line) =>
      !lines[line] || labels.some((label) => label.line === line) || (phrase !== null && line === phrase.firstLine),
  );
  return continuation(below.slice(0, end < 0 ? undefined : end).map((line) => lines[line] ?? ''));
}
