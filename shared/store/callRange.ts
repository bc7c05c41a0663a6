import { backwards } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What the key of a call tells without its record. */
export interface CallKey {
  callId: string;
  /** `null` where the row does not say. */
  isTest: boolean | null;
}

/** Digits of the backwards time that make a partition of calls. */
const PARTITION_DIGITS = 4;

/**
 * The calls whose id says a time from `from` until before `until`, the oldest first. Only keys of that time are read: the
 * table is sorted by it.
 */
export async function callKeysBetween(clients: StorageClients, from: Date, until: Date): Promise<CallKey[]> {
  const newest = backwards(new Date(until.getTime() - 1));
  const tooOld = backwards(new Date(from.getTime() - 1));
  const filter =
    `PartitionKey ge '${newest.slice(0, PARTITION_DIGITS)}' and PartitionKey le '${tooOld.slice(0, PARTITION_DIGITS)}'` +
    ` and RowKey ge '${newest}' and RowKey lt '${tooOld}'`;
  const rows = clients
    .table('EmergencyCalls')
    .listEntities<{ isTest?: boolean }>({ queryOptions: { filter, select: ['RowKey', 'isTest'] } });
  const keys: CallKey[] = [];
  for await (const { rowKey, isTest } of rows) {
    if (rowKey !== undefined) keys.push({ callId: rowKey, isTest: isTest ?? null });
  }
  return keys.reverse();
}
