import type { BurstKind } from '../oncall/burst.ts';
import { type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import { type Columns, createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
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
  /** Those that wait for the list of further calls, of calls made since; a row that cannot be read is left out. */
  listHeld(kind: BurstKind, time: Date): Promise<Row<Delivery>[]>;
}

/** By it those that wait are found without reading all. */
function columnsOf({ held }: Delivery): Columns {
  return held ? { held: held.kind } : {};
}

export function createDeliveryStore(clients: StorageClients): DeliveryStore {
  const table: JsonTable<Delivery> = createJsonTable(clients.table('Deliveries'), 1);
  return {
    claim: (delivery) => table.insert(delivery.callId, deliveryKeyOf(delivery), delivery, columnsOf(delivery)),
    replace: (row, delivery) => table.replace(row, delivery, columnsOf(delivery)),
    get: (callId, deliveryKey) => table.get(callId, deliveryKey),
    listOfCall: (callId) => table.list(`PartitionKey eq ${quoted(callId)}`),
    async listSince(time, limit) {
      const rows = await table.list(`PartitionKey lt ${quoted(backwards(time))}`, limit);
      return rows.map(({ value }) => value);
    },
    listHeld: (kind, time) =>
      table.list(
        `PartitionKey lt ${quoted(backwards(time))} and held eq ${quoted(kind)}`,
        Number.POSITIVE_INFINITY,
        () => undefined,
      ),
  };
}
