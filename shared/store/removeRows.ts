import type { TableClient, TransactionAction } from '@azure/data-tables';
import { withinStorageTimeout } from './storageClients.ts';
import { isNotFound } from './storageErrors.ts';

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MOST_IN_BATCH = 100;

interface Key {
  partitionKey: string;
  rowKey: string;
}

/**
 * Removes at most `limit` rows that the filter finds, whatever stands in them, partition by partition. Returns how many.
 * A row that somebody else has removed meanwhile counts too.
 */
export async function removeRows(client: TableClient, filter: string, limit: number): Promise<number> {
  const keys = await listKeys(client, filter, limit);
  const partitions = new Map<string, Key[]>();
  for (const key of keys) partitions.set(key.partitionKey, [...(partitions.get(key.partitionKey) ?? []), key]);
  for (const rows of partitions.values()) {
    for (let i = 0; i < rows.length; i += MOST_IN_BATCH) await removeBatch(client, rows.slice(i, i + MOST_IN_BATCH));
  }
  return keys.length;
}

async function listKeys(client: TableClient, filter: string, limit: number): Promise<Key[]> {
  if (limit <= 0) return [];
  const keys: Key[] = [];
  const select = ['PartitionKey', 'RowKey'];
  let continuationToken: string | undefined;
  do {
    const pages = client
      .listEntities<Key>({ queryOptions: { filter, select }, ...withinStorageTimeout() })
      .byPage({ maxPageSize: Math.min(limit, 1_000), ...(continuationToken ? { continuationToken } : {}) });
    const { value: page } = await pages.next();
    keys.push(...(page ?? []).map(({ partitionKey, rowKey }: Key) => ({ partitionKey, rowKey })));
    continuationToken = page?.continuationToken;
  } while (continuationToken && keys.length < limit);
  return keys.slice(0, limit);
}

/** All or none at once; where a row of them is gone already, one by one. */
async function removeBatch(client: TableClient, rows: readonly Key[]): Promise<void> {
  const actions = rows.map(
    (row): TransactionAction => ['delete', { partitionKey: row.partitionKey, rowKey: row.rowKey }],
  );
  try {
    await client.submitTransaction(actions, withinStorageTimeout());
  } catch (caught) {
    if (!isNotFound(caught)) throw caught;
    for (const row of rows) await removeOne(client, row);
  }
}

async function removeOne(client: TableClient, { partitionKey, rowKey }: Key): Promise<void> {
  try {
    await client.deleteEntity(partitionKey, rowKey, withinStorageTimeout());
  } catch (caught) {
    if (!isNotFound(caught)) throw caught;
  }
}
