/** Letters that lose nothing when they are typed without their mark, beside those that Unicode takes apart. */
const BARE_LETTERS = new Map([
  ['Ø', 'O'],
  ['Æ', 'AE'],
  ['Œ', 'OE'],
  ['Ł', 'L'],
]);

/**
 * Text as replies are compared: upper case, full-width digits and letters plain, Latin letters without accents, no
 * apostrophes inside words ("I'm" is IM), nothing invisible.
 */
export function foldReply(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/\p{Cf}|[\ufe0f\u20e3]/gu, '')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .replace(/[ØÆŒŁ]/g, (letter) => BARE_LETTERS.get(letter) ?? letter)
    .replace(/(?<=\p{L})['’‘ʼ`´](?=\p{L})/gu, '')
    .normalize('NFC');
}

/** Twilio hands over 1,600 characters at most; no reply of ours needs more than a few words. */
const MOST_TOKENS = 12;
const THANKS_SIGN = /[👍🙏][🏻🏼🏽🏾🏿]?/gu;
const TOKEN = /(?<![\p{L}\p{N}:])\d{1,2}:\d{2}(?::\d{2})?(?![\p{L}\p{N}:])|[\p{L}\p{M}\p{N}]+/gu;
/** What people put around words without changing their sense. "?", "+", "/" and every other sign does change it. */
const SEPARATORS = /^[\s.,!:;()[\]"'“”„«»‘’#*_…–—\-、。，！]*$/u;
/** "-1" says no to something, "- 1" begins a list: only between two words a dash is one. */
const LEADING_DASH = /(?<![\p{L}\p{N}]\s*)[-–—]+\s*\d/u;

/**
 * The words, digits and times (`14:05`) of a reply, folded; `null` for one that holds anything else which could change
 * its sense, and for one that is too long to be an answer.
 */
export function tokensOf(text: string): string[] | null {
  const folded = foldReply(text.replace(THANKS_SIGN, ' '));
  const rest = folded.replace(TOKEN, '');
  if (!SEPARATORS.test(rest) || LEADING_DASH.test(folded)) return null;
  const tokens = folded.match(TOKEN) ?? [];
  return tokens.length <= MOST_TOKENS ? tokens : null;
}
