import type { AlertTexts } from './alertTexts/alertTexts.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';
import { factText, isDialedNumber, quoted } from './factText.ts';

/** What stands before everything else, in every language and channel. */
export function marksOf({ isTest, whereabouts }: Pick<AlertWords, 'isTest' | 'whereabouts'>): string {
  return `${isTest ? 'TEST ' : ''}${whereabouts === 'offSite' ? 'OFF-SITE ' : ''}`;
}

/**
 * What an alert is: that an emergency call was made, and what was dialed. With minimal detail nothing of it can name
 * anybody; `isShort` where room is.
 */
export function headOf(
  { kind, facts }: Pick<AlertWords, 'kind' | 'facts'>,
  { heads, callAlone, callToUnknown, unknown }: AlertTexts,
  { detail, isShort }: Pick<AlertStyle, 'detail'> & { isShort: boolean },
): string {
  if (kind !== 'call') return heads[kind];
  const dialed = factText(facts.emergencyNumberDialed);
  if (dialed === null) return isShort ? `${callAlone} ${unknown}` : callToUnknown;
  const isNumber = isDialedNumber(dialed);
  if (detail === 'minimal' && !isNumber) return callAlone;
  const number = isNumber ? dialed : quoted(dialed);
  return isShort ? `${callAlone} ${number}` : heads.call.replace('{number}', () => number);
}
