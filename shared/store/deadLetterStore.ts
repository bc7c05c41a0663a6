import { createHash } from 'node:crypto';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
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
  /** The same body of the same time is one dead letter: adding it again counts an attempt and notes the new reason. */
  add(letter: Omit<DeadLetter, 'id' | 'attempts'>): Promise<DeadLetter>;
  get(id: string): Promise<DeadLetter | null>;
  remove(id: string): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<DeadLetter[]>;
}

const PARTITION = 'deadLetter';

export function createDeadLetterStore(clients: StorageClients): DeadLetterStore {
  const table: JsonTable<DeadLetter> = createJsonTable(clients.table('DeadLetters'), 1);

  async function addOrCount(letter: DeadLetter): Promise<DeadLetter> {
    for (;;) {
      if (await table.insert(PARTITION, letter.id, letter)) return letter;
      const known = await table.get(PARTITION, letter.id);
      if (known) {
        const counted = { ...letter, attempts: known.value.attempts + 1 };
        if ((await table.replace(known, counted)) !== 'changed') return counted;
      }
    }
  }

  return {
    async add(letter) {
      const stored = storable(letter);
      try {
        return await addOrCount(stored);
      } catch (caught) {
        if (!(caught instanceof RangeError)) throw caught;
        return addOrCount({ ...stored, ...beginningOf(letter) });
      }
    },
    async get(id) {
      return (await table.get(PARTITION, id))?.value ?? null;
    },
    async remove(id) {
      await table.remove(PARTITION, id);
    },
    async list(limit) {
      const rows = await table.list(`PartitionKey eq ${quoted(PARTITION)}`, limit);
      return rows.map((row) => row.value);
    },
  };
}

/** JSON that is nested so deeply that it cannot be written again is kept as a note that it was there. */
function storable(letter: Omit<DeadLetter, 'id' | 'attempts'>): DeadLetter {
  try {
    return { ...letter, id: idOf(letter), attempts: 1 };
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    const noted = { ...letter, raw: null, reason: `${letter.reason} (nested too deeply to be kept)` };
    return { ...noted, id: idOf(noted), attempts: 1 };
  }
}

function idOf({ raw, at }: Pick<DeadLetter, 'raw' | 'at'>): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(raw) ?? 'undefined')
    .digest('hex');
  return `${backwards(new Date(at))}-${digest.slice(0, 16)}`;
}

const KEPT_CHARACTERS = 200_000;

/** What is kept of a body that no row can hold: its beginning, and a reason that says so. */
function beginningOf(letter: Pick<DeadLetter, 'raw' | 'reason'>): Pick<DeadLetter, 'raw' | 'reason'> {
  const text = typeof letter.raw === 'string' ? letter.raw : (JSON.stringify(letter.raw) ?? 'undefined');
  return {
    raw: text.slice(0, KEPT_CHARACTERS),
    reason: `${letter.reason} (only the first ${KEPT_CHARACTERS} of ${text.length} characters are kept)`,
  };
}
