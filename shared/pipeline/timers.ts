import { errorCodeOf } from '../errors.ts';
import type { Services } from './services.ts';

/** Beginning of the names of watermarks that say when a timer last ran. */
export const RAN = 'ran:';
/** Since when the watch has run without a gap. */
export const WATCHED_SINCE = 'watchedSince';

/** Notes that a timer's run has ended well; `name` is that of its function. A storage that is down is told by others. */
export async function ran({ store, now, log }: Services, name: string): Promise<void> {
  try {
    await store.watermarks.set(`${RAN}${name}`, now());
  } catch (caught) {
    log.warn('That a timer ran could not be noted', { timer: name, error: errorCodeOf(caught) });
  }
}

/** Does what a timer is for, and notes that it ended well. Throws what it throws. */
export async function runTimer(
  services: Services,
  name: string,
  run: (services: Services) => Promise<unknown>,
): Promise<void> {
  await run(services);
  await ran(services, name);
}
