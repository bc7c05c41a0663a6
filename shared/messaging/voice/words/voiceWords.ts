/**
 * The sentences of a call in one language; `{}` stands for what is said of this call. Short sentences, since they are
 * heard on a bad line at night. Only the English ones come from a speaker of the language: nobody has confirmed the
 * translations.
 */
export interface VoiceWords {
  /** Before everything else. */
  opening: string;
  /** Of every test, before the facts. */
  test: string;
  /** Of a call from off site, before the facts. */
  offSite: string;
  head: Readonly<Record<'call' | 'update' | 'detailsPending' | 'detailsUnavailable' | 'notEmergency', string>>;
  code: string;
  callback: string;
  location: string;
  alsoAt: string;
  caller: string;
  /** Before a fact that an update is about. */
  isNew: string;
  coordinates: string;
  unknown: string;
  /** In place of a location that its hearer is not to know; `{}` are the names of those who do. */
  withheld: string;
  onThePage: string;
  plus: string;
  minus: string;
  /** Behind a fact that is too long for a call. */
  cut: string;
  warning: string;
  /** What the keys do: see `shared/messaging/voice/keypad.ts`. */
  menu: string;
  /** Where no key can be taken. */
  answerByText: string;
  noKey: string;
  wrongKey: string;
  /** Where the machine detection took a person for a machine. */
  confirm: string;
  /** Before a key closes a call, which is final. */
  confirmClosing: string;
  notRecorded: string;
  noRepetition: string;
  /** What became of an answer, and only once it is recorded. */
  recorded: Readonly<Record<'acknowledge' | 'onScene' | 'handBack' | 'escalate' | 'resolve', string>>;
  isYours: string;
  /** `{}` is the name of who has it. */
  isTaken: string;
  isNotYours: string;
  isResolved: string;
}
