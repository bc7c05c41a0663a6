/** Line breaks of every kind that Unicode names (UAX #14: BK, CR, LF, NL). */
const LINE_BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Characters nobody sees: controls, formats (zero-width, bidi, soft hyphen, tags), variation selectors. They must
 * neither hide a phrase nor turn the text of an alert around.
 */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point}/gu;
const INVISIBLE_BUT_BREAKS = /(?!\n)(?:\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point})/gu;

/** Blanks of every width, and letters that look like one (Braille blank, Hangul fillers). */
const BLANKS = /[\t\p{Zs}\u115f\u1160\u2800\u3164\uffa0]+/gu;

/** Normalising is quadratic in the length of a run of combining marks; no script needs more than a few. */
const MARKS_IN_A_ROW = /(\p{M}{8})\p{M}+/gu;

const LONE_SURROGATE = /[\ud800-\udfff]/gu;

/** Text as lines of visible characters, in NFC, with single blanks. Blank lines part paragraphs; two never follow each other. */
export function toLines(raw: string): string[] {
  const lines: string[] = [];
  for (const rawLine of raw.split(LINE_BREAKS)) {
    const line = toVisible(rawLine);
    if (line !== '' || (lines.length > 0 && lines.at(-1) !== '')) lines.push(line);
  }
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function toVisible(line: string): string {
  return line
    .replace(BLANKS, ' ')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(MARKS_IN_A_ROW, '$1')
    .normalize('NFC')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/**
 * Text as it is compared: compatibility characters, case, blanks, quotation marks and dashes made alike. Never shown to
 * anybody.
 */
export function foldForMatch(text: string): string {
  return foldLines(text).replaceAll('\n', ' ').replace(/ {2,}/g, ' ').trim();
}

/** The same for many lines at once: each line break stays where it is, and no other comes to it. */
export function foldLines(text: string): string {
  return (
    text
      .replace(LINE_BREAKS, '\n')
      .replace(BLANKS, ' ')
      .replace(INVISIBLE_BUT_BREAKS, '')
      .replace(MARKS_IN_A_ROW, '$1')
      .replace(/[\u2018\u2019\u201b\u02bc`\u00b4]/g, "'")
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      // Two Arabic ligatures that stand for whole sentences: eighteen characters each would come of them.
      .replace(/[\ufdfa\ufdfb]/g, '')
      .normalize('NFKC')
      .toUpperCase()
      .toLowerCase()
      .replace(/ {2,}/g, ' ')
  );
}

const MAX_FACT_LENGTH = 500;

/** One fact as one line of at most 500 characters; `isCut` tells that the end is missing. */
export function toOneLine(text: string): { value: string; isCut: boolean } {
  const line = toLines(text).join(' ').replace(/ {2,}/g, ' ').trim();
  if (line.length <= MAX_FACT_LENGTH) return { value: line, isCut: false };
  const head = line.slice(0, MAX_FACT_LENGTH + 1);
  const lastBlank = head.lastIndexOf(' ');
  const cut = lastBlank > MAX_FACT_LENGTH / 2 ? head.slice(0, lastBlank) : head.slice(0, MAX_FACT_LENGTH);
  // The cut may have parted a surrogate pair.
  return { value: cut.replace(/[\ud800-\udbff]$/, '').trim(), isCut: true };
}
