import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { type ResponseAction, respond, type Verdict } from '../oncall/response.ts';
import type { FollowWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { beginAnew, escalateNow, planReminder } from './escalate.ts';
import type { Services } from './services.ts';
import { startAlert, writeWork } from './startAlert.ts';

/** Longer than an answer takes to be dealt with. */
const FOLLOWED_AFTER_MS = 15_000;

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
  const { row, before } = await planFollowing(services, callId);
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
  // Also when it was recorded before: its process may have died before this line.
  const isOwn = verdict === 'done' || (verdict === 'yours' && call.response.answeredBy === by);
  if (isOwn && action.kind === 'escalate') {
    await escalateNow(services, call, { isForced: true, mayBeginAgain: true });
  } else if (isOwn) {
    await follow(services, call);
  }
  // What somebody else left undone stays due.
  if ((isOwn && action.kind !== 'escalate') || before === null) await store.work.finish(row);
  return { call, verdict };
}

/** Should the process end between an answer and what follows, the sweep finds this. */
function planFollowing(services: Services, callId: string) {
  const dueAt = new Date(services.now().getTime() + FOLLOWED_AFTER_MS).toISOString();
  return writeWork(services, { kind: 'follow', callId, dueAt, attempts: 0 });
}

/** What follows of the latest answer, whoever recorded it. Done again, it changes nothing. */
export async function followUp(services: Services, row: Row<FollowWork>): Promise<void> {
  const { store } = services;
  const call = (await store.calls.get(row.value.callId))?.value;
  if (call) await follow(services, call);
  await store.work.finish(row);
}

async function follow(services: Services, call: EmergencyCall): Promise<void> {
  const { state, version } = call.response;
  if (version === 0) return;
  if (state === 'acknowledged') await planReminder(services, call);
  if (state === 'open') await beginAnew(services, call);
  await startAlert(services, call.id, `response-${version}`);
}
