/** Promise 4: after this long without the content, the people on call are told that there is a message. */
const TELL_WITHOUT_DETAILS_AFTER_MS = 10_000;

/** A message that Graph could not give for a day is not waited for any longer. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;
const LONGEST_WAIT_MS = 60_000;

export interface FetchState {
  receivedAt: Date;
  /** Attempts made so far. */
  attempts: number;
}

/** True when people must be told of the message though its content is still missing. */
export function mustTellWithoutDetails(state: FetchState, now: Date): boolean {
  return now.getTime() - state.receivedAt.getTime() >= TELL_WITHOUT_DETAILS_AFTER_MS;
}

/**
 * When to ask Graph again: after 1 s, doubling up to a minute, or when Graph said, at most a minute too; but never past the moment at which
 * people must be told. `null` when the message is given up.
 */
export function nextFetchAt(state: FetchState, retryAfterMs: number | null, now: Date): Date | null {
  const age = now.getTime() - state.receivedAt.getTime();
  if (age >= GIVE_UP_AFTER_MS) return null;
  const wait = Math.min(Math.max(1_000 * 2 ** state.attempts, retryAfterMs ?? 0), LONGEST_WAIT_MS);
  const next = now.getTime() + wait;
  const tellAt = state.receivedAt.getTime() + TELL_WITHOUT_DETAILS_AFTER_MS;
  return new Date(now.getTime() < tellAt ? Math.min(next, tellAt) : next);
}
