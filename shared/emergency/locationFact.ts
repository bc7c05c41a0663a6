import { type Candidate, chooseFact, type Fact, type FactSource, saysNone } from './fact.ts';
import type { LabelledValue } from './labelledValues.ts';
import type { LabelKind } from './labels.ts';
import { foldForMatch } from './plainText.ts';
import { readUsAddress } from './usAddress.ts';

const LOCATION_KINDS: readonly LabelKind[] = ['location', 'address', 'place'];
const PART_KINDS: readonly LabelKind[] = ['part', 'locality'];

/**
 * The location conveyed, as one text: every labelled part in the order of the message, joined with ", "; without any
 * label a Place named `<PREFIX> <site id>` and a United States address, by their shape.
 */
export function readLocation(source: FactSource): Fact<string> {
  const labels = source.labels.filter((label) => isOfLocation(label, source.labels));
  const reasons: string[] = [];
  const parts: string[] = [];
  for (const label of labels) {
    const text = textOf(label);
    if (text === '') reasons.push('location: a label without a value');
    else if (saysNone(text)) reasons.push('location: the message says of a part that it is not known');
    else if (!isContradicted(label, labels))
      addPart(parts, PART_KINDS.includes(label.kind) ? withLabel(label, text) : text);
    else reasons.push(`location: the message gives different values for one label (${label.kind})`);
  }
  if (parts.length > 0) return { value: parts.join(', '), reasons: unique(reasons) };
  if (reasons.length > 0) return { value: null, reasons: unique(reasons) };
  return byShape(source);
}

/** "Room: 3" in the middle of a line counts only behind another part of a location; anybody may write "our office: …". */
function isOfLocation(label: LabelledValue, labels: readonly LabelledValue[]): boolean {
  if (isWhole(label)) return true;
  if (!PART_KINDS.includes(label.kind)) return false;
  const beside = labels.filter((other) => other.line === label.line && (other.isAtLineStart || isWhole(other)));
  return label.isAtLineStart || beside.some((other) => isWhole(other) || PART_KINDS.includes(other.kind));
}

function isWhole({ kind }: LabelledValue): boolean {
  return LOCATION_KINDS.includes(kind);
}

function unique(reasons: string[]): string[] {
  return [...new Set(reasons)];
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

/** Another value for the same words: a label at the beginning of a line goes before one that anybody's words may hold. */
function isContradicted(label: LabelledValue, labels: readonly LabelledValue[]): boolean {
  const text = foldForMatch(textOf(label));
  return labels.some((other) => {
    if (other === label || !isSameLabel(label, other) || (label.isAtLineStart && !other.isAtLineStart)) return false;
    const otherText = foldForMatch(textOf(other));
    return !saysNone(otherText) && !text.includes(otherText) && !otherText.includes(text);
  });
}

function isSameLabel(a: LabelledValue, b: LabelledValue): boolean {
  return a.kind === b.kind && (!PART_KINDS.includes(a.kind) || foldForMatch(a.label) === foldForMatch(b.label));
}

/** "3" says nothing, "Floor 3" does. */
function withLabel({ kind, label }: LabelledValue, text: string): string {
  const words = label.replace(/[*_]/g, '').trim();
  return kind === 'locality' || foldForMatch(text).includes(foldForMatch(words)) ? text : `${words} ${text}`;
}

/** What a part before it already says is not said again. */
function addPart(parts: string[], text: string): void {
  const folded = foldForMatch(text);
  if (folded === '' || parts.some((part) => foldForMatch(part).includes(folded))) return;
  const shorter = parts.findIndex((part) => folded.includes(foldForMatch(part)));
  if (shorter >= 0) parts[shorter] = text;
  else parts.push(text);
}

function byShape(source: FactSource): Fact<string> {
  const place = readPlace(source);
  const address = readUsAddress(source.lines);
  const parts: string[] = [];
  for (const fact of [place, address]) if (fact.value !== null) addPart(parts, fact.value);
  return { value: parts.length > 0 ? parts.join(', ') : null, reasons: [...place.reasons, ...address.reasons] };
}

/** Administrators name Places so that their site can be found in the text: a prefix, a blank, the site's id. */
const PLACE_AT_START = /^(?:Loc|LOC) ([\p{L}\p{N}][^|:]{0,80})$/u;
const PLACE =
  /(?:^|[\s,(])((?:Loc|LOC) [\p{L}\p{N}][\p{L}\p{N}._-]{0,40}|(?:Location|LOCATION|Site|SITE) (?!ID\b|IP\b|GPS\b|UNKNOWN\b|NOT\b|IS\b|A\b)[A-Z0-9][A-Z0-9._-]{1,40})(?=$|[\s,.)])/gu;

function readPlace(source: FactSource): Fact<string> {
  const candidates: Candidate<string>[] = [];
  for (const [index, line] of source.lines.entries()) {
    if (PLACE_AT_START.test(line))
      candidates.push({ value: [line, ...addressBelow(source, index)].map(withoutEnd).join(', '), rank: 2 });
    else
      for (const [, place] of line.matchAll(PLACE))
        candidates.push({ value: (place ?? '').replace(/[._-]+$/, ''), rank: 1 });
  }
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
