import { type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { backwards } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

export interface DeliveryStore {
  /** Insert if absent; `null` when somebody has claimed it before. */
  claim(delivery: Delivery): Promise<Row<Delivery> | null>;
  /** Writes only if nobody else did since the row was read. */
  replace(row: Row<Delivery>, delivery: Delivery): Promise<Row<Delivery> | 'changed'>;
  get(callId: string, deliveryKey: string): Promise<Row<Delivery> | null>;
  listOfCall(callId: string): Promise<Row<Delivery>[]>;
  /** Of calls made since, those of the newest calls first. */
  listSince(time: Date, limit: number): Promise<Delivery[]>;
}

export function createDeliveryStore(clients: StorageClients): DeliveryStore {
  const table: JsonTable<Delivery> = createJsonTable(clients.table('Deliveries'), 1);
  return {
    claim: (delivery) => table.insert(delivery.callId, deliveryKeyOf(delivery), delivery),
    replace: (row, delivery) => table.replace(row, delivery),
    get: (callId, deliveryKey) => table.get(callId, deliveryKey),
    listOfCall: (callId) => table.list(`PartitionKey eq ${quoted(callId)}`),
    async listSince(time, limit) {
      const rows = await table.list(`PartitionKey lt ${quoted(backwards(time))}`, limit);
      return rows.map(({ value }) => value);
    },
  };
}
