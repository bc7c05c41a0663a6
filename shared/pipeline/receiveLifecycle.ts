import { attemptAll, errorCodeOf } from '../errors.ts';
import { checkClientState, type KnownClientState } from '../graph/clientState.ts';
import { type HubNotification, type LifecycleNotification, readHubEvent } from '../graph/notifications.ts';
import type { RenewWork } from '../oncall/work.ts';
import type { Services } from './services.ts';
import { wake } from './startAlert.ts';
import { answer, answerValidation, readDelivery, type WebhookRequest, type WebhookResponse } from './webhookRequest.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** https://learn.microsoft.com/graph/change-notifications-lifecycle-events */
const LIFECYCLE_EVENTS = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const;

/**
 * The door for Graph's lifecycle notifications. Each must be of a known kind and carry the `clientState` of the
 * subscription it names: what does not is refused alone, and nothing of it is stored. Answers 202 when something counts
 * and is kept as work; 403 when nothing is from Graph to us; 503 when it can be neither judged nor kept, and Graph
 * sends it again.
 */
export async function receiveLifecycle(services: Services, request: WebhookRequest): Promise<WebhookResponse> {
  const { log } = services;
  const validation = answerValidation(request);
  if (validation) return validation;
  const delivery = await readDelivery(request, MAX_BODY_BYTES);
  if ('refusal' in delivery) {
    log.warn('Lifecycle delivery refused', { reason: delivery.refusal.reason });
    return answer(delivery.refusal.status, delivery.refusal.reason);
  }
  try {
    const works = await judge(services, readHubEvent({ value: delivery.value }));
    await attemptAll(works, (work) => renewSoon(services, work), 'Lifecycle notifications could not be kept');
    return works.length > 0 ? answer(202) : answer(403, 'refused');
  } catch (caught) {
    log.error('Lifecycle notifications can be neither judged nor kept', { error: errorCodeOf(caught) });
    return answer(503);
  }
}

/**
 * Takes a lifecycle notification that came through the hub, by the same rules. Throws when the storage does not answer:
 * then the hub gives it again.
 */
export async function takeLifecycle(services: Services, notification: LifecycleNotification): Promise<void> {
  for (const work of await judge(services, [notification])) await renewSoon(services, work);
}

/** The work of those that count; why the others do not is logged. Storage is asked only about what carries a secret. */
async function judge(services: Services, items: readonly HubNotification[]): Promise<RenewWork[]> {
  const { store, log } = services;
  const hasSecret = items.some((item) => item.kind === 'lifecycle' && item.clientState !== null);
  const known = hasSecret ? await store.subscriptions.list() : [];
  const judged = items.map((item) => toWork(item, known, services.now()));
  const refusals = judged.flatMap((one) => ('refusal' in one ? [one.refusal] : []));
  for (const reason of new Set(refusals)) {
    log.error('Lifecycle notifications refused', { reason, refused: refusals.filter((one) => one === reason).length });
  }
  return judged.flatMap((one) => ('refusal' in one ? [] : [one]));
}

/** `refusal` is a word of ours: what else stands in a notification may be personal, and of any length. */
function toWork(
  item: HubNotification,
  known: readonly KnownClientState[],
  now: Date,
): RenewWork | { refusal: 'kind' | 'lifecycleEvent' | 'subscriptionId' | 'clientState' | 'subscription' } {
  if (item.kind !== 'lifecycle') return { refusal: 'kind' };
  const reason = LIFECYCLE_EVENTS.find((one) => one === item.lifecycleEvent);
  if (!reason) return { refusal: 'lifecycleEvent' };
  const { subscriptionId, clientState } = item;
  // It becomes part of a table key.
  if (!/^[\w-]{1,100}$/.test(subscriptionId)) return { refusal: 'subscriptionId' };
  const check = clientState === null ? 'mismatch' : checkClientState(item, known);
  if (check !== 'match') return { refusal: check === 'mismatch' ? 'clientState' : 'subscription' };
  return { kind: 'renewSubscriptions', reason, subscriptionId, dueAt: now.toISOString(), attempts: 0 };
}

/** Graph repeats itself: the row is there already then, and its work goes on. */
async function renewSoon(services: Services, work: RenewWork): Promise<void> {
  services.log.warn('Lifecycle notification', { lifecycleEvent: work.reason, subscriptionId: work.subscriptionId });
  await services.store.work.insert(work);
  await wake(services, work);
}
