import {
  absorb,
  callFromReading,
  callIdOfArrival,
  callWithoutContent,
  type DatedReading,
} from '../emergency/callLife.ts';
import { correlate, type Told } from '../emergency/correlation.ts';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { EmergencyReading } from '../emergency/reading.ts';
import { attemptAll } from '../errors.ts';
import type { StoredChatMessage } from '../store/chatMessageStore.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import { type CallerLookup, lookUpCaller } from './callerLookup.ts';
import { claimCall, foldUpn } from './claimCall.ts';
import type { MessageArrival } from './messageArrival.ts';
import { recordCall, updateCall } from './recordCall.ts';
import type { Services } from './services.ts';
import type { DirectAlert } from './tellDirectly.ts';

/**
 * The one door for a chat message, whatever brought it: reads it and, if it is or may be an emergency call, records
 * the call with its alert as work and wakes the notifier, in this order; then keeps the message and the timeline. The
 * same message again changes nothing but what is new in it. Throws when anything could not be kept; then all of it may
 * be repeated.
 */
export async function recordMessage(
  services: Services,
  arrival: MessageArrival,
  message: unknown,
  { direct, caller }: { direct?: DirectAlert; caller?: CallerLookup } = {},
): Promise<void> {
  const { readEmergencyMessage } = await import('../emergency/readEmergencyMessage.ts');
  const reading = { ...readEmergencyMessage(message, services.reader), modifiedAt: lastModifiedOf(message) };
  const ownId = arrival.callId ?? callIdOfArrival(arrival, reading.occurredAt);
  direct?.know(reading.verdict === 'other' ? null : callOf(services, arrival, reading, ownId));
  const before = await readBeforeDeletion(services, arrival, message);
  if (before) {
    direct?.disarm();
    return keepDeletion(services, arrival, message, before);
  }
  const repliedCallId = await callOfReply(services, arrival, reading);
  const isCall = reading.verdict !== 'other' && repliedCallId === null;
  const callId = isCall ? await claimOwn(services, arrival, reading, ownId, caller) : ownId;
  if (isCall) await recordCall(services, callOf(services, arrival, reading, callId));
  direct?.disarm();
  const isOfCall = isCall || (await withdrawCall(services, arrival));
  const recordedAs = isOfCall ? callId : repliedCallId;
  await attemptAll(
    [
      () =>
        saveChatMessage(services, arrival, message, isCall ? reading : { ...reading, verdict: 'other' }, recordedAs),
      async () => {
        if (isOfCall) await noteOnTimeline(services, callId, arrival, reading);
        else if (repliedCallId !== null) await noteReply(services, repliedCallId, arrival, reading);
      },
      () =>
        isCall && reading.verdict === 'unreadable'
          ? keepUnreadable(services, arrival, message, reading)
          : Promise.resolve(),
    ],
    (keep) => keep(),
    'A message was not kept with its call',
  );
}

function callOf(services: Services, arrival: MessageArrival, reading: DatedReading, callId: string): EmergencyCall {
  return callFromReading(
    arrival,
    reading,
    services.routing({ policyName: null, location: reading.facts.location, isTest: reading.isTest }),
    services.now(),
    callId,
  );
}

/** The call that this message tells of: its own, or the one that an event told of before. */
async function claimOwn(
  services: Services,
  arrival: MessageArrival,
  { facts, occurredAt, isTest }: DatedReading,
  ownId: string,
  caller: CallerLookup | undefined,
): Promise<string> {
  // People may know the call under its own id already.
  if (services.settings.eventSource === null || arrival.callId !== undefined) return ownId;
  const upn = facts.callerUpn ?? (await (caller ?? lookUpCaller(services, arrival.chatId))(facts.callerUserId));
  if (upn === null) return ownId;
  const { calls, callers } = services.store;
  // At once: somebody waits for what comes after. People may know a call that has a record by this name already.
  const [known, claim] = await Promise.all([calls.get(ownId), callers.get(foldUpn(upn))]);
  if (known) return ownId;
  const told: Told = {
    source: 'chat',
    key: `${arrival.chatId}|${arrival.messageId}`,
    callId: ownId,
    at: occurredAt ?? arrival.hubEnqueuedAt ?? arrival.receivedAt,
    numberDialed: facts.emergencyNumberDialed,
    callbackNumber: facts.callbackNumber,
    location: facts.location,
    isTest,
  };
  return claimCall(services, upn, (openings) => correlate(openings, told), claim);
}

/**
 * People were told of a message that turned out to be none about an emergency: they hear of that too. Returns whether
 * there is such a call.
 */
async function withdrawCall(services: Services, arrival: MessageArrival): Promise<boolean> {
  const { callId } = arrival;
  const known = callId === undefined ? null : await services.store.calls.get(callId);
  if (callId === undefined || !known) return false;
  const withdrawn = callWithoutContent(arrival, callId, 'notEmergency', known.value, services.now());
  await updateCall(services, callId, (call) => absorb(call, withdrawn));
  return true;
}

/** The call that a reply in its chat is about: an answer to an emergency message is no emergency of its own. */
async function callOfReply(
  services: Services,
  { chatId }: MessageArrival,
  { quotedMessageId }: EmergencyReading,
): Promise<string | null> {
  if (quotedMessageId === null) return null;
  const quoted = await services.store.chatMessages.get(chatId, quotedMessageId);
  return quoted?.verdict === 'emergency' ? quoted.callId : null;
}

/** What a deleted message said when it was read before; a deleted one has nothing left to judge. */
async function readBeforeDeletion(
  services: Services,
  arrival: MessageArrival,
  message: unknown,
): Promise<StoredChatMessage | null> {
  const { deletedDateTime } = (message ?? {}) as { deletedDateTime?: unknown };
  if (typeof deletedDateTime !== 'string') return null;
  const stored = await services.store.chatMessages.get(arrival.chatId, arrival.messageId);
  return stored?.verdict === 'unreadable' ? null : stored;
}

/** The message stays as it was read, with its verdict; that it was deleted is noted on the timeline of its call. */
async function keepDeletion(
  services: Services,
  arrival: MessageArrival,
  message: unknown,
  before: StoredChatMessage,
): Promise<void> {
  const { store, now } = services;
  if (before.verdict === 'other') await withdrawCall(services, arrival);
  const at = now().toISOString();
  if (before.callId !== null) {
    const entry = { at, clock: 'ours' as const, kind: 'messageDeleted', key: arrival.messageId };
    await store.timeline.append(before.callId, { ...entry, detail: { messageId: arrival.messageId } });
  }
  await store.chatMessages.save({
    ...before,
    deletedAs: message,
    lastModifiedAt: lastModifiedOf(message),
    storedAt: at,
  });
}

async function saveChatMessage(
  services: Services,
  arrival: MessageArrival,
  message: unknown,
  reading: EmergencyReading,
  callId: string | null,
): Promise<void> {
  await services.store.chatMessages.save({
    chatId: arrival.chatId,
    messageId: arrival.messageId,
    message,
    notification: arrival.notification,
    deletedAs: null,
    verdict: reading.verdict,
    reasons: reading.reasons,
    callId,
    lastModifiedAt: lastModifiedOf(message),
    storedAt: services.now().toISOString(),
  });
}

async function noteOnTimeline(
  services: Services,
  callId: string,
  arrival: MessageArrival,
  reading: EmergencyReading,
): Promise<void> {
  const entries: TimelineEntry[] = [
    {
      at: arrival.hubEnqueuedAt ?? arrival.receivedAt,
      clock: arrival.hubEnqueuedAt === null ? 'ours' : 'eventHub',
      kind: 'notificationReceived',
      key: arrival.via,
      detail: { via: arrival.via, notification: arrival.notification },
    },
    {
      at: services.now().toISOString(),
      clock: 'ours',
      kind: 'messageRead',
      key: arrival.via,
      detail: {
        verdict: reading.verdict,
        confidence: reading.confidence,
        reasons: reading.reasons,
        unknown: reading.unknown,
        facts: reading.facts,
        text: reading.text,
      },
    },
  ];
  await attemptAll(entries, (entry) => services.store.timeline.append(callId, entry), 'The timeline has gaps');
}

async function noteReply(
  { store }: Services,
  callId: string,
  { messageId, receivedAt }: MessageArrival,
  { occurredAt, text }: EmergencyReading,
): Promise<void> {
  await store.timeline.append(callId, {
    at: occurredAt ?? receivedAt,
    clock: occurredAt === null ? 'ours' : 'teams',
    kind: 'chatReply',
    key: messageId,
    detail: { messageId, text },
  });
}

async function keepUnreadable(
  services: Services,
  arrival: MessageArrival,
  message: unknown,
  reading: EmergencyReading,
): Promise<void> {
  await services.store.deadLetters.add({
    reason: `message could not be read: ${reading.reasons.join('; ')}`,
    raw: { value: [arrival.notification], message },
    at: arrival.hubEnqueuedAt ?? arrival.receivedAt,
    source: arrival.via,
  });
}

/** Graph's `lastModifiedDateTime`, or `null` where there is none. */
export function lastModifiedOf(message: unknown): string | null {
  const value = (message as { lastModifiedDateTime?: unknown } | null)?.lastModifiedDateTime;
  return typeof value === 'string' ? value : null;
}
