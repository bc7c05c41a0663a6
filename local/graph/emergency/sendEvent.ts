import { randomUUID } from 'node:crypto';
import { announceCallEvent } from '../notifications/announce.ts';
import type { State } from '../state.ts';
import { toCallEvent } from './callEvent.ts';

/** Anything that an event might hold: other types, missing fields, no JSON at all. */
export interface RawEvent {
  /** Encrypted as JSON, or as it is when it is text. */
  content: unknown;
  /** `Global` when left out. */
  policyName?: string;
  /** The id that stands outside the encrypted content; a new one when left out. */
  id?: string;
  announce?: boolean;
}

/** Tells the policy's subscriptions of it. Gives the id. */
export async function sendEvent(state: State, event: RawEvent): Promise<{ eventId: string }> {
  const { content, policyName = 'Global', id = randomUUID(), announce = true } = event;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await announceCallEvent(state, { policyName, id, content: text }, announce);
  return { eventId: id };
}

export interface EndedCall {
  /** As placing the call gave it. */
  eventId: string;
  /** Whether the end has the id of the start, which is not documented; true when left out. */
  sameId?: boolean;
  /** The look-alike's now when left out. */
  at?: Date;
  announce?: boolean;
}

/** Somebody hangs up: `callEnded`, with the facts of the start. Throws for a call that no event told of. */
export async function endCall(state: State, call: EndedCall): Promise<{ eventId: string }> {
  const facts = state.startedCalls.get(call.eventId);
  if (facts === undefined) {
    throw new Error(`No event told of a call ${call.eventId}`);
  }
  const id = (call.sameId ?? true) ? call.eventId : randomUUID();
  const content = toCallEvent(id, 'callEnded', facts, call.at ?? state.now());
  return sendEvent(state, { content, policyName: facts.policyName, id, announce: call.announce ?? true });
}
