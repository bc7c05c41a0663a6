import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { type ResponseAction, respond, type Verdict } from '../oncall/response.ts';
import { beginAnew, escalateNow, planReminder } from './escalate.ts';
import type { Services } from './services.ts';
import { startAlert } from './startAlert.ts';

/** By what way an answer came. */
export type AnsweredVia = 'sms' | 'voice' | 'link' | 'page';

export interface CallAnswer {
  callId: string;
  /** Id of the recipient. */
  by: string;
  action: ResponseAction;
  via: AnsweredVia;
  /** When the answer reached us. */
  at: Date;
  /** Tells apart what is told apart by nothing else; the same answer twice is one. */
  key: string;
}

/**
 * Records what somebody answered, whatever comes of it, and sees to what follows: the others hear of it, telling stops,
 * goes on or begins anew. An answer that comes again only makes sure of what followed. Throws when it could not be
 * recorded: whoever answered must then not hear that it is.
 */
export async function answerCall(
  services: Services,
  { callId, by, action, via, at, key }: CallAnswer,
): Promise<{ call: EmergencyCall; verdict: Verdict }> {
  const { store, log } = services;
  let verdict: Verdict = 'done';
  const call = await store.calls.update(callId, (known) => {
    const result = respond(known.response, action, by, at);
    verdict = result.verdict;
    return result.after === known.response ? known : { ...known, response: result.after };
  });
  log.info('Answer recorded', { callId, by, via, action: action.kind, verdict });
  await store.timeline.append(callId, {
    at: at.toISOString(),
    clock: 'ours',
    kind: `answer.${action.kind}`,
    key: `${by}|${key}`,
    detail: { by, via, verdict, ...('reason' in action ? { reason: action.reason } : {}) },
  });
  await follow(services, call, action, by, verdict);
  return { call, verdict };
}

async function follow(
  services: Services,
  call: EmergencyCall,
  action: ResponseAction,
  by: string,
  verdict: Verdict,
): Promise<void> {
  const { response } = call;
  // Also when it was recorded before: its process may have died before this line.
  const isOwn = verdict === 'done' || (verdict === 'yours' && response.answeredBy === by);
  if (!isOwn) return;
  if (action.kind === 'escalate') {
    await escalateNow(services, call, { isForced: true });
    return;
  }
  if (response.state === 'acknowledged') await planReminder(services, call);
  if (action.kind === 'handBack' && response.state === 'open') await beginAnew(services, call);
  await startAlert(services, call.id, `response-${response.version}`);
}
