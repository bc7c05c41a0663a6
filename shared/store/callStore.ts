import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { NOBODY_ANSWERED } from '../oncall/response.ts';
import { NOT_LOCATED } from '../oncall/sites.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { backwards } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** Digits of the backwards time that make a partition: 10^9 ms, about eleven days of calls. */
const PARTITION_DIGITS = 4;

export interface CallStore {
  /** Insert if absent; `null` when the call is recorded already. */
  insert(call: EmergencyCall): Promise<Row<EmergencyCall> | null>;
  get(callId: string): Promise<Row<EmergencyCall> | null>;
  /**
   * Reads the call, changes it and writes it, again from the start when somebody else wrote in between. `change`
   * returns the same object when there is nothing to write. Returns the call as it then is.
   */
  update(callId: string, change: (call: EmergencyCall) => EmergencyCall): Promise<EmergencyCall>;
  /** The newest calls first. */
  listNewest(limit: number): Promise<EmergencyCall[]>;
  /**
   * The newest calls first, of a range of the times in their ids and after the call `after`: only keys of that range are
   * read. Of a row that cannot be read `onUnreadable` is told.
   */
  listPage(range: CallRange, limit: number, onUnreadable: (callId: string) => void): Promise<EmergencyCall[]>;
}

export interface CallRange {
  from: Date | null;
  /** Not included. */
  until: Date | null;
  /** Id of a call: those that are older than it. */
  after: string | null;
}

export function createCallStore(clients: StorageClients): CallStore {
  const table: JsonTable<EmergencyCall> = createJsonTable(clients.table('EmergencyCalls'), 4, upgradeCall);
  const partitionOf = (callId: string) => callId.slice(0, PARTITION_DIGITS);
  const columnsOf = (call: EmergencyCall) => ({ isTest: call.isTest, recordedAt: call.recordedAt });

  const get: CallStore['get'] = (callId) => table.get(partitionOf(callId), callId);

  return {
    insert: (call) => table.insert(partitionOf(call.id), call.id, call, columnsOf(call)),
    get,
    async update(callId, change) {
      for (;;) {
        const row = await get(callId);
        if (!row) throw new Error(`Call ${callId} is not recorded`);
        const changed = change(row.value);
        if (changed === row.value) return row.value;
        const written = await table.replace(row, changed, columnsOf(changed));
        if (written !== 'changed') return written.value;
      }
    },
    async listNewest(limit) {
      const rows = await table.list("PartitionKey ge '0'", limit);
      return rows.map((row) => row.value);
    },
    async listPage(range, limit, onUnreadable) {
      const { first, others } = filtersOf(range);
      // A filter with `or` would read the whole table: one partition, then those behind it.
      const rows = first === null ? [] : await table.list(first, limit, onUnreadable);
      if (rows.length < limit) rows.push(...(await table.list(others, limit - rows.length, onUnreadable)));
      return rows.map((row) => row.value);
    },
  };
}

/** Keys begin with the time counted backwards: what is newer comes first. */
function filtersOf({ from, until, after }: CallRange): { first: string | null; others: string } {
  // Before 1970 it would have a digit more, and come before everything that it is to come after.
  const oldest = from === null || from.getTime() <= 0 ? null : backwards(new Date(from.getTime() - 1));
  const end =
    oldest === null
      ? ''
      : ` and PartitionKey le ${quoted(oldest.slice(0, PARTITION_DIGITS))} and RowKey lt ${quoted(oldest)}`;
  const newest = until === null ? '' : backwards(new Date(until.getTime() - 1));
  const begin = after !== null && after >= newest ? after : newest;
  if (begin === '') return { first: null, others: `PartitionKey ge '0'${end}` };
  const partition = quoted(begin.slice(0, PARTITION_DIGITS));
  return {
    first: `PartitionKey eq ${partition} and RowKey ${begin === after ? 'gt' : 'ge'} ${quoted(begin)}${end}`,
    others: `PartitionKey gt ${partition}${end}`,
  };
}

/**
 * Version 3 knew no sites; version 2 nobody who answers; version 1 one source only, and named the chat message in the
 * record itself. What is known beside that, since a process of before has written the record again, is kept.
 */
function upgradeCall(stored: unknown, version: number): EmergencyCall {
  const { recordedAt } = stored as EmergencyCall;
  const defaults = {
    ...{ escalation: null, response: NOBODY_ANSWERED },
    ...{ ...NOT_LOCATED, locatedAt: recordedAt, isAddressOpen: false },
  };
  if (version >= 2) return { ...defaults, ...(stored as EmergencyCall) };
  const { chatId, messageId, ...call } = stored as EmergencyCall & { chatId: string; messageId: string };
  return { ...defaults, ...call, chat: { chatId, messageId }, event: null, endedAt: null, alsoAt: null };
}
