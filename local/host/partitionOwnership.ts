import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PartitionOwnership } from '@azure/event-hubs';

/** This machine, this process, and one listener in it. */
export function createOwnerId(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}

/** Whether a process of this machine owned it that is no longer alive. */
export function isOwnerDead({ ownerId }: Pick<PartitionOwnership, 'ownerId'>): boolean {
  const [machine, pid] = ownerId.split('/');
  if (machine !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (caught) {
    return (caught as { code?: string }).code === 'ESRCH';
  }
}

/**
 * The partitions that an owner should claim beside those it has, as the greedy strategy of the Event Hubs processors
 * has it: what nobody owns up to its share, and when that does not fill its share, one by one from who has the most.
 * `owners` says who owns a partition at present; one that is missing there is free.
 */
export function partitionsToClaim(
  ownerId: string,
  owners: ReadonlyMap<string, string>,
  partitionIds: readonly string[],
): string[] {
  const owned = new Map<string, string[]>([[ownerId, []]]);
  for (const [partitionId, owner] of owners) owned.set(owner, [...(owned.get(owner) ?? []), partitionId]);
  const least = Math.floor(partitionIds.length / owned.size);
  const most = Math.ceil(partitionIds.length / owned.size);
  const mine = owned.get(ownerId)?.length ?? 0;
  const claims = partitionIds.filter((partitionId) => !owners.has(partitionId)).slice(0, Math.max(0, most - mine));
  owned.delete(ownerId);
  while (mine + claims.length < least) {
    const [richest] = [...owned.values()].sort((a, b) => b.length - a.length);
    const stolen = richest?.pop();
    if (stolen === undefined) break;
    claims.push(stolen);
  }
  return claims;
}
