import { callFromReading, callIdOfArrival, type DatedReading, type EventOrigin } from '../emergency/callLife.ts';
import { correlate, correlateEnd, type Opening, type Told } from '../emergency/correlation.ts';
import { type EventReading, readEmergencyEvent } from '../emergency/readEmergencyEvent.ts';
import { attemptAll } from '../errors.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import { claimCall, foldUpn } from './claimCall.ts';
import { recordCall } from './recordCall.ts';
import type { Services } from './services.ts';
import type { DirectAlert } from './tellDirectly.ts';

/** An emergency call event on its way in. `notification` is what brought it, for the record. */
export interface EventArrival extends EventOrigin {
  via: 'hub' | 'https' | 'later';
  notification: unknown;
  /** False when it does not carry the secret of a subscription of ours. */
  isOurs: boolean;
}

/**
 * The one door for a decrypted emergency call event. A call that begins is recorded with its alert as work, as one with
 * what the chat told of it, and the notifier is woken; an end is put on the record of its call. An end without a
 * beginning, or a kind of event that is not known of a call that is not known, is in doubt a call that nobody was told
 * of. Whether it is ours may become known while the call is looked for. Throws when anything could not be kept; then all
 * of it may be repeated.
 */
export async function recordEvent(
  services: Services,
  arrival: Omit<EventArrival, 'isOurs'> & { isOurs: boolean | Promise<boolean> },
  content: unknown,
  direct?: DirectAlert,
): Promise<void> {
  const event = readEmergencyEvent(content, services.reader);
  const origin = {
    ...arrival,
    eventId: event.eventId ?? arrival.eventId,
    policyName: event.policyName ?? arrival.policyName,
  };
  const ownId = callIdOfArrival(origin, event.occurredAt);
  const callOf = (callId: string, isOurs: boolean) =>
    callFromReading(
      origin,
      toReading(event, isOurs),
      services.routing({ policyName: origin.policyName, location: event.facts.location, isTest: event.isTest }),
      services.now(),
      callId,
    );
  direct?.know(callOf(ownId, true));
  const [callId, isOurs] = await Promise.all([claimOwn(services, origin, event, ownId), arrival.isOurs]);
  // Named at once: whoever is left to tell of the event without its details finds the call.
  await attemptAll(
    [
      () => recordCall(services, callOf(callId, isOurs)),
      () => services.store.callers.nameCallOfEvent(origin.eventId, callId).then(() => undefined),
    ],
    (keep) => keep(),
    'An event was not recorded',
  );
  direct?.disarm();
  await attemptAll(
    timelineOf(services, origin, event, content),
    (entry) => services.store.timeline.append(callId, entry),
    'An event was not kept with its call',
  );
}

function toReading(event: EventReading, isOurs: boolean): DatedReading {
  const isKnownType = event.eventType === 'callStarted' || event.eventType === 'callEnded';
  const doubt = [
    ...(isOurs ? [] : ['the notification does not carry the clientState of a subscription of ours']),
    ...(isKnownType ? [] : ['the kind of the event is not known']),
  ];
  return {
    verdict: 'emergency',
    confidence: doubt.length === 0 ? 'certain' : 'possible',
    reasons: [`emergency call event ${isKnownType ? event.eventType : 'of another kind'}`, ...doubt, ...event.reasons],
    facts: event.facts,
    isTest: event.isTest,
    occurredAt: event.eventType === 'callEnded' ? null : event.occurredAt,
    endedAt: event.eventType === 'callEnded' ? event.occurredAt : null,
    modifiedAt: null,
  };
}

/** The call that an event is of: one that is known under it, one that is known of its caller, or its own. */
async function claimOwn(services: Services, origin: EventOrigin, event: EventReading, ownId: string): Promise<string> {
  const { callers } = services.store;
  const at = event.occurredAt ?? origin.hubEnqueuedAt ?? origin.receivedAt;
  const upn = event.facts.callerUpn;
  // At once: somebody waits for what comes after.
  const [named, claim] = await Promise.all([
    callers.callOfEvent(origin.eventId),
    upn === null ? null : callers.get(foldUpn(upn)),
  ]);
  const isUsedAgain = named !== null && (await isAnotherCall(services, named, event));
  if (named !== null && !isUsedAgain) return named;
  const key = isUsedAgain ? `${origin.eventId}|${at}` : origin.eventId;
  const { emergencyNumberDialed: numberDialed, callbackNumber, location } = event.facts;
  // The same event again must find the same call, whatever time it comes with.
  if (upn === null) return callers.nameCallOfEvent(key, ownId);
  const { isTest } = event;
  const told: Told = { source: 'event', key, callId: ownId, at, numberDialed, callbackNumber, location, isTest };
  const decide = (openings: readonly Opening[]) => {
    if (!isOfRunningCall(event)) return correlate(openings, told);
    const found = correlateEnd(openings, { key: `${key}|${event.eventType}|${at}`, eventId: key, at });
    if (found.callId === null) return correlate(openings, told);
    // What is no end leaves the call open.
    return { callId: found.callId, openings: event.eventType === 'callEnded' ? found.openings : openings };
  };
  return claimCall(services, upn, decide, claim);
}

/**
 * Graph promises nowhere that an id stands for one call only. Under the same id another caller, or a beginning more than
 * two minutes from that of the call, is a call of its own.
 */
async function isAnotherCall({ store }: Services, callId: string, event: EventReading): Promise<boolean> {
  const known = (await store.calls.get(callId))?.value;
  if (!known) return false;
  const [before, now] = [known.facts.callerUpn, event.facts.callerUpn];
  if (before !== null && now !== null && before.trim().toLowerCase() !== now.trim().toLowerCase()) return true;
  if (event.eventType !== 'callStarted' || event.occurredAt === null || known.occurredAt === null) return false;
  return Math.abs(Date.parse(event.occurredAt) - Date.parse(known.occurredAt)) > SAME_BEGINNING_MS;
}

const SAME_BEGINNING_MS = 2 * 60_000;

/** Of an event that says no kind, or one that is not documented, it is not known that its call was told before. */
function isOfRunningCall({ eventType }: EventReading): boolean {
  return ['callEnded', 'rosterUpdated', 'unknownFutureValue'].includes(eventType ?? '');
}

function timelineOf(
  { now }: Services,
  { via, notification, hubEnqueuedAt, receivedAt, eventId, policyName }: Omit<EventArrival, 'isOurs'>,
  event: EventReading,
  content: unknown,
): TimelineEntry[] {
  const { eventType, occurredAt, facts, reasons } = event;
  const received: TimelineEntry = {
    at: hubEnqueuedAt ?? receivedAt,
    clock: hubEnqueuedAt === null ? 'ours' : 'eventHub',
    kind: 'notificationReceived',
    key: `${via}|${eventId}`,
    detail: { via, notification },
  };
  const read: TimelineEntry = {
    at: occurredAt ?? now().toISOString(),
    clock: occurredAt === null ? 'ours' : 'teams',
    kind: eventType === 'callStarted' || eventType === 'callEnded' ? eventType : 'emergencyEvent',
    key: eventId,
    detail: { eventId, eventType, policyName, facts, reasons, content },
  };
  return [received, read];
}
