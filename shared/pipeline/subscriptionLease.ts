import { randomUUID } from 'node:crypto';
import type { SubscriptionSource } from '../graph/subscriptionTargets.ts';
import type { SubscriptionRecord, SubscriptionStore } from '../store/subscriptionStore.ts';

/** Longer than one renewal takes with every request at its limit, shorter than the time to the next one. */
const LEASE_MS = 4 * 60_000;

type Change = Partial<Omit<SubscriptionRecord, 'source' | 'lease'>>;

/** The record of a source while nobody else may change it. */
export interface HeldRecord {
  readonly value: Readonly<SubscriptionRecord>;
  /** Throws {@link LeaseLostError} when somebody else has taken the record over since. */
  save(change: Change): Promise<void>;
  /** For long work: holds the record as long again once half of the time is up. */
  keep(): Promise<void>;
  /** Saves, and lets the next one at it; a record that says nothing any more is removed. */
  release(change: Change): Promise<void>;
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
  source: SubscriptionSource,
  now: () => Date,
): Promise<HeldRecord | null> {
  const owner = randomUUID();
  const newLease = () => ({ owner, until: new Date(now().getTime() + LEASE_MS).toISOString() });
  const leftMs = (record: SubscriptionRecord) => Date.parse(record.lease?.until ?? '') - now().getTime();
  const found = await store.read(source);
  if (found && leftMs(found.value) > 0) return null;
  const taken = found
    ? await store.replace(found, { ...found.value, lease: newLease() })
    : await store.insert({ ...emptyRecord(source), lease: newLease() });
  if (taken === null || taken === 'changed') return null;

  let row = taken;
  const write = async (record: SubscriptionRecord) => {
    const written = await store.replace(row, record);
    if (written === 'changed') throw new LeaseLostError();
    row = written;
  };
  return {
    get value() {
      return row.value;
    },
    save: (change) => write({ ...row.value, ...change }),
    async keep() {
      if (leftMs(row.value) < LEASE_MS / 2) await write({ ...row.value, lease: newLease() });
    },
    async release(change) {
      const record = { ...row.value, ...change, lease: null };
      if (!isEmpty(record)) return write(record);
      if ((await store.remove(row)) === 'changed') throw new LeaseLostError();
    },
  };
}

function emptyRecord(source: SubscriptionSource): SubscriptionRecord {
  return { source, known: [], lastFailure: null, refusal: null, coverage: null, lastGap: null, lease: null };
}

function isEmpty({ known, lastFailure, refusal, coverage, lastGap }: SubscriptionRecord): boolean {
  return known.length === 0 && !lastFailure && !refusal && !coverage && !lastGap;
}
