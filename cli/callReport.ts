import type { EmergencyCall } from '../shared/emergency/emergencyCall.ts';
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

/** What the record says of a call and, asked at Twilio, how far its messages got; `null` while there is no record. */
export async function reportCall(services: Services, callId: string): Promise<CallReport | null> {
  const row = await services.store.calls.get(callId);
  if (!row) return null;
  const deliveries = (await services.store.deliveries.listOfCall(callId)).map(({ value }) => value);
  const messages = await Promise.all(deliveries.flatMap((delivery) => messagesOf(services, delivery)));
  return { call: row.value, stages: stagesOf(row.value, deliveries), messages };
}

function messagesOf({ channel }: Services, delivery: Delivery): Promise<ReportedMessage>[] {
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
    ['message written in Teams', call.occurredAt],
    ['notification in the Event Hub', call.hubEnqueuedAt],
    ['taken in', call.receivedAt],
    ['message fetched and read', call.recordedAt],
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
