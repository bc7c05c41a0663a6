import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { StoredChatMessage } from './chatMessageStore.ts';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { backwards, tableKey } from './keys.ts';
import { removeRows } from './removeRows.ts';
import type { StorageClients } from './storageClients.ts';

/**
 * Finds and removes what is older than it is kept. Each method does at most `limit` rows and returns how many it did.
 * `onUnreadable` is told the key of each row that is no JSON: it stays.
 */
export interface RetentionStore {
  /**
   * Ids of the calls made before, the newest of them first. One that was recorded later than that counts by when it was
   * recorded: the time in its id is what its source said.
   */
  callsBefore(time: Date, limit: number): Promise<string[]>;
  /** The call with its timeline, deliveries and chat message, the record last, so that it can go on after a crash. */
  removeCall(callId: string, chat: EmergencyCall['chat']): Promise<number>;
  deadLettersBefore(time: Date, limit: number): Promise<number>;
  /** Notes of who looked at what on the page, made before. */
  pageAuditBefore(time: Date, limit: number): Promise<number>;
  /**
   * Takes the content out of chat messages that were stored before, and keeps that they were read: a message that nobody
   * remembers would be news when Graph speaks of it again.
   */
  stripMessagesBefore(
    verdict: 'other' | 'emergency',
    time: Date,
    limit: number,
    onUnreadable: (rowKey: string) => void,
  ): Promise<number>;
  /** The rows of messages whose content went before. */
  strippedMessagesBefore(time: Date, limit: number): Promise<number>;
  /** What ties events and callers to calls that were made before and are no longer on record. */
  claimsBefore(time: Date, limit: number, onUnreadable: (rowKey: string) => void): Promise<number>;
}

/** Digits of the backwards time that make a partition of calls. */
const PARTITION_DIGITS = 4;

export function createRetentionStore(clients: StorageClients): RetentionStore {
  const calls = clients.table('EmergencyCalls');
  const messages: JsonTable<StoredChatMessage> = createJsonTable(clients.table('ChatMessages'), 1);
  const claims: JsonTable<{ callId?: string; changedAt?: string }> = createJsonTable(clients.table('Claims'), 1);
  const ofCall = (callId: string) => `PartitionKey eq ${quoted(callId)}`;
  const viewersOf = (callId: string) => `PartitionKey eq ${quoted(`viewers|${callId}`)}`;
  const recordOf = (callId: string) =>
    `PartitionKey eq ${quoted(callId.slice(0, PARTITION_DIGITS))} and RowKey eq ${quoted(callId)}`;
  const isOnRecord = async (callId: string) => {
    const rows = calls.listEntities({ queryOptions: { filter: recordOf(callId), select: ['RowKey'] } });
    return !(await rows.next()).done;
  };

  return {
    async callsBefore(time, limit) {
      const key = backwards(time);
      const ids: string[] = [];
      const filter = `PartitionKey ge ${quoted(key.slice(0, PARTITION_DIGITS))} and RowKey gt ${quoted(key)}`;
      const queryOptions = { filter, select: ['RowKey', 'recordedAt'] };
      for await (const { rowKey, recordedAt } of calls.listEntities<{ recordedAt?: string }>({ queryOptions })) {
        const isYounger = recordedAt !== undefined && recordedAt >= time.toISOString();
        if (rowKey !== undefined && !isYounger) ids.push(rowKey);
        if (ids.length >= limit) break;
      }
      return ids;
    },
    async removeCall(callId, chat) {
      const counts = await Promise.all([
        removeRows(clients.table('Timeline'), ofCall(callId), Number.POSITIVE_INFINITY),
        removeRows(clients.table('Deliveries'), ofCall(callId), Number.POSITIVE_INFINITY),
        removeRows(clients.table('Page'), viewersOf(callId), Number.POSITIVE_INFINITY),
      ]);
      if (chat) await messages.remove(tableKey(chat.chatId), tableKey(chat.messageId));
      return counts.reduce((sum, count) => sum + count, 0) + (await removeRows(calls, recordOf(callId), 1));
    },
    deadLettersBefore: (time, limit) =>
      removeRows(
        clients.table('DeadLetters'),
        `PartitionKey eq 'deadLetter' and RowKey gt ${quoted(backwards(time))}`,
        limit,
      ),
    pageAuditBefore: (time, limit) =>
      removeRows(clients.table('Page'), `PartitionKey eq 'audit' and RowKey gt ${quoted(backwards(time))}`, limit),
    async stripMessagesBefore(verdict, time, limit, onUnreadable) {
      const isVerdict =
        verdict === 'other' ? "verdict eq 'other'" : "(verdict eq 'emergency' or verdict eq 'unreadable')";
      const rows = await messages.list(
        `${isVerdict} and storedAt lt ${quoted(time.toISOString())}`,
        limit,
        onUnreadable,
      );
      for (const row of rows) {
        const stripped = { ...row.value, message: null, notification: null, deletedAs: null, reasons: [] };
        // Without `storedAt`: what is stripped is not found again. A message that was stored anew meanwhile stays.
        await messages.replace(row, stripped, { verdict: row.value.verdict, strippedAt: row.value.storedAt });
      }
      return rows.length;
    },
    strippedMessagesBefore: (time, limit) =>
      removeRows(clients.table('ChatMessages'), `strippedAt lt ${quoted(time.toISOString())}`, limit),
    async claimsBefore(time, limit, onUnreadable) {
      const filter = "PartitionKey eq 'event' or PartitionKey eq 'caller'";
      const old = (await claims.list(filter, Number.POSITIVE_INFINITY, onUnreadable)).filter(
        ({ value: { callId, changedAt } }) =>
          callId === undefined ? (changedAt ?? '9') < time.toISOString() : callId > backwards(time),
      );
      let removed = 0;
      for (const { partitionKey, rowKey, etag, value } of old) {
        if (removed >= limit) break;
        if (value.callId !== undefined && (await isOnRecord(value.callId))) continue;
        await claims.remove(partitionKey, rowKey, etag);
        removed += 1;
      }
      return removed;
    },
  };
}
