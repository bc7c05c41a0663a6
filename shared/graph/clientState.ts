import { createHash, timingSafeEqual } from 'node:crypto';

/** `unknownSubscription`: neither the id nor the `clientState` is known. */
export type ClientStateCheck = 'match' | 'mismatch' | 'unknownSubscription';

/** A subscription of ours; its id is `null` while its creation has not been recorded. */
export interface KnownClientState {
  subscriptionId: string | null;
  clientState: string;
}

/**
 * Whether a notification carries the secret of the subscription it names. Graph may notify before the creation of a
 * subscription is recorded, so under an unknown id the secret of any subscription of ours counts. Constant time: it
 * compares digests, with every known subscription.
 */
export function checkClientState(
  notification: { subscriptionId: string | null; clientState: string | null },
  known: readonly KnownClientState[],
): ClientStateCheck {
  const { subscriptionId, clientState } = notification;
  const named = known.filter((one) => one.subscriptionId !== null && one.subscriptionId === subscriptionId);
  const candidates = named.length > 0 ? named : known;
  const matches = candidates.filter((one) => clientState !== null && isSame(one.clientState, clientState));
  if (matches.length > 0) return 'match';
  return named.length > 0 ? 'mismatch' : 'unknownSubscription';
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
