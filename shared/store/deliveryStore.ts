import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import type { StorageClients } from './storageClients.ts';

/**
 * One alert to one recipient by one channel, and the claim on it: the row is inserted before the message is sent.
 * `claimed`: somebody is sending it until `leaseUntil`; `waiting`: to be tried again at `nextAttemptAt`; `accepted`:
 * the provider has it; `failed`: never to be tried again. Times are ISO 8601 in UTC by our clock.
 */
export interface Delivery {
  callId: string;
  alertKey: string;
  recipientId: string;
  channel: string;
  /** E.164. */
  to: string;
  state: 'claimed' | 'waiting' | 'accepted' | 'failed';
  /** Names the attempt that holds the claim. */
  owner: string;
  attempts: number;
  claimedAt: string;
  leaseUntil: string;
  nextAttemptAt: string | null;
  /** The messages to send (nearly always one) and how many the provider has taken. */
  bodies: string[];
  /** What the provider made of each body it took. */
  providerMessages: { id: string; status: string }[];
  /** The version of the facts that these words tell. */
  factsVersion: number;
  acceptedAt: string | null;
  /** The provider's code and reason of the last attempt that failed. */
  lastError: string | null;
  /** True when it is not known whether the last attempt reached the provider. */
  isDoubtful: boolean;
}

export interface DeliveryStore {
  /** Insert if absent; `null` when somebody has claimed it before. */
  claim(delivery: Delivery): Promise<Row<Delivery> | null>;
  /** Writes only if nobody else did since the row was read. */
  replace(row: Row<Delivery>, delivery: Delivery): Promise<Row<Delivery> | 'changed'>;
  get(callId: string, deliveryKey: string): Promise<Row<Delivery> | null>;
  listOfCall(callId: string): Promise<Row<Delivery>[]>;
}

export function deliveryKeyOf(delivery: Pick<Delivery, 'alertKey' | 'recipientId' | 'channel'>): string {
  return `${delivery.alertKey}|${delivery.recipientId}|${delivery.channel}`;
}

export function createDeliveryStore(clients: StorageClients): DeliveryStore {
  const table: JsonTable<Delivery> = createJsonTable(clients.table('Deliveries'), 1);
  return {
    claim: (delivery) => table.insert(delivery.callId, deliveryKeyOf(delivery), delivery),
    replace: (row, delivery) => table.replace(row, delivery),
    get: (callId, deliveryKey) => table.get(callId, deliveryKey),
    listOfCall: (callId) => table.list(`PartitionKey eq ${quoted(callId)}`),
  };
}
