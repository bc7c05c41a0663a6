import { randomUUID } from 'node:crypto';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { backwards, tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What somebody did on the page. Only ever added. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  at: string;
  /** Id on the record: of the roster, else of the page. */
  by: string;
  name: string;
  upn: string | null;
  roles: string[];
  action: 'viewed' | 'exported' | 'changed';
  what: string;
  /** Which: the id of a call, the days of an export. */
  of: string | null;
}

export interface PageAuditStore {
  add(entry: AuditEntry): Promise<void>;
  /** The newest first, those after `after` where it is given. */
  list(limit: number, after: string | null): Promise<{ entries: AuditEntry[]; after: string | null }>;
  /** Who viewed a call, each person's latest time, the latest first. */
  viewersOf(callId: string): Promise<AuditEntry[]>;
}

const PARTITION = 'audit';

export function createPageAuditStore(clients: StorageClients): PageAuditStore {
  const table: JsonTable<AuditEntry> = createJsonTable(clients.table('Page'), 1);
  const viewsOf = (callId: string) => `viewers|${callId}`;
  return {
    async add(entry) {
      await table.insert(PARTITION, `${backwards(new Date(entry.at))}-${randomUUID().slice(0, 8)}`, entry);
      if (entry.action === 'viewed' && entry.what === 'call' && entry.of !== null) {
        await table.upsert(viewsOf(entry.of), tableKey(entry.by), entry);
      }
    },
    async list(limit, after) {
      const from = after === null ? '' : ` and RowKey gt ${quoted(after)}`;
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}${from}`, limit + 1);
      const page = rows.slice(0, limit);
      return {
        entries: page.map(({ value }) => value),
        after: rows.length > limit ? (page.at(-1)?.rowKey ?? null) : null,
      };
    },
    async viewersOf(callId) {
      const rows = await table.list(`PartitionKey eq ${quoted(viewsOf(callId))}`);
      return rows.map(({ value }) => value).sort((a, b) => b.at.localeCompare(a.at));
    },
  };
}
