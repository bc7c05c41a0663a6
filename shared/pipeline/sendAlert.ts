import { told } from '../emergency/callLife.ts';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll } from '../errors.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { type AlertOutcome, outcomeOf, planDeliveries, recipientsOfUpdate } from '../oncall/deliveryPlan.ts';
import type { AlertWork, Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { deliver, type Recipient, timelineEntryOf, type WakeUp } from './deliver.ts';
import type { Services } from './services.ts';
import { startAlert, wake as wakeNotifier } from './startAlert.ts';

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
    const first = all.filter(({ alertKey }) => alertKey === 'first').map(({ to }) => to);
    const tried = new Set([...call.recipients.map(({ phone }) => phone), ...first]);
    const candidates = [...services.lastResort(), ...services.recipients()];
    return candidates.filter(
      ({ phone }, index) => !tried.has(phone) && candidates.findIndex((other) => other.phone === phone) === index,
    );
  }
  return call.recipients.length > 0 ? call.recipients : services.recipients();
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
  for (let known: Row<Work> | null = row; ; known = await store.work.get(work)) {
    if (known && known !== row && known.value.dueAt <= work.dueAt) return;
    if (known ? (await store.work.reschedule(known, work)) !== 'changed' : await store.work.insert(work)) break;
  }
  await wakeNotifier(services, work, Math.max(0, at.getTime() - services.now().getTime()));
}
