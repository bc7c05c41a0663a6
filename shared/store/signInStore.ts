import { createJsonTable, type JsonTable, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/** The sign-in of the service account. Times are ISO 8601 in UTC. */
export interface StoredSignIn {
  /** Another one for each sign-in, the same through all its refreshes. */
  signInId: string;
  /** The encrypted token cache, in Base64. */
  sealed: string;
  signedInAt: string;
  refreshedAt: string;
}

/** One row; whoever writes it names the ETag it was read with. */
export interface SignInStore {
  read(): Promise<Row<StoredSignIn> | null>;
  /** Insert if absent; `null` when there is a sign-in already. */
  insert(signIn: StoredSignIn): Promise<Row<StoredSignIn> | null>;
  replace(row: Row<StoredSignIn>, signIn: StoredSignIn): Promise<Row<StoredSignIn> | 'changed'>;
  remove(): Promise<void>;
}

const PARTITION = 'signIn';
const ROW = 'serviceAccount';

export function createSignInStore(clients: StorageClients): SignInStore {
  const table: JsonTable<StoredSignIn> = createJsonTable(clients.table('SignIn'), 1);
  const columnsOf = ({ signedInAt, refreshedAt }: StoredSignIn) => ({ signedInAt, refreshedAt });
  return {
    read: () => table.get(PARTITION, ROW),
    insert: (signIn) => table.insert(PARTITION, ROW, signIn, columnsOf(signIn)),
    replace: (row, signIn) => table.replace(row, signIn, columnsOf(signIn)),
    async remove() {
      await table.remove(PARTITION, ROW);
    },
  };
}
