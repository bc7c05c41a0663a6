import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { callTime } from '../messaging/callTime.ts';
import type { ToldCall } from '../oncall/chooseCall.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { DAY_MS } from '../watch/duration.ts';
import type { Services } from './services.ts';

/** Somebody whom we know, and the calls that they were told of, the newest first. */
export interface ReplySender {
  recipientId: string;
  told: { call: EmergencyCall; recipientId: string; asTold: ToldCall }[];
}

/** Nobody answers to older ones, unless by mistake. */
const LOOK_BACK_MS = 7 * DAY_MS;
const MOST_DELIVERIES = 5_000;
/** As many calls as one answer can mean. */
const MOST_CALLS = 100;

/**
 * Whose number this is: of somebody on the roster or among the last resort, or of somebody who was told of a call and
 * has left the roster since; `null` for a stranger. Numbers are the same only when every digit is.
 */
export async function whoWrote(services: Services, from: string): Promise<ReplySender | null> {
  const { store, now } = services;
  const known = [
    ...services.recipients(),
    ...services.administrators(),
    ...services.lastResort(),
    ...services.people(),
  ];
  const person = known.find(({ phone }) => phone === from)?.id ?? null;
  const since = new Date(now().getTime() - LOOK_BACK_MS);
  const deliveries = (await store.deliveries.listSince(since, MOST_DELIVERIES)).filter(
    ({ to, recipientId }) => to === from || recipientId === person,
  );
  const newest = newestOfEachCall(deliveries).slice(0, MOST_CALLS);
  const told = await Promise.all(
    newest.map(async (delivery) => {
      const call = (await store.calls.get(delivery.callId))?.value;
      const { recipientId } = delivery;
      return call ? [{ call, recipientId, asTold: toToldCall(call, toldAt(delivery), services.timeZone()) }] : [];
    }),
  );
  const recipientId = person ?? newest[0]?.recipientId ?? null;
  return recipientId === null ? null : { recipientId, told: told.flat() };
}

/** When somebody was told, or at least tried to be. */
function toldAt({ settledAt, claimedAt }: Delivery): string {
  return settledAt ?? claimedAt;
}

function newestOfEachCall(deliveries: readonly Delivery[]): Delivery[] {
  const sorted = [...deliveries].sort((a, b) => toldAt(b).localeCompare(toldAt(a)));
  return sorted.filter(({ callId }, index) => sorted.findIndex((other) => other.callId === callId) === index);
}

function toToldCall({ id, code, occurredAt, response }: EmergencyCall, at: string, timeZone: string): ToldCall {
  const time = occurredAt === null ? null : new Date(occurredAt);
  const clock = callTime(time, timeZone, { hasDate: false, hasSeconds: true, hasZone: false }) ?? '';
  return { id, code, clock, toldAt: at, response };
}
