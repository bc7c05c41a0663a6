import { createJsonTable, type JsonTable, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** The latest attempt to sign the service account in from the page. Times are ISO 8601 in UTC. */
export interface StoredAttempt {
  id: string;
  way: 'deviceCode' | 'authorizationCode';
  state: 'waiting' | 'signedIn' | 'failed';
  startedAt: string;
  expiresAt: string;
  userCode: string | null;
  url: string;
  failure: { code: string; message: string; signedInAs: string | null; isBlockedByPolicy: boolean } | null;
  /** When the process that waits for Microsoft last said that it lives; `null` where none waits. */
  aliveAt: string | null;
  /** Of a sign-in in a browser: what only we know of it, encrypted; `null` once it is used. */
  sealed: string | null;
}

/** One row: a new attempt takes the place of the one before. */
export interface SignInAttemptStore {
  read(): Promise<StoredAttempt | null>;
  begin(attempt: StoredAttempt): Promise<void>;
  /** Changes the attempt, unless another one has begun meanwhile: then false. */
  change(id: string, changes: Partial<StoredAttempt>): Promise<boolean>;
}

const PARTITION = 'signInAttempt';
const ROW = 'latest';

export function createSignInAttemptStore(clients: StorageClients): SignInAttemptStore {
  const table: JsonTable<StoredAttempt> = createJsonTable(clients.table('Page'), 1);
  const read = (): Promise<Row<StoredAttempt> | null> => table.get(PARTITION, ROW);
  return {
    read: async () => (await read())?.value ?? null,
    begin: (attempt) => table.upsert(PARTITION, ROW, attempt),
    async change(id, changes) {
      for (;;) {
        const row = await read();
        if (row?.value.id !== id) return false;
        if ((await table.replace(row, { ...row.value, ...changes })) !== 'changed') return true;
      }
    },
  };
}
