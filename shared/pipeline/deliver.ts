import { randomUUID } from 'node:crypto';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { errorCodeOf } from '../errors.ts';
import type { Channel, SendResult } from '../messaging/channel.ts';
import { type Audience, type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import { retryDelayMs } from '../oncall/deliveryPlan.ts';
import { isToPlace } from '../oncall/place.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import type { Services } from './services.ts';
import type { Turn } from './turns.ts';
import { forgetUntold } from './untoldCalls.ts';
import { wordsOf } from './wordsOf.ts';

/** Longer than one attempt at the provider takes at most: a claim that outlives it has lost its holder. */
export const LEASE_MS = 30_000;
/** So many messages may go out unanswered while the provider cannot be asked for them; then it is asked first. */
const MOST_DOUBTS = 5;
const NOT_ASKED: SendResult = {
  outcome: 'temporary',
  code: 'doubtful',
  reason: 'earlier messages may have arrived, and the provider cannot be asked',
  retryAfterMs: null,
};
/** How far our clock and the provider's may differ. */
const CLOCK_TOLERANCE_MS = 60_000;

export type Recipient = EmergencyCall['recipients'][number];

/** Whom one delivery is for, and where it goes. */
export interface Addressee {
  id: string;
  to: string;
}

/** When the notifier was woken, and when it began. */
export type WakeUp = Pick<Delivery, 'queuedAt' | 'startedAt'>;

/** One alert on its way. */
export interface Alert {
  call: EmergencyCall;
  work: AlertWork;
  channel: Channel;
  wake: WakeUp;
  turn: Turn;
  /** Without it, the recipients of the call. */
  audience?: Audience;
}

/** Claims, sends, records. Returns the delivery as it then stands, also when somebody else holds it. */
export async function deliver(
  services: Services,
  alert: Alert,
  recipient: Addressee,
  existing: Row<Delivery> | null,
): Promise<Delivery> {
  const claimed = await claim(services, alert, recipient, existing);
  if (!claimed.isOurs) return claimed.row.value;
  let held = claimed.row;
  let results: SendResult[] | null = null;
  if (held.value.doubts > 0) {
    // To look for an earlier message takes time, in which the others are told.
    alert.turn.pass();
    const earlier = await findEarlierSend(services, alert, held.value);
    if (earlier === 'none') {
      // What is sent is on record before it is sent: whoever takes over looks for these words.
      const { listed: _, ...value } = held.value;
      const renewed = await services.store.deliveries.replace(held, {
        ...value,
        ...wordsOf(services, { ...alert, recipientId: recipient.id }),
        doubts: 0,
      });
      if (renewed === 'changed') return held.value;
      held = renewed;
    } else if (earlier === 'unknown') {
      if (held.value.doubts > MOST_DOUBTS) results = [NOT_ASKED];
    } else {
      results = earlier;
    }
  }
  if (results === null) {
    await alert.turn.come();
    results = await send(alert.channel, held.value);
    alert.turn.pass();
  }
  const isPersonTold = !isToPlace(held.value) && results.some(({ outcome }) => outcome === 'accepted');
  if (isPersonTold) forgetUntold(services, alert.call.id);
  const after = afterSending(held.value, results, services.now());
  const written = await services.store.deliveries.replace(held, after);
  if (written === 'changed') {
    services.log.warn('Claim was taken over while sending', { callId: alert.call.id, recipient: recipient.id });
  }
  await noteAttempt(services, after, results);
  return after;
}

/**
 * A claim that is taken over keeps its words, and the version of the facts in them, until it is known whether they were
 * sent. Its holder died while sending, or never got an answer: a doubt.
 */
async function claim(
  services: Services,
  alert: Alert,
  recipient: Addressee,
  existing: Row<Delivery> | null,
): Promise<{ row: Row<Delivery>; isOurs: boolean }> {
  const { store } = services;
  const { call, work, channel, wake } = alert;
  const now = services.now();
  const earlier = existing?.value ?? null;
  const doubts = (earlier?.doubts ?? 0) + (earlier?.state === 'claimed' ? 1 : 0);
  const said = earlier && doubts > 0 ? wordsIn(earlier) : null;
  const delivery: Delivery = {
    callId: call.id,
    alertKey: work.alertKey,
    recipientId: recipient.id,
    channel: channel.name,
    to: recipient.to,
    state: 'claimed',
    owner: randomUUID(),
    attempts: (earlier?.attempts ?? 0) + 1,
    ...wake,
    firstClaimedAt: earlier?.firstClaimedAt ?? now.toISOString(),
    claimedAt: now.toISOString(),
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
    nextAttemptAt: null,
    ...(said ?? wordsOf(services, { ...alert, recipientId: recipient.id })),
    providerMessages: [],
    settledAt: null,
    lastError: earlier?.lastError ?? null,
    doubts,
    ...(work.isForced ? { isForced: true } : {}),
  };
  const written = existing
    ? await store.deliveries.replace(existing, delivery)
    : await store.deliveries.claim(delivery);
  if (written !== null && written !== 'changed') return { row: written, isOurs: true };
  // Somebody has it; or it is our own, written by a request whose answer was lost and which the client repeated.
  const holder = await store.deliveries.get(call.id, deliveryKeyOf(delivery));
  if (!holder) throw new Error('A claim vanished');
  return { row: holder, isOurs: holder.value.owner === delivery.owner };
}

/** The words of an earlier attempt; what becomes of a list becomes of all its calls. */
function wordsIn({ bodies, factsVersion, homeAddress = null, listed }: Delivery) {
  return { bodies, factsVersion, homeAddress, ...(listed ? { listed } : {}) };
}

/** What the provider has of an earlier attempt: all its messages, none, or it cannot be asked. */
async function findEarlierSend(
  services: Services,
  { channel }: Alert,
  earlier: Delivery,
): Promise<SendResult[] | 'none' | 'unknown'> {
  try {
    const since = new Date(Date.parse(earlier.firstClaimedAt) - CLOCK_TOLERANCE_MS);
    const { to, callId, alertKey, recipientId } = earlier;
    const reference = { callId, alertKey, recipientId };
    const others = await messagesOfOthers(services, earlier);
    const found = await Promise.all(earlier.bodies.map((body) => channel.find({ to, body, reference, others }, since)));
    const results = found.flatMap((message): SendResult[] => (message ? [{ outcome: 'accepted', ...message }] : []));
    return results.length === earlier.bodies.length ? results : 'none';
  } catch (caught) {
    services.log.warn('Provider could not be asked for an earlier message', { error: errorCodeOf(caught) });
    return 'unknown';
  }
}

/** A step may say the same words to the same person as an alert of a moment ago: that message is not this one. */
async function messagesOfOthers({ store }: Services, delivery: Delivery): Promise<string[]> {
  const rows = await store.deliveries.listOfCall(delivery.callId);
  return rows.flatMap(({ value }) =>
    deliveryKeyOf(value) === deliveryKeyOf(delivery) ? [] : value.providerMessages.map(({ id }) => id),
  );
}

/** Sends the bodies in order until one is not accepted. */
async function send(channel: Channel, delivery: Delivery): Promise<SendResult[]> {
  const { callId, alertKey, recipientId, to } = delivery;
  const results: SendResult[] = [];
  for (const body of delivery.bodies) {
    const result = await channel.send({ to, body, reference: { callId, alertKey, recipientId } });
    results.push(result);
    if (result.outcome !== 'accepted') break;
  }
  return results;
}

/** What a delivery becomes by what the provider said to its bodies, one after the other. */
export function afterSending(before: Delivery, results: readonly SendResult[], now: Date): Delivery {
  const providerMessages = results.flatMap((result) =>
    result.outcome === 'accepted' ? [{ id: result.providerMessageId, status: result.status }] : [],
  );
  const last = results.at(-1);
  if (last === undefined || last.outcome === 'accepted') {
    return { ...before, state: 'accepted', providerMessages, settledAt: now.toISOString() };
  }
  const failed = { ...before, providerMessages, lastError: `${last.code}: ${last.reason}` };
  if (last.outcome === 'permanent') return { ...failed, state: 'failed', settledAt: now.toISOString() };
  const delayMs = retryDelayMs(before.attempts, last.outcome === 'temporary' ? last.retryAfterMs : null);
  return {
    ...failed,
    state: 'waiting',
    nextAttemptAt: new Date(now.getTime() + delayMs).toISOString(),
    doubts: before.doubts + (last.outcome === 'doubtful' ? 1 : 0),
  };
}

/** An attempt that settled nothing goes on the timeline at once; a settled delivery does so when the alert is concluded. */
export async function noteAttempt(
  { store, log, now }: Services,
  delivery: Delivery,
  results: readonly SendResult[],
): Promise<void> {
  const fields = { callId: delivery.callId, alert: delivery.alertKey, recipient: delivery.recipientId };
  const last = results.at(-1);
  if (last === undefined || last.outcome === 'accepted') {
    log.info('Message accepted', fields);
    return;
  }
  log.error('Message not accepted', { ...fields, outcome: last.outcome, code: last.code });
  if (delivery.state === 'waiting') {
    await store.timeline.append(delivery.callId, timelineEntryOf(delivery, now().toISOString()));
  }
}

/** A delivery as the timeline shows it. */
export function timelineEntryOf(delivery: Delivery, at: string): TimelineEntry {
  const { recipientId, channel, alertKey, attempts, state, bodies, lastError, providerMessages } = delivery;
  const { queuedAt, startedAt, claimedAt, listed } = delivery;
  return {
    at,
    clock: 'ours',
    kind: `message.${state}`,
    key: `${deliveryKeyOf(delivery)}|${attempts}`,
    detail: {
      recipientId,
      channel,
      alertKey,
      attempts,
      bodies,
      lastError,
      providerMessages,
      queuedAt,
      startedAt,
      claimedAt,
      // Of how many calls the same message tells.
      ...(listed ? { listedCalls: listed.length } : {}),
    },
  };
}
