import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** What people are to do when a call comes from a site. Versions count from 1; none is ever changed. */
export interface ProcedureVersion {
  /** Id; `null` for all sites without their own. */
  site: string | null;
  version: number;
  markdown: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Id on the record of the page. */
  by: string;
  name: string;
}

export interface ProcedureStore {
  /** The newest, or the version that is named. */
  get(site: string | null, version: number | null): Promise<ProcedureVersion | null>;
  /** The newest of each site. */
  list(): Promise<ProcedureVersion[]>;
  /** Adds the version after `after` (0 for the first); `null` when somebody else has meanwhile. */
  insert(after: number, procedure: Omit<ProcedureVersion, 'version'>): Promise<ProcedureVersion | null>;
}

const BEGINNING = 'procedure|';
const LATEST = 99_999_999;

export function createProcedureStore(clients: StorageClients): ProcedureStore {
  const table: JsonTable<ProcedureVersion> = createJsonTable(clients.table('Page'), 1);
  const partitionOf = (site: string | null) => `${BEGINNING}${site ?? ''}`;
  /** Counted backwards, so that the newest is listed first. */
  const rowKeyOf = (version: number) => String(LATEST - version).padStart(8, '0');
  const ofSite = (site: string | null) => `PartitionKey eq ${quoted(partitionOf(site))}`;
  return {
    async get(site, version) {
      if (version !== null) return (await table.get(partitionOf(site), rowKeyOf(version)))?.value ?? null;
      const [newest] = await table.list(ofSite(site), 1);
      return newest?.value ?? null;
    },
    async list() {
      const rows = await table.list(`PartitionKey ge ${quoted(BEGINNING)} and PartitionKey lt 'procedure}'`);
      const newest = new Map<string | null, ProcedureVersion>();
      for (const { value } of rows) if (!newest.has(value.site)) newest.set(value.site, value);
      return [...newest.values()];
    },
    async insert(after, procedure) {
      const version = after + 1;
      const [newest] = await table.list(ofSite(procedure.site), 1);
      if ((newest?.value.version ?? 0) !== after) return null;
      const row = await table.insert(partitionOf(procedure.site), rowKeyOf(version), { ...procedure, version });
      return row?.value ?? null;
    },
  };
}
