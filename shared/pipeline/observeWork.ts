import type { Work } from '../oncall/work.ts';
import { WHOLE_HUB } from '../store/canaryStore.ts';
import type { Row } from '../store/jsonTable.ts';
import { DAY_MS, earliest } from '../watch/duration.ts';
import type { CallsState, CanaryState, DeadLetterState, WorkState } from '../watch/observations.ts';
import type { Services } from './services.ts';

const MOST_CALLS = 500;
const MOST_LETTERS = 200;
const EVER = new Date('9999-01-01T00:00:00Z');

/** The calls of the last day, and those of them that nobody was told of. */
export async function observeCalls({ store, now }: Services): Promise<CallsState> {
  const since = new Date(now().getTime() - DAY_MS).toISOString();
  const calls = (await store.calls.listNewest(MOST_CALLS)).filter(({ recordedAt }) => recordedAt >= since);
  return {
    recorded: calls.length,
    untold: calls
      .filter(({ firstToldAt }) => firstToldAt === null)
      .map(({ code, isTest, recordedAt }) => ({ code, isTest, recordedAt: new Date(recordedAt) })),
  };
}

export async function observeWork({ store }: Services): Promise<WorkState> {
  let unreadable = 0;
  const rows = await store.work.listDue(EVER, Number.POSITIVE_INFINITY, () => {
    unreadable += 1;
  });
  const oldestOf = (list: readonly Row<Work>[]) => earliest(list.map(({ value }) => new Date(value.dueAt)));
  return {
    open: rows.length,
    oldestAlert: oldestOf(rows.filter(({ value }) => value.kind === 'alert')),
    oldestOther: oldestOf(rows.filter(({ value }) => value.kind !== 'alert')),
    unreadable,
  };
}

/** Alerts that were given up say so in their source; see `sendAlert`. */
export async function observeDeadLetters({ store }: Services): Promise<DeadLetterState> {
  const letters = await store.deadLetters.list(MOST_LETTERS);
  const untold = letters.filter(({ source }) => source === 'alert');
  const newest = letters.find(({ source }) => source !== 'alert');
  const datesOf = (list: typeof letters) => list.map(({ at }) => new Date(at));
  return {
    count: letters.length,
    isMore: letters.length === MOST_LETTERS,
    newest: newest ? { id: newest.id, at: new Date(newest.at), reason: newest.reason } : null,
    oldest: earliest(datesOf(letters)),
    untold: { count: untold.length, since: earliest(datesOf(untold)) },
  };
}

export async function observeCanaries({ store, settings }: Services): Promise<CanaryState> {
  const records = await store.canaries.list();
  const failures = records.flatMap(({ failure }) => (failure ? [failure] : []));
  const [first] = failures.sort((a, b) => a.since.localeCompare(b.since));
  return {
    isWanted: settings.eventHub !== null,
    partitions: records
      .filter(({ partitionId }) => partitionId !== WHOLE_HUB)
      .map(({ partitionId, sent, arrived }) => ({
        partitionId,
        sent: sent.map(({ sentAt }) => new Date(sentAt)),
        arrived: arrived && { sentAt: new Date(arrived.sentAt), arrivedAt: new Date(arrived.arrivedAt) },
      })),
    failure: first ? { code: first.code, since: new Date(first.since) } : null,
  };
}
