import { sendCanaries } from '../../shared/pipeline/canary.ts';
import { type CanarySender, openCanarySender } from '../../shared/pipeline/canarySender.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { type CanaryRecord, WHOLE_HUB } from '../../shared/store/canaryStore.ts';
import { type Waiting, waitUntil } from './waitUntil.ts';

/** What became of it: through how many partitions, and how long the slowest took. */
export type CanaryTrip =
  | { outcome: 'arrived'; partitions: number; slowestMs: number }
  /** None came out of the hub in time. `sentBy`: from here, or by the watch of the deployed app. */
  | { outcome: 'lost'; sentBy: 'us' | 'watch' };

/** Promise 1 gives a call two minutes; the app may have to start first. */
const OWN_LIMIT_MS = 3 * 60_000;
/** The watch sends one each five minutes. */
const WATCH_LIMIT_MS = 7 * 60_000;
const PAUSE_MS = 1_000;

/**
 * Sends a canary through each partition of the hub and waits until the deployed functions have taken it out. Where
 * whoever runs this may not send, it waits for one of the app's own. Never throws: a storage that is silent shows none.
 */
export async function sendCanaryAndWait(
  services: Services,
  waiting: Waiting,
  { open = openCanarySender, pauseMs = PAUSE_MS } = {},
): Promise<CanaryTrip> {
  const beganAt = services.now().toISOString();
  const sentBy = (await send(services, open)) ? 'us' : 'watch';
  const limitMs = sentBy === 'us' ? OWN_LIMIT_MS : WATCH_LIMIT_MS;
  const arrived = await waitUntil(() => arrivals(services, beganAt).catch(() => null), waiting, { pauseMs, limitMs });
  return arrived ?? { outcome: 'lost', sentBy };
}

/** A failure of ours must not stand in the record as one of the app: so the hub is asked first, and only then is it sent. */
async function send(services: Services, open: (services: Services) => Promise<CanarySender>): Promise<boolean> {
  const sender = await open(services).catch(() => null);
  if (sender === null) return false;
  try {
    await sender.partitionIds();
  } catch {
    await sender.close().catch(() => undefined);
    return false;
  }
  await sendCanaries(services, async () => sender);
  return true;
}

/** `null` until one that was sent since has come out of every partition. */
async function arrivals({ store }: Services, since: string): Promise<CanaryTrip | null> {
  const records = (await store.canaries.list()).filter(({ partitionId }) => partitionId !== WHOLE_HUB);
  const times = records.map((record) => travelMs(record, since));
  if (records.length === 0 || times.includes(null)) return null;
  const slowestMs = Math.max(...times.map((ms) => ms ?? 0));
  return { outcome: 'arrived', partitions: records.length, slowestMs };
}

function travelMs({ arrived }: CanaryRecord, since: string): number | null {
  if (arrived === null || arrived.sentAt < since) return null;
  // The one by our clock, the other by the app's.
  return Math.max(0, Date.parse(arrived.arrivedAt) - Date.parse(arrived.sentAt));
}
