import { type StorageClients, withinStorageTimeout } from './storageClients.ts';

export interface PoisonMessage {
  /** The text as it was queued. */
  text: string;
  /** Takes it off the queue. */
  remove(): Promise<void>;
}

export interface PoisonQueue {
  /** At most 32 messages, hidden from others for 30 s. */
  receive(): Promise<PoisonMessage[]>;
  /** How many there are, when the oldest of them came, and what time it is by the storage's clock. */
  look(): Promise<{ messages: number; oldest: Date | null; storageTime: Date | null }>;
}

/** The queue into which the Functions host puts messages whose processing failed too often. */
export function createPoisonQueue(clients: StorageClients): PoisonQueue {
  const queue = clients.queue('alert-work-poison');
  return {
    async receive() {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: 32,
        visibilityTimeout: 30,
        ...withinStorageTimeout(),
      });
      return receivedMessageItems.map((item) => ({
        text: item.messageText,
        async remove() {
          await queue.deleteMessage(item.messageId, item.popReceipt, withinStorageTimeout());
        },
      }));
    },
    async look() {
      const [{ peekedMessageItems }, { approximateMessagesCount, date }] = await Promise.all([
        queue.peekMessages({ numberOfMessages: 32, ...withinStorageTimeout() }),
        queue.getProperties(withinStorageTimeout()),
      ]);
      const times = peekedMessageItems.map(({ insertedOn }) => insertedOn.getTime());
      const oldest = times.length === 0 ? null : new Date(Math.min(...times));
      return { messages: approximateMessagesCount ?? 0, oldest, storageTime: date ?? null };
    },
  };
}
