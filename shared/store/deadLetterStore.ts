import { createHash } from 'node:crypto';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { backwards } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What could not be processed, with the raw body, so that an administrator can read and replay it. */
export interface DeadLetter {
  id: string;
  reason: string;
  /** The body as it came in. */
  raw: unknown;
  at: string;
  source: string;
  /** How often it went through the door. */
  attempts: number;
}

export interface DeadLetterStore {
  /** The same body from the same place at the same time is one dead letter, however often it is delivered. */
  add(letter: Omit<DeadLetter, 'id' | 'attempts'>): Promise<DeadLetter>;
  get(id: string): Promise<Row<DeadLetter> | null>;
  replace(row: Row<DeadLetter>, letter: DeadLetter): Promise<void>;
  remove(id: string): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<DeadLetter[]>;
}

const DEAD_LETTERS = 'deadLetter';

export function createDeadLetterStore(clients: StorageClients): DeadLetterStore {
  const table: JsonTable<DeadLetter> = createJsonTable(clients.table('DeadLetters'), 1);
  return {
    async add(letter) {
      const digest = createHash('sha256')
        .update(JSON.stringify([letter.source, letter.raw]))
        .digest('hex');
      const id = `${backwards(new Date(letter.at))}-${digest.slice(0, 16)}`;
      const stored = { ...letter, id, attempts: 1 };
      try {
        await table.insert(DEAD_LETTERS, id, stored);
        return stored;
      } catch (caught) {
        if (!(caught instanceof RangeError)) throw caught;
        const beginning = beginningOf(letter);
        await table.insert(DEAD_LETTERS, id, { ...stored, ...beginning });
        return { ...stored, ...beginning };
      }
    },
    get: (id) => table.get(DEAD_LETTERS, id),
    async replace(row, letter) {
      await table.replace(row, letter);
    },
    async remove(id) {
      await table.remove(DEAD_LETTERS, id);
    },
    async list(limit) {
      const rows = await table.list(`PartitionKey eq ${quoted(DEAD_LETTERS)}`, limit);
      return rows.map((row) => row.value);
    },
  };
}

const KEPT_CHARACTERS = 200_000;

/** What is kept of a body that no row can hold: its beginning, and a reason that says so. */
function beginningOf(letter: Pick<DeadLetter, 'raw' | 'reason'>): Pick<DeadLetter, 'raw' | 'reason'> {
  const text = typeof letter.raw === 'string' ? letter.raw : JSON.stringify(letter.raw);
  return {
    raw: text.slice(0, KEPT_CHARACTERS),
    reason: `${letter.reason} (only the first ${KEPT_CHARACTERS} of ${text.length} characters are kept)`,
  };
}
