import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { VoiceWords } from './words/voiceWords.ts';

/**
 * A number as it is said: digit by digit, with a pause between its groups, e.g. `plus 1. 4, 2, 5. 5, 5, 5. 0, 1, 0, 0`.
 * No voice can make thousands or a year of single digits. What is no number keeps its words.
 */
export function spokenNumber(text: string, { plus }: VoiceWords): string {
  const written = parsePhoneNumberFromString(text)?.formatInternational() ?? text;
  return written
    .split(/[\s().-]+/)
    .filter((group) => group !== '')
    .map((group) => group.replace(/\+(?=\d)/g, `${plus} `).replace(/\d(?=\d)/g, '$&, '))
    .join('. ');
}

/** https://www.icao.int/Pages/AlphabetRadiotelephony.aspx, for the letters of a call's code. */
const ALPHABET: Readonly<Record<string, string>> = {
  C: 'Charlie',
  D: 'Delta',
  F: 'Foxtrot',
  G: 'Golf',
  H: 'Hotel',
  J: 'Juliett',
  K: 'Kilo',
  M: 'Mike',
  N: 'November',
  P: 'Papa',
  Q: 'Quebec',
  R: 'Romeo',
  T: 'Tango',
  V: 'Victor',
  W: 'Whiskey',
  X: 'X-ray',
  Y: 'Yankee',
};

/** A call's code letter by letter, e.g. `C Charlie, 7, D Delta`: C, D, P and T sound alike on a phone. */
export function spokenCode(code: string): string {
  return [...code].map((letter) => [letter, ALPHABET[letter] ?? []].flat().join(' ')).join(', ');
}
