import type { Opening } from '../emergency/correlation.ts';
import type { Services } from './services.ts';

interface Claimed<Id> {
  callId: Id;
  openings: readonly Opening[];
}

/**
 * Decides by what is known of a caller's calls, and keeps what `decide` returns. Two instances that ask at once agree,
 * since the claim of a caller is changed by its ETag only; `decide` may run several times. Throws when the storage does.
 */
export async function claimCall<Id>(
  services: Services,
  upn: string,
  decide: (openings: readonly Opening[]) => Claimed<Id>,
): Promise<Id> {
  const folded = upn.trim().toLowerCase();
  const { callers } = services.store;
  for (;;) {
    const known = await callers.get(folded);
    const before = known?.value.openings ?? [];
    const { callId, openings } = decide(before);
    if (openings === before) return callId;
    const claim = { upn: folded, openings, changedAt: services.now().toISOString() };
    if ((await callers.put(known, claim)) === 'written') return callId;
  }
}
