import { errorCodeOf } from '../errors.ts';
import { MINUTE_MS } from '../watch/duration.ts';
import type { Services } from './services.ts';

const TIMEOUT_MS = 5_000;
const MOST_REDIRECTS = 3;
/** Three periods of the watch. */
const OLDEST_WATCH_MS = 15 * MINUTE_MS;

/**
 * Tells the address outside that all is well, or is silent: then somebody who does not depend on this code raises an
 * alarm. Silent when the last watch found something critical, is too long ago, or cannot be read. Never throws.
 */
export async function heartbeat(services: Services): Promise<void> {
  const { heartbeatUrl } = services.settings;
  if (heartbeatUrl === null) return;
  try {
    const reason = await reasonForSilence(services);
    if (reason === null) await ask(new URL(heartbeatUrl));
    else services.log.warn('No heartbeat', { reason });
  } catch (caught) {
    services.log.error('The heartbeat failed', { error: codeOf(caught) });
  }
}

async function reasonForSilence({ store, now }: Services): Promise<string | null> {
  const last = await store.alarms.lastWatch();
  if (last === null) return 'the watch has not run yet';
  if (now().getTime() - Date.parse(last.at) > OLDEST_WATCH_MS) return 'the watch has not run for 15 minutes';
  return last.state === 'critical' ? 'the watch found something critical' : null;
}

/** Another host is not asked, whatever the answer says: the address may be a secret. */
async function ask(address: URL): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (!response.ok) throw new HeartbeatError(`HTTP ${response.status}`);
      return;
    }
    const next = new URL(location, url);
    if (next.origin !== address.origin) throw new HeartbeatError('redirected to another host');
    url = next;
  }
  throw new HeartbeatError('redirected too often');
}

/** Its message may be logged. */
class HeartbeatError extends Error {}

function codeOf(caught: unknown): string {
  return caught instanceof HeartbeatError ? caught.message : errorCodeOf(caught);
}
