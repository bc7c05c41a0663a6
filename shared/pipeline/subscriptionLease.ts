import { randomUUID } from 'node:crypto';
import type { SubscriptionRecord, SubscriptionStore } from '../store/subscriptionStore.ts';

/** Longer than one renewal takes with every request at its limit, shorter than the time to the next one. */
const LEASE_MS = 4 * 60_000;

/** The record of a source while nobody else may change it. */
export interface HeldRecord {
  readonly known: SubscriptionRecord['known'];
  readonly lastFailure: SubscriptionRecord['lastFailure'];
  /** Throws {@link LeaseLostError} when somebody else has taken the record over since. */
  save(change: Partial<Pick<SubscriptionRecord, 'known' | 'lastFailure'>>): Promise<void>;
  /** Saves, and lets the next one at it. */
  release(change: Partial<Pick<SubscriptionRecord, 'known' | 'lastFailure'>>): Promise<void>;
}

/** The lease lapsed and was taken over: whoever holds it now does what is left to do. */
export class LeaseLostError extends Error {
  constructor() {
    super('The subscriptions were taken over by another instance');
    this.name = 'LeaseLostError';
  }
}

/** `null` while another instance holds the record. */
export async function leaseRecord(
  store: SubscriptionStore,
  source: SubscriptionRecord['source'],
  now: () => Date,
): Promise<HeldRecord | null> {
  const lease = { owner: randomUUID(), until: new Date(now().getTime() + LEASE_MS).toISOString() };
  const found = await store.read(source);
  if (found?.value.lease && Date.parse(found.value.lease.until) > now().getTime()) return null;
  const taken = found
    ? await store.replace(found, { ...found.value, lease })
    : await store.insert({ source, known: [], lastFailure: null, lease });
  if (taken === null || taken === 'changed') return null;

  let row = taken;
  const write = async (record: SubscriptionRecord) => {
    const written = await store.replace(row, record);
    if (written === 'changed') throw new LeaseLostError();
    row = written;
  };
  return {
    get known() {
      return row.value.known;
    },
    get lastFailure() {
      return row.value.lastFailure;
    },
    save: (change) => write({ ...row.value, ...change }),
    release: (change) => write({ ...row.value, ...change, lease: null }),
  };
}
