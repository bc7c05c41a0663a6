import { toGsmText } from './smsSegments.ts';

/** Whatever a phone shows much like a straight double quote. */
const DOUBLE_QUOTES = /["“”„‟″‶ʺ˝❝❞〝〞＂״«»]/g;
/** Joiners mean something in Persian, Indic scripts and emoji; behind a Latin letter they only hide. */
const IDLE_JOINERS = /(^|[\p{Script=Latin}\p{N}\p{P}\s])[\u200c\u200d]+/gu;

/**
 * What a stranger wrote, as one line: without control and invisible characters, halves of surrogate pairs, line breaks
 * and runs of spaces, in GSM-7 where it can be said so. `null` when nothing is left to read.
 */
export function factText(value: string | null): string | null {
  if (value === null) return null;
  const visible = value
    .replace(/\p{Cs}|(?![\u200c\u200d])\p{Cf}/gu, '')
    .replace(/\p{Cc}/gu, ' ')
    .replace(IDLE_JOINERS, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return visible === '' ? null : toGsmText(visible).trim() || visible;
}

/** The text between double quotes, with none inside: it cannot end early and go on as words of ours. */
export function quoted(text: string): string {
  return `"${text.replace(DOUBLE_QUOTES, "'")}"`;
}

const PHONE_NUMBER = /^\+?[0-9][0-9 ()./-]{1,31}$/;
const DIALED_NUMBER = /^[0-9*#+][0-9*#]{0,15}$/;
const UPN = /^[\w.!#$%&'*+/=?~-]{1,64}@[A-Za-z0-9.-]{1,64}$/;

/** True for digits and their usual punctuation: they need no quotes, since they can spell no label. */
export function isPhoneNumber(text: string): boolean {
  return PHONE_NUMBER.test(text);
}

export function isDialedNumber(text: string): boolean {
  return DIALED_NUMBER.test(text);
}

export function isUpn(text: string): boolean {
  return UPN.test(text);
}
