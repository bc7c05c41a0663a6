import { errorCodeOf } from '../errors.ts';
import type { Services } from './services.ts';

/** Beginning of the names of watermarks that say when a timer last ran. */
export const RAN = 'ran:';
/** Since when the watch has run without a gap. */
export const WATCHED_SINCE = 'watchedSince';

/** Notes that a timer has run; `name` is that of its function. A storage that is down is told by others. */
export async function ran({ store, now, log }: Services, name: string): Promise<void> {
  try {
    await store.watermarks.set(`${RAN}${name}`, now());
  } catch (caught) {
    log.warn('That a timer ran could not be noted', { timer: name, error: errorCodeOf(caught) });
  }
}

/**
 * Does what a timer is for, and notes that it ran. Throws what it throws: what it could not do has alarms of its own, and
 * a timer that runs is not one that stands still.
 */
export async function runTimer(
  services: Services,
  name: string,
  run: (services: Services) => Promise<unknown>,
): Promise<void> {
  try {
    await run(services);
  } finally {
    await ran(services, name);
  }
}
