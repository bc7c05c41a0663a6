import type { BurstKind } from '../oncall/burst.ts';
import { createJsonTable, type JsonTable, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** What is kept so that a phone is not flooded. Whatever is read here may be nonsense: nothing depends on it. */
export interface BurstStore {
  /** `alone`: who was told of which calls one by one; `list`: who sends the lists. */
  get(what: 'alone' | 'list', kind: BurstKind): Promise<Row<unknown> | null>;
  /** Over the row as it was read; `changed` when somebody else wrote since. */
  write(what: 'alone' | 'list', kind: BurstKind, before: Row<unknown> | null, value: object): Promise<BurstRow>;
  /** Removes what cannot be read. */
  remove(what: 'alone' | 'list', kind: BurstKind): Promise<void>;
}

export type BurstRow = Row<unknown> | 'changed';

const PARTITION = 'burst';

/** Among the claims, in a partition of their own. */
export function createBurstStore(clients: StorageClients): BurstStore {
  const table: JsonTable<unknown> = createJsonTable(clients.table('Claims'), 1);
  const keyOf = (what: string, kind: BurstKind) => `${what}-${kind}`;
  return {
    get: (what, kind) => table.get(PARTITION, keyOf(what, kind)),
    async write(what, kind, before, value) {
      if (before) return table.replace(before, value);
      return (await table.insert(PARTITION, keyOf(what, kind), value)) ?? 'changed';
    },
    async remove(what, kind) {
      await table.remove(PARTITION, keyOf(what, kind));
    },
  };
}
