import {
  type CallContent,
  type CallFacts,
  callCodeOf,
  callIdOf,
  type EmergencyCall,
  LATE_AFTER_MS,
  mergeFacts,
  NO_FACTS,
} from './emergencyCall.ts';
import type { EmergencyReading } from './reading.ts';

/** Where a message came from, and when. Times are ISO 8601 in UTC. */
export interface Arrival {
  chatId: string;
  messageId: string;
  hubEnqueuedAt: string | null;
  receivedAt: string;
}

/** A reading, and when the message that was read had last been changed. */
export interface DatedReading extends EmergencyReading {
  modifiedAt: string | null;
}

/** The time that a call's id is made of where the message's id tells none. */
function fallbackTime(arrival: Arrival, occurredAt: string | null): Date {
  return new Date(occurredAt ?? arrival.hubEnqueuedAt ?? arrival.receivedAt);
}

export function callIdOfArrival(arrival: Arrival, occurredAt: string | null): string {
  return callIdOf(arrival.chatId, arrival.messageId, fallbackTime(arrival, occurredAt));
}

/** The call that a message announces. `callId` is given when people may already know the call under it. */
export function callFromReading(
  arrival: Arrival,
  reading: DatedReading,
  recipients: EmergencyCall['recipients'],
  now: Date,
  callId: string = callIdOfArrival(arrival, reading.occurredAt),
): EmergencyCall {
  return {
    ...callWithoutContent(arrival, callId, 'unavailable', recipients, now),
    content: reading.verdict === 'emergency' ? 'read' : 'unavailable',
    isTest: reading.isTest,
    facts: reading.facts,
    confidence: reading.confidence,
    reasons: reading.reasons,
    occurredAt: reading.occurredAt,
    contentModifiedAt: reading.modifiedAt,
  };
}

/** A call of which nothing is known but that a message came. */
export function callWithoutContent(
  arrival: Arrival,
  callId: string,
  content: CallContent,
  recipients: EmergencyCall['recipients'],
  now: Date,
): EmergencyCall {
  return {
    id: callId,
    code: callCodeOf(callId),
    source: 'chat',
    chatId: arrival.chatId,
    messageId: arrival.messageId,
    isTest: false,
    content,
    facts: NO_FACTS,
    factsVersion: 1,
    changedFacts: [],
    recipients: [...recipients],
    confidence: 'possible',
    reasons: [],
    occurredAt: null,
    contentModifiedAt: null,
    hubEnqueuedAt: arrival.hubEnqueuedAt,
    receivedAt: arrival.receivedAt,
    recordedAt: now.toISOString(),
    firstToldAt: null,
    late: false,
  };
}

const CONTENT_RANK: Record<CallContent, number> = { pending: 0, unavailable: 1, notEmergency: 2, read: 3 };

/**
 * What a record becomes when the same message is read again (a duplicate, an edit, content that came late). Known
 * facts and content are never lost. Returns the same object when nothing is new; `factsVersion` rises when people must
 * hear of it.
 */
export function absorb(known: EmergencyCall, later: EmergencyCall): EmergencyCall {
  const isOlder = (later.contentModifiedAt ?? '') < (known.contentModifiedAt ?? '');
  const facts = isOlder ? fillFacts(known.facts, later.facts) : mergeFacts(known.facts, later.facts);
  const isBetter = CONTENT_RANK[later.content] > CONTENT_RANK[known.content];
  const isNews = facts !== known.facts || isBetter;
  const occurredAt = known.occurredAt ?? later.occurredAt;
  const contentModifiedAt = isOlder ? known.contentModifiedAt : later.contentModifiedAt;
  if (!isNews && occurredAt === known.occurredAt && contentModifiedAt === known.contentModifiedAt) return known;
  return {
    ...known,
    facts,
    occurredAt,
    contentModifiedAt,
    content: isBetter ? later.content : known.content,
    isTest: known.facts.emergencyNumberDialed === null ? later.isTest : known.isTest,
    factsVersion: isNews ? known.factsVersion + 1 : known.factsVersion,
    changedFacts: [...new Set([...known.changedFacts, ...namesOfChanged(known.facts, facts)])],
    confidence: isBetter ? later.confidence : known.confidence,
    reasons: isBetter ? later.reasons : known.reasons,
  };
}

function namesOfChanged(before: CallFacts, after: CallFacts): (keyof CallFacts)[] {
  const names = Object.keys(after) as (keyof CallFacts)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Takes from an older reading only what is not known. */
function fillFacts(known: CallFacts, older: CallFacts): CallFacts {
  const filled = mergeFacts(older, known);
  return JSON.stringify(filled) === JSON.stringify(known) ? known : filled;
}

/** Notes when people were first told, and whether that was late. */
export function told(call: EmergencyCall, at: Date): EmergencyCall {
  if (call.firstToldAt !== null && call.firstToldAt <= at.toISOString()) return call;
  const occurredMs = call.occurredAt === null ? null : Date.parse(call.occurredAt);
  return {
    ...call,
    firstToldAt: at.toISOString(),
    late: occurredMs !== null && at.getTime() - occurredMs > LATE_AFTER_MS,
  };
}
