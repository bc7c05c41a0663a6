import { told } from '../emergency/callLife.ts';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll } from '../errors.ts';
import type { Delivery } from '../oncall/delivery.ts';
import {
  type AlertOutcome,
  outcomeOf,
  planDeliveries,
  type Reachable,
  recipientsOfUpdate,
  whoWasTold,
} from '../oncall/deliveryPlan.ts';
import { audienceOf } from '../oncall/homeAddress.ts';
import { isOvertaken } from '../oncall/overtaken.ts';
import { isToPlace } from '../oncall/place.ts';
import type { AlertWork, Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { type Recipient, timelineEntryOf, type WakeUp } from './deliver.ts';
import { escalateNow, planEscalation } from './escalate.ts';
import { isHeld } from './holdBack.ts';
import { openAddress } from './openAddress.ts';
import type { Services } from './services.ts';
import { startAlert, wake as wakeNotifier } from './startAlert.ts';
import { startPlaceAlert } from './startPlaceAlert.ts';
import { placeOf, tellRecipients } from './tellRecipients.ts';

/** While nobody can be told (no recipient, no channel), how soon it is tried again. */
const NOBODY_RETRY_MS = 30_000;
/** When nobody has taken a message for this long, the last-resort numbers are told too. */
const LAST_RESORT_AFTER_MS = 60_000;
/** An alert that nobody could be told of for this long ends as a dead letter. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000;

/** The call of an alert, and what has been sent about it. */
export type AlertContext = [call: Row<EmergencyCall> | null, deliveries: Row<Delivery>[]];

/** Reads both at once; may begin before the work row is known. */
export function readAlertContext({ store }: Services, callId: string): Promise<AlertContext> {
  return Promise.all([store.calls.get(callId), store.deliveries.listOfCall(callId)]);
}

/**
 * Tells the recipients of one alert, all at once. Each is claimed before the provider is asked, and what it answered
 * is recorded before anything else. Ends with the work finished, or due again at the time of the next attempt. Throws
 * when a result could not be recorded: the work row then stays, and the claims tell what was done.
 */
export async function sendAlert(
  services: Services,
  row: Row<AlertWork>,
  [callRow, all]: AlertContext,
  wake: WakeUp,
): Promise<void> {
  const { store, log } = services;
  const work = row.value;
  if (!callRow) {
    throw new Error(`Call ${work.callId} is not recorded yet`);
  }
  const call = callRow.value;
  if (isOvertaken(call.response, work)) {
    log.info('Somebody has the call, the step is left out', { callId: call.id, alert: work.alertKey });
    await store.work.finish(row);
    return;
  }
  // A failure is that of the storage, and is seen below; what follows for people never waits for it.
  const places = Promise.allSettled([startPlaceAlert(services, work)]);
  // With each try: one that came to nothing may have ended before it, or the call may be another team's since.
  const isFirst = work.alertKey === 'first';
  const planned = Promise.allSettled(isFirst ? [planEscalation(services, call, { round: 0, step: 0 })] : []);
  const rows = all.filter(({ value }) => !isToPlace(value));
  const recipients = recipientsOf(services, call, work, rows).map(({ id, ways }) => ({
    id,
    // A way that was set up when somebody was told by it may not be so any more.
    ways: ways.filter(({ channel }) => services.channels[channel] !== undefined),
  }));
  const isReachable = recipients.some(({ ways }) => ways.length > 0);
  // Somebody was told and did not answer, and there is nobody else: nothing to try again.
  const isNobodyLeft = work.alertKey === 'last-resort' && recipients.length === 0 && rows.some(isAccepted);
  if (!isReachable && (isOnlyForThoseTold(work) || isNobodyLeft)) {
    await throwIfRejected(places);
    await store.work.finish(row);
    return;
  }
  if (!isReachable) {
    const hasChannel = Object.keys(services.channels).length > 0;
    await throwIfRejected(places);
    await throwIfRejected(planned);
    log.error('Nobody can be told', { callId: call.id, recipients: recipients.length, hasChannel });
    await comeBack(services, row, new Date(services.now().getTime() + NOBODY_RETRY_MS));
    return;
  }

  const own = rows.filter(({ value }) => value.alertKey === work.alertKey);
  const settled = new Map(own.map(({ value }) => [placeOf(value), value]));
  const hearing = recipients.filter(({ ways }) => ways.length > 0).map(({ id }) => id);
  const sent = rows.map(({ value }) => value);
  const audience = audienceOf(call, work.alertKey, hearing, sent);
  const told = tellRecipients(services, { call, work, wake, audience }, recipients, { known: own, settled });
  // That the next step could not be planned is known to the sweep only as long as this one is not finished.
  await throwIfRejected(Promise.allSettled([told, throwIfRejected(planned)]));
  const isToldOtherwise = rows.some((one) => one.value.alertKey !== work.alertKey && isAccepted(one));
  await conclude(services, row, { recipients, deliveries: [...settled.values()], isToldOtherwise }, places);
}

async function throwIfRejected(results: Promise<PromiseSettledResult<void>[]>): Promise<void> {
  for (const result of await results) if (result.status === 'rejected') throw result.reason;
}

const isAccepted = ({ value }: Row<Delivery>) => value.state === 'accepted';

/** An alert of which nobody hears who was not told of the call. */
function isOnlyForThoseTold({ alertKey }: AlertWork): boolean {
  return /^(update|response|reminder)-|^ended$/.test(alertKey);
}

function recipientsOf(
  services: Services,
  call: EmergencyCall,
  work: AlertWork,
  rows: readonly Row<Delivery>[],
): Reachable[] {
  const all = rows.map(({ value }) => value);
  const started = all.filter(({ alertKey }) => alertKey === work.alertKey);
  const reachable = (people: readonly Recipient[]): Reachable[] =>
    people.map((person) => ({ id: person.id, ways: services.waysOf(person, work.channel ?? null) }));
  if (isOnlyForThoseTold(work)) {
    const others = all.filter(({ alertKey }) => alertKey !== work.alertKey);
    return whoHears(call, work, others).concat(waysStarted(started)).filter(isFirstOf);
  }
  if (work.alertKey === 'last-resort') {
    // Also whoever came onto the roster since: nobody of those on the call could be told.
    const first = all.filter(({ alertKey }) => alertKey === 'first').map(({ to }) => to);
    const told = all.filter(({ state }) => state === 'accepted').map(({ to }) => to);
    const tried = new Set([...call.recipients.map(({ phone }) => phone), ...first, ...told]);
    const candidates = [...services.lastResort(), ...services.recipients()];
    return reachable(
      candidates.filter(
        ({ phone }, index) => !tried.has(phone) && candidates.findIndex((other) => other.phone === phone) === index,
      ),
    );
  }
  if (work.alertKey === 'first') return reachable(call.recipients.length > 0 ? call.recipients : services.recipients());
  // Of several whose messages were lost, the work may name only one.
  const startedByPhone = started.filter(({ channel }) => channel === 'sms' || channel === 'voice');
  const people = startedByPhone.map(({ recipientId: id, to: phone }) => ({ id, phone }));
  return reachable([...(work.recipients ?? []), ...people])
    .concat(waysStarted(started))
    .filter(isFirstOf);
}

function isFirstOf({ id }: Reachable, index: number, list: readonly Reachable[]): boolean {
  return list.findIndex((other) => other.id === id) === index;
}

/** Those for whom an alert was begun before, when it is looked at again. */
function waysStarted(deliveries: readonly Delivery[]): Reachable[] {
  return deliveries.map(({ recipientId, channel, to }) => ({ id: recipientId, ways: [{ channel, to }] }));
}

/** Of what became known later, those who were told before; of an answer, everybody but who gave it. */
function whoHears(call: EmergencyCall, { alertKey }: AlertWork, others: readonly Delivery[]): Reachable[] {
  if (alertKey.startsWith('update-')) return recipientsOfUpdate(others, call.factsVersion, call.recipients);
  const told = whoWasTold(others, call.recipients);
  return alertKey.startsWith('response-') ? told.filter(({ id }) => id !== call.response.answeredBy) : told;
}

/** What came of an alert, this time. */
interface Telling {
  recipients: readonly Reachable[];
  deliveries: readonly Delivery[];
  /** Somebody has a message of another alert of the call. */
  isToldOtherwise: boolean;
}

/**
 * Puts what is settled on the record, then finishes the work or says when it goes on. Whatever of this was done before
 * a crash is the same when done again. Nobody reached at all: the next step begins at once, and after the last one the last-resort numbers are told. Facts that became known
 * while the message was on its way: an update follows.
 */
async function conclude(
  services: Services,
  row: Row<AlertWork>,
  { recipients, deliveries, isToldOtherwise }: Telling,
  places: Promise<PromiseSettledResult<void>[]>,
): Promise<void> {
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
  const known = await store.calls.update(callId, (call) => (firstTold ? told(call, new Date(firstTold)) : call));
  const call = await openAddress(services, known);
  // What says no facts at all makes no later fact news.
  if (accepted.some(({ factsVersion }) => factsVersion > 0 && factsVersion < call.factsVersion)) {
    await startAlert(services, callId, `update-${call.factsVersion}`);
  }
  const now = services.now();
  const outcome = outcomeOf(planDeliveries(recipients, deliveries, now), now);
  const isAnyoneTold = accepted.length > 0;
  // Whoever waits for the list is about to be told.
  const isAnyoneHeld = deliveries.some((delivery) => isHeld(delivery) && delivery.attempts === 0);
  if (!isAnyoneTold && !isAnyoneHeld && (alertKey === 'first' || alertKey.startsWith('step-'))) {
    const isForced = row.value.isForced ?? false;
    const goesOn = outcome.kind === 'done' && (await escalateNow(services, call, { isForced, mayBeginAgain: false }));
    if (goesOn) log.error('Nobody of a step could be told, the next one begins', { callId, alert: alertKey });
    else if (call.response.state === 'open' && !isToldOtherwise && isTimeForLastResort(outcome, call, now)) {
      log.error('Nobody of the roster could be told, the last resort is', { callId });
      await startAlert(services, callId, 'last-resort');
    }
  }
  // While this work stays, so does the alert to places that could not be begun.
  await throwIfRejected(places);
  // Whoever came to the call after it was read for this: the work may have been begun anew before it was read.
  const isNewcomer = ({ id }: Recipient) => recipients.every((one) => one.id !== id);
  if (alertKey === 'first' && call.recipients.some(isNewcomer)) {
    await comeBack(services, row, now);
  } else if (outcome.kind === 'open') {
    await comeBack(services, row, outcome.nextAt);
  } else if (alertKey === 'last-resort' && !isAnyoneTold && !isToldOtherwise) {
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
  const work: AlertWork = { ...row.value, dueAt: at.toISOString(), attempts: row.value.attempts + 1, isBegun: true };
  for (let known: Row<Work> | null = row; ; known = await store.work.get(work)) {
    if (known && known !== row && known.value.dueAt <= work.dueAt) return;
    if (known ? (await store.work.reschedule(known, work)) !== 'changed' : await store.work.insert(work)) break;
  }
  await wakeNotifier(services, work, Math.max(0, at.getTime() - services.now().getTime()));
}
