import { fromTwilioStatus } from '../messaging/deliveryStatus.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { isToPlace } from '../oncall/place.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import { answersOf, type CallEvidence, type Moment, type NameOf } from './callEvidence.ts';

/** What was told to one person by one channel. Times are ISO 8601 in UTC; those without a clock beside them are ours. */
export const DELIVERY_COLUMNS: readonly (keyof DeliveryRow)[] = [
  'callId',
  'callCode',
  'testOrReal',
  'alert',
  'recipientId',
  'recipientName',
  'channel',
  'to',
  'deliveryState',
  'attempts',
  'claimedAt',
  'acceptedAt',
  'providerStatus',
  'providerMessageIds',
  'deliveredAt',
  'deliveredClock',
  'undeliveredAt',
  'undeliveredClock',
  'lastError',
  'answeredAt',
  'answer',
  'answeredVia',
  'factsVersionTold',
  'homeAddress',
  'callsInMessage',
  'words',
  'history',
];

export interface DeliveryRow {
  callId: string;
  callCode: string;
  testOrReal: 'test' | 'real';
  alert: string;
  recipientId: string;
  recipientName: string | null;
  channel: string;
  to: string;
  deliveryState: Delivery['state'];
  attempts: number;
  /** When the first attempt began. */
  claimedAt: string;
  /** When the provider took the message. */
  acceptedAt: string | null;
  /** In the provider's words, one for each part of the message. */
  providerStatus: string;
  providerMessageIds: string;
  /** When every part was reported as delivered. */
  deliveredAt: string | null;
  deliveredClock: Moment['clock'] | null;
  undeliveredAt: string | null;
  undeliveredClock: Moment['clock'] | null;
  lastError: string | null;
  /** The first answer of this person to this call after the message. */
  answeredAt: string | null;
  answer: string | null;
  answeredVia: string | null;
  factsVersionTold: number;
  /** Of a call from off site: whether the words say where it is, or who knows that. */
  homeAddress: 'told' | 'withheld' | null;
  /** Of how many calls the same message tells: 1, or more for a list of many calls at once. */
  callsInMessage: number;
  words: string;
  /** What the timeline says of it. */
  history: string;
}

/** The deliveries of a call, in the order in which they were begun. */
export function deliveryRowsOf(evidence: CallEvidence, nameOf: NameOf): DeliveryRow[] {
  const orderOf = (delivery: Delivery) => [
    begunAt(delivery),
    delivery.alertKey,
    delivery.recipientId,
    delivery.channel,
  ];
  return [...evidence.deliveries]
    .sort((a, b) => compare(orderOf(a).join('|'), orderOf(b).join('|')))
    .map((delivery) => toRow(evidence, delivery, nameOf));
}

function toRow({ call, timeline }: CallEvidence, delivery: Delivery, nameOf: NameOf): DeliveryRow {
  const { recipientId, channel, providerMessages } = delivery;
  const entries = timeline.filter((entry) => isOf(entry, delivery));
  const [delivered, undelivered] = [deliveredOf(delivery, entries), undeliveredOf(delivery, entries)];
  const answer = answersOf(timeline).find(({ by, at }) => by === recipientId && at >= begunAt(delivery));
  return {
    callId: call.id,
    callCode: call.code,
    testOrReal: call.isTest ? 'test' : 'real',
    alert: delivery.alertKey,
    recipientId,
    recipientName: nameOf(recipientId),
    channel,
    to: delivery.to,
    deliveryState: delivery.state,
    attempts: delivery.attempts,
    claimedAt: begunAt(delivery),
    acceptedAt: acceptedAtOf(delivery, timeline),
    providerStatus: providerMessages.map(({ status }) => status).join('; '),
    providerMessageIds: providerMessages.map(({ id }) => id).join('; '),
    deliveredAt: delivered?.at ?? null,
    deliveredClock: delivered?.clock ?? null,
    undeliveredAt: undelivered?.at ?? null,
    undeliveredClock: undelivered?.clock ?? null,
    lastError: delivery.lastError,
    answeredAt: answer?.at ?? null,
    answer: answer?.action ?? null,
    answeredVia: answer?.via ?? null,
    factsVersionTold: delivery.factsVersion,
    homeAddress: delivery.homeAddress ?? null,
    callsInMessage: delivery.listed?.length ?? 1,
    words: delivery.bodies.join('\n'),
    history: entries.map(toHistory).join('; '),
  };
}

/** When the provider took the message, by our clock; `null` where it never did. That it was lost later changes nothing. */
function acceptedAtOf(delivery: Delivery, timeline: readonly TimelineEntry[]): string | null {
  const accepted = timeline.findLast(
    (entry) => entry.kind === 'message.accepted' && entry.detail.messageSid === undefined && isOf(entry, delivery),
  );
  return accepted?.at ?? (delivery.state === 'accepted' ? delivery.settledAt : null);
}

/** Ids of the people of whom a provider took a message: a channel of the team or another system is nobody. */
export function peopleTold({
  deliveries,
  timeline,
}: Pick<CallEvidence, 'deliveries' | 'timeline'>): ReadonlySet<string> {
  const told = deliveries.filter((delivery) => !isToPlace(delivery) && acceptedAtOf(delivery, timeline) !== null);
  return new Set(told.map(({ recipientId }) => recipientId));
}

function begunAt({ firstClaimedAt, claimedAt }: Delivery): string {
  return firstClaimedAt ?? claimedAt;
}

function isOf({ kind, detail }: TimelineEntry, { alertKey, recipientId, channel }: Delivery): boolean {
  return (
    kind.startsWith('message.') &&
    detail.alertKey === alertKey &&
    detail.recipientId === recipientId &&
    detail.channel === channel
  );
}

/** Once every part has arrived; then by the clock of the last one. */
function deliveredOf({ providerMessages }: Delivery, entries: readonly TimelineEntry[]): Moment | null {
  const isWhole = providerMessages.every(({ status }) => fromTwilioStatus(status) === 'delivered');
  if (!isWhole || providerMessages.length === 0) return null;
  const reports = entries.filter(
    ({ kind, detail }) => kind === 'message.delivered' && isPartOf(detail, providerMessages),
  );
  const last = reports.at(-1);
  return last === undefined ? null : { at: last.at, clock: last.clock };
}

function undeliveredOf({ providerMessages }: Delivery, entries: readonly TimelineEntry[]): Moment | null {
  const isLost = (kind: string) => kind === 'message.undelivered' || kind === 'message.failed';
  const first = entries.find(({ kind, detail }) => isLost(kind) && isPartOf(detail, providerMessages));
  return first === undefined ? null : { at: first.at, clock: first.clock };
}

function isPartOf({ messageSid }: TimelineEntry['detail'], parts: Delivery['providerMessages']): boolean {
  return parts.some(({ id }) => id === messageSid);
}

function toHistory({ at, clock, kind, detail: { attempts, status } }: TimelineEntry): string {
  const word = kind.slice('message.'.length);
  const said = typeof status === 'string' && status !== word ? ` (${status})` : '';
  return `${at} ${clock}: ${word}${said}${typeof attempts === 'number' ? `, attempt ${attempts}` : ''}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
