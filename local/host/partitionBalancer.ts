import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointStore, PartitionOwnership, Subscription } from '@azure/event-hubs';
import { createOwnerId, isOwnerDead, partitionsToClaim } from './partitionOwnership.ts';

export interface BalancerOptions {
  hub: { fullyQualifiedNamespace: string; eventHubName: string; consumerGroup: string };
  partitionIds: readonly string[];
  store: CheckpointStore;
  intervalMs: number;
  expirationMs: number;
  /** Leave a dead owner its partitions until they expire; the real host has no other way. */
  waitsForExpiry: boolean;
  /** Begins to read a partition that is ours now. */
  open(partitionId: string): Subscription;
  onError(message: string): void;
}

export interface Balancer {
  isOurs(partitionId: string): boolean;
  /** Another reads it now: stops reading, and gives it up. */
  lose(partitionId: string): void;
  /** Stops reading everything, and lets others have it. */
  stop(): Promise<void>;
}

/**
 * Shares the partitions of a hub with the other hosts through the ownership in the store. The client could do so itself,
 * but after a broken connection it waits half a minute before it looks at the hub again.
 */
export function startBalancer(options: BalancerOptions): Balancer {
  const { store, partitionIds, hub } = options;
  const ownerId = createOwnerId();
  const ours = new Map<string, { ownership: PartitionOwnership; subscription: Subscription | null }>();
  const stopping = new AbortController();

  async function balance(): Promise<void> {
    const known = await store.listOwnership(hub.fullyQualifiedNamespace, hub.eventHubName, hub.consumerGroup);
    const active = known.filter((ownership) => isActive(ownership));
    const owners = new Map(active.map((ownership) => [ownership.partitionId, ownership.ownerId]));
    // Also what is ours by the store and not read: a late link of the owner before may have broken off our own.
    const held = partitionIds.filter((partitionId) => owners.get(partitionId) === ownerId);
    const wanted = [...new Set([...held, ...partitionsToClaim(ownerId, owners, partitionIds)])];
    const claims = wanted.map((partitionId): PartitionOwnership => {
      const etag = known.find((ownership) => ownership.partitionId === partitionId)?.etag;
      return { ...hub, partitionId, ownerId, ...(etag ? { etag } : {}) };
    });
    const lost = [...ours.keys()].filter((partitionId) => !held.includes(partitionId));
    for (const partitionId of lost) lose(partitionId);
    for (const ownership of await store.claimOwnership(claims)) {
      const { partitionId } = ownership;
      const subscription = ours.get(partitionId)?.subscription ?? null;
      // What is claimed as the host stops is not read any more; but it is known, with its new ETag, so that it is given up.
      const isRead = subscription !== null || stopping.signal.aborted;
      ours.set(partitionId, { ownership, subscription: isRead ? subscription : options.open(partitionId) });
    }
  }

  function isActive(ownership: PartitionOwnership): boolean {
    const ageMs = Date.now() - (ownership.lastModifiedTimeInMs ?? 0);
    if (ownership.ownerId === '' || ageMs > options.expirationMs) return ownership.ownerId === ownerId;
    return options.waitsForExpiry || !isOwnerDead(ownership);
  }

  function lose(partitionId: string): void {
    const lost = ours.get(partitionId);
    ours.delete(partitionId);
    lost?.subscription?.close().catch(report);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await balance().catch(report);
      await sleep(options.intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  function report(caught: unknown): void {
    if (!stopping.signal.aborted) options.onError(caught instanceof Error ? caught.message : String(caught));
  }

  const running = run();
  return {
    isOurs: (partitionId) => ours.has(partitionId),
    lose,
    async stop() {
      stopping.abort();
      await running;
      const held = [...ours.values()];
      ours.clear();
      await Promise.allSettled(held.map(({ subscription }) => subscription?.close()));
      await store.claimOwnership(held.map(({ ownership }) => ({ ...ownership, ownerId: '' }))).catch(report);
    },
  };
}
