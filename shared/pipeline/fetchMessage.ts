import type { ClientStateCheck } from '../graph/clientState.ts';
import { readHubEvent } from '../graph/notifications.ts';
import { mustTellWithoutDetails, nextFetchAt } from '../oncall/fetchPlan.ts';
import type { FetchMessageWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { fetchContent } from './fetchContent.ts';
import type { MessageArrival } from './messageArrival.ts';
import { originOf } from './origin.ts';
import { recordCallWithoutContent } from './recordCall.ts';
import { recordMessage } from './recordMessage.ts';
import type { Services } from './services.ts';
import { wake } from './startAlert.ts';

/**
 * Tries again to get a message that Graph announced. After ten seconds the people on call are told that there is one,
 * before Graph is asked once more. "Not found" is believed only then, since Graph may be slower than its notification.
 * A notification that does not carry our `clientState` is judged by Graph's answer: a message that Graph does not know
 * was never sent; while Graph gives no answer, people are told.
 */
export async function fetchMessage(services: Services, row: Row<FetchMessageWork>): Promise<void> {
  const { store, now } = services;
  const arrival = arrivalOf(row.value);
  const state = { receivedAt: new Date(row.value.receivedAt), attempts: row.value.attempts };
  const isLate = mustTellWithoutDetails(state, now());
  if (isLate && !row.value.isTold && (await isRead(services, arrival))) {
    await store.work.finish(row);
    return;
  }
  const origin = isLate ? await originOfWork(services, row.value) : 'match';
  if (isLate && origin === 'match') await tellWithoutDetails(services, arrival, row.value);

  const result = await fetchContent(services, row.value.chatId, row.value.messageId);
  if (result.outcome === 'message') {
    // Nobody knows it under its own name yet: it may be the call that an event told of.
    const isTold = row.value.isTold || isLate;
    await recordMessage(services, isTold ? arrival : withoutCall(arrival), result.message);
    await store.work.finish(row);
    return;
  }
  const next = nextFetchAt(state, result.outcome === 'retry' ? result.retryAfterMs : null, now());
  if (next === null || (result.outcome === 'gone' && isLate)) {
    await giveUp(services, row.value, arrival, result.code, origin);
    await store.work.finish(row);
    return;
  }
  if (isLate) await tellWithoutDetails(services, arrival, row.value);
  const later: FetchMessageWork = {
    ...row.value,
    dueAt: next.toISOString(),
    attempts: row.value.attempts + 1,
    isTold: row.value.isTold || isLate,
  };
  if ((await store.work.reschedule(row, later)) !== 'changed') {
    await wake(services, later, Math.max(0, next.getTime() - now().getTime()));
  }
}

function arrivalOf(work: FetchMessageWork): MessageArrival {
  const { chatId, messageId, notification, hubEnqueuedAt, receivedAt, callId } = work;
  return { via: 'fetch', chatId, messageId, notification, hubEnqueuedAt, receivedAt, callId };
}

function withoutCall({ callId: _callId, ...arrival }: MessageArrival): MessageArrival {
  return arrival;
}

/** Something else brought the message meanwhile: it has a call, or is none. */
async function isRead({ store }: Services, { chatId, messageId }: MessageArrival): Promise<boolean> {
  return (await store.chatMessages.get(chatId, messageId)) !== null;
}

async function originOfWork(services: Services, work: FetchMessageWork): Promise<ClientStateCheck> {
  const [change] = readHubEvent({ value: [work.notification] });
  return change?.kind === 'change' ? originOf(services, change) : 'match';
}

async function tellWithoutDetails(services: Services, arrival: MessageArrival, work: FetchMessageWork): Promise<void> {
  if (work.isTold) return;
  services.log.error('Message still without content, people are told without details', { callId: work.callId });
  await recordCallWithoutContent(services, arrival, work.callId, 'pending');
}

/** The raw notification stays as a dead letter; people are told that there will be no details. */
async function giveUp(
  services: Services,
  work: FetchMessageWork,
  arrival: MessageArrival,
  code: string,
  origin: ClientStateCheck,
): Promise<void> {
  const reason =
    origin === 'match'
      ? `message cannot be had: ${code}`
      : `${origin === 'mismatch' ? 'clientState does not match' : 'unknown subscription'}, and Graph does not give the message: ${code}`;
  services.log.error('Message given up, kept as a dead letter', { reason });
  await services.store.deadLetters.add({
    reason,
    raw: { value: [work.notification] },
    at: work.hubEnqueuedAt ?? work.receivedAt,
    source: work.callId,
  });
  if (origin === 'match' || work.isTold) {
    await recordCallWithoutContent(services, arrival, work.callId, 'unavailable');
  }
}
