import type { CallFacts } from './emergencyCall.ts';

/** What the reader made of one chat message. */
export interface EmergencyReading {
  /**
   * `emergency`: it says so, surely or possibly (doubt is on the side of telling).
   * `other`: an ordinary or system message.
   * `unreadable`: not a message at all, or one without any content to judge: to be treated as an emergency whose
   * details are unknown.
   */
  verdict: 'emergency' | 'other' | 'unreadable';
  confidence: 'certain' | 'likely' | 'possible';
  /** Why, in short words for the record and the administrator, e.g. `phrase en "has placed an Emergency Call"`. */
  reasons: string[];
  facts: CallFacts;
  /** Names of the facts that the message did not give. */
  unknown: (keyof CallFacts)[];
  isTest: boolean;
  /** BCP 47 tag of the phrase that matched, or `null`. */
  language: string | null;
  /** The whole message as plain text, lines parted by \n, without markup and control characters. */
  text: string;
  /** The message that this one replies to, where the words of an emergency stand only in what it quotes of it. */
  quotedMessageId: string | null;
  /** Teams' creation time as ISO 8601 in UTC, or `null` when the message has none that can be read. */
  occurredAt: string | null;
}

/** A phrase by which an emergency message is recognised, in one language. */
export interface EmergencyPhrase {
  /** BCP 47, e.g. `en`, `fr-CA`. */
  language: string;
  phrase: string;
  /** True when a real Teams message with this wording has been seen; false for a translation nobody has confirmed. */
  isConfirmed: boolean;
}

export interface ReaderOptions {
  phrases: readonly EmergencyPhrase[];
  /** Numbers whose calls are tests, e.g. `933`. */
  testNumbers: readonly string[];
  /** ISO 3166-1 alpha-2: how a number written without a country code is read. */
  defaultCountry: string;
}
