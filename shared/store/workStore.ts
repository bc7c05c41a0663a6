import { type Work, workIdOf } from '../oncall/work.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { type StorageClients, withinStorageTimeout } from './storageClients.ts';

/** What a queue message says. */
export interface WorkMessage {
  workId: string;
  callId: string | null;
  /** When it was queued: ISO 8601, UTC, by our clock. */
  queuedAt: string;
}

export interface WorkStore {
  /** Insert if absent; `null` when it is there already. */
  insert(work: Work): Promise<Row<Work> | null>;
  get(work: string | Work): Promise<Row<Work> | null>;
  reschedule(row: Row<Work>, work: Work): Promise<Row<Work> | 'changed'>;
  finish(row: Row<Work>): Promise<void>;
  /**
   * Work due before the time: alerts first, then the longest overdue. A row that cannot be read is left out and
   * `onUnreadable` is told.
   */
  listDue(before: Date, limit: number, onUnreadable?: (rowKey: string) => void): Promise<Row<Work>[]>;
  /** Whether anything is still to be done about a call. */
  isOpen(callId: string): Promise<boolean>;
  /** Wakes `notifyOnCall` after a delay, in whole seconds as the queue has it. */
  enqueue(work: Work, delayMs?: number): Promise<void>;
}

/** All open work lies in one partition: it is deleted when done, and its target is 2,000 rows a second. */
const PARTITION = 'open';

const KINDS = [
  ...['alert', 'escalate', 'remind', 'follow'],
  ...['fetchMessage', 'readEvent', 'renewSubscriptions', 'replayDeadLetter'],
];

function isWork(value: unknown): value is Work {
  const { kind, dueAt } = (value ?? {}) as { kind?: unknown; dueAt?: unknown };
  return typeof dueAt === 'string' && KINDS.includes(String(kind));
}

function inOrder({ value: a }: Row<Work>, { value: b }: Row<Work>): number {
  const rank = (work: Work) => (work.kind === 'alert' || work.kind === 'escalate' || work.kind === 'follow' ? 0 : 1);
  return rank(a) - rank(b) || a.dueAt.localeCompare(b.dueAt);
}

export function createWorkStore(clients: StorageClients): WorkStore {
  const table: JsonTable<Work> = createJsonTable(clients.table('Work'), 1);
  const queue = clients.queue('alert-work');
  const columnsOf = (work: Work) => ({ dueAt: work.dueAt, kind: work.kind });

  return {
    insert: (work) => table.insert(PARTITION, workIdOf(work), work, columnsOf(work)),
    get: (work) => table.get(PARTITION, typeof work === 'string' ? work : workIdOf(work)),
    reschedule: (row, work) => table.replace(row, work, columnsOf(work)),
    async finish(row) {
      await table.remove(row.partitionKey, row.rowKey, row.etag);
    },
    async listDue(before, limit, onUnreadable) {
      const filter = `PartitionKey eq ${quoted(PARTITION)} and dueAt le ${quoted(before.toISOString())}`;
      const rows = await table.list(filter, Number.POSITIVE_INFINITY, onUnreadable);
      const work = rows.filter(({ value }) => isWork(value));
      for (const { rowKey } of rows.filter(({ value }) => !isWork(value))) onUnreadable?.(rowKey);
      return work.sort(inOrder).slice(0, limit);
    },
    async isOpen(callId) {
      const filter = `PartitionKey eq ${quoted(PARTITION)} and RowKey ge ${quoted(`${callId}|`)} and RowKey lt ${quoted(`${callId}}`)}`;
      return (await table.list(filter, 1)).length > 0;
    },
    async enqueue(work, delayMs = 0) {
      const message: WorkMessage = {
        workId: workIdOf(work),
        callId: 'callId' in work ? work.callId : null,
        queuedAt: new Date().toISOString(),
      };
      await queue.sendMessage(JSON.stringify(message), {
        visibilityTimeout: Math.ceil(delayMs / 1_000),
        ...withinStorageTimeout(),
      });
    },
  };
}
