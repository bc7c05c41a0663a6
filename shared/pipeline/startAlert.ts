import { errorCodeOf } from '../errors.ts';
import type { AlertWork, Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Services } from './services.ts';

/** The work of one alert, due now. */
export function alertWork(callId: string, alertKey: string, now: Date): AlertWork {
  const at = now.toISOString();
  return { kind: 'alert', callId, alertKey, createdAt: at, dueAt: at, attempts: 0 };
}

/**
 * Writes the work of an alert and wakes the notifier. Work that is there already is written anew: whoever is about to
 * finish it by what was known before finds it changed, and leaves it.
 */
export async function startAlert(
  services: Services,
  callId: string,
  alertKey: string,
  step: Pick<AlertWork, 'recipients' | 'channel' | 'isForced'> = {},
): Promise<void> {
  const work = { ...alertWork(callId, alertKey, services.now()), ...step };
  while (!(await services.store.work.insert(work))) {
    const known = await services.store.work.get(work);
    if (known && (await services.store.work.reschedule(known, { ...known.value, dueAt: work.dueAt })) !== 'changed')
      break;
  }
  await wake(services, work);
}

/** Writes work, over what is there under the same id, and returns it; without a wake-up the sweep does it. */
export async function writeWork(
  { store }: Services,
  work: Work,
): Promise<{ row: Row<Work>; before: Row<Work> | null }> {
  for (;;) {
    const inserted = await store.work.insert(work);
    if (inserted) return { row: inserted, before: null };
    const before = await store.work.get(work);
    const row = before && (await store.work.reschedule(before, work));
    if (row && row !== 'changed') return { row, before };
  }
}

/** Writes work, over what is there under the same id, and wakes the notifier for its time. */
export async function putWork(services: Services, work: Work): Promise<void> {
  await writeWork(services, work);
  await wake(services, work, Math.max(0, Date.parse(work.dueAt) - services.now().getTime()));
}

/** Wakes the notifier. The row is written by then: without the queue the sweep does the work, so this never throws. */
export async function wake(services: Services, work: Work, delayMs = 0): Promise<void> {
  try {
    await services.store.work.enqueue(work, delayMs);
  } catch (caught) {
    services.log.error('The notifier could not be woken, the sweep does the work', { error: errorCodeOf(caught) });
  }
}
