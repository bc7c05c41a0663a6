import { type AlertLanguage, alertLanguageOf } from '../../oncall/languages.ts';
import { toGsmText } from '../smsSegments.ts';
import type { AlertTexts } from './alertTexts.ts';
import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FRENCH } from './fr.ts';

const TEXTS: Readonly<Record<AlertLanguage, AlertTexts>> = { en: ENGLISH, de: GERMAN, es: SPANISH, fr: FRENCH };

/** Those of the language (BCP 47), whatever its region; English where there is no translation. */
export function alertTextsIn(language = 'en'): AlertTexts {
  return TEXTS[alertLanguageOf(language)];
}

/** The same in GSM-7, without the accents that it does not have: one "á" would make each message three times as dear. */
export function smsTextsIn(language = 'en'): AlertTexts {
  return SMS_TEXTS[alertLanguageOf(language)];
}

const SMS_TEXTS: Readonly<Record<AlertLanguage, AlertTexts>> = {
  ...{ en: inGsm(ENGLISH), de: inGsm(GERMAN) },
  ...{ es: inGsm(SPANISH), fr: inGsm(FRENCH) },
};

function inGsm(texts: AlertTexts): AlertTexts {
  return JSON.parse(JSON.stringify(texts), (_, value: unknown) =>
    typeof value === 'string' ? toGsmText(value) : value,
  );
}
