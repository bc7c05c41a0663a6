import type { AlertWords } from '../alertSms.ts';
import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FRENCH } from './fr.ts';

/**
 * The words of an alert as a table, in one language. No label holds a colon. Only the English ones come from a speaker of
 * the language: nobody has confirmed the translations.
 */
export interface TableTexts {
  /** With `{number}`, what was dialed; the others stand alone. */
  heads: Readonly<Record<AlertWords['kind'], string>>;
  /** For `call` where what was dialed is not known or is no number. */
  callToUnknown: string;
  labels: Readonly<
    Record<'dialed' | 'code' | 'callback' | 'location' | 'alsoAt' | 'coordinates' | 'caller' | 'time', string>
  >;
  unknown: string;
  /** In place of what is personal, where messages name nobody. */
  onThePage: string;
  /** Behind a value that an update brings. */
  isNew: string;
  noEmergency: string;
}

const TEXTS: Readonly<Record<string, TableTexts>> = { en: ENGLISH, de: GERMAN, es: SPANISH, fr: FRENCH };

/** Those of the language (BCP 47), whatever its region; English where there is no translation. */
export function tableTextsIn(language = 'en'): TableTexts {
  const [primary = ''] = language.toLowerCase().split('-');
  return (Object.hasOwn(TEXTS, primary) ? TEXTS[primary] : undefined) ?? ENGLISH;
}
