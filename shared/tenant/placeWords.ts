import { foldForMatch } from '../emergency/plainText.ts';
import type { StreetAddress } from './lisConfig.ts';

/**
 * Words that stand for each other in an address, the short form last: street suffixes, directions and units of the
 * United States Postal Service (Publication 28, appendices B and C), as far as Teams and administrators write them.
 */
const SAME = [
  'street st',
  'avenue av ave',
  'road rd',
  'boulevard blvd',
  'drive dr',
  'lane ln',
  'court ct',
  'place pl',
  'square sq',
  'parkway pkwy',
  'highway hwy',
  'terrace ter',
  'circle cir',
  'plaza plz',
  'center ctr',
  'trail trl',
  'north n',
  'south s',
  'east e',
  'west w',
  'northeast ne',
  'northwest nw',
  'southeast se',
  'southwest sw',
  'floor fl',
  'building bldg',
  'room rm',
  'suite ste',
  'apartment apt',
  'department dept',
  'lobby lbby',
];

const SHORT = new Map(
  SAME.flatMap((line) => {
    const words = line.split(' ');
    return words.map((word) => [word, words.at(-1) ?? word] as const);
  }),
);

const COUNTRIES: Record<string, readonly string[]> = {
  US: ['us', 'usa', 'united states', 'united states of america'],
  CA: ['ca', 'can', 'canada'],
  GB: ['gb', 'uk', 'united kingdom', 'great britain'],
  DE: ['de', 'germany', 'deutschland'],
};

/** More words than any location has; what is longer is matched with nothing. */
const MAX_WORDS = 40;

/**
 * The words by which places are compared: without case, width, punctuation and blanks, and with the long forms of the
 * Postal Service's abbreviations made short. Nothing else is changed, so that "34-2" is never "342".
 */
export function placeWords(text: string): string[] {
  const words = foldForMatch(text.slice(0, 2_000))
    .replace(/['\u2019]/g, '')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');
  return words.length > MAX_WORDS ? [] : words.map((word) => SHORT.get(word) ?? word);
}

/** The same as one text, which is empty where there is none. */
export function placeKey(text: string | null): string {
  return text === null ? '' : placeWords(text).join(' ');
}

/** What is said of an address beside its street. */
export interface Vocabulary {
  /** Each as {@link placeKey} has it. */
  keys: ReadonlySet<string>;
  /** With which words they begin. */
  beginnings: ReadonlySet<string>;
  /** Words of the longest. */
  longest: number;
}

export function addressVocabulary(address: StreetAddress): Vocabulary {
  const { city, cityAlias, stateOrProvince, countyOrDistrict, postalCode, countryOrRegion, companyName, description } =
    address;
  const country = countryOrRegion?.toUpperCase() ?? '';
  const said = [city, cityAlias, stateOrProvince, countyOrDistrict, postalCode, country, companyName, description];
  const keys = [...said, ...(COUNTRIES[country] ?? [])].map(placeKey).filter((key) => key !== '');
  const words = keys.map((key) => key.split(' '));
  return {
    keys: new Set(keys),
    beginnings: new Set(words.map(([first = '']) => first)),
    longest: Math.max(0, ...words.map(({ length }) => length)),
  };
}

/** Whether words are nothing but entries of a vocabulary, one after the other; the longest entry is tried first. */
export function areSaid(words: readonly string[], { keys, beginnings, longest }: Vocabulary): boolean {
  for (let start = 0; start < words.length; ) {
    if (!beginnings.has(words[start] ?? '')) return false;
    let end = Math.min(words.length, start + longest);
    while (end > start && !keys.has(words.slice(start, end).join(' '))) end -= 1;
    if (end === start) return false;
    start = end;
  }
  return true;
}
