import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { type LocationForm, locationFormOf } from '../emergency/locationForm.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { isToPlace } from '../oncall/place.ts';
import {
  answersOf,
  beginningOf,
  type CallEvidence,
  type NameOf,
  type RecordedAnswer,
  secondsBetween,
} from './callEvidence.ts';
import { peopleTold } from './deliveryRow.ts';
import { gapsOf } from './gaps.ts';

/** One call. Times are ISO 8601 in UTC; whose clock each is by stands in docs/evidence.md. */
export const CALL_COLUMNS: readonly (keyof CallRow)[] = [
  'callId',
  'callCode',
  'testOrReal',
  'numberDialed',
  'occurredAt',
  'hubEnqueuedAt',
  'receivedAt',
  'recordedAt',
  'firstToldAt',
  'endedAt',
  'late',
  'timeToNotifySeconds',
  'timeToNotifyClocks',
  'receivedToToldSeconds',
  'timeToAcknowledgeSeconds',
  'timeToAcknowledgeClocks',
  'toldToAcknowledgedSeconds',
  'callerName',
  'callerUpn',
  'callbackNumber',
  'callbackNumberMet',
  'location',
  'locationMet',
  'locationForm',
  'locationChangedLater',
  'alsoAt',
  'coordinates',
  'whereabouts',
  'site',
  'siteFittedBy',
  'locatedAt',
  'locationWithheldFrom',
  'policy',
  'team',
  'sources',
  'cameBy',
  'content',
  'confidence',
  'peopleTold',
  'deliveries',
  'escalatedTo',
  'responseState',
  'holderId',
  'holderName',
  'acknowledgedAt',
  'acknowledgedById',
  'acknowledgedByName',
  'acknowledgedVia',
  'onSceneAt',
  'onSceneById',
  'onSceneByName',
  'resolvedAt',
  'resolvedById',
  'resolvedByName',
  'resolvedAs',
  'answers',
  'messageEdits',
  'messageEditSeenAt',
  'messageDeletionSeenAt',
  'gaps',
];

export interface CallRow {
  callId: string;
  callCode: string;
  testOrReal: 'test' | 'real';
  numberDialed: string | null;
  occurredAt: string | null;
  hubEnqueuedAt: string | null;
  receivedAt: string;
  recordedAt: string;
  firstToldAt: string | null;
  endedAt: string | null;
  /** `unknown` where nobody was told, or the source's own time is not known. */
  late: 'LATE' | 'in time' | 'unknown';
  timeToNotifySeconds: number | null;
  timeToNotifyClocks: string | null;
  receivedToToldSeconds: number | null;
  timeToAcknowledgeSeconds: number | null;
  timeToAcknowledgeClocks: string | null;
  toldToAcknowledgedSeconds: number | null;
  callerName: string | null;
  callerUpn: string | null;
  callbackNumber: string | null;
  callbackNumberMet: 'conveyed' | 'unknown';
  location: string | null;
  locationMet: 'conveyed' | 'unknown';
  /** By its shape; nothing says whether an address was validated. */
  locationForm: LocationForm;
  /** It became known, or changed, after people were told first. */
  locationChangedLater: boolean;
  alsoAt: string | null;
  coordinates: string | null;
  whereabouts: EmergencyCall['whereabouts'];
  /** Id. */
  site: string | null;
  /** The place of the site that fitted, as the roster wrote it. */
  siteFittedBy: string | null;
  locatedAt: string;
  /** Ids of people whose messages said who knows it instead. */
  locationWithheldFrom: string;
  policy: string | null;
  team: string | null;
  sources: string;
  cameBy: string;
  content: EmergencyCall['content'];
  confidence: EmergencyCall['confidence'];
  peopleTold: number;
  deliveries: number;
  escalatedTo: string;
  responseState: EmergencyCall['response']['state'];
  holderId: string | null;
  holderName: string | null;
  acknowledgedAt: string | null;
  acknowledgedById: string | null;
  acknowledgedByName: string | null;
  acknowledgedVia: string | null;
  onSceneAt: string | null;
  onSceneById: string | null;
  onSceneByName: string | null;
  resolvedAt: string | null;
  resolvedById: string | null;
  resolvedByName: string | null;
  resolvedAs: string | null;
  answers: string;
  messageEdits: number;
  messageEditSeenAt: string | null;
  messageDeletionSeenAt: string | null;
  gaps: string;
}

/** What is on record about a call, in one row. */
export function callRowOf(evidence: CallEvidence, nameOf: NameOf): CallRow {
  const { call, timeline } = evidence;
  const { facts, response } = call;
  return {
    callId: call.id,
    callCode: call.code,
    testOrReal: call.isTest ? 'test' : 'real',
    numberDialed: facts.emergencyNumberDialed,
    ...timesOf(call),
    callerName: facts.callerDisplayName,
    callerUpn: facts.callerUpn,
    callbackNumber: facts.callbackNumber,
    callbackNumberMet: facts.callbackNumber === null ? 'unknown' : 'conveyed',
    ...placeOf(call),
    locationWithheldFrom: distinct(withheldFrom(evidence)),
    policy: call.event?.policyName ?? null,
    team: call.escalation?.teamId ?? null,
    sources: [...(call.chat ? ['chat'] : []), ...(call.event ? ['event'] : [])].join('; '),
    cameBy: distinct(timeline.filter(({ kind }) => kind === 'notificationReceived').map(({ detail }) => detail.via)),
    content: call.content,
    confidence: call.confidence,
    ...tellingOf(evidence),
    responseState: response.state,
    holderId: response.holder,
    holderName: response.holder === null ? null : nameOf(response.holder),
    ...answeringOf(evidence, nameOf),
    ...messageOf(evidence),
    gaps: gapsOf(evidence).join('; '),
  };
}

function timesOf(call: EmergencyCall) {
  const { occurredAt, receivedAt, firstToldAt, response } = call;
  const { at: begunAt, clock } = beginningOf(call);
  const clocks = clock === 'ours' ? 'ours' : `${clock} to ours`;
  const acknowledgedAt = response.firstAcknowledgedAt;
  const isKnown = occurredAt !== null && firstToldAt !== null;
  return {
    occurredAt,
    hubEnqueuedAt: call.hubEnqueuedAt,
    receivedAt,
    recordedAt: call.recordedAt,
    firstToldAt,
    endedAt: call.endedAt,
    late: isKnown ? (call.late ? ('LATE' as const) : ('in time' as const)) : ('unknown' as const),
    timeToNotifySeconds: secondsBetween(begunAt, firstToldAt),
    timeToNotifyClocks: firstToldAt === null ? null : clocks,
    receivedToToldSeconds: secondsBetween(receivedAt, firstToldAt),
    timeToAcknowledgeSeconds: secondsBetween(begunAt, acknowledgedAt),
    timeToAcknowledgeClocks: acknowledgedAt === null ? null : clocks,
    toldToAcknowledgedSeconds: secondsBetween(firstToldAt, acknowledgedAt),
  };
}

function placeOf({ facts, alsoAt, changedFacts, whereabouts, site, sitePattern, locatedAt }: EmergencyCall) {
  const { location, coordinates } = facts;
  return {
    location,
    locationMet: location === null && coordinates === null ? ('unknown' as const) : ('conveyed' as const),
    locationForm: locationFormOf(facts),
    locationChangedLater: changedFacts.includes('location') || changedFacts.includes('coordinates'),
    alsoAt,
    coordinates: coordinates === null ? null : `${coordinates.latitude} ${coordinates.longitude}`,
    ...{ whereabouts, site, siteFittedBy: sitePattern, locatedAt },
  };
}

/** Of a call from off site: who was told of it, and in no message where it is. */
function withheldFrom({ deliveries }: CallEvidence): string[] {
  const told = (homeAddress: Delivery['homeAddress']) =>
    deliveries
      .filter((one) => one.state === 'accepted' && !isToPlace(one) && one.homeAddress === homeAddress)
      .map(({ recipientId }) => recipientId);
  const knowing = told('told');
  return told('withheld').filter((id) => !knowing.includes(id));
}

function tellingOf({ deliveries, timeline }: CallEvidence) {
  return {
    peopleTold: peopleTold({ deliveries, timeline }).size,
    deliveries: deliveries.length,
    escalatedTo: distinct(timeline.filter(({ kind }) => kind === 'escalated').map(({ key }) => key)),
  };
}

/** Who did what first; the record says when it was acknowledged, the timeline by whom and by what way. */
function answeringOf({ call: { response }, timeline }: CallEvidence, nameOf: NameOf) {
  const answers = answersOf(timeline);
  const done = answers.filter(({ verdict }) => verdict === 'done' || verdict === 'yours');
  const acknowledged = done.find(
    ({ at, action }) => at === response.firstAcknowledgedAt && action !== 'escalate' && action !== 'handBack',
  );
  const onScene = done.find(({ action }) => action === 'onScene');
  const resolved = response.state === 'resolved' ? done.find(({ action }) => action === 'resolve') : undefined;
  const who = (answer: RecordedAnswer | undefined) => (answer ? nameOf(answer.by) : null);
  const resolvedById = response.state === 'resolved' ? response.holder : null;
  return {
    acknowledgedAt: response.firstAcknowledgedAt,
    acknowledgedById: acknowledged?.by ?? null,
    acknowledgedByName: who(acknowledged),
    acknowledgedVia: acknowledged?.via ?? null,
    onSceneAt: onScene?.at ?? null,
    onSceneById: onScene?.by ?? null,
    onSceneByName: who(onScene),
    resolvedAt: response.state === 'resolved' ? (response.since ?? resolved?.at ?? null) : null,
    resolvedById,
    resolvedByName: resolvedById === null ? null : nameOf(resolvedById),
    resolvedAs: response.resolvedAs,
    answers: answers.map(toText).join('; '),
  };
}

function toText({ at, by, via, action, verdict, reason }: RecordedAnswer): string {
  return `${at} ${by} by ${via}: ${action}${reason === null ? '' : ` ${reason}`}, ${verdict}`;
}

/** Each reading of other words than the one before is an edit, seen when it was read. */
function messageOf({ timeline }: CallEvidence) {
  const readings = timeline.filter(({ kind, detail }) => kind === 'messageRead' && typeof detail.text === 'string');
  const edits = readings.filter(({ detail }, i) => i > 0 && detail.text !== readings[i - 1]?.detail.text);
  return {
    messageEdits: edits.length,
    messageEditSeenAt: edits.at(-1)?.at ?? null,
    messageDeletionSeenAt: timeline.find(({ kind }) => kind === 'messageDeleted')?.at ?? null,
  };
}

function distinct(values: readonly unknown[]): string {
  return [...new Set(values.filter((value) => typeof value === 'string'))].join('; ');
}
