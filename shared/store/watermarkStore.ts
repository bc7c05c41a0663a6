import { createJsonTable, type JsonTable } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

export interface Watermark {
  name: string;
  time: Date;
}

export interface WatermarkStore {
  /** Up to which time something has been done, or `null` if never. */
  get(name: string): Promise<Date | null>;
  set(name: string, time: Date): Promise<void>;
  remove(name: string): Promise<void>;
  /** All whose name begins so. */
  list(beginning: string): Promise<Watermark[]>;
}

export function createWatermarkStore(clients: StorageClients): WatermarkStore {
  const table: JsonTable<{ name: string; time: string }> = createJsonTable(clients.table('Claims'), 1);
  return {
    async get(name) {
      const row = await table.get('watermark', tableKey(name));
      return row ? new Date(row.value.time) : null;
    },
    set: (name, time) => table.upsert('watermark', tableKey(name), { name, time: time.toISOString() }),
    async remove(name) {
      await table.remove('watermark', tableKey(name));
    },
    async list(beginning) {
      const rows = await table.list("PartitionKey eq 'watermark'");
      return rows
        .filter(({ value }) => value.name.startsWith(beginning))
        .map(({ value }) => ({ name: value.name, time: new Date(value.time) }));
    },
  };
}
