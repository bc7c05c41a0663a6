/**
 * What became of one message, as far as it is known: `claimed` by a sender of ours, `accepted` by the provider, `sent`
 * to the carrier, `delivered` to the phone; `undelivered` when the carrier gave up, `failed` when the provider did.
 */
export type DeliveryState = 'claimed' | 'accepted' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/**
 * A later state outranks an earlier one. Of contradictory ends the worse one holds: the parts of a long message are
 * reported one by one, and a person who got one of two was not told.
 */
const RANKS: Record<DeliveryState, number> = {
  claimed: 0,
  accepted: 1,
  sent: 2,
  delivered: 3,
  undelivered: 4,
  failed: 5,
};

/** https://www.twilio.com/docs/messaging/api/message-resource#message-status-values; `null`: of messages that come in. */
const OF_MESSAGES: Readonly<Record<string, DeliveryState | null>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  partially_delivered: 'undelivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
  receiving: null,
  received: null,
};

/**
 * https://www.twilio.com/docs/voice/api/call-resource#call-status-values, `initiated` of the callbacks, and the words of
 * {@link callStatusOf}. The two lists agree on `queued`, `failed` and `canceled`.
 */
const OF_CALLS: Readonly<Record<string, DeliveryState>> = {
  queued: 'accepted',
  initiated: 'sent',
  ringing: 'sent',
  'in-progress': 'sent',
  completed: 'delivered',
  'key-pressed': 'delivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  'no-person': 'undelivered',
  unheard: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

const STATES = { ...OF_MESSAGES, ...OF_CALLS };

/** The state that a status of Twilio's means for a message or a call that goes out; `null` where it means none. */
export function fromTwilioStatus(status: string): DeliveryState | null {
  return Object.hasOwn(STATES, status) ? (STATES[status] ?? null) : null;
}

/** What Twilio says of a call: in a status callback (as text), or when it is asked. */
export interface CallReport {
  status: string;
  /** Of the machine detection: `human`, `machine_…`, `fax`, `unknown`; empty or `null` where there was none. */
  answeredBy: string | null;
  /** From the answer to the end, in whole seconds; `null` while it is not known. */
  seconds: number | null;
}

/**
 * Twilio's status of a call, except that one that ended well is a telling only when a person had the time to hear the
 * facts: `no-person` when a machine answered, or Twilio could not say who; `unheard` when it was shorter than the facts
 * take at the very least. In doubt somebody is told once more.
 */
export function callStatusOf({ status, answeredBy, seconds }: CallReport, leastSeconds: number): string {
  if (status !== 'completed') return status;
  if (answeredBy && answeredBy !== 'human') return 'no-person';
  return seconds !== null && seconds < leastSeconds ? 'unheard' : status;
}

/** The one that holds, in whichever order the two were learned: a late callback never undoes a newer one. */
export function laterState(a: DeliveryState, b: DeliveryState): DeliveryState {
  return RANKS[a] >= RANKS[b] ? a : b;
}
