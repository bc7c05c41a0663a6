import { type Candidate, chooseFact, type Fact, type FactSource } from './fact.ts';
import type { LabelledValue } from './labelledValues.ts';
import type { LabelKind } from './labels.ts';
import { foldForMatch } from './plainText.ts';

export interface Coordinates {
  latitude: number;
  longitude: number;
}

const RANK = { labelled: 3, location: 2, mapLink: 1 } as const;
const DOT_PAIR =
  /(?<![\d.])([-+]?\d{1,3}(?:\.\d{1,15})?) ?°? ?([ns]?)\s?[,;/~ ]\s?([-+]?\d{1,3}(?:\.\d{1,15})?) ?°? ?([ewo]?)(?!\.?\d|\p{L})/u;
const COMMA_PAIR =
  /(?<![\d,])([-+]?\d{1,3},\d{1,15}) ?°? ?([ns]?)\s?[;/ ]\s?([-+]?\d{1,3},\d{1,15}) ?°? ?([ewo]?)(?!,?\d|\p{L})/u;
/** Inside a location, only what nobody could take for a street number. */
const PRECISE_PAIR =
  /(?<![\d.])[-+]?\d{1,3}\.\d{3,15} ?°? ?[ns]?\s?[,;/ ]\s?[-+]?\d{1,3}\.\d{3,15} ?°? ?[ewo]?(?!\.?\d)/u;

/** The coordinates conveyed: labelled, in the value of a location, or in a link to a map. In degrees, WGS 84. */
export function readCoordinates(source: FactSource): Fact<Coordinates> {
  const candidates = [...fromLabels(source.labels), ...fromLinks(source)];
  const good = candidates.filter(({ value }) => isOnEarth(value));
  const fact = chooseFact(
    'coordinates',
    good,
    ({ latitude, longitude }) => `${latitude.toFixed(4)} ${longitude.toFixed(4)}`,
  );
  if (good.length > 0 || candidates.length === 0) return fact;
  return { value: null, reasons: ['coordinates unknown: those in the message are no place on earth, or 0, 0'] };
}

/** 0, 0 lies in the open sea: what a program writes that has none. */
export function isOnEarth({ latitude, longitude }: Coordinates): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && !(latitude === 0 && longitude === 0);
}

function fromLabels(labels: readonly LabelledValue[]): Candidate<Coordinates>[] {
  const candidates: Candidate<Coordinates>[] = [];
  for (const label of labels) {
    const text = foldForMatch(textOf(label));
    if (label.kind === 'coordinates') add(candidates, parsePair(text), RANK.labelled);
    if (label.kind === 'location' || label.kind === 'address') {
      add(candidates, parsePair(PRECISE_PAIR.exec(text)?.[0] ?? ''), RANK.location);
    }
  }
  const latitudes = degreesOf(labels, 'latitude', 's');
  const longitudes = degreesOf(labels, 'longitude', 'w');
  latitudes.forEach((latitude, index) => {
    const longitude = longitudes[index];
    add(candidates, longitude === undefined ? null : { latitude, longitude }, RANK.labelled);
  });
  return candidates;
}

function add(candidates: Candidate<Coordinates>[], value: Coordinates | null, rank: number): void {
  if (value !== null) candidates.push({ value, rank });
}

function textOf(label: LabelledValue): string {
  return (label.value === '' ? (label.following[0] ?? '') : label.value).slice(0, 200);
}

function degreesOf(labels: readonly LabelledValue[], kind: LabelKind, negative: 's' | 'w'): number[] {
  return labels.flatMap((label) => {
    if (label.kind !== kind) return [];
    const [, digits, hemisphere] =
      /^([-+]?\d{1,3}(?:[.,]\d{1,15})?) ?°? ?([nsewo]?)(?!\.?\d)/.exec(foldForMatch(textOf(label))) ?? [];
    return digits === undefined ? [] : [toDegrees(digits, hemisphere === negative)];
  });
}

function toDegrees(digits: string, isNegative: boolean): number {
  const degrees = Number(digits.replace(',', '.'));
  return isNegative ? -Math.abs(degrees) : degrees;
}

function parsePair(folded: string): Coordinates | null {
  const [, latitude, ns, longitude, ew] = DOT_PAIR.exec(folded) ?? COMMA_PAIR.exec(folded) ?? [];
  if (latitude === undefined || longitude === undefined) return null;
  return { latitude: toDegrees(latitude, ns === 's'), longitude: toDegrees(longitude, ew === 'w') };
}

function fromLinks(source: FactSource): Candidate<Coordinates>[] {
  const inText = source.lines.flatMap((line) => line.match(/(?:https?:\/\/|geo:)[^\s<>"']{4,2000}/g) ?? []);
  const candidates: Candidate<Coordinates>[] = [];
  for (const href of [...source.links, ...inText].slice(0, 100)) add(candidates, fromMapLink(href), RANK.mapLink);
  return candidates;
}

const PAIR_IN_LINK =
  '(-?\\d{1,3}(?:\\.\\d{1,15})?)(?:,|~|_|%2C|%7E|,\\+|,%20|/)(-?\\d{1,3}(?:\\.\\d{1,15})?)(?!\\.?\\d)';
const MAP_PATTERNS = [
  // Bing, Google, Apple: a pair after a parameter of this name.
  new RegExp(
    `[?&#](?:cp|q|query|ll|sll|daddr|destination|center|sp=point\\.|point|loc|pp|rtp|where1|map=\\d{1,2})=?(?:pos\\.|point\\.|loc:)?/?${PAIR_IN_LINK}`,
    'i',
  ),
  new RegExp(`/@${PAIR_IN_LINK}`),
  new RegExp(`^geo:${PAIR_IN_LINK}`, 'i'),
  /[?&]mlat=(-?\d{1,3}(?:\.\d{1,15})?)&mlon=(-?\d{1,3}(?:\.\d{1,15})?)/i,
];

/** The place a map's address shows; `null` for any other address. Links that Outlook wrapped for safety are unwrapped. */
function fromMapLink(href: string): Coordinates | null {
  const [, wrapped] =
    /^https:\/\/[\w.-]{1,80}safelinks\.protection\.outlook\.com\/[^?]{0,50}\?(?:[^#]{0,200}&)?url=([^&]{1,2000})/i.exec(
      href,
    ) ?? [];
  const address = wrapped === undefined ? href : decode(wrapped);
  if (!/^geo:|^https?:\/\/[^?#]{0,100}(?:map|bing|google|apple|waze|here)/i.test(address)) return null;
  for (const pattern of MAP_PATTERNS) {
    const [, latitude, longitude] = pattern.exec(address) ?? [];
    if (latitude !== undefined && longitude !== undefined)
      return { latitude: Number(latitude), longitude: Number(longitude) };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
