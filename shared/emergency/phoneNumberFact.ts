import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { EMERGENCY_NUMBERS } from './emergencyWords.ts';
import { type Candidate, chooseFact, type Fact, type FactSource, saysNone } from './fact.ts';
import type { LabelledValue } from './labelledValues.ts';

const EXTENSION = '(?:[ ,;]{0,2}(?:ext(?:ension|n)?|x|durchwahl|poste|anexo|int|toestel)\\.?[ :=]{0,2}\\d{1,8})?';
/** International, or grouped as people write a number; never a bare run of digits (ids, times, postal codes). */
const INTERNATIONAL = '\\+[\\d(][\\d ().\\/-]{6,24}\\d';
const GROUPED = '(?:\\(\\d{2,5}\\) ?|\\d{2,5}[ .-])\\d{3,4}[ .-]\\d{3,5}';
const NUMBER_IN_TEXT = new RegExp(
  `(?<![\\p{L}\\d+./:_-])(?:${INTERNATIONAL}|${GROUPED})${EXTENSION}(?![\\p{L}\\d_]|[-.:/]\\d)`,
  'giu',
);
const NUMBER_IN_VALUE = new RegExp(`\\+?\\(?\\d[\\d ().\\/-]{1,24}\\d${EXTENSION}`, 'iu');

/** Bounds the work on lines that are nothing but numbers. */
const MAX_NUMBERS_OF_LINE = 5;

const RANK = { callback: 6, callbackInline: 5, phone: 4, phoneInline: 3, text: 2, link: 1 } as const;

/**
 * The number under which the caller can be called back, in E.164 (an extension behind it as ` ext. 123`); a labelled
 * value that is no number of the numbering plan (an internal extension) as it was written. Never the number dialled,
 * nor a number of the conference.
 */
export function readCallbackNumber(
  source: FactSource,
  emergencyNumber: string | null,
  defaultCountry: string,
): Fact<string> {
  const country = isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const barred = barredNumbers(source, country);
  const isAllowed = (number: string): boolean =>
    !barred.has(number) && number !== emergencyNumber && !EMERGENCY_NUMBERS.includes(number);
  const labelled = source.labels.flatMap((label) => fromLabel(label, country));
  const unlabelled = [...fromText(source, country), ...fromLinks(source.links, country)];
  const candidates = [...labelled, ...unlabelled].filter(({ value }) => isAllowed(value));
  const fact = chooseFact('callback number', candidates, (value) => value);
  const isDenied = source.labels.some((label) => label.kind === 'callback' && isSaidToBeNone(label));
  return fact.value === null && isDenied
    ? { value: null, reasons: [...fact.reasons, 'callback number unknown: the message says so'] }
    : fact;
}

function isSaidToBeNone({ value, following }: LabelledValue): boolean {
  return value === '' ? following.length > 0 && saysNone(following[0] ?? '') : saysNone(value);
}

function fromLabel(label: LabelledValue, country: CountryCode | undefined): Candidate<string>[] {
  if (label.kind !== 'callback' && label.kind !== 'phone') return [];
  const text = inPlainSigns(label.value === '' ? (label.following[0] ?? '') : label.value);
  const rank = RANK[label.isSure ? label.kind : (`${label.kind}Inline` as const)];
  const found = NUMBER_IN_VALUE.exec(text.slice(0, 200))?.[0];
  const number = found === undefined ? null : toE164(found, country, false);
  if (number !== null) return [{ value: number, rank }];
  // As written: only what is a number at all, and labelled as nothing else than the way back to the caller.
  const isShortNumber = /^[x#(]?\s?(?:ext\.?\s?)?\d[\d ()./-]{1,24}\)?$/i.test(text);
  return label.kind === 'callback' && isShortNumber ? [{ value: text, rank }] : [];
}

/** Full-width digits, and hyphens of every kind, as a keyboard has them. */
function inPlainSigns(text: string): string {
  return text.normalize('NFKC').replace(/[\u2010-\u2015\u2212]/g, '-');
}

function fromText(source: FactSource, country: CountryCode | undefined): Candidate<string>[] {
  return source.lines.flatMap((line, index) =>
    isOfConference(source, index) ? [] : numbersOf(line, country).map((value) => ({ value, rank: RANK.text })),
  );
}

function numbersOf(line: string, country: CountryCode | undefined): string[] {
  const found = inPlainSigns(line).match(NUMBER_IN_TEXT) ?? [];
  return found
    .slice(0, MAX_NUMBERS_OF_LINE)
    .map((text) => toE164(text, country, true))
    .filter((number) => number !== null);
}

/** `tel:` links; one with a pause or a code behind it dials into a conference. */
function fromLinks(links: readonly string[], country: CountryCode | undefined): Candidate<string>[] {
  return links.flatMap((href) => {
    const [, digits] = /^(?:tel|callto):(\+?[\d().-]{3,30}(?:;ext=\d{1,8})?)$/i.exec(href.replaceAll('%2B', '+')) ?? [];
    const number = digits === undefined ? null : toE164(digits, country, true);
    return number === null ? [] : [{ value: number, rank: RANK.link }];
  });
}

function barredNumbers(source: FactSource, country: CountryCode | undefined): Set<string> {
  const values = source.labels.flatMap(({ kind, value, following }) =>
    kind === 'conference' ? [value, ...following] : [],
  );
  return new Set(values.flatMap((value) => numbersOf(value, country)));
}

/** The line of a conference's label, or one that belongs to it. */
function isOfConference(source: FactSource, line: number): boolean {
  return source.labels.some(
    (label) => label.kind === 'conference' && label.line <= line && line <= label.line + label.following.length,
  );
}

/** `null` for what cannot be a number of its country; `isStrict` asks for a valid one. */
export function toE164(text: string, country: CountryCode | undefined, isStrict: boolean): string | null {
  const parsed = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country });
  if (parsed === undefined || !(isStrict ? parsed.isValid() : parsed.isPossible())) return null;
  return parsed.ext === undefined ? parsed.number : `${parsed.number} ext. ${parsed.ext}`;
}
