import type { AlertWords } from '../alertWords.ts';

/**
 * The words of an alert in one language: of an SMS, and of the table in a mail or on a card. No label holds a colon. All
 * of it can be said in GSM-7, some of it without an accent. Only the English ones come from a speaker of the language:
 * nobody has confirmed the translations.
 */
export interface AlertTexts {
  /** With `{number}`, what was dialed; the others stand alone. */
  heads: Readonly<Record<AlertWords['kind'], string>>;
  /** For `call` where no number may be said, and before one where room is short. */
  callAlone: string;
  /** For `call` where it is not known what was dialed. */
  callToUnknown: string;
  /** Above the lines of several calls, with `{count}` of them. */
  moreCalls: string;
  /** Those of a table. */
  labels: Readonly<
    Record<'dialed' | 'code' | 'callback' | 'location' | 'alsoAt' | 'coordinates' | 'caller' | 'time', string>
  >;
  /** Those of an SMS, which stand before a value without a colon; the second where room is short. */
  smsLabels: Readonly<
    Record<
      'dialed' | 'code' | 'callback' | 'location' | 'alsoAt' | 'coordinates' | 'caller',
      readonly [long: string, short: string]
    >
  >;
  unknown: string;
  /** In place of a location that its reader is not to know; with `{names}` of those who do. */
  withheld: string;
  timeUnknown: string;
  /** In place of what is personal, where messages name nobody. */
  onThePage: string;
  detailsOnThePage: string;
  detailsOnThePageLater: string;
  /** Behind a value in a table that an update brings. */
  isNew: string;
  /** Between a label and such a value in an SMS. */
  now: string;
  noEmergency: string;
  /** What the link of a mail is for, and how long it is good. */
  answer: string;
  withinAnHour: string;
  /** From January on, as short as they are usual. */
  months: readonly string[];
}
