import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { alertKeyOfStep, type EscalationPlan, type EscalationPosition, nextStep } from '../oncall/escalation.ts';
import type { EscalateWork, RemindWork, Work } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Services } from './services.ts';
import { putWork, startAlert, wake } from './startAlert.ts';

/** Nobody is told more often than this that nobody is on scene. */
const MOST_REMINDERS = 3;

/** Plans what comes after a step that begins now, unless that is planned already or somebody has the call. */
export async function planEscalation(
  services: Services,
  call: EmergencyCall,
  position: EscalationPosition,
): Promise<void> {
  const { store, now } = services;
  const work = workAfter(services, call, position);
  if (work === null || call.response.state !== 'open') return;
  while (!(await store.work.insert(work))) {
    const known = await store.work.get(work);
    if (known && !isOfAnotherTeam(known.value, work)) return;
    // The call is this team's since: its plan counts, and nobody hears later than by the other one.
    if (known && known.value.dueAt < work.dueAt) work.dueAt = known.value.dueAt;
    if (known && (await store.work.reschedule(known, work)) !== 'changed') break;
  }
  await wake(services, work, Math.max(0, Date.parse(work.dueAt) - now().getTime()));
}

function isOfAnotherTeam(known: Work, { run, teamId }: EscalateWork): boolean {
  return known.kind === 'escalate' && (known.run < run || (known.run === run && known.teamId !== teamId));
}

/**
 * Begins the step that is due: whoever it names at this moment is told, and the next one is planned. Nothing happens once
 * somebody has the call, unless somebody asked for it, nor after a hand-back, which has a plan of its own.
 */
export async function escalate(services: Services, row: Row<EscalateWork>): Promise<void> {
  const { store, now } = services;
  const { callId, run, isForced } = row.value;
  const call = (await store.calls.get(callId))?.value;
  if (!call) throw new Error(`Call ${callId} is not recorded yet`);
  const { escalation, response } = call;
  const { round, step } = positionIn(escalation, row.value);
  const isWanted = response.state === 'open' || (isForced && response.state !== 'resolved');
  const channel = escalation?.steps[step]?.channel;
  if (escalation === null || channel === undefined || run !== response.run || !isWanted) {
    await store.work.finish(row);
    return;
  }
  if (round >= escalation.rounds) {
    await endOfEscalation(services, row, call);
    return;
  }
  const alertKey = alertKeyOfStep(run, { round, step });
  const recipients = services.recipientsOfStep(escalation, step, now());
  await startAlert(services, callId, alertKey, { recipients, channel, isForced });
  await store.timeline.append(callId, {
    at: row.value.dueAt,
    clock: 'ours',
    kind: 'escalated',
    key: alertKey,
    detail: { round, step, isForced, recipients: recipients.map(({ id }) => id) },
  });
  const next = workAfter(services, call, { round, step }) ?? lastWork(services, escalation, { ...row.value, step });
  if ((await store.work.reschedule(row, next)) !== 'changed') {
    await wake(services, next, Date.parse(next.dueAt) - now().getTime());
  }
}

/** After the last step: as long as that one lasts, somebody may still answer. */
function lastWork(services: Services, { rounds, steps }: EscalationPlan, work: EscalateWork): EscalateWork {
  const afterMs = (steps[work.step]?.escalateAfterSeconds ?? 0) * 1_000;
  const dueAt = new Date(services.now().getTime() + afterMs).toISOString();
  return { ...work, round: rounds, step: 0, isForced: false, dueAt };
}

/** Every step of every round has been told, and nobody has the call: of a real one the last resort is told. */
async function endOfEscalation(services: Services, row: Row<EscalateWork>, call: EmergencyCall): Promise<void> {
  const { store, log } = services;
  const { callId, run, dueAt } = row.value;
  if (!call.isTest) {
    log.error('Nobody has taken the call, the last resort is told', { callId });
    await startAlert(services, callId, 'last-resort');
  }
  const detail = { isLastResortTold: !call.isTest };
  await store.timeline.append(callId, { at: dueAt, clock: 'ours', kind: 'unanswered', key: String(run), detail });
  await store.work.finish(row);
}

/**
 * Begins the next step at once: nobody of this one can be reached, or somebody asks for more people. When every step has
 * been gone through, or an acknowledgement has ended them, they begin again, if they may. False when nothing begins.
 */
export async function escalateNow(
  services: Services,
  call: EmergencyCall,
  { isForced, mayBeginAgain }: { isForced: boolean; mayBeginAgain: boolean },
): Promise<boolean> {
  const { store, now } = services;
  const { id: callId, escalation, response } = call;
  if (escalation === null) return false;
  for (;;) {
    const row = await store.work.get(`${callId}|escalate`);
    if (row?.value.kind !== 'escalate' || row.value.run < response.run) break;
    // All has been told once: who asks for more people gets the steps again, not their end.
    if (isForced && row.value.round >= escalation.rounds) break;
    const planned = row.value;
    const next = { ...planned, isForced: isForced || planned.isForced, dueAt: now().toISOString() };
    // Somebody may have moved it on, or begun anew: what is there then is what counts.
    if ((await store.work.reschedule(row, next)) === 'changed') continue;
    await wake(services, next);
    return true;
  }
  if (mayBeginAgain) await begin(services, call, { run: await nextRun(services, call), isForced });
  return mayBeginAgain;
}

/** Telling begins anew, from the first step, unless it has done so since. */
export async function beginAnew(services: Services, call: EmergencyCall): Promise<void> {
  await begin(services, call, { run: call.response.run, isForced: false });
}

async function begin(
  services: Services,
  { id: callId, escalation }: EmergencyCall,
  { run, isForced }: { run: number; isForced: boolean },
): Promise<void> {
  const { store, now } = services;
  const teamId = escalation?.teamId ?? '';
  const dueAt = now().toISOString();
  const work: EscalateWork = { kind: 'escalate', callId, teamId, run, round: 0, step: 0, isForced, dueAt, attempts: 0 };
  while (!(await store.work.insert(work))) {
    const known = await store.work.get(work);
    if (known?.value.kind === 'escalate' && known.value.run >= run) return;
    if (known && (await store.work.reschedule(known, work)) !== 'changed') break;
  }
  await wake(services, work);
}

/** Somebody has the call: when nobody is on scene in time, people hear of that. The same answer again plans nothing. */
export async function planReminder(services: Services, call: EmergencyCall): Promise<void> {
  const seconds = call.escalation?.onSceneWithinSeconds ?? null;
  if (seconds === null) return;
  const { version, since } = call.response;
  const planned = (await services.store.work.get(`${call.id}|remind`))?.value;
  if (planned?.kind === 'remind' && planned.version >= version) return;
  const begun = since === null ? services.now().getTime() : Date.parse(since);
  if (services.now().getTime() > begun + seconds * 1_000 * MOST_REMINDERS) return;
  const dueAt = new Date(begun + seconds * 1_000).toISOString();
  await putWork(services, { kind: 'remind', callId: call.id, version, reminders: 0, dueAt, attempts: 0 });
}

/** Acknowledged, and nobody on scene after the set time: everybody who was told hears of that. */
export async function remind(services: Services, row: Row<RemindWork>): Promise<void> {
  const { store } = services;
  const { callId, version, reminders } = row.value;
  const call = (await store.calls.get(callId))?.value;
  if (!call) throw new Error(`Call ${callId} is not recorded yet`);
  const { state, version: current } = call.response;
  if (state === 'acknowledged' && current > version) return planReminder(services, call);
  if (state !== 'acknowledged' || current !== version) {
    await store.work.finish(row);
    return;
  }
  await startAlert(services, callId, `reminder-${version}.${reminders + 1}`);
  const seconds = call.escalation?.onSceneWithinSeconds ?? null;
  if (seconds === null || reminders + 1 >= MOST_REMINDERS) {
    await store.work.finish(row);
    return;
  }
  const dueAt = new Date(Date.parse(row.value.dueAt) + seconds * 1_000).toISOString();
  const next: RemindWork = { ...row.value, reminders: reminders + 1, dueAt };
  if ((await store.work.reschedule(row, next)) !== 'changed') await wake(services, next, seconds * 1_000);
}

/** Where a plan has no such step, since it was another team's when this was planned, it begins with its first one. */
function positionIn(plan: EscalationPlan | null, { round, step }: EscalationPosition): EscalationPosition {
  return plan?.steps[step] ? { round, step } : { round: 0, step: 0 };
}

/** A run of its own, so that the steps of the earlier one are told again. */
async function nextRun({ store }: Services, { id }: EmergencyCall): Promise<number> {
  const call = await store.calls.update(id, (known) => ({
    ...known,
    response: { ...known.response, run: known.response.run + 1 },
  }));
  return call.response.run;
}

function workAfter(services: Services, call: EmergencyCall, position: EscalationPosition): EscalateWork | null {
  const next = call.escalation === null ? null : nextStep(call.escalation, position);
  if (next === null) return null;
  const dueAt = new Date(services.now().getTime() + next.afterSeconds * 1_000).toISOString();
  const { run } = call.response;
  const teamId = call.escalation?.teamId ?? '';
  return { kind: 'escalate', callId: call.id, teamId, run, ...next.position, isForced: false, dueAt, attempts: 0 };
}
