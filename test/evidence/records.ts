import { callCodeOf, callIdOf, type EmergencyCall, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { Delivery } from '../../shared/oncall/delivery.ts';
import { NOBODY_ANSWERED } from '../../shared/oncall/response.ts';
import { NOT_LOCATED } from '../../shared/oncall/sites.ts';
import type { TimelineEntry } from '../../shared/store/timelineStore.ts';

let messages = 0;

/** A call that Teams' chat told of at that moment, recorded a second later, of which nobody was told yet. */
export function callAt(occurredAt: string, changes: Partial<EmergencyCall> = {}): EmergencyCall {
  messages += 1;
  const chat = { chatId: `19:chat${messages}@thread.v2`, messageId: String(Date.parse(occurredAt)) };
  const id = callIdOf(chat.chatId, chat.messageId, new Date(0));
  const receivedAt = later(occurredAt, 1);
  return {
    ...{ id, code: callCodeOf(id), source: 'chat', chat, event: null, isTest: false, content: 'read' },
    facts: {
      ...{ ...NO_FACTS, emergencyNumberDialed: '911', callerDisplayName: 'Alex Wilber' },
      ...{ callbackNumber: '+14255550123', location: 'Building 34, Room 2210' },
    },
    ...{ alsoAt: null, factsVersion: 1, changedFacts: [], recipients: [], escalation: null },
    ...{ ...NOT_LOCATED, locatedAt: receivedAt, isAddressOpen: false },
    ...{ response: NOBODY_ANSWERED, contentModifiedAt: null, confidence: 'certain', reasons: [], occurredAt },
    ...{ endedAt: null, hubEnqueuedAt: later(occurredAt, 0.5), receivedAt, recordedAt: receivedAt },
    ...{ firstToldAt: null, late: false },
    ...changes,
  };
}

/** A message to somebody about a call, which Twilio took two seconds after it. */
export function deliveryOf({ id: callId, receivedAt }: EmergencyCall, changes: Partial<Delivery> = {}): Delivery {
  const claimedAt = later(receivedAt, 0.5);
  return {
    ...{ callId, alertKey: 'first', recipientId: 'adele', channel: 'sms', to: '+14255550111', state: 'accepted' },
    ...{ owner: 'o', attempts: 1, queuedAt: null, startedAt: claimedAt, firstClaimedAt: claimedAt, claimedAt },
    ...{ leaseUntil: later(claimedAt, 30), nextAttemptAt: null, bodies: ['EMERGENCY CALL'], factsVersion: 1 },
    ...{ providerMessages: [{ id: 'SM1', status: 'queued' }], settledAt: later(receivedAt, 1), lastError: null },
    doubts: 0,
    ...changes,
  };
}

/** What the timeline says of a message. */
export function messageEntry(
  { alertKey, recipientId, channel, attempts }: Delivery,
  kind: string,
  at: string,
  detail: TimelineEntry['detail'] = {},
  clock: TimelineEntry['clock'] = 'ours',
): TimelineEntry {
  const key = `${alertKey}|${recipientId}|${channel}|${attempts}`;
  return { at, clock, kind, key, detail: { alertKey, recipientId, channel, attempts, ...detail } };
}

/** An answer as it is put on the timeline. */
export function answerEntry(
  at: string,
  by: string,
  action: string,
  { via = 'sms', verdict = 'done', ...more }: { via?: string; verdict?: string; reason?: string } = {},
): TimelineEntry {
  return { at, clock: 'ours', kind: `answer.${action}`, key: `${by}|${at}`, detail: { by, via, verdict, ...more } };
}

/** So many seconds later. */
export function later(iso: string, seconds: number): string {
  return new Date(Date.parse(iso) + seconds * 1_000).toISOString();
}
