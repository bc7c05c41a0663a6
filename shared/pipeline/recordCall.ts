import { absorb, type CallOrigin, callWithoutContent } from '../emergency/callLife.ts';
import type { CallContent, EmergencyCall } from '../emergency/emergencyCall.ts';
import { locationFormOf } from '../emergency/locationForm.ts';
import { type Located, NOT_LOCATED } from '../oncall/sites.ts';
import { type Services, UNREAD } from './services.ts';
import { alertWork, startAlert, wake } from './startAlert.ts';
import { rememberUntold } from './untoldCalls.ts';

/** Insert-if-absent with its work, then the wake-up: a duplicate wakes the notifier as well, since its first may be lost. */
export async function recordCall(services: Services, call: EmergencyCall): Promise<void> {
  const { store, log } = services;
  const first = alertWork(call.id, 'first', services.now());
  const [inserted] = await Promise.all([store.calls.insert(call), store.work.insert(first)]);
  if (inserted) {
    const { id: callId, isTest, content, source } = call;
    rememberUntold(services, call);
    log.info('Emergency call recorded', { callId, isTest, content, source });
  }
  await Promise.all([wake(services, first), ...(inserted ? [noteLocated(services, call)] : [])]);
  if (!inserted) await updateCall(services, call.id, (known) => absorb(known, call));
}

/** How the location was met, on the timeline, without the location: once for each site at which the caller is found. */
async function noteLocated({ store }: Services, call: EmergencyCall): Promise<void> {
  const { id, locatedAt, whereabouts, site, sitePattern, facts, escalation } = call;
  const detail = { whereabouts, site, sitePattern, form: locationFormOf(facts), team: escalation?.teamId ?? null };
  await store.timeline.append(id, { at: locatedAt, clock: 'ours', kind: 'located', key: whereabouts, detail });
}

/** Records a call of which only the name of what told of it is known, so that people are told of it. */
export async function recordCallWithoutContent(
  services: Services,
  origin: CallOrigin,
  callId: string,
  content: CallContent,
): Promise<void> {
  await recordCall(
    services,
    callWithoutContent(
      origin,
      callId,
      content,
      services.routing({ ...UNREAD, policyName: 'policyName' in origin ? origin.policyName : null }),
      services.now(),
    ),
  );
}

/** Changes the record; whoever was told of less gets an update. */
export async function updateCall(
  services: Services,
  callId: string,
  change: (call: EmergencyCall) => EmergencyCall,
): Promise<void> {
  const { store } = services;
  let isReroutedHere = false;
  const call = await store.calls.update(callId, (known) => {
    const changed = change(known);
    const routed = changed === known ? changed : reroute(services, known, changed);
    isReroutedHere = routed.recipients !== changed.recipients || routed.escalation !== changed.escalation;
    return routed;
  });
  // Whoever came to it since is told by the first alert: those who have it already are not told again.
  if (isReroutedHere) await startAlert(services, callId, 'first');
  // Also when it was somebody else who noted the end: they may have died before this line.
  if (call.endedAt !== null) await startAlert(services, callId, 'ended');
  if (call.factsVersion > 1) {
    // Also when it was somebody else who raised the version: they may have died before this line.
    await startAlert(services, callId, `update-${call.factsVersion}`);
  }
  await noteLocated(services, call);
}

/**
 * Once it is known what a call is about, or where it is made, it may be another team's, or no test after all: that team
 * is told as well, and telling goes on as it has planned. Nobody who was to be told is left out. A place that changes
 * moves no call, unless it is at another site, or off site.
 */
function reroute(services: Services, known: EmergencyCall, changed: EmergencyCall): EmergencyCall {
  const { facts, isTest } = changed;
  const policyName = changed.event?.policyName ?? null;
  const isReadNow = known.content !== 'read' && changed.content === 'read';
  // The source that told first may not have known it.
  const isPolicyNew = policyName !== null && (known.event?.policyName ?? null) === null;
  const isPlaceChanged = facts.location !== known.facts.location;
  if (!isReadNow && !isPolicyNew && !isPlaceChanged && known.isTest === isTest) return changed;
  const routing = services.routing({ policyName, location: facts.location, isTest });
  const located = isReadNow || isPlaceChanged ? relocated(changed, routing, services.now()) : changed;
  const isElsewhere = located.site !== known.site || located.whereabouts !== known.whereabouts;
  const isOnlyMoved = !isReadNow && !isPolicyNew && known.isTest === isTest && known.facts.location !== null;
  if (isOnlyMoved && !isElsewhere) return located;
  const newcomers = routing.recipients.filter(({ id }) => !known.recipients.some((other) => other.id === id));
  const isOtherTeam = routing.escalation?.teamId !== known.escalation?.teamId;
  if (newcomers.length === 0 && !isOtherTeam) return located;
  return {
    ...located,
    recipients: [
      ...routing.recipients,
      ...known.recipients.filter((old) => !routing.recipients.some(({ id }) => id === old.id)),
    ],
    escalation: routing.escalation ?? known.escalation,
  };
}

/** The same call at the site where it is found now. */
function relocated(call: EmergencyCall, routing: Partial<Located>, now: Date): EmergencyCall {
  const { site, whereabouts, sitePattern } = { ...NOT_LOCATED, ...routing };
  return { ...call, site, whereabouts, sitePattern, locatedAt: now.toISOString() };
}
