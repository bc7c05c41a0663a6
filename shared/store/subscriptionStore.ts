import type { KnownSubscription } from '../graph/subscriptionPlan.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** What a source of notifications is subscribed to, and who is at work on it. Times are ISO 8601 in UTC. */
export interface SubscriptionRecord {
  source: 'chat';
  known: KnownSubscription[];
  /** `since` is when the failures began that have not ended yet. */
  lastFailure: { action: string; code: string; at: string; since: string } | null;
  /** Whoever renews holds the record until then, so that two do not renew at once. */
  lease: { owner: string; until: string } | null;
}

export interface SubscriptionStore {
  read(source: SubscriptionRecord['source']): Promise<Row<SubscriptionRecord> | null>;
  /** Insert if absent; `null` when there is one already. */
  insert(record: SubscriptionRecord): Promise<Row<SubscriptionRecord> | null>;
  replace(row: Row<SubscriptionRecord>, record: SubscriptionRecord): Promise<Row<SubscriptionRecord> | 'changed'>;
  /** Every subscription whose notifications are ours, also one whose creation has not been recorded. */
  list(): Promise<KnownSubscription[]>;
}

const PARTITION = 'subscription';

export function createSubscriptionStore(clients: StorageClients): SubscriptionStore {
  const table: JsonTable<SubscriptionRecord> = createJsonTable(clients.table('Subscriptions'), 1);
  return {
    read: (source) => table.get(PARTITION, source),
    insert: (record) => table.insert(PARTITION, record.source, record),
    replace: (row, record) => table.replace(row, record),
    async list() {
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`);
      return rows.flatMap((row) => row.value.known);
    },
  };
}
