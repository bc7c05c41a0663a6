import { type Candidate, chooseFact, type Fact } from './fact.ts';

/** The two letters the United States Postal Service uses for states, the district and territories. */
const STATES =
  'AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|' +
  'PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|AS|GU|MP|PR|VI';
const STATE_AND_ZIP = new RegExp(`(?<![\\p{L}\\d])(?:${STATES})[ ,]{1,2}\\d{5}(?:-\\d{4})?(?![\\p{L}\\d-])`, 'gu');
/** A house number and the beginning of a street's name. */
const HOUSE =
  /(?<![\p{L}\d.,:/#+-])\d{1,6}[A-Z]?(?:-\d{1,4})? (?:(?:N|S|E|W|NE|NW|SE|SW)\.? )?(?:\p{Lu}|\d{1,3}(?:st|nd|rd|th)\b)/u;
/** The end of what is said before the address; not the full stop of an abbreviation within it. */
const SENTENCE_END =
  /(?<!\b(?:St|Ave|Rd|Blvd|Dr|Ln|Ct|Pl|Hwy|Pkwy|Ste|Apt|No|Bldg|Fl|Rm|Mt|Ft|[NSEW]|[NS][EW]))[.!?;:|]\s/gu;
const MAX_BEFORE_STATE = 160;
/** Bounds the work on lines that are nothing but addresses. */
const MAX_OF_LINE = 5;

/** A United States address by its shape: house number, street, city, state, ZIP code, on one line or on two. */
export function readUsAddress(lines: readonly string[]): Fact<string> {
  const candidates: Candidate<string>[] = lines.flatMap((line, index) =>
    Array.from(line.matchAll(STATE_AND_ZIP))
      .slice(0, MAX_OF_LINE)
      .flatMap((match) => {
        const address = addressBefore(line.slice(0, match.index), lines[index - 1] ?? '');
        return address === null ? [] : [{ value: `${address}${match[0]}`, rank: 1 }];
      }),
  );
  return chooseFact('location', candidates);
}

/** What belongs to the address before its state: from the house number on. */
function addressBefore(before: string, lineAbove: string): string | null {
  const near = lastSentence(before.slice(-MAX_BEFORE_STATE));
  const house = HOUSE.exec(near);
  if (house !== null) return near.slice(house.index);
  const above = lastSentence(lineAbove.slice(-MAX_BEFORE_STATE));
  const houseAbove = HOUSE.exec(above);
  const isCityAlone = near.trim() !== '' && near === before && near.length <= 60;
  return houseAbove !== null && isCityAlone ? `${above.slice(houseAbove.index).replace(/,$/, '')}, ${near}` : null;
}

function lastSentence(text: string): string {
  const ends = [...text.matchAll(SENTENCE_END)];
  const last = ends.at(-1);
  return last === undefined ? text : text.slice(last.index + last[0].length);
}
