import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll } from '../errors.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { outcomeOf, planDeliveries, type Reachable } from '../oncall/deliveryPlan.ts';
import { isToPlace, placeAlertOf, placesOf } from '../oncall/place.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { deliver, timelineEntryOf, type WakeUp } from './deliver.ts';
import type { AlertContext } from './sendAlert.ts';
import type { Services } from './services.ts';
import { startAlert, wake as wakeNotifier } from './startAlert.ts';

/** What a place has not taken for an hour is no news there: the delivery has failed, which the watch reports. */
const GIVE_UP_AFTER_MS = 60 * 60_000;

/** Places are no people, among whom there is an order. */
const AT_ONCE = { come: async () => undefined, pass: () => undefined };

/**
 * Tells the places of the team of a call: claimed, recorded and repeated as for people, except that nobody counts as told
 * by it and nothing else follows.
 */
export async function tellPlaces(
  services: Services,
  row: Row<AlertWork>,
  [callRow, all]: AlertContext,
  wake: WakeUp,
): Promise<void> {
  const work = row.value;
  if (!callRow) throw new Error(`Call ${work.callId} is not recorded yet`);
  const call = callRow.value;
  const rows = all.filter(({ value }) => isToPlace(value));
  const hearing = placesThatHear(services, call, work, rows);
  const own = rows.filter(({ value }) => value.alertKey === work.alertKey);
  const deliveries = new Map(own.map(({ value }) => [value.recipientId, value]));
  const due = planDeliveries(hearing, [...deliveries.values()], services.now());
  await attemptAll(
    due,
    async (step) => {
      if (step.kind !== 'send') return;
      const { recipient, way } = step;
      const channel = services.channels[way.channel];
      if (!channel) return;
      const existing = own.find(({ value }) => value.recipientId === recipient.id) ?? null;
      const alert = { call, work, channel, wake, turn: AT_ONCE };
      const delivery = await deliver(services, alert, { id: recipient.id, to: way.to }, existing);
      deliveries.set(recipient.id, delivery);
    },
    'Not every place could be told',
  );
  await conclude(services, row, hearing, [...deliveries.values()]);
}

/** All of a new call; of what follows, those that were told of it, and of facts only those that know older ones. */
function placesThatHear(
  services: Services,
  { factsVersion, response }: EmergencyCall,
  { alertKey }: AlertWork,
  rows: readonly Row<Delivery>[],
): Reachable[] {
  const places = placesOf(services.channels).map(({ id, channel }) => ({ id, ways: [{ channel, to: channel }] }));
  if (alertKey.startsWith('first')) return places;
  // What was answered since is told by an alert of its own.
  if (alertKey.startsWith('response-') && alertKey !== placeAlertOf(`response-${response.version}`)) return [];
  const newestOf = (id: string) =>
    Math.max(
      0,
      ...rows.flatMap(({ value }) =>
        value.recipientId === id && value.state === 'accepted' && value.alertKey !== alertKey
          ? [value.factsVersion]
          : [],
      ),
    );
  return places.filter(({ id }) => {
    const newest = newestOf(id);
    return alertKey.startsWith('update-') ? newest > 0 && newest < factsVersion : newest > 0;
  });
}

async function conclude(
  services: Services,
  row: Row<AlertWork>,
  hearing: readonly Reachable[],
  deliveries: readonly Delivery[],
): Promise<void> {
  const { store } = services;
  const { callId } = row.value;
  await attemptAll(
    deliveries.flatMap((delivery) => (delivery.settledAt === null ? [] : [{ delivery, at: delivery.settledAt }])),
    ({ delivery, at }) => store.timeline.append(callId, timelineEntryOf(delivery, at)),
    'The timeline has gaps',
  );
  const call = (await store.calls.get(callId))?.value;
  const isOutdated = deliveries.some(
    ({ state, factsVersion }) => state === 'accepted' && factsVersion > 0 && factsVersion < (call?.factsVersion ?? 0),
  );
  const update = placeAlertOf(`update-${call?.factsVersion}`);
  if (isOutdated && update !== null && update !== row.value.alertKey) await startAlert(services, callId, update);
  const now = services.now();
  const outcome = outcomeOf(planDeliveries(hearing, deliveries, now), now);
  if (outcome.kind === 'done') await store.work.finish(row);
  else if (now.getTime() - Date.parse(row.value.createdAt) > GIVE_UP_AFTER_MS) await giveUp(services, row);
  else {
    const next = { ...row.value, dueAt: outcome.nextAt.toISOString(), attempts: row.value.attempts + 1 };
    const isOurs = (await store.work.reschedule(row, next)) !== 'changed';
    if (isOurs) await wakeNotifier(services, next, Math.max(0, outcome.nextAt.getTime() - now.getTime()));
  }
}

async function giveUp({ store, log, now }: Services, row: Row<AlertWork>): Promise<void> {
  const { callId, alertKey } = row.value;
  const own = (await store.deliveries.listOfCall(callId)).filter(({ value }) => value.alertKey === alertKey);
  for (const delivery of own.filter(({ value }) => value.state === 'waiting')) {
    log.error('A place took no message for an hour', { callId, recipient: delivery.value.recipientId });
    const settledAt = now().toISOString();
    await store.deliveries.replace(delivery, { ...delivery.value, state: 'failed', settledAt, nextAttemptAt: null });
  }
  await store.work.finish(row);
}
