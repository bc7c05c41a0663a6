import { errorCodeOf } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { MINUTE_MS } from '../watch/duration.ts';
import type { Services } from './services.ts';

/** When a delivery for a subscription of ours was last refused. */
const REFUSED_DELIVERY = 'refusedDelivery';
const SHORTEST_PAUSE_MS = MINUTE_MS;

/** One for each set of services, that is for each process: when it was last noted, in ms. */
const noted = new WeakMap<Store, number>();

/**
 * Notes that a delivery was refused for its validation tokens though it names a subscription of ours: Graph may be telling
 * of calls that nobody takes. At most once a minute and process, and nothing of a stranger. Never throws.
 */
export async function noteRefusedDelivery(
  { store, now, log }: Services,
  subscriptionIds: readonly string[],
): Promise<void> {
  const at = now();
  const isNoted = () => at.getTime() - (noted.get(store) ?? Number.NEGATIVE_INFINITY) < SHORTEST_PAUSE_MS;
  if (isNoted()) return;
  try {
    const known = await store.subscriptions.list();
    const isOurs = known.some(({ subscriptionId: id }) => id !== null && subscriptionIds.includes(id));
    // Asked again: another delivery may have been faster.
    if (!isOurs || isNoted()) return;
    noted.set(store, at.getTime());
    await store.watermarks.set(REFUSED_DELIVERY, at);
  } catch (caught) {
    noted.delete(store);
    log.error('That a delivery was refused could not be noted', { error: errorCodeOf(caught) });
  }
}

/** `null` when none ever was. Throws when the storage does. */
export function lastRefusedDelivery({ store }: Pick<Services, 'store'>): Promise<Date | null> {
  return store.watermarks.get(REFUSED_DELIVERY);
}
