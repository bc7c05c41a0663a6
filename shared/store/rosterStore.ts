import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** A roster as it was brought in. Versions count from 1; none is ever changed. */
export interface RosterVersion {
  version: number;
  /** The document as the administrator wrote it. Today's rules may refuse it; `null` where the row cannot be read. */
  document: unknown;
  /** ISO 8601, UTC; `null` where the row cannot be read. */
  importedAt: string | null;
  /** Who, as their machine knows them; `null` where it does not. */
  importedBy: string | null;
}

export interface RosterStore {
  /** The newest first, rows that cannot be read among them. */
  list(limit: number): Promise<RosterVersion[]>;
  /**
   * Adds the version after `after` (0 for the first). `null` when somebody else has added it meanwhile: two who change
   * the same roster do not undo each other's work.
   */
  insert(after: number, roster: Omit<RosterVersion, 'version'>): Promise<RosterVersion | null>;
}

const PARTITION = 'roster';
const LATEST = 99_999_999;

export function createRosterStore(clients: StorageClients): RosterStore {
  const table: JsonTable<RosterVersion> = createJsonTable(clients.table('Roster'), 1);
  /** Counted backwards, so that the newest is listed first. */
  const rowKeyOf = (version: number) => String(LATEST - version).padStart(8, '0');
  return {
    async list(limit) {
      const unreadable: RosterVersion[] = [];
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`, limit, (rowKey) =>
        unreadable.push({ version: LATEST - Number(rowKey), document: null, importedAt: null, importedBy: null }),
      );
      return [...rows.map(({ value }) => value), ...unreadable].sort((a, b) => b.version - a.version).slice(0, limit);
    },
    async insert(after, roster) {
      const version = after + 1;
      const row = await table.insert(PARTITION, rowKeyOf(version), { version, ...roster });
      return row?.value ?? null;
    },
  };
}
