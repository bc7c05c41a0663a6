import { randomUUID } from 'node:crypto';
import { isUnprocessable } from '../errors.ts';
import type { BurstKind } from '../oncall/burst.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Store } from '../store/store.ts';
import type { Services } from './services.ts';

/** Longer than one message takes, with its claims and its record: a lease that outlives it has lost its holder. */
const LEASE_MS = 20_000;
const RENEW_AFTER_MS = 5_000;
/** How far the clocks of two instances may differ. */
const CLOCKS_MS = 5_000;
/** Whoever waits for the storage this long tells its call alone: a little longer than a request of the storage lasts. */
const BUDGET_MS = 3_000;
/** The kinds of which this process sends the lists now, or is about to. */
const busy = new WeakMap<Store, Set<BurstKind>>();

/** That this process sends the lists of one kind, so that what is due is one list and not many. */
export interface ListLease {
  /** False once somebody else sends them. Throws when the storage does. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * `taken`: somebody else sends them, of this process or of another one. Throws when the storage does not say within
 * three seconds, or what it says cannot be read: that is then removed.
 */
export async function takeListLease(services: Services, kind: BurstKind): Promise<ListLease | 'taken'> {
  const kinds = busy.get(services.store) ?? new Set<BurstKind>();
  busy.set(services.store, kinds);
  if (kinds.has(kind)) return 'taken';
  kinds.add(kind);
  const free = () => kinds.delete(kind);
  try {
    const lease = await takeFrom(services, kind);
    if (lease === 'taken') free();
    return lease === 'taken' ? lease : { renew: lease.renew, release: () => lease.release().finally(free) };
  } catch (caught) {
    free();
    throw caught;
  }
}

async function takeFrom(services: Services, kind: BurstKind): Promise<ListLease | 'taken'> {
  const { store, now } = services;
  const owner = randomUUID();
  const write = (before: Row<unknown> | null, lastsMs: number) =>
    store.bursts.write('list', kind, before, { owner, until: new Date(now().getTime() + lastsMs).toISOString() });
  const take = async () => {
    const known = await store.bursts.get('list', kind);
    return known && isHeldBySomebody(known.value, now()) ? 'taken' : write(known, LEASE_MS);
  };
  const taken = await inTime(
    take().catch(async (caught: unknown) => {
      if (isUnprocessable(caught)) await store.bursts.remove('list', kind);
      throw caught;
    }),
  );
  return taken === 'changed' || taken === 'taken' ? 'taken' : leaseOf(taken, write, now);
}

function leaseOf(
  taken: Row<unknown>,
  write: (before: Row<unknown>, lastsMs: number) => Promise<Row<unknown> | 'changed'>,
  now: () => Date,
): ListLease {
  let row: Row<unknown> | 'changed' = taken;
  let writtenAt = now().getTime();
  // One after the other: two renewals at once would take the lease from each other.
  let writing: Promise<void> = Promise.resolve();
  const renewOnce = async () => {
    if (row === 'changed' || now().getTime() - writtenAt < RENEW_AFTER_MS) return;
    row = await write(row, LEASE_MS);
    writtenAt = now().getTime();
  };
  return {
    async renew() {
      writing = writing.then(renewOnce);
      await writing;
      return row !== 'changed';
    },
    async release() {
      await writing.catch(() => undefined);
      if (row !== 'changed') await write(row, 0);
    },
  };
}

/** What makes no sense holds up nobody. */
function isHeldBySomebody(value: unknown, now: Date): boolean {
  const { until } = (value ?? {}) as { until?: unknown };
  const leftMs = typeof until === 'string' ? Date.parse(until) - now.getTime() : Number.NaN;
  return leftMs > 0 && leftMs <= LEASE_MS + CLOCKS_MS;
}

async function inTime<T>(task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The storage took too long')), BUDGET_MS);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}
