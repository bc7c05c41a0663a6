import type { PlacedCall } from '../local/control.ts';
import { callIdOf, type EmergencyCall } from '../shared/emergency/emergencyCall.ts';
import { countSegments } from '../shared/messaging/smsSegments.ts';
import type { Delivery } from '../shared/oncall/delivery.ts';
import type { Services } from '../shared/pipeline/services.ts';

/** One step of the way of a call; `ms` since the step before. */
export interface Stage {
  name: string;
  at: string;
  ms: number;
}

export interface ReportedMessage {
  to: string;
  body: string;
  /** Twilio's word for how far it got. */
  status: string;
  segments: number;
}

export interface CallReport {
  call: EmergencyCall;
  stages: Stage[];
  messages: ReportedMessage[];
}

/** The record of a call, under whichever source told of it first; `null` while there is none. */
export async function findCall({ store }: Services, placed: PlacedCall): Promise<EmergencyCall | null> {
  const byChat = await store.calls.get(callIdOf(placed.chatId, placed.messageId, new Date()));
  if (byChat) return byChat.value;
  const byEvent = await store.callers.callOfEvent(placed.eventId);
  return byEvent === null ? null : ((await store.calls.get(byEvent))?.value ?? null);
}

/** What the record says of a call and, asked at Twilio, how far its messages got; `null` while there is no record. */
export async function reportCall(services: Services, placed: PlacedCall): Promise<CallReport | null> {
  const call = await findCall(services, placed);
  if (!call) return null;
  const deliveries = (await services.store.deliveries.listOfCall(call.id)).map(({ value }) => value);
  const messages = await Promise.all(deliveries.flatMap((delivery) => messagesOf(services, delivery)));
  return { call, stages: stagesOf(call, deliveries), messages };
}

function messagesOf({ channels: { sms: channel } }: Services, delivery: Delivery): Promise<ReportedMessage>[] {
  const since = new Date(Date.parse(delivery.claimedAt) - 60_000);
  return delivery.bodies.map(async (body) => {
    const found = delivery.state === 'accepted' ? await channel?.find({ to: delivery.to, body }, since) : null;
    const status = found?.status ?? `not accepted: ${delivery.lastError ?? delivery.state}`;
    return { to: delivery.to, body, status, segments: countSegments(body).segments };
  });
}

function stagesOf(call: EmergencyCall, deliveries: readonly Delivery[]): Stage[] {
  const first = deliveries.filter(({ alertKey }) => alertKey === 'first');
  const earliest = (times: (string | null)[]) => times.flatMap((time) => time ?? []).sort()[0];
  const times: [string, string | null | undefined][] = [
    ['told by Teams', call.occurredAt],
    ['notification in the Event Hub', call.hubEnqueuedAt],
    ['taken in', call.receivedAt],
    ['fetched or decrypted, and read', call.recordedAt],
    ['call recorded, notifier woken', earliest(first.map(({ queuedAt }) => queuedAt))],
    ['notifier begins', earliest(first.map(({ startedAt }) => startedAt))],
    ['recipient claimed', earliest(first.map(({ claimedAt }) => claimedAt))],
    ['accepted by Twilio', earliest(first.map(({ settledAt }) => settledAt))],
  ];
  const known = times.flatMap(([name, at]) => (at ? [{ name, at }] : []));
  return known.map(({ name, at }, index) => {
    const before = known[index - 1]?.at ?? at;
    return { name, at, ms: Date.parse(at) - Date.parse(before) };
  });
}
