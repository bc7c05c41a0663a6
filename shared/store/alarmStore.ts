import type { Alarm } from '../watch/alarm.ts';
import type { State } from '../watch/finding.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What the watch found when it last ran. */
export interface WatchResult {
  /** ISO 8601, UTC. */
  at: string;
  state: State;
}

export interface AlarmStore {
  list(): Promise<Row<Alarm>[]>;
  /** `null` when somebody else has written it since it was read, or was the first. */
  write(before: Row<Alarm> | null, alarm: Alarm): Promise<Row<Alarm> | null>;
  remove(row: Row<Alarm>): Promise<'removed' | 'changed'>;
  lastWatch(): Promise<WatchResult | null>;
  noteWatch(result: WatchResult): Promise<void>;
}

const ALARMS = 'alarm';
const WATCH = 'watch';
const LAST = 'last';

export function createAlarmStore(clients: StorageClients): AlarmStore {
  const alarms: JsonTable<Alarm> = createJsonTable(clients.table('Alarms'), 1);
  const results: JsonTable<WatchResult> = createJsonTable(clients.table('Alarms'), 1);
  return {
    list: () => alarms.list(`PartitionKey eq ${quoted(ALARMS)}`),
    async write(before, alarm) {
      if (!before) return alarms.insert(ALARMS, tableKey(alarm.id), alarm);
      const written = await alarms.replace(before, alarm);
      return written === 'changed' ? null : written;
    },
    remove: (row) => alarms.remove(row.partitionKey, row.rowKey, row.etag),
    lastWatch: async () => (await results.get(WATCH, LAST))?.value ?? null,
    noteWatch: (result) => results.upsert(WATCH, LAST, result),
  };
}
