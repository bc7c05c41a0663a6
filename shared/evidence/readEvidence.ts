import { isUnprocessable } from '../errors.ts';
import { callKeysBetween } from '../store/callRange.ts';
import type { Store } from '../store/store.ts';
import { beginningOf, type CallEvidence } from './callEvidence.ts';
import type { DayRange } from './dayRange.ts';

/** A call, or that its record is there and cannot be read. */
export type Found = { evidence: CallEvidence } | { unreadable: string };

/** So many calls are read at once. */
const AT_ONCE = 8;
/** A call may be dated by its message and stand under the time at which it reached the hub: it is looked for so far around. */
const AROUND_MS = 24 * 60 * 60 * 1_000;

/** The calls that began in the range, the oldest first; only what is near the range is read. Throws when the storage fails. */
export async function* readEvidence(
  store: Store,
  { from, until }: Pick<DayRange, 'from' | 'until'>,
  { testsOnly = false } = {},
): AsyncGenerator<Found> {
  const around = [new Date(from.getTime() - AROUND_MS), new Date(until.getTime() + AROUND_MS)] as const;
  const keys = await callKeysBetween(store.clients, ...around);
  const ids = keys.filter(({ isTest }) => !testsOnly || isTest !== false).map(({ callId }) => callId);
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const batch = await Promise.all(ids.slice(i, i + AT_ONCE).map((callId) => readCall(store, callId)));
    for (const found of batch) {
      if (found === null) continue;
      if ('unreadable' in found) yield found;
      else {
        const begunAt = Date.parse(beginningOf(found.evidence.call).at);
        if (begunAt >= from.getTime() && begunAt < until.getTime()) yield found;
      }
    }
  }
}

/** `null` for a call that was removed meanwhile. */
async function readCall({ calls, deliveries, timeline }: Store, callId: string): Promise<Found | null> {
  try {
    const [call, sent, entries] = await Promise.all([
      calls.get(callId),
      deliveries.listOfCall(callId),
      timeline.listOfCall(callId),
    ]);
    return call && { evidence: { call: call.value, deliveries: sent.map(({ value }) => value), timeline: entries } };
  } catch (caught) {
    if (isUnprocessable(caught) || isDamaged(caught)) return { unreadable: callId };
    throw caught;
  }
}

/** What was compressed and cannot be unpacked. */
function isDamaged(caught: unknown): boolean {
  const { code } = caught as { code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}
