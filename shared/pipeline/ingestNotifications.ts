import { callIdOfArrival, callWithoutContent } from '../emergency/callLife.ts';
import { attemptAll, errorCodeOf, isUnprocessable } from '../errors.ts';
import type { FetchMessageResult } from '../graph/chats.ts';
import {
  type ChangeNotification,
  type ChatNotification,
  type HubNotification,
  readHubEvent,
} from '../graph/notifications.ts';
import { nextFetchAt } from '../oncall/fetchPlan.ts';
import type { FetchMessageWork, RenewWork } from '../oncall/work.ts';
import { lookUpCaller } from './callerLookup.ts';
import { noteCanary } from './canary.ts';
import { decrypt } from './decrypt.ts';
import { fetchContent } from './fetchContent.ts';
import type { MessageArrival } from './messageArrival.ts';
import { originOf } from './origin.ts';
import { takeLifecycle } from './receiveLifecycle.ts';
import { reconcileNewChat } from './reconcileChats.ts';
import { recordMessage } from './recordMessage.ts';
import { type Services, UNREAD } from './services.ts';
import { wake } from './startAlert.ts';
import { takeEvent } from './takeEvent.ts';
import { createDirectAlert } from './tellDirectly.ts';

/** One event of the hub. */
export interface HubEvent {
  /** As the worker hands it over: parsed where it was JSON. */
  body: unknown;
  /** ISO 8601, by the hub's clock. */
  enqueuedAt: string | null;
  /** Partition and sequence number, to tell one delivery from another. */
  source: string;
}

/**
 * Takes in a batch of events, all at once; none affects its neighbours. Throws only when an event could be kept
 * nowhere: then the retry policy holds the checkpoint, and the hub keeps the event.
 */
export async function ingestNotifications(services: Services, events: readonly HubEvent[]): Promise<void> {
  const receivedAt = services.now().toISOString();
  await attemptAll(
    events,
    (event) =>
      attemptAll(
        readHubEvent(event.body),
        (notification) => takeOrKeep(services, event, receivedAt, notification),
        'A notification of this event could not be kept',
      ),
    'Events could not be kept',
  );
}

/** What cannot be processed for what it is, and not for a failure of a service, would fail each time: a dead letter. */
async function takeOrKeep(
  services: Services,
  event: HubEvent,
  receivedAt: string,
  notification: HubNotification,
): Promise<void> {
  try {
    await take(services, event, receivedAt, notification);
  } catch (caught) {
    if (!isUnprocessable(caught)) throw caught;
    await keepDeadLetter(services, event, receivedAt, `cannot be processed: ${errorCodeOf(caught)}`, event.body);
  }
}

async function take(
  services: Services,
  event: HubEvent,
  receivedAt: string,
  notification: HubNotification,
): Promise<void> {
  const { log } = services;
  switch (notification.kind) {
    case 'validation':
      log.info('Graph validated the Event Hub');
      return;
    case 'canary':
      await noteCanary(services, notification);
      return;
    case 'lifecycle':
      return takeLifecycle(services, notification);
    case 'unreadable':
      await keepDeadLetter(services, event, receivedAt, notification.reason, notification.raw);
      return;
    case 'chat':
      if (!isOurTenant(services, notification)) return;
      await takeChat(services, notification);
      return;
    case 'emergencyEvent':
    case 'change':
      if (!isOurTenant(services, notification)) {
        await keepDeadLetter(services, event, receivedAt, 'wrong tenant', { value: [notification.notification] });
        return;
      }
      if (notification.kind === 'change') return takeChange(services, event, receivedAt, notification);
      await takeEvent(services, notification, {
        via: event.source === 'https' ? 'https' : 'hub',
        hubEnqueuedAt: event.enqueuedAt,
        receivedAt,
        source: event.source,
      });
  }
}

/** Without a configured tenant nothing can be refused for it: doubt is on the side of telling. */
function isOurTenant({ settings: { tenant } }: Services, { tenantId }: { tenantId: string | null }): boolean {
  return tenant === null || tenantId === null || tenant.tenantId.toLowerCase() === tenantId.toLowerCase();
}

/**
 * A chat is new or has changed: it is read at once, and subscribed to where each chat needs a subscription of its own.
 * What cannot be read now is tried again by the timer that reads chats back.
 */
async function takeChat(services: Services, { chatId, subscriptionId }: ChatNotification): Promise<void> {
  const work: RenewWork = {
    kind: 'renewSubscriptions',
    reason: 'newChat',
    // It becomes part of a table key.
    subscriptionId: /^[\w-]{1,100}$/.exec(subscriptionId ?? '')?.[0] ?? 'unknown',
    dueAt: services.now().toISOString(),
    attempts: 0,
  };
  await services.store.work.insert(work);
  await wake(services, work);
  try {
    await reconcileNewChat(services, chatId);
  } catch (caught) {
    services.log.warn('A new chat could not be read at once', { error: errorCodeOf(caught) });
  }
}

async function takeChange(
  services: Services,
  event: HubEvent,
  receivedAt: string,
  change: ChangeNotification,
): Promise<void> {
  const { chatId, messageId, notification } = change;
  const arrival: MessageArrival = {
    chatId,
    messageId,
    notification,
    via: 'hub',
    hubEnqueuedAt: event.enqueuedAt,
    receivedAt,
  };
  const callId = callIdOfArrival(arrival, null);
  const call = callWithoutContent(arrival, callId, 'pending', services.routing(UNREAD), services.now());
  const direct = createDirectAlert(services, call);
  const caller = lookUpCaller(services, chatId);
  try {
    const result = await contentOf(services, change);
    direct.start();
    if (result.outcome === 'message') {
      await recordMessage(services, arrival, result.message, { direct, caller });
      return;
    }
    services.log.warn('Message not to be had yet', { code: result.code });
  } catch (caught) {
    services.log.error('Message not recorded, kept as work', { error: errorCodeOf(caught) });
  }
  try {
    await fetchLater(services, arrival);
    direct.disarm();
  } catch (caught) {
    // A notification that cannot be stored for what it is says nothing of the storage.
    if (!isUnprocessable(caught)) await direct.tell();
    throw caught;
  }
}

/** The message that came with its notification, if it is ours and can be decrypted; else as Graph gives it. */
async function contentOf(services: Services, change: ChangeNotification): Promise<FetchMessageResult> {
  const { chatId, messageId, encryptedContent } = change;
  if (encryptedContent !== null && change.changeType !== 'deleted' && (await originOf(services, change)) === 'match') {
    const decrypted = await decrypt(services, encryptedContent);
    if (decrypted.outcome === 'content') return { outcome: 'message', message: decrypted.content };
    const reason = decrypted.outcome === 'later' ? decrypted.code : decrypted.reason;
    services.log.error('A chat message cannot be decrypted, it is fetched', { reason });
  }
  return fetchContent(services, chatId, messageId);
}

/** Leaves the message to the notifier, which tells people without the details when they stay away. */
async function fetchLater(services: Services, arrival: MessageArrival): Promise<void> {
  const { chatId, messageId, hubEnqueuedAt, receivedAt, notification } = arrival;
  const now = services.now();
  const next = nextFetchAt({ receivedAt: new Date(receivedAt), attempts: 0 }, null, now) ?? now;
  const work: FetchMessageWork = {
    kind: 'fetchMessage',
    callId: callIdOfArrival(arrival, null),
    chatId,
    messageId,
    notification,
    hubEnqueuedAt,
    receivedAt,
    isTold: false,
    dueAt: next.toISOString(),
    attempts: 0,
  };
  await services.store.work.insert(work);
  await wake(services, work, next.getTime() - now.getTime());
}

async function keepDeadLetter(
  services: Services,
  event: HubEvent,
  receivedAt: string,
  reason: string,
  raw: unknown,
): Promise<void> {
  services.log.error('Event refused, kept as a dead letter', { reason });
  await services.store.deadLetters.add({ reason, raw, at: event.enqueuedAt ?? receivedAt, source: event.source });
}
