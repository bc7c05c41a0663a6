import type { Opening } from '../emergency/correlation.ts';
import type { CallerClaim } from '../store/callerStore.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Services } from './services.ts';

interface Claimed<Id> {
  callId: Id;
  openings: readonly Opening[];
}

/**
 * Decides by what is known of a caller's calls, and keeps what `decide` returns. Two instances that ask at once agree,
 * since the claim of a caller is changed by its ETag only; `decide` may run several times. `first` is the claim where it
 * was read already, `null` where there was none. Throws when the storage does.
 */
export async function claimCall<Id>(
  services: Services,
  upn: string,
  decide: (openings: readonly Opening[]) => Claimed<Id>,
  first?: Row<CallerClaim> | null,
): Promise<Id> {
  const folded = foldUpn(upn);
  const { callers } = services.store;
  for (let known = first === undefined ? await callers.get(folded) : first; ; known = await callers.get(folded)) {
    const before = known?.value.openings ?? [];
    const { callId, openings } = decide(before);
    if (openings === before) return callId;
    const claim = { upn: folded, openings, changedAt: services.now().toISOString() };
    if ((await callers.put(known, claim)) === 'written') return callId;
  }
}

/** As a UPN is compared. */
export function foldUpn(upn: string): string {
  return upn.trim().toLowerCase();
}
