import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FRENCH } from './fr.ts';
import type { TableTexts } from './tableTexts.ts';

const TEXTS: Readonly<Record<string, TableTexts>> = { en: ENGLISH, de: GERMAN, es: SPANISH, fr: FRENCH };

/** Those of the language (BCP 47), whatever its region; English where there is no translation. */
export function tableTextsIn(language = 'en'): TableTexts {
  const [primary = ''] = language.toLowerCase().split('-');
  return (Object.hasOwn(TEXTS, primary) ? TEXTS[primary] : undefined) ?? ENGLISH;
}
