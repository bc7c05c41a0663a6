import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** A chat message of the service account as it was read last, and what was made of it. */
export interface StoredChatMessage {
  chatId: string;
  messageId: string;
  /** The message as Graph gave it, and the notification that announced it. */
  message: unknown;
  notification: unknown;
  /** What Graph gave after it was deleted, without its text; `null` while it was not. */
  deletedAs: unknown;
  verdict: 'emergency' | 'other' | 'unreadable';
  reasons: string[];
  callId: string | null;
  /** Graph's `lastModifiedDateTime`, to see whether it was edited since. */
  lastModifiedAt: string | null;
  storedAt: string;
}

export interface ChatMessageStore {
  save(message: StoredChatMessage): Promise<void>;
  get(chatId: string, messageId: string): Promise<StoredChatMessage | null>;
  listOfChat(chatId: string): Promise<StoredChatMessage[]>;
  /** Those stored in a time, without any order: all chats are looked through. Stops after `limit` of them. */
  listStored(range: { from: Date; until: Date }, limit: number): Promise<StoredChatMessage[]>;
}

export function createChatMessageStore(clients: StorageClients): ChatMessageStore {
  const table: JsonTable<StoredChatMessage> = createJsonTable(clients.table('ChatMessages'), 1);
  return {
    save: (message) =>
      table.upsert(tableKey(message.chatId), tableKey(message.messageId), message, {
        verdict: message.verdict,
        storedAt: message.storedAt,
      }),
    async get(chatId, messageId) {
      return (await table.get(tableKey(chatId), tableKey(messageId)))?.value ?? null;
    },
    async listOfChat(chatId) {
      const rows = await table.list(`PartitionKey eq ${quoted(tableKey(chatId))}`);
      return rows.map((row) => row.value);
    },
    async listStored({ from, until }, limit) {
      const filter = `storedAt ge ${quoted(from.toISOString())} and storedAt lt ${quoted(until.toISOString())}`;
      // One that cannot be read hides no other; its time tells nobody anything.
      const rows = await table.list(filter, limit, () => undefined);
      return rows.map((row) => row.value);
    },
  };
}
