import { randomUUID } from 'node:crypto';
import { told } from '../emergency/callLife.ts';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll, errorCodeOf } from '../errors.ts';
import { type AlertWords, composeAlertSms } from '../messaging/alertSms.ts';
import type { Channel, SendResult } from '../messaging/channel.ts';
import { type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import {
  type AlertOutcome,
  outcomeOf,
  planDeliveries,
  recipientsOfUpdate,
  retryDelayMs,
} from '../oncall/deliveryPlan.ts';
import type { AlertWork, Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';
import type { Services } from './services.ts';
import { startAlert, wake as wakeNotifier } from './startAlert.ts';

/** Longer than one attempt at the provider takes at most: a claim that outlives it has lost its holder. */
const LEASE_MS = 30_000;
/** While nobody can be told (no recipient, no channel), how soon it is tried again. */
const NOBODY_RETRY_MS = 30_000;
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
/** When nobody has taken a message for this long, the last-resort numbers are told too. */
const LAST_RESORT_AFTER_MS = 60_000;
/** An alert that nobody could be told of for this long ends as a dead letter. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;

type Recipient = EmergencyCall['recipients'][number];

/** The call of an alert, and what has been sent about it. */
export type AlertContext = [call: Row<EmergencyCall> | null, deliveries: Row<Delivery>[]];

/** Reads both at once; may begin before the work row is known. */
export function readAlertContext({ store }: Services, callId: string): Promise<AlertContext> {
  return Promise.all([store.calls.get(callId), store.deliveries.listOfCall(callId)]);
}

/** When the notifier was woken, and when it began. */
export type WakeUp = Pick<Delivery, 'queuedAt' | 'startedAt'>;

interface Alert {
  call: EmergencyCall;
  work: AlertWork;
  channel: Channel;
  wake: WakeUp;
}

/**
 * Tells the recipients of one alert, all at once. Each is claimed before the provider is asked, and what it answered
 * is recorded before anything else. Ends with the work finished, or due again at the time of the next attempt. Throws
 * when a result could not be recorded: the work row then stays, and the claims tell what was done.
 */
export async function sendAlert(
  services: Services,
  row: Row<AlertWork>,
  [callRow, rows]: AlertContext,
  wake: WakeUp,
): Promise<void> {
  const { store, channel, log } = services;
  const work = row.value;
  if (!callRow) {
    throw new Error(`Call ${work.callId} is not recorded yet`);
  }
  const call = callRow.value;
  const own = rows.filter(({ value }) => value.alertKey === work.alertKey);
  const recipients = recipientsOf(services, call, work, rows);
  if (recipients.length === 0 && work.alertKey.startsWith('update-')) {
    await store.work.finish(row);
    return;
  }
  if (recipients.length === 0 || channel === null) {
    log.error('Nobody can be told', { callId: call.id, recipients: recipients.length, hasChannel: channel !== null });
    await comeBack(services, row, new Date(services.now().getTime() + NOBODY_RETRY_MS));
    return;
  }

  const plan = planDeliveries(
    recipients,
    own.map(({ value }) => value),
    services.now(),
  );
  const settled = new Map(own.map(({ value }) => [value.recipientId, value]));
  await attemptAll(
    plan.flatMap((step) => (step.kind === 'send' ? [step.recipient] : [])),
    async (recipient) => {
      const existing = own.find(({ value }) => value.recipientId === recipient.id) ?? null;
      const delivery = await deliver(services, { call, work, channel, wake }, recipient, existing);
      settled.set(recipient.id, delivery);
    },
    'Not every recipient could be told',
  );
  await conclude(
    services,
    row,
    recipients.flatMap(({ id }) => settled.get(id) ?? []),
  );
}

function recipientsOf(
  services: Services,
  call: EmergencyCall,
  work: AlertWork,
  rows: readonly Row<Delivery>[],
): Recipient[] {
  const all = rows.map(({ value }) => value);
  if (work.alertKey.startsWith('update-')) {
    const started = all.filter(({ alertKey }) => alertKey === work.alertKey);
    const owed = recipientsOfUpdate(all, call.factsVersion, call.recipients);
    return [...owed, ...started.map(({ recipientId, to }) => ({ id: recipientId, phone: to }))].filter(
      ({ id }, index, list) => list.findIndex((other) => other.id === id) === index,
    );
  }
  if (work.alertKey === 'last-resort') {
    // Also whoever came onto the roster since: nobody of those on the call could be told.
    const tried = new Set(call.recipients.map(({ phone }) => phone));
    const candidates = [...services.lastResort(), ...services.recipients()];
    return candidates.filter(
      ({ phone }, index) => !tried.has(phone) && candidates.findIndex((other) => other.phone === phone) === index,
    );
  }
  return call.recipients.length > 0 ? call.recipients : services.recipients();
}

/** Claims, sends, records. Returns the delivery as it then stands, also when somebody else holds it. */
async function deliver(
  services: Services,
  alert: Alert,
  recipient: Recipient,
  existing: Row<Delivery> | null,
): Promise<Delivery> {
  const claimed = await claim(services, alert, recipient, existing);
  if (!claimed.isOurs) return claimed.row.value;
  let held = claimed.row;
  let results: SendResult[] | null = null;
  if (held.value.doubts > 0) {
    const earlier = await findEarlierSend(services, alert, held.value);
    if (earlier === 'none') {
      // What is sent is on record before it is sent: whoever takes over looks for these words.
      const renewed = await services.store.deliveries.replace(held, {
        ...held.value,
        ...wordsOf(services, alert),
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
  results ??= await send(alert.channel, held.value, recipient);
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
  recipient: Recipient,
  existing: Row<Delivery> | null,
): Promise<{ row: Row<Delivery>; isOurs: boolean }> {
  const { store } = services;
  const { call, work, channel, wake } = alert;
  const now = services.now();
  const earlier = existing?.value ?? null;
  const doubts = (earlier?.doubts ?? 0) + (earlier?.state === 'claimed' ? 1 : 0);
  const said = earlier && doubts > 0 ? { bodies: earlier.bodies, factsVersion: earlier.factsVersion } : null;
  const delivery: Delivery = {
    callId: call.id,
    alertKey: work.alertKey,
    recipientId: recipient.id,
    channel: channel.name,
    to: recipient.phone,
    state: 'claimed',
    owner: randomUUID(),
    attempts: (earlier?.attempts ?? 0) + 1,
    ...wake,
    firstClaimedAt: earlier?.firstClaimedAt ?? now.toISOString(),
    claimedAt: now.toISOString(),
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
    nextAttemptAt: null,
    ...(said ?? wordsOf(services, alert)),
    providerMessages: [],
    settledAt: null,
    lastError: earlier?.lastError ?? null,
    doubts,
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

/** What the provider has of an earlier attempt: all its messages, none, or it cannot be asked. */
async function findEarlierSend(
  services: Services,
  { channel }: Alert,
  earlier: Delivery,
): Promise<SendResult[] | 'none' | 'unknown'> {
  try {
    const since = new Date(Date.parse(earlier.firstClaimedAt) - CLOCK_TOLERANCE_MS);
    const found = await Promise.all(earlier.bodies.map((body) => channel.find({ to: earlier.to, body }, since)));
    const results = found.flatMap((message): SendResult[] => (message ? [{ outcome: 'accepted', ...message }] : []));
    return results.length === earlier.bodies.length ? results : 'none';
  } catch (caught) {
    services.log.warn('Provider could not be asked for an earlier message', { error: errorCodeOf(caught) });
    return 'unknown';
  }
}

/** Sends the bodies in order until one is not accepted. */
async function send(channel: Channel, delivery: Delivery, recipient: Recipient): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for (const body of delivery.bodies) {
    const result = await channel.send({ to: recipient.phone, body });
    results.push(result);
    if (result.outcome !== 'accepted') break;
  }
  return results;
}

function afterSending(before: Delivery, results: readonly SendResult[], now: Date): Delivery {
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

/** An attempt that settled nothing goes on the timeline at once; a settled delivery does so in {@link conclude}. */
async function noteAttempt(
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

function timelineEntryOf(delivery: Delivery, at: string): TimelineEntry {
  const { recipientId, channel, alertKey, attempts, state, bodies, lastError, providerMessages } = delivery;
  const { queuedAt, startedAt, claimedAt } = delivery;
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
    },
  };
}

/**
 * Puts what is settled on the record, then finishes the work or says when it goes on. Whatever of this was done before
 * a crash is the same when done again. Nobody reached at all: the last-resort numbers are told. Facts that became known
 * while the message was on its way: an update follows.
 */
async function conclude(services: Services, row: Row<AlertWork>, deliveries: readonly Delivery[]): Promise<void> {
  const { store, log } = services;
  const { callId, alertKey } = row.value;
  const accepted = deliveries.filter(({ state }) => state === 'accepted');
  const [firstTold] = accepted.flatMap(({ settledAt }) => settledAt ?? []).sort();
  await attemptAll(
    deliveries.flatMap((delivery) =>
      delivery.settledAt === null ? [] : [timelineEntryOf(delivery, delivery.settledAt)],
    ),
    (entry) => store.timeline.append(callId, entry),
    'The timeline has gaps',
  );
  const call = await store.calls.update(callId, (known) => (firstTold ? told(known, new Date(firstTold)) : known));
  if (accepted.some(({ factsVersion }) => factsVersion < call.factsVersion)) {
    await startAlert(services, callId, `update-${call.factsVersion}`);
  }
  const outcome = outcomeOf(deliveries);
  const isAnyoneTold = accepted.length > 0;
  if (alertKey === 'first' && !isAnyoneTold && isTimeForLastResort(outcome, call, services.now())) {
    log.error('Nobody of the roster could be told, the last resort is', { callId });
    await startAlert(services, callId, 'last-resort');
  }
  if (outcome.kind === 'open') {
    await comeBack(services, row, outcome.nextAt);
  } else if (alertKey === 'last-resort' && !isAnyoneTold) {
    log.error('Nobody at all could be told', { callId });
    await comeBack(services, row, new Date(services.now().getTime() + NOBODY_RETRY_MS));
  } else {
    await store.work.finish(row);
  }
}

function isTimeForLastResort(outcome: AlertOutcome, call: EmergencyCall, now: Date): boolean {
  return outcome.kind === 'done' || now.getTime() - Date.parse(call.recordedAt) >= LAST_RESORT_AFTER_MS;
}

/** Puts the work off to the given time, or to the earlier one that somebody else has set meanwhile. */
async function comeBack(services: Services, row: Row<AlertWork>, at: Date): Promise<void> {
  const { store, log } = services;
  if (at.getTime() - Date.parse(row.value.createdAt) > GIVE_UP_AFTER_MS) {
    log.error('Alert given up after a day', { callId: row.value.callId, alert: row.value.alertKey });
    const reason = 'a recipient could not be told of a call for a day';
    await store.deadLetters.add({ reason, raw: row.value, at: row.value.dueAt, source: 'alert' });
    await store.work.finish(row);
    return;
  }
  const work: AlertWork = { ...row.value, dueAt: at.toISOString(), attempts: row.value.attempts + 1 };
  for (let known: Row<Work> | null = row; known; known = await store.work.get(work)) {
    if (known !== row && known.value.dueAt <= work.dueAt) return;
    if ((await store.work.reschedule(known, work)) !== 'changed') break;
  }
  await wakeNotifier(services, work, Math.max(0, at.getTime() - services.now().getTime()));
}

const KIND_OF_CONTENT: Record<EmergencyCall['content'], AlertWords['kind']> = {
  read: 'call',
  pending: 'detailsPending',
  unavailable: 'detailsUnavailable',
  notEmergency: 'notEmergency',
};

/** The words for this moment, and the version of the facts that they tell. */
function wordsOf(services: Services, { call, work }: Alert): Pick<Delivery, 'bodies' | 'factsVersion'> {
  const isUpdate = work.alertKey.startsWith('update-') && call.content === 'read';
  const words: AlertWords = {
    kind: isUpdate ? 'update' : KIND_OF_CONTENT[call.content],
    callCode: call.code,
    isTest: call.isTest,
    occurredAt: call.occurredAt === null ? null : new Date(call.occurredAt),
    facts: call.facts,
    changed: call.changedFacts,
    content: call.content,
  };
  const { factsVersion } = call;
  try {
    const style = { detail: services.settings.smsDetail, timeZone: services.timeZone() };
    return { bodies: composeAlertSms(words, style), factsVersion };
  } catch (caught) {
    services.log.error('Words could not be composed, sent without details', { error: errorCodeOf(caught) });
    const test = call.isTest ? 'TEST ' : '';
    return { bodies: [`${test}EMERGENCY CALL ${call.code}. Details are on the record.`], factsVersion };
  }
}
