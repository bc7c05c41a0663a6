import { neverTested, type SiteTest } from '../oncall/siteTest.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

export interface SiteTestStore {
  list(): Promise<Row<SiteTest>[]>;
  /** `null` when somebody else has written it since it was read, or was the first. */
  write(before: Row<SiteTest> | null, tests: SiteTest): Promise<Row<SiteTest> | null>;
  /**
   * Reads, changes and writes, again from the start when somebody else wrote in between. `change` returns the same object
   * when there is nothing to write. Returns the tests as they then are.
   */
  update(siteId: string, change: (tests: SiteTest) => SiteTest): Promise<SiteTest>;
  remove(row: Row<SiteTest>): Promise<'removed' | 'changed'>;
}

const PARTITION = 'siteTest';

/** One row for each site. */
export function createSiteTestStore(clients: StorageClients): SiteTestStore {
  const table: JsonTable<SiteTest> = createJsonTable(clients.table('Claims'), 1);
  const write: SiteTestStore['write'] = async (before, tests) => {
    if (!before) return table.insert(PARTITION, tableKey(tests.siteId), tests);
    const written = await table.replace(before, tests);
    return written === 'changed' ? null : written;
  };
  return {
    list: () => table.list(`PartitionKey eq ${quoted(PARTITION)}`),
    write,
    async update(siteId, change) {
      for (;;) {
        const row = await table.get(PARTITION, tableKey(siteId));
        const before = row?.value ?? neverTested(siteId);
        const after = change(before);
        if (after === before || (await write(row, after))) return after;
      }
    },
    remove: (row) => table.remove(row.partitionKey, row.rowKey, row.etag),
  };
}
