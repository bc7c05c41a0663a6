import { attemptAll, errorCodeOf } from '../errors.ts';
import { retryDelayMs } from '../oncall/deliveryPlan.ts';
import type { Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { doWork } from './notifyOnCall.ts';
import type { Services } from './services.ts';
import { wake } from './startAlert.ts';
import { tellFromRecord } from './tellDirectly.ts';
import { forgetTold, untoldCalls } from './untoldCalls.ts';

/** The queue's own message gets this long before the sweep does its work. */
const GRACE_MS = 2_000;
const MOST_AT_ONCE = 64;

/**
 * Does what is overdue because its queue message was lost, hidden behind a killed host, or given up. Empties the poison
 * queue: the work row behind a message is what counts, and it is among the overdue. Attempts all, then throws for those
 * that failed; they stay due.
 */
export async function sweep(services: Services): Promise<void> {
  const before = new Date(services.now().getTime() - GRACE_MS);
  const overdue = await listOverdue(services, before);
  if (overdue.length > 0) {
    services.log.warn('Overdue work found', { count: overdue.length });
  }
  await attemptAll(
    [
      () => emptyPoisonQueue(services),
      () => forgetTold(services),
      ...overdue.map((row) => () => doOrPutOff(services, row)),
    ],
    (task) => task(),
    'Work could not be done',
  );
}

/** While the storage does not say what is due, people are told of what this process recorded last. */
async function listOverdue(services: Services, before: Date): Promise<Row<Work>[]> {
  try {
    return await services.store.work.listDue(before, MOST_AT_ONCE, (rowKey) =>
      services.log.error('A work row cannot be read', { rowKey }),
    );
  } catch (caught) {
    await Promise.all(untoldCalls(services).map((call) => tellFromRecord(services, call)));
    throw caught;
  }
}

/**
 * Graph may take minutes over subscriptions, and the next sweep waits for this one: the notifier looks after them. Work
 * that fails is put off, so that what always fails does not take the place of what would not.
 */
async function doOrPutOff(services: Services, row: Row<Work>): Promise<void> {
  if (row.value.kind === 'renewSubscriptions') return wake(services, row.value);
  try {
    await doWork(services, row);
  } catch (caught) {
    const { work } = services.store;
    const known = await work.get(row.rowKey);
    if (known?.etag === row.etag) {
      const { attempts } = row.value;
      const waitMs = retryDelayMs(Math.max(1, attempts), null);
      const dueAt = new Date(services.now().getTime() + waitMs).toISOString();
      await work.reschedule(known, { ...row.value, attempts: attempts + 1, dueAt });
    }
    throw caught;
  }
}

async function emptyPoisonQueue({ store, now, log }: Services): Promise<void> {
  const messages = await store.poisonQueue.receive();
  await attemptAll(
    messages,
    async (message) => {
      const workId = workIdIn(message.text);
      const isAlive = workId !== null && (await store.work.get(workId)) !== null;
      if (!isAlive) {
        const reason = workId === null ? 'queue message names no work' : 'queue message failed too often';
        const letter = { reason, raw: message.text, at: now().toISOString(), source: 'alert-work-poison' };
        await store.deadLetters.add(letter);
      }
      log.error('Queue message had failed too often', { isWorkStillDue: isAlive });
      await message.remove();
    },
    'Poison messages could not be kept',
  );

  function workIdIn(text: string): string | null {
    try {
      const { workId } = (JSON.parse(text) ?? {}) as { workId?: unknown };
      return typeof workId === 'string' ? workId : null;
    } catch (caught) {
      log.warn('Poison message is not JSON', { error: errorCodeOf(caught) });
      return null;
    }
  }
}
