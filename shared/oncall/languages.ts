/** Languages in which alerts are written and said. */
export const ALERT_LANGUAGES = ['en', 'de', 'es', 'fr'] as const;
export type AlertLanguage = (typeof ALERT_LANGUAGES)[number];

/** The one of a BCP 47 tag, whatever its region; English where there is no translation. */
export function alertLanguageOf(tag: string): AlertLanguage {
  const primary = tag.toLowerCase().replace(/-.*$/s, '');
  return ALERT_LANGUAGES.find((language) => language === primary) ?? 'en';
}
