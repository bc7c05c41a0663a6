import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** One line of the append-only record of a call. */
export interface TimelineEntry {
  /** ISO 8601, UTC. */
  at: string;
  /** Whose clock `at` is by. */
  clock: 'ours' | 'teams' | 'eventHub' | 'twilio';
  kind: string;
  /** What is told apart by nothing else: an entry with the same time, kind and key is the same entry. */
  key: string;
  detail: Readonly<Record<string, unknown>>;
}

export interface TimelineStore {
  /** Writing the same entry twice is writing it once. */
  append(callId: string, entry: TimelineEntry): Promise<void>;
  listOfCall(callId: string): Promise<TimelineEntry[]>;
}

export function createTimelineStore(clients: StorageClients): TimelineStore {
  const table: JsonTable<TimelineEntry> = createJsonTable(clients.table('Timeline'), 1);
  return {
    async append(callId, entry) {
      await table.insert(callId, `${entry.at}|${entry.kind}|${tableKey(entry.key)}`, entry);
    },
    async listOfCall(callId) {
      const rows = await table.list(`PartitionKey eq ${quoted(callId)}`);
      return rows.map((row) => row.value);
    },
  };
}
