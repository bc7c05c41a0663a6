import { createHash } from 'node:crypto';
import { callIdOfArrival, callWithoutContent } from '../emergency/callLife.ts';
import { errorCodeOf, isUnprocessable } from '../errors.ts';
import { type EmergencyEventNotification, readHubEvent } from '../graph/notifications.ts';
import { mustTellWithoutDetails, nextFetchAt } from '../oncall/fetchPlan.ts';
import type { ReadEventWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { decrypt } from './decrypt.ts';
import { originOf } from './origin.ts';
import { recordCallWithoutContent } from './recordCall.ts';
import { type EventArrival, recordEvent } from './recordEvent.ts';
import { type Services, UNREAD } from './services.ts';
import { wake } from './startAlert.ts';
import { createDirectAlert } from './tellDirectly.ts';

/** A certificate that the vault does not know for so long is none of ours. */
const UNKNOWN_FOR_MS = 10 * 60_000;

/** When a notification came, and by which way. */
export interface EventReceipt {
  via: EventArrival['via'];
  hubEnqueuedAt: string | null;
  receivedAt: string;
  /** Where it can be found again. */
  source: string;
}

/**
 * Takes in an emergency call event. While the keys cannot be had it is left to the notifier, which tells people without
 * details after ten seconds. One that cannot be decrypted at all is kept as a dead letter, and people are told that
 * somebody called, if it carries the secret of one of our subscriptions: nothing of its content is believed. Throws
 * when it could be kept nowhere; people have been told directly by then.
 */
export async function takeEvent(
  services: Services,
  notification: EmergencyEventNotification,
  receipt: EventReceipt,
): Promise<void> {
  const arrival = toArrival(notification, receipt);
  const call = withoutDetails(services, arrival);
  const direct = createDirectAlert(services, call);
  try {
    const asked = originOf(services, notification).then((origin) => origin === 'match');
    const decrypted = await decrypt(services, notification.encryptedContent);
    direct.start();
    if (decrypted.outcome === 'content') {
      await recordEvent(services, { ...arrival, isOurs: asked }, decrypted.content, direct);
      return;
    }
    if (decrypted.outcome === 'refused') {
      const isOurs = await asked;
      if (!isOurs) direct.know(null);
      await refuse(services, { ...arrival, isOurs }, receipt.source, decrypted.reason, call.id);
      direct.disarm();
      return;
    }
    services.log.warn('An emergency call event cannot be decrypted yet', { code: decrypted.code });
  } catch (caught) {
    services.log.error('Event not recorded, kept as work', { error: errorCodeOf(caught) });
  }
  try {
    await readLater(services, arrival, call.id);
    direct.disarm();
  } catch (caught) {
    await direct.tell();
    throw caught;
  }
}

function withoutDetails(services: Services, arrival: EventArrival) {
  const callId = callIdOfArrival(arrival, null);
  return callWithoutContent(
    arrival,
    callId,
    'pending',
    services.routing({ ...UNREAD, policyName: arrival.policyName }),
    services.now(),
  );
}

/** Leaves the event to the notifier. */
async function readLater(services: Services, arrival: EventArrival, callId: string): Promise<void> {
  const { hubEnqueuedAt, receivedAt, notification } = arrival;
  const now = services.now();
  const next = nextFetchAt({ receivedAt: new Date(receivedAt), attempts: 0 }, null, now) ?? now;
  const work: ReadEventWork = {
    kind: 'readEvent',
    callId,
    ...{ notification, hubEnqueuedAt, receivedAt, isTold: false, attempts: 0 },
    dueAt: next.toISOString(),
  };
  await services.store.work.insert(work);
  await wake(services, work, next.getTime() - now.getTime());
}

/** Tries again to decrypt an event. After ten seconds people are told that there is one, if it is ours. */
export async function readEvent(services: Services, row: Row<ReadEventWork>): Promise<void> {
  const { store, now } = services;
  const { notification: item, hubEnqueuedAt, receivedAt, callId, isTold, attempts } = row.value;
  const [notification] = readHubEvent({ value: [item] });
  if (notification?.kind !== 'emergencyEvent') throw new TypeError('The work holds no emergency call event');
  const isOurs = (await originOf(services, notification)) === 'match';
  const arrival: EventArrival = {
    ...toArrival(notification, { via: 'later', hubEnqueuedAt, receivedAt, source: callId }),
    isOurs,
  };
  const state = { receivedAt: new Date(receivedAt), attempts };
  const mustTell = isOurs && !isTold && mustTellWithoutDetails(state, now());
  if (mustTell) await tellWithoutDetails(services, arrival, callId);

  const decrypted = await decrypt(services, notification.encryptedContent);
  const isHopeless =
    decrypted.outcome === 'later' && decrypted.isUnknown && now().getTime() - Date.parse(receivedAt) >= UNKNOWN_FOR_MS;
  const next = isHopeless ? null : nextFetchAt(state, null, now());
  if (decrypted.outcome === 'content') {
    await recordOrRefuse(services, arrival, decrypted.content, callId, next === null);
  } else if (decrypted.outcome === 'refused' || next === null) {
    const reason = decrypted.outcome === 'refused' ? decrypted.reason : `no key for it: ${decrypted.code}`;
    await refuse(services, arrival, callId, reason, callId);
  } else {
    const later = { ...row.value, dueAt: next.toISOString(), attempts: attempts + 1, isTold: isTold || mustTell };
    if ((await store.work.reschedule(row, later)) !== 'changed') {
      await wake(services, later, Math.max(0, next.getTime() - now().getTime()));
    }
    return;
  }
  await store.work.finish(row);
}

/** What cannot be recorded for what it is, or could not for a day, would go round without end. */
async function recordOrRefuse(
  services: Services,
  arrival: EventArrival,
  content: unknown,
  callId: string,
  isLast: boolean,
): Promise<void> {
  try {
    await recordEvent(services, arrival, content);
  } catch (caught) {
    if (!isLast && !isUnprocessable(caught)) throw caught;
    await refuse(services, arrival, callId, `it cannot be recorded: ${errorCodeOf(caught)}`, callId);
  }
}

async function tellWithoutDetails(services: Services, arrival: EventArrival, callId: string): Promise<void> {
  services.log.error('Event still encrypted, people are told without details', { callId });
  const known = await services.store.callers.nameCallOfEvent(arrival.eventId, callId);
  await recordCallWithoutContent(services, arrival, known, 'pending');
}

/** The raw notification stays as a dead letter; people are told of ours that there will be no details. */
async function refuse(
  services: Services,
  arrival: EventArrival,
  source: string,
  why: string,
  callId: string,
): Promise<void> {
  const stranger = arrival.isOurs ? '' : ', and it does not carry the clientState of a subscription of ours';
  const reason = `emergency call event refused: ${why}${stranger}`;
  services.log.error('Emergency call event refused, kept as a dead letter', { reason });
  if (arrival.isOurs) {
    const known = await services.store.callers.nameCallOfEvent(arrival.eventId, callId);
    await recordCallWithoutContent(services, arrival, known, 'unavailable');
  }
  const { notification, hubEnqueuedAt, receivedAt } = arrival;
  await services.store.deadLetters.add({
    reason,
    raw: { value: [notification] },
    at: hubEnqueuedAt ?? receivedAt,
    source,
  });
}

function toArrival(
  { eventId, policyName, notification }: EmergencyEventNotification,
  { via, hubEnqueuedAt, receivedAt }: EventReceipt,
): EventArrival {
  const id = eventId ?? nameOf(notification);
  return { via, eventId: id, policyName, hubEnqueuedAt, receivedAt, notification, isOurs: true };
}

/** An event that does not say its id is named by all that it is. */
function nameOf(item: unknown): string {
  return `unnamed-${createHash('sha256').update(JSON.stringify(item)).digest('hex').slice(0, 32)}`;
}
