import type { CallSummary } from '../../shared/dashboard/contract.ts';

/** What of the running calls wants attention, and how loudly the page asks for it. */
export interface Attention {
  /** Nobody has them yet: real ones before tests, and the oldest first, which has waited longest. */
  unanswered: CallSummary[];
  /** `repeat` until somebody has a real call, `once` for a test call, `none` while there is nothing to hear. */
  sound: 'none' | 'once' | 'repeat';
}

export function attentionTo(active: readonly CallSummary[]): Attention {
  const unanswered = active
    .filter(({ state, content }) => state === 'open' && content !== 'notEmergency')
    .sort((a, b) => Number(a.isTest) - Number(b.isTest) || a.at.localeCompare(b.at));
  const hasReal = unanswered.some(({ isTest }) => !isTest);
  return { unanswered, sound: hasReal ? 'repeat' : unanswered.length > 0 ? 'once' : 'none' };
}

/** How long the API may be silent before the page says so, in milliseconds. */
const STALE_AFTER_MS = 15_000;

/** Whether what is shown can be trusted to be of now. `answeredAt` is `null` before the first answer. */
export function isStale(startedAt: number, answeredAt: number | null, nowMs: number): boolean {
  return nowMs - (answeredAt ?? startedAt) >= STALE_AFTER_MS;
}
