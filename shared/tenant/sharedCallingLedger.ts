/** How long an emergency callback number is kept for a caller. */
const RESERVED_MS = 60 * 60_000;

/** One number, and until when it is some caller's. Times are ISO 8601 in UTC. */
export interface Reservation {
  number: string;
  callId: string;
  reservedAt: string;
  until: string;
  /** `predicted`: by this ledger. `seen`: the event or message of the call named it. */
  basis: 'predicted' | 'seen';
}

/** A call that had another number than this ledger said. */
export interface Disagreement {
  callId: string;
  /** `null`: none was predicted. */
  predicted: string | null;
  seen: string;
  at: string;
}

/**
 * What is known of the numbers of one Shared Calling policy. Microsoft's own list cannot be seen: this one repeats its
 * rule over the calls that were told of, and everything in it that was not seen is a prediction.
 */
export interface SharedCallingLedger {
  /** In the order in which they were made. */
  reservations: readonly Reservation[];
  /** The last {@link KEPT_DISAGREEMENTS}. */
  disagreements: readonly Disagreement[];
}

export const EMPTY_LEDGER: SharedCallingLedger = { reservations: [], disagreements: [] };

export const KEPT_DISAGREEMENTS = 50;

/** The numbers that emergency calls under a policy may have. */
export interface CallbackNumbers {
  /** In the order of the policy. */
  emergencyNumbers: readonly string[];
  /** `null` when the resource account has none. */
  resourceAccountNumber: string | null;
}

/** The callback number of one call. */
export interface Assigned {
  number: string | null;
  /**
   * `free`: the next number that nobody has. `kept`: the call has it already. `reused`: every number is somebody's; this
   * one has two callers now. `resourceAccount`: the policy has no numbers. `none`: neither has any.
   */
  how: 'free' | 'kept' | 'reused' | 'resourceAccount' | 'none';
  /** Until when it is the caller's; `null` where nothing is reserved. */
  until: string | null;
  basis: Reservation['basis'];
}

/**
 * The number of an emergency call: the next free one of the list, kept for 60 minutes; one of the list again where none
 * is free; the resource account's where the list is empty
 * (https://learn.microsoft.com/microsoftteams/shared-calling-setup, "Emergency callback number"). "Next" is taken as the
 * first free one in the order of the list. Which one is reused Microsoft does not say: here the one reserved longest ago,
 * which has the fewest callbacks to come. Returns the same ledger where it does not change.
 */
export function assignNumber(
  ledger: SharedCallingLedger,
  { emergencyNumbers, resourceAccountNumber }: CallbackNumbers,
  callId: string,
  now: Date,
): { assigned: Assigned; ledger: SharedCallingLedger } {
  const held = ledger.reservations.filter((each) => isHeld(each, now));
  const own = held.find((each) => each.callId === callId);
  if (own) return { assigned: { number: own.number, how: 'kept', until: own.until, basis: own.basis }, ledger };
  const [first] = emergencyNumbers;
  if (first === undefined) {
    const how = resourceAccountNumber === null ? 'none' : 'resourceAccount';
    return { assigned: { number: resourceAccountNumber, how, until: null, basis: 'predicted' }, ledger };
  }
  const taken = new Set(held.map(({ number }) => number));
  const free = emergencyNumbers.find((number) => !taken.has(number));
  const number = free ?? reservedLongestAgo(first, emergencyNumbers, held);
  const made = reservationOf(number, callId, now, 'predicted');
  return {
    assigned: { number, how: free === undefined ? 'reused' : 'free', until: made.until, basis: 'predicted' },
    ledger: { ...ledger, reservations: [...held, made] },
  };
}

/**
 * The number that the event or message of a call named: it holds, whatever was predicted, and is reserved from when the
 * call was told of, or from now where that is over. Another one than predicted is noted. Returns the same ledger where it
 * does not change.
 */
export function recordSeenNumber(
  ledger: SharedCallingLedger,
  number: string,
  callId: string,
  now: Date,
): SharedCallingLedger {
  const own = ledger.reservations.find((each) => each.callId === callId);
  if (own?.basis === 'seen' && own.number === number && isHeld(own, now)) return ledger;
  const others = ledger.reservations.filter((each) => each.callId !== callId && isHeld(each, now));
  const since = own && isHeld(own, now) ? new Date(own.reservedAt) : now;
  const made = reservationOf(number, callId, since, 'seen');
  const isAsPredicted = own?.number === number;
  const noted: Disagreement = { callId, predicted: own?.number ?? null, seen: number, at: now.toISOString() };
  return {
    reservations: [...others, made].toSorted((a, b) => Date.parse(a.reservedAt) - Date.parse(b.reservedAt)),
    disagreements: isAsPredicted ? ledger.disagreements : [...ledger.disagreements, noted].slice(-KEPT_DISAGREEMENTS),
  };
}

/** Gives back what a call has, such as one that turned out to be none. */
export function releaseNumber(ledger: SharedCallingLedger, callId: string): SharedCallingLedger {
  const reservations = ledger.reservations.filter((each) => each.callId !== callId);
  return reservations.length === ledger.reservations.length ? ledger : { ...ledger, reservations };
}

/** From the moment it is made until before its end. */
function isHeld({ until }: Reservation, now: Date): boolean {
  return now.getTime() < Date.parse(until);
}

function reservationOf(number: string, callId: string, at: Date, basis: Reservation['basis']): Reservation {
  const until = new Date(at.getTime() + RESERVED_MS).toISOString();
  return { number, callId, reservedAt: at.toISOString(), until, basis };
}

/** By the last reservation of each number, which may have several callers. */
function reservedLongestAgo(first: string, numbers: readonly string[], held: readonly Reservation[]): string {
  const lastOf = (number: string) =>
    Math.max(...held.filter((each) => each.number === number).map(({ reservedAt }) => Date.parse(reservedAt)));
  return numbers.reduce((oldest, number) => (lastOf(number) < lastOf(oldest) ? number : oldest), first);
}
