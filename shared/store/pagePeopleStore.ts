import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** Somebody who opened the page, as the directory names them: who answers there need not be on the roster. */
export interface PagePerson {
  id: string;
  name: string;
  upn: string | null;
}

export interface PagePeopleStore {
  /** The latest name holds. Writes only what this process has not written before. */
  remember(person: PagePerson): Promise<void>;
  list(): Promise<PagePerson[]>;
}

const PARTITION = 'person';

export function createPagePeopleStore(clients: StorageClients): PagePeopleStore {
  const table: JsonTable<PagePerson> = createJsonTable(clients.table('Page'), 1);
  const written = new Map<string, string>();
  return {
    async remember(person) {
      const text = JSON.stringify(person);
      if (written.get(person.id) === text) return;
      await table.upsert(PARTITION, tableKey(person.id), person);
      written.set(person.id, text);
    },
    async list() {
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`);
      return rows.map(({ value }) => value);
    },
  };
}
