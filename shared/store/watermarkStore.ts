import { createJsonTable, type JsonTable } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

export interface WatermarkStore {
  /** Up to which time something has been done, or `null` if never. */
  get(name: string): Promise<Date | null>;
  set(name: string, time: Date): Promise<void>;
}

export function createWatermarkStore(clients: StorageClients): WatermarkStore {
  const table: JsonTable<{ time: string }> = createJsonTable(clients.table('Claims'), 1);
  return {
    async get(name) {
      const row = await table.get('watermark', name);
      return row ? new Date(row.value.time) : null;
    },
    set: (name, time) => table.upsert('watermark', name, { time: time.toISOString() }),
  };
}
