/** 3GPP TS 23.038, 6.2.1: the default alphabet in the order of its codes, without the escape (0x1B). One unit each. */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** 6.2.1.1: the extension table; each character is sent behind an escape and takes two units. */
const GSM_EXTENSION = '\f^{}\\[~]|€';

const GSM_UNITS = new Map<string, number>([
  ...[...GSM_BASIC].map((char): [string, number] => [char, 1]),
  ...[...GSM_EXTENSION].map((char): [string, number] => [char, 2]),
]);

/** Units that fit into a message of one part, and into each part of a longer one (a header takes the rest). */
const CAPACITY = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } } as const;

/**
 * How an SMS with this body is encoded and how many segments it takes (3GPP TS 23.038 and 23.040). One character
 * outside GSM-7 turns the whole message into UCS-2, counted in UTF-16 units. An escape pair or a surrogate pair is
 * never split between two parts, which can cost a unit at the end of a part; `units` does not count those.
 */
export function countSegments(body: string): { encoding: 'GSM-7' | 'UCS-2'; units: number; segments: number } {
  const chars = [...body];
  const encoding = isGsmText(body) ? 'GSM-7' : 'UCS-2';
  const sizes = chars.map((char) => (encoding === 'GSM-7' ? (GSM_UNITS.get(char) ?? 1) : char.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { single, part } = CAPACITY[encoding];
  return { encoding, units, segments: units <= single ? 1 : countParts(sizes, part) };
}

function countParts(sizes: readonly number[], capacity: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > capacity) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return parts;
}

/** True when every character is in the default alphabet or its extension. */
function isGsmText(text: string): boolean {
  return [...text].every((char) => GSM_UNITS.has(char));
}

/** Typographic characters whose plain equivalent Unicode's compatibility mapping does not give, and letters without one. */
const PLAIN = new Map<string, string>([
  ...equivalents("'", '‘’‚‛′‵ʹʻʼʽˈˊˋ´`❛❜‹›'),
  ...equivalents('"', '“”„‟″‶ʺ˝❝❞〝〞«»'),
  ...equivalents('-', '‐‑‒–—―−⁃﹘⁻•‣·∙'),
  ...equivalents('/', '⁄∕÷'),
  ...equivalents('x', '×'),
  ...equivalents('l', 'ł'),
  ...equivalents('L', 'Ł'),
  ...equivalents('d', 'đð'),
  ...equivalents('D', 'ĐÐ'),
  ...equivalents('h', 'ħ'),
  ...equivalents('H', 'Ħ'),
  ...equivalents('t', 'ŧ'),
  ...equivalents('T', 'Ŧ'),
  ...equivalents('i', 'ı'),
  ...equivalents('ss', 'ẞ'),
  ...equivalents('oe', 'œ'),
  ...equivalents('OE', 'Œ'),
  ...equivalents('th', 'þ'),
  ...equivalents('Th', 'Þ'),
]);

function equivalents(plain: string, chars: string): [string, string][] {
  return [...chars].map((char) => [char, plain]);
}

/**
 * The text in GSM-7, where that keeps its sense: typographic quotes, dashes, dots and spaces become plain ones, and a
 * letter loses an accent that GSM-7 lacks ("Č" becomes "C", "é" stays). A text with a letter that cannot be expressed
 * (Japanese, Cyrillic) is returned as it is: a name is never mangled.
 */
export function toGsmText(text: string): string {
  const plain = [...text.normalize('NFC')].map(toGsmChar).join('');
  return isGsmText(plain) ? plain : text;
}

function toGsmChar(char: string): string {
  if (GSM_UNITS.has(char)) return char;
  if (/\s/.test(char)) return ' ';
  const letters = PLAIN.get(char) ?? char.normalize('NFKD').replace(/\p{Mn}/gu, '');
  return [...letters].map((letter) => PLAIN.get(letter) ?? letter).join('');
}
