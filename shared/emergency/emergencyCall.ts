import { createHash } from 'node:crypto';
import type { EscalationPlan } from '../oncall/escalation.ts';
import type { CallResponse } from '../oncall/response.ts';
import type { Located } from '../oncall/sites.ts';

/** What is known of a call; `null` reads `unknown` in every alert and never delays one. */
export interface CallFacts {
  emergencyNumberDialed: string | null;
  callerDisplayName: string | null;
  callerUserId: string | null;
  callerUpn: string | null;
  /** E.164 where it could be read as a number, else as it was written. */
  callbackNumber: string | null;
  /** The location conveyed, as one line of text. */
  location: string | null;
  coordinates: { latitude: number; longitude: number } | null;
}

export const NO_FACTS: CallFacts = {
  emergencyNumberDialed: null,
  callerDisplayName: null,
  callerUserId: null,
  callerUpn: null,
  callbackNumber: null,
  location: null,
  coordinates: null,
};

/**
 * How much of the message that announced the call could be read: `read`; `pending` while it is still being fetched;
 * `unavailable` when Graph said for good that it cannot be had; `notEmergency` when the people on call were told of a
 * message before it could be read, and it then turned out to be none.
 */
export type CallContent = 'read' | 'pending' | 'unavailable' | 'notEmergency';

/** `chat`: Teams' message to the service account; `event`: Graph's emergency call event. */
export type CallSource = 'chat' | 'event';

/** One call to an emergency number by one caller: the record everything hangs on. Times are ISO 8601 in UTC. */
export interface EmergencyCall extends Located {
  id: string;
  /** Three characters a person can type at night; see {@link callCodeOf}. */
  code: string;
  /** What told of the call first. */
  source: CallSource;
  /** The chat message that told of it; `null` until one does. */
  chat: { chatId: string; messageId: string } | null;
  /** The emergency call event that told of it; `null` until one does. */
  event: { eventId: string; policyName: string | null } | null;
  isTest: boolean;
  content: CallContent;
  facts: CallFacts;
  /** The location that the other source told, where it is not the one in `facts`: people must know of both. */
  alsoAt: string | null;
  /** Raised by one each time a fact becomes known or changes: a recipient told of a lower one is sent an update. */
  factsVersion: number;
  /** Which facts became known or changed since the first version. */
  changedFacts: (keyof CallFacts)[];
  /** Who is told, in order of duty, as it was when the call was recorded: a later change of the roster does not touch it. */
  recipients: { id: string; phone: string }[];
  /** How telling goes on while nobody has it, as the roster said then; `null` where it does not. */
  escalation: EscalationPlan | null;
  /** When it was found at which site the caller is; a later change of the roster does not touch it. */
  locatedAt: string;
  /** An off-site location is told to all, since nobody to whom the roster allows it could be reached. */
  isAddressOpen: boolean;
  /** How far somebody has taken it in hand. */
  response: CallResponse;
  /** When the message was last changed, as far as it was read; ISO 8601. An older reading never undoes a newer one. */
  contentModifiedAt: string | null;
  /** How sure the reader is that this is an emergency, and why. */
  confidence: 'certain' | 'likely' | 'possible';
  reasons: string[];
  /** By the source's clock (creation of the message, time of the event); `null` while it could not be read. */
  occurredAt: string | null;
  /** When the call ended, by the clock of the event source; `null` while it goes on, or nobody told. */
  endedAt: string | null;
  /** By the Event Hub's clock; `null` when the call was found by reconciling chats. */
  hubEnqueuedAt: string | null;
  /** By our clock: the notification reached us, the record was made. */
  receivedAt: string;
  recordedAt: string;
  /** When a provider first accepted a message about this call; `null` until then. */
  firstToldAt: string | null;
  /** True when that was more than {@link LATE_AFTER_MS} after the call. */
  late: boolean;
}

/** To whom a call goes, as the roster says when it is recorded, and at which site the caller is, where that was looked for. */
export type Routing = Pick<EmergencyCall, 'recipients' | 'escalation'> & Partial<Located>;

/** Promise 2: a call told later than this after the source's own time is marked LATE on the record. */
export const LATE_AFTER_MS = 10_000;

const LATEST_MS = 9_999_999_999_999;
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2015, 0, 1);
const LATEST_PLAUSIBLE_MS = Date.UTC(2100, 0, 1);

/**
 * The call's id, the same for every notification about one chat message, so that an insert-if-absent finds the
 * duplicate. It begins with the time counted backwards, so that rows sorted by it list the newest call first.
 * Teams message ids are the creation time in milliseconds (the documented examples of chatMessage all are); where one
 * is not, `fallback` gives the time.
 */
export function callIdOf(chatId: string, messageId: string, fallback: Date): string {
  const fromId = /^\d{13}$/.test(messageId) ? Number(messageId) : Number.NaN;
  const isPlausible = fromId >= EARLIEST_PLAUSIBLE_MS && fromId <= LATEST_PLAUSIBLE_MS;
  return toCallId(isPlausible ? fromId : fallback.getTime(), `chat\n${chatId}\n${messageId}`);
}

/** The same of a call that an event told of. */
export function callIdOfEvent(eventId: string, occurredAt: Date): string {
  return toCallId(occurredAt.getTime(), `event\n${eventId}`);
}

function toCallId(occurredMs: number, origin: string): string {
  const backwards = String(LATEST_MS - occurredMs).padStart(13, '0');
  return `${backwards}-${sha256(origin).toString('hex').slice(0, 16)}`;
}

/** No vowels (no words), nothing that a tired eye confuses (0 O, 1 I L, 5 S, 8 B, 2 Z), all within GSM-7. */
const CODE_ALPHABET = '34679CDFGHJKMNPQRTVWXY';

/** The short code that names a call in messages and replies: the same id always gives the same code. */
export function callCodeOf(callId: string): string {
  const digest = sha256(`code\n${callId}`);
  return [0, 1, 2].map((i) => CODE_ALPHABET.charAt((digest[i] ?? 0) % CODE_ALPHABET.length)).join('');
}

/**
 * Joins what a later reading found to what is known. A known fact is never lost to a later unknown one.
 * Returns the same object when nothing changed.
 */
export function mergeFacts(known: CallFacts, later: CallFacts): CallFacts {
  const merged: CallFacts = {
    emergencyNumberDialed: later.emergencyNumberDialed ?? known.emergencyNumberDialed,
    callerDisplayName: later.callerDisplayName ?? known.callerDisplayName,
    callerUserId: later.callerUserId ?? known.callerUserId,
    callerUpn: later.callerUpn ?? known.callerUpn,
    callbackNumber: later.callbackNumber ?? known.callbackNumber,
    location: later.location ?? known.location,
    coordinates: later.coordinates ?? known.coordinates,
  };
  return JSON.stringify(merged) === JSON.stringify(known) ? known : merged;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
