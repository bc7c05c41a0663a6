import type { SharedCallingLedger } from '../tenant/sharedCallingLedger.ts';
import { createJsonTable, type JsonTable, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** The numbers of one Shared Calling policy, as they were last written. */
export interface StoredLedger extends SharedCallingLedger {
  /** Folded, as policies are compared. */
  policy: string;
}

/** One row for each policy, changed by its ETag only: instances that work at once see each other's reservations. */
export interface SharedCallingStore {
  get(policy: string): Promise<Row<StoredLedger> | null>;
  /** `changed` when somebody else wrote since it was read, or was the first. */
  put(known: Row<StoredLedger> | null, ledger: StoredLedger): Promise<'written' | 'changed'>;
}

const PARTITION = 'sharedCalling';

export function createSharedCallingStore(clients: StorageClients): SharedCallingStore {
  const table: JsonTable<StoredLedger> = createJsonTable(clients.table('Claims'), 1);
  const keyOf = (policy: string) => tableKey(fold(policy));
  return {
    get: (policy) => table.get(PARTITION, keyOf(policy)),
    async put(known, ledger) {
      const value = { ...ledger, policy: fold(ledger.policy) };
      const written = known
        ? await table.replace(known, value)
        : await table.insert(PARTITION, keyOf(ledger.policy), value);
      return written === null || written === 'changed' ? 'changed' : 'written';
    },
  };
}

function fold(policy: string): string {
  return policy.trim().toLowerCase();
}
