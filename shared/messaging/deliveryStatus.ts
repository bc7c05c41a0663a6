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
const STATES: Readonly<Record<string, DeliveryState | null>> = {
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

/** The state that a status of Twilio's means for a message that goes out; `null` where it means none. */
export function fromTwilioStatus(status: string): DeliveryState | null {
  return Object.hasOwn(STATES, status) ? (STATES[status] ?? null) : null;
}

/** The one that holds, in whichever order the two were learned: a late callback never undoes a newer one. */
export function laterState(a: DeliveryState, b: DeliveryState): DeliveryState {
  return RANKS[a] >= RANKS[b] ? a : b;
}
