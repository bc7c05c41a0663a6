import { setTimeout as sleep } from 'node:timers/promises';
import { isPlaceAlert } from '../oncall/place.ts';
import type { Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { WorkMessage } from '../store/workStore.ts';
import { followUp } from './answerCall.ts';
import type { WakeUp } from './deliver.ts';
import { escalate, remind } from './escalate.ts';
import { fetchMessage } from './fetchMessage.ts';
import { recallPlaces } from './holdBack.ts';
import { renewNow } from './renewNow.ts';
import { replayDeadLetter } from './replayDeadLetter.ts';
import { type AlertContext, readAlertContext, sendAlert } from './sendAlert.ts';
import type { Services } from './services.ts';
import { readEvent } from './takeEvent.ts';
import { tellPlaces } from './tellPlaces.ts';

/** A queue's clock and ours differ a little: work due this soon is waited for instead of queued again. */
const EARLY_MS = 500;

/**
 * What a message of the queue asks for. The work row decides: a message about finished work does nothing, one that
 * comes too early is queued again. Throws for a message that is none of ours, and when the work could not be done.
 */
export async function notifyOnCall(services: Services, message: unknown): Promise<void> {
  const startedAt = services.now().toISOString();
  const { workId, callId, queuedAt } = (message ?? {}) as Partial<Record<keyof WorkMessage, unknown>>;
  if (typeof workId !== 'string') {
    throw new TypeError('The queue message names no work');
  }
  // Read at once: a person waits for what comes after.
  const [row, context] = await Promise.all([
    services.store.work.get(workId),
    typeof callId === 'string' ? readAlertContext(services, callId) : undefined,
    typeof callId === 'string' ? recallPlaces(services) : undefined,
  ]);
  if (!row) return;
  const waitMs = Date.parse(row.value.dueAt) - services.now().getTime();
  if (waitMs > EARLY_MS) {
    await services.store.work.enqueue(row.value, waitMs);
    return;
  }
  if (waitMs > 0) await sleep(waitMs);
  await doWork(services, row, context, { queuedAt: typeof queuedAt === 'string' ? queuedAt : null, startedAt });
}

/** Does one piece of work, whoever found it due. */
export async function doWork(
  services: Services,
  row: Row<Work>,
  context?: AlertContext,
  wake: WakeUp = { queuedAt: null, startedAt: services.now().toISOString() },
): Promise<void> {
  switch (row.value.kind) {
    case 'alert': {
      const { callId } = row.value;
      return (isPlaceAlert(row.value) ? tellPlaces : sendAlert)(
        services,
        { ...row, value: row.value },
        context ?? (await readAlertContext(services, callId)),
        wake,
      );
    }
    case 'escalate':
      return escalate(services, { ...row, value: row.value });
    case 'remind':
      return remind(services, { ...row, value: row.value });
    case 'follow':
      return followUp(services, { ...row, value: row.value });
    case 'fetchMessage':
      return fetchMessage(services, { ...row, value: row.value });
    case 'readEvent':
      return readEvent(services, { ...row, value: row.value });
    case 'renewSubscriptions':
      return renewNow(services, { ...row, value: row.value });
    case 'replayDeadLetter':
      return replayDeadLetter(services, { ...row, value: row.value });
  }
}
