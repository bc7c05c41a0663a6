import { NOBODY_ANSWERED } from '../oncall/response.ts';
import { NOT_LOCATED } from '../oncall/sites.ts';
import {
  type CallContent,
  type CallFacts,
  callCodeOf,
  callIdOf,
  callIdOfEvent,
  type EmergencyCall,
  LATE_AFTER_MS,
  mergeFacts,
  NO_FACTS,
  type Routing,
} from './emergencyCall.ts';
import { foldForMatch } from './plainText.ts';
import type { EmergencyReading } from './reading.ts';

/** When a notification came. Times are ISO 8601 in UTC. */
interface Arrival {
  hubEnqueuedAt: string | null;
  receivedAt: string;
}

/** A chat message on its way in. */
export interface MessageOrigin extends Arrival {
  chatId: string;
  messageId: string;
}

/** An emergency call event on its way in. */
export interface EventOrigin extends Arrival {
  eventId: string;
  policyName: string | null;
}

export type CallOrigin = MessageOrigin | EventOrigin;

/** What was read, of either source, and when what was read had last been changed. */
export interface DatedReading
  extends Pick<EmergencyReading, 'verdict' | 'isTest' | 'facts' | 'confidence' | 'reasons' | 'occurredAt'> {
  modifiedAt: string | null;
  endedAt?: string | null;
}

/** The same for every notification about one message or event, as far as its time is known. */
export function callIdOfArrival(origin: CallOrigin, occurredAt: string | null): string {
  const fallback = new Date(occurredAt ?? origin.hubEnqueuedAt ?? origin.receivedAt);
  return 'eventId' in origin
    ? callIdOfEvent(origin.eventId, fallback)
    : callIdOf(origin.chatId, origin.messageId, fallback);
}

/** The call that a message or an event announces. `callId` is given when people may already know the call under it. */
export function callFromReading(
  origin: CallOrigin,
  reading: DatedReading,
  routing: Routing,
  now: Date,
  callId: string = callIdOfArrival(origin, reading.occurredAt),
): EmergencyCall {
  return {
    ...callWithoutContent(origin, callId, 'unavailable', routing, now),
    content: reading.verdict === 'emergency' ? 'read' : 'unavailable',
    isTest: reading.isTest,
    facts: reading.facts,
    confidence: reading.confidence,
    reasons: reading.reasons,
    occurredAt: reading.occurredAt,
    endedAt: reading.endedAt ?? null,
    contentModifiedAt: reading.modifiedAt,
  };
}

/** A call of which nothing is known but that something told of it. */
export function callWithoutContent(
  origin: CallOrigin,
  callId: string,
  content: CallContent,
  routing: Routing,
  now: Date,
): EmergencyCall {
  const isEvent = 'eventId' in origin;
  const { site, whereabouts, sitePattern } = { ...NOT_LOCATED, ...routing };
  return {
    id: callId,
    code: callCodeOf(callId),
    source: isEvent ? 'event' : 'chat',
    chat: isEvent ? null : { chatId: origin.chatId, messageId: origin.messageId },
    event: isEvent ? { eventId: origin.eventId, policyName: origin.policyName } : null,
    isTest: false,
    content,
    facts: NO_FACTS,
    alsoAt: null,
    factsVersion: 1,
    changedFacts: [],
    recipients: [...routing.recipients],
    escalation: routing.escalation,
    site,
    whereabouts,
    sitePattern,
    locatedAt: now.toISOString(),
    isAddressOpen: false,
    response: NOBODY_ANSWERED,
    confidence: 'possible',
    reasons: [],
    occurredAt: null,
    endedAt: null,
    contentModifiedAt: null,
    hubEnqueuedAt: origin.hubEnqueuedAt,
    receivedAt: origin.receivedAt,
    recordedAt: now.toISOString(),
    firstToldAt: null,
    late: false,
  };
}

const CONTENT_RANK: Record<CallContent, number> = { pending: 0, unavailable: 1, notEmergency: 2, read: 3 };

/**
 * What a record becomes when the same message or event is read again (a duplicate, an edit, content that came late), or
 * when the other source tells of the same call. Known facts and content are never lost, and the source that did not
 * open the record only adds what is not known, and another place. Returns the same object when nothing is new; `factsVersion` rises when
 * people must hear of it.
 */
export function absorb(known: EmergencyCall, later: EmergencyCall): EmergencyCall {
  const isOther = later.source !== known.source && CONTENT_RANK[known.content] === CONTENT_RANK.read;
  const isOlder = later.source === 'chat' && (later.contentModifiedAt ?? '') < (known.contentModifiedAt ?? '');
  const facts = isOther || isOlder ? fillFacts(known.facts, later.facts) : mergeFacts(known.facts, later.facts);
  const isBetter = CONTENT_RANK[later.content] > CONTENT_RANK[known.content];
  const changedNames = namesOfChanged(known.facts, facts);
  const alsoAt = known.alsoAt ?? (isOther ? anotherPlace(known.facts.location, later.facts.location) : null);
  const isNews = isBetter || alsoAt !== known.alsoAt || changedNames.some((name) => isSaid(name, known.facts));
  const changed: EmergencyCall = {
    ...known,
    chat: known.chat ?? later.chat,
    event: known.event ?? later.event,
    facts,
    alsoAt,
    occurredAt: known.occurredAt ?? later.occurredAt,
    endedAt: known.endedAt ?? later.endedAt,
    contentModifiedAt: later.source === 'event' || isOlder ? known.contentModifiedAt : later.contentModifiedAt,
    content: isBetter ? later.content : known.content,
    // As the number does: 911 never stands beside TEST because 933 was read first.
    isTest: facts.emergencyNumberDialed === known.facts.emergencyNumberDialed ? known.isTest : later.isTest,
    factsVersion: isNews ? known.factsVersion + 1 : known.factsVersion,
    changedFacts: [...new Set([...known.changedFacts, ...changedNames])],
    confidence: isBetter ? later.confidence : known.confidence,
    reasons: isBetter ? later.reasons : known.reasons,
  };
  return JSON.stringify(changed) === JSON.stringify(known) ? known : changed;
}

/** The second place, unless one of the two only says more of the same. */
function anotherPlace(known: string | null, later: string | null): string | null {
  if (known === null || later === null) return null;
  const [before, now] = [wordsOf(known), wordsOf(later)];
  const isSame = [...now].every((word) => before.has(word)) || [...before].every((word) => now.has(word));
  return isSame ? null : later;
}

function wordsOf(place: string): Set<string> {
  return new Set(foldForMatch(place).match(/[\p{L}\p{N}]+/gu) ?? []);
}

/**
 * Whether people must hear of a fact that they did not have. What an alert does not say beside what it said, it does not
 * say afterwards either: a second message at night must be worth it.
 */
function isSaid(name: keyof CallFacts, before: CallFacts): boolean {
  switch (name) {
    case 'callerUserId':
      return false;
    case 'callerUpn':
      return before.callerDisplayName === null;
    case 'coordinates':
      return before.location === null;
    default:
      return true;
  }
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
