import type { ChatCoverage, Refusal } from '../graph/chatCoverage.ts';
import type { KnownSubscription } from '../graph/subscriptionPlan.ts';
import type { SubscriptionSource } from '../graph/subscriptionTargets.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What a source of notifications is subscribed to, and who is at work on it. Times are ISO 8601 in UTC. */
export interface SubscriptionRecord {
  source: SubscriptionSource;
  known: KnownSubscription[];
  /** `since` is when the failures began that have not ended yet. */
  lastFailure: { action: string; code: string; at: string; since: string } | null;
  /** Graph's last 403 to its creation, of chats only: while it stands, they are heard of another way. */
  refusal: Refusal | null;
  /** Of the source `chat` only: how chats are heard of. */
  coverage: ChatCoverage | null;
  /** Of events only: when there was last no subscription. They cannot be read back. */
  lastGap: { from: string; until: string } | null;
  /** Whoever renews holds the record until then, so that two do not renew at once. */
  lease: { owner: string; until: string } | null;
}

export interface SubscriptionStore {
  read(source: SubscriptionSource): Promise<Row<SubscriptionRecord> | null>;
  /** Insert if absent; `null` when there is one already. */
  insert(record: SubscriptionRecord): Promise<Row<SubscriptionRecord> | null>;
  replace(row: Row<SubscriptionRecord>, record: SubscriptionRecord): Promise<Row<SubscriptionRecord> | 'changed'>;
  /** Only if nobody changed it. */
  remove(row: Row<SubscriptionRecord>): Promise<'removed' | 'changed'>;
  /** Of all sources, also those that are no longer wanted. */
  records(): Promise<SubscriptionRecord[]>;
  /** Every subscription whose notifications are ours, also one whose creation has not been recorded. */
  list(): Promise<KnownSubscription[]>;
}

const PARTITION = 'subscription';

export function createSubscriptionStore(clients: StorageClients): SubscriptionStore {
  const table: JsonTable<SubscriptionRecord> = createJsonTable(clients.table('Subscriptions'), 1);
  const records = async () => {
    const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`);
    return rows.map(({ value }) => complete(value));
  };
  return {
    async read(source) {
      const row = await table.get(PARTITION, tableKey(source));
      return row && { ...row, value: complete(row.value) };
    },
    insert: (record) => table.insert(PARTITION, tableKey(record.source), record),
    replace: (row, record) => table.replace(row, record),
    remove: (row) => table.remove(row.partitionKey, row.rowKey, row.etag),
    records,
    list: async () => (await records()).flatMap(({ known }) => known),
  };
}

/** Of earlier versions: then all were of chat messages, without their content. */
type Stored = Partial<SubscriptionRecord> & Pick<SubscriptionRecord, 'source' | 'lastFailure' | 'lease'>;

function complete(stored: Stored): SubscriptionRecord {
  const known = (stored.known ?? []).map(completeSubscription);
  return { refusal: null, coverage: null, lastGap: null, ...stored, known };
}

function completeSubscription(stored: KnownSubscription): KnownSubscription {
  const { changeType, includeResourceData, lifeMinutes, encryptionCertificateId }: Partial<KnownSubscription> = stored;
  return {
    ...stored,
    changeType: changeType ?? 'created,updated',
    includeResourceData: includeResourceData ?? false,
    lifeMinutes: lifeMinutes ?? (stored.lifecycleNotificationUrl === null ? 60 : 4_320),
    encryptionCertificateId: encryptionCertificateId ?? null,
  };
}
