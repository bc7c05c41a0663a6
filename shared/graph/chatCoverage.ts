/** How chat messages are heard of, best first. Chats are read back every half minute in all of them. */
export type ChatMode = 'allChats' | 'perChat' | 'polling';

/** Graph's last 403 to a creation. */
export interface Refusal {
  /** Graph's: may be logged. */
  code: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Which way is in force, and how many chats it reaches. Times are ISO 8601 in UTC. */
export interface ChatCoverage {
  mode: ChatMode;
  /** Since when it has been this mode. */
  since: string;
  /** Chats with a subscription of their own, and chats that are only read back; 0 while all are covered by one. */
  covered: number;
  polled: number;
  /** A single chat was refused: as many as Graph's quota allows are covered. */
  refusal: Refusal | null;
}

const HOUR_MS = 60 * 60_000;

/** What Graph refused is tried again each hour. */
export function mayTryAgain(refusal: Refusal | null, now: Date): boolean {
  return refusal === null || Date.parse(refusal.at) + HOUR_MS <= now.getTime();
}

/** One subscription to all chats. */
export function allCovered(before: ChatCoverage | null, now: Date): ChatCoverage {
  return { mode: 'allChats', since: sinceOf(before, 'allChats', now), covered: 0, polled: 0, refusal: null };
}

/** A subscription for each chat, as far as they reach; `hearsOfNewChats` while there is none yet. */
export function partlyCovered(
  before: ChatCoverage | null,
  found: { covered: number; polled: number; hearsOfNewChats: boolean; refusal: Refusal | null },
  now: Date,
): ChatCoverage {
  const { covered, polled, hearsOfNewChats, refusal } = found;
  const mode = covered > 0 || (polled === 0 && hearsOfNewChats) ? 'perChat' : 'polling';
  return { mode, since: sinceOf(before, mode, now), covered, polled, refusal };
}

function sinceOf(before: ChatCoverage | null, mode: ChatMode, now: Date): string {
  return before?.mode === mode ? before.since : now.toISOString();
}
