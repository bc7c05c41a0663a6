import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import type { Delivery } from '../../oncall/delivery.ts';
import { respond } from '../../oncall/response.ts';
import type { Services } from '../../pipeline/services.ts';
import { ANSWERS, type CallDetail } from '../contract.ts';
import { procedureOfCall } from '../procedures/ofCall.ts';
import type { Visitor } from '../visitor.ts';
import { personOf, toSummary } from './summary.ts';
import { toTimeline } from './timeline.ts';
import { othersIn, toDelivery, toldOf } from './told.ts';
import { hiddenOf, withheldFrom } from './visible.ts';

/** An emergency call seldom lasts longer; its end is told by events only. */
const MAY_STILL_RUN_MS = 2 * 60 * 60_000;

/** Everything that is on record about a call, as somebody may see it. */
export async function callDetail(services: Services, visitor: Visitor, call: EmergencyCall): Promise<CallDetail> {
  const { store } = services;
  const [rows, entries, planned, viewers] = await Promise.all([
    store.deliveries.listOfCall(call.id),
    store.timeline.listOfCall(call.id),
    store.work.get(`${call.id}|escalate`),
    store.pageAudit.viewersOf(call.id),
  ]);
  const deliveries = rows.map(({ value }) => value).sort((a, b) => a.firstClaimedAt.localeCompare(b.firstClaimedAt));
  const isShown = withheldFrom(services, visitor, call) === null;
  const hidden = await hiddenOf(services, visitor, othersIn(deliveries));
  const areWordsShown = (delivery: Delivery) => isShown && !othersIn([delivery]).some((id) => hidden.has(id));
  return {
    ...toSummary(services, visitor, call),
    told: toldOf(services, deliveries),
    alsoAt: isShown ? call.alsoAt : null,
    sources: [...(call.chat ? ['chat' as const] : []), ...(call.event ? ['event' as const] : [])],
    policyName: call.event?.policyName ?? null,
    team: call.escalation?.teamId ?? null,
    reasons: call.reasons,
    nextStepAt: planned && call.response.state === 'open' ? planned.value.dueAt : null,
    callback: callbackOf(services, call),
    links: linksOf(services, call, isShown),
    answers: visitor.rights.includes('answerCalls') ? answersFor(call, visitor.recordId, services.now()) : [],
    deliveries: deliveries.map((delivery) => toDelivery(services, delivery, areWordsShown(delivery))),
    timeline: toTimeline(services, entries, isShown),
    procedure: await procedureOfCall(services, call, entries),
    viewers: viewers.map(({ by, name, at }) => ({ person: { ...personOf(services, by), name }, at })),
  };
}

function callbackOf({ now }: Services, call: EmergencyCall): CallDetail['callback'] {
  const { callbackNumber } = call.facts;
  const number = callbackNumber === null ? undefined : parsePhoneNumberFromString(callbackNumber);
  const isYoung = now().getTime() - Date.parse(call.recordedAt) < MAY_STILL_RUN_MS;
  const mayRun = call.endedAt === null && call.content !== 'notEmergency' && isYoung;
  return {
    tel: number?.isPossible() ? number.number : null,
    reservedUntil: null,
    warning: mayRun
      ? 'The call may still run: calling back now can break into what the caller and the emergency service are saying.'
      : null,
  };
}

/** Opened by whoever clicks: a map service then learns the place. */
function linksOf({ settings }: Services, { facts, chat }: EmergencyCall, isShown: boolean): CallDetail['links'] {
  const { coordinates, location } = facts;
  const place = coordinates === null ? location : `${coordinates.latitude},${coordinates.longitude}`;
  const tenant = settings.tenant === null ? '' : `tenantId=${settings.tenant.tenantId}&`;
  const context = encodeURIComponent('{"contextType":"chat"}');
  return {
    map: isShown && place !== null ? `https://www.bing.com/maps?q=${encodeURIComponent(place)}` : null,
    // https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
    chat:
      chat === null
        ? null
        : `https://teams.microsoft.com/l/message/${encodeURIComponent(chat.chatId)}/${encodeURIComponent(chat.messageId)}?${tenant}context=${context}`,
  };
}

/** Those that would change something, by the same rule that decides when they are given. */
function answersFor({ response }: EmergencyCall, by: string, now: Date): CallDetail['answers'] {
  return ANSWERS.filter((kind) => {
    const action = kind === 'resolve' ? { kind, reason: 'other' as const } : { kind };
    if (kind === 'handBack' && response.holder !== by) return false;
    return respond(response, action, by, now).verdict === 'done';
  });
}
