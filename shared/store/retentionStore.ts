import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { StoredChatMessage } from './chatMessageStore.ts';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { backwards, tableKey } from './keys.ts';
import { removeRows } from './removeRows.ts';
import type { StorageClients } from './storageClients.ts';

/** Finds and removes what is older than it is kept. Each method does at most `limit` rows and returns how many it did. */
export interface RetentionStore {
  /** Ids of the calls made before, the newest of them first. */
  callsBefore(time: Date, limit: number): Promise<string[]>;
  /** The call with its timeline, deliveries and chat message, the record last, so that it can go on after a crash. */
  removeCall(callId: string, chat: EmergencyCall['chat']): Promise<number>;
  deadLettersBefore(time: Date, limit: number): Promise<number>;
  /**
   * Takes the content out of chat messages that were stored before, and keeps that they were read: a message that nobody
   * remembers would be news when Graph speaks of it again.
   */
  stripMessagesBefore(verdict: 'other' | 'emergency', time: Date, limit: number): Promise<number>;
  /** The rows of messages whose content went before. */
  strippedMessagesBefore(time: Date, limit: number): Promise<number>;
  /** What ties events and callers to calls that were made before. */
  claimsBefore(time: Date, limit: number): Promise<number>;
}

/** Digits of the backwards time that make a partition of calls. */
const PARTITION_DIGITS = 4;

export function createRetentionStore(clients: StorageClients): RetentionStore {
  const calls = clients.table('EmergencyCalls');
  const messages: JsonTable<StoredChatMessage> = createJsonTable(clients.table('ChatMessages'), 1);
  const claims: JsonTable<{ callId?: string; changedAt?: string }> = createJsonTable(clients.table('Claims'), 1);
  const ofCall = (callId: string) => `PartitionKey eq ${quoted(callId)}`;

  return {
    async callsBefore(time, limit) {
      const key = backwards(time);
      const ids: string[] = [];
      const filter = `PartitionKey ge ${quoted(key.slice(0, PARTITION_DIGITS))} and RowKey gt ${quoted(key)}`;
      for await (const { rowKey } of calls.listEntities({ queryOptions: { filter, select: ['RowKey'] } })) {
        if (rowKey !== undefined) ids.push(rowKey);
        if (ids.length >= limit) break;
      }
      return ids;
    },
    async removeCall(callId, chat) {
      const counts = await Promise.all([
        removeRows(clients.table('Timeline'), ofCall(callId), Number.POSITIVE_INFINITY),
        removeRows(clients.table('Deliveries'), ofCall(callId), Number.POSITIVE_INFINITY),
      ]);
      if (chat) await messages.remove(tableKey(chat.chatId), tableKey(chat.messageId));
      const record = `PartitionKey eq ${quoted(callId.slice(0, PARTITION_DIGITS))} and RowKey eq ${quoted(callId)}`;
      return counts.reduce((sum, count) => sum + count, 0) + (await removeRows(calls, record, 1));
    },
    deadLettersBefore: (time, limit) =>
      removeRows(
        clients.table('DeadLetters'),
        `PartitionKey eq 'deadLetter' and RowKey gt ${quoted(backwards(time))}`,
        limit,
      ),
    async stripMessagesBefore(verdict, time, limit) {
      const isVerdict =
        verdict === 'other' ? "verdict eq 'other'" : "(verdict eq 'emergency' or verdict eq 'unreadable')";
      const rows = await messages.list(`${isVerdict} and storedAt lt ${quoted(time.toISOString())}`, limit);
      for (const row of rows) {
        const stripped = { ...row.value, message: null, notification: null, deletedAs: null, reasons: [] };
        // Without `storedAt`: what is stripped is not found again. A message that was stored anew meanwhile stays.
        await messages.replace(row, stripped, { verdict: row.value.verdict, strippedAt: row.value.storedAt });
      }
      return rows.length;
    },
    strippedMessagesBefore: (time, limit) =>
      removeRows(clients.table('ChatMessages'), `strippedAt lt ${quoted(time.toISOString())}`, limit),
    async claimsBefore(time, limit) {
      const rows = await claims.list("PartitionKey eq 'event' or PartitionKey eq 'caller'");
      const old = rows
        .filter(({ value: { callId, changedAt } }) =>
          callId === undefined ? (changedAt ?? '9') < time.toISOString() : callId > backwards(time),
        )
        .slice(0, limit);
      for (const row of old) await claims.remove(row.partitionKey, row.rowKey, row.etag);
      return old.length;
    },
  };
}
