import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** What was sent through one partition of the hub and what of it arrived. Times are ISO 8601 in UTC, by our clock. */
export interface CanaryRecord {
  partitionId: string;
  /** The last few, the newest last. */
  sent: { id: string; sentAt: string }[];
  arrived: { id: string; sentAt: string; arrivedAt: string } | null;
  /** Since when they cannot be sent. */
  failure: { code: string; since: string } | null;
}

export interface CanaryStore {
  list(): Promise<CanaryRecord[]>;
  /** Reads, changes and writes, again from the start when somebody else wrote in between. `change` gives `null` for nothing. */
  update(partitionId: string, change: (record: CanaryRecord) => CanaryRecord | null): Promise<void>;
  remove(partitionId: string): Promise<void>;
}

/** Stands for a partition where none could be named: the hub did not say which it has. */
export const WHOLE_HUB = 'hub';

const PARTITION = 'canary';
/** Arrival and sending are seconds apart; more than that is no coincidence. */
const MOST_ATTEMPTS = 10;

export function createCanaryStore(clients: StorageClients): CanaryStore {
  const table: JsonTable<CanaryRecord> = createJsonTable(clients.table('Claims'), 1);

  async function put(row: Row<CanaryRecord> | null, record: CanaryRecord): Promise<boolean> {
    const written = row ? await table.replace(row, record) : await table.insert(PARTITION, record.partitionId, record);
    return written !== null && written !== 'changed';
  }

  return {
    async list() {
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`);
      return rows.map(({ value }) => value);
    },
    async update(partitionId, change) {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const row = await table.get(PARTITION, partitionId);
        const changed = change(row?.value ?? { partitionId, sent: [], arrived: null, failure: null });
        if (changed === null || (await put(row, changed))) return;
      }
      throw new Error(`The canary of partition ${partitionId} is changed by others all the time`);
    },
    async remove(partitionId) {
      await table.remove(PARTITION, partitionId);
    },
  };
}
