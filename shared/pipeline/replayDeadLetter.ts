import type { AlertWork, ReplayWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { ingestNotifications } from './ingestNotifications.ts';
import type { Services } from './services.ts';
import { startAlert } from './startAlert.ts';

/**
 * Sends a dead letter through the door once more; it stays, with one more attempt and its new reason, when it is
 * refused again. What it announces is the same call as before, so nobody is told twice.
 */
export async function replayDeadLetter(services: Services, row: Row<ReplayWork>): Promise<void> {
  const { store, log } = services;
  const { deadLetterId } = row.value;
  const letter = await store.deadLetters.get(deadLetterId);
  if (letter) {
    log.info('Dead letter replayed', { deadLetterId });
    const { raw, at, source, attempts } = letter;
    if (isAlertWork(raw)) await startAlert(services, raw.callId, raw.alertKey);
    else await ingestNotifications(services, [{ body: raw, enqueuedAt: at, source }]);
    const after = await store.deadLetters.get(deadLetterId);
    if (after?.attempts === attempts) await store.deadLetters.remove(deadLetterId);
  }
  await store.work.finish(row);
}

/** An alert that was given up. */
function isAlertWork(raw: unknown): raw is AlertWork {
  return (raw as { kind?: unknown } | null)?.kind === 'alert';
}

/** Asks the deployed function to replay a dead letter: whoever asks needs access to the storage only. */
export async function requestReplay(services: Pick<Services, 'store' | 'now'>, deadLetterId: string): Promise<void> {
  const work: ReplayWork = {
    kind: 'replayDeadLetter',
    deadLetterId,
    dueAt: services.now().toISOString(),
    attempts: 0,
  };
  await services.store.work.insert(work);
  await services.store.work.enqueue(work);
}
