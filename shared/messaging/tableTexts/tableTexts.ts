import type { AlertWords } from '../alertSms.ts';

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
