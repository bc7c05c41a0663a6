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
  };
}
