import { hasId, isAlive, type WithId } from '../graph/subscriptionPlan.ts';
import { isEvent, isOneChat, type SubscriptionSource } from '../graph/subscriptionTargets.ts';
import { retryDelayMs } from '../oncall/deliveryPlan.ts';
import type { RenewWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { SubscriptionRecord } from '../store/subscriptionStore.ts';
import { noteGap } from './readBack.ts';
import type { SourceReport } from './renewalReport.ts';
import { startRound } from './renewalRound.ts';
import { renewChatOnWord, renewChats } from './renewChats.ts';
import { renewEventOnWord } from './renewEvents.ts';
import { logReports } from './renewSubscriptions.ts';
import type { Services } from './services.ts';
import { wake } from './startAlert.ts';

/**
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events: no two of renewal and reauthorization within
 * ten minutes. A renewal does both, so nothing else is ever sent.
 */
const PAUSE_AFTER_RENEWAL_MS = 10 * 60_000;
/** Another instance is at work on the same subscription. */
const BUSY_MS = 5_000;
/** A day of attempts, half a minute apart at most; the timer goes on meanwhile and after. */
const MAX_ATTEMPTS = 2_880;
/** Graph says that it lost notifications, and not since when. */
const MISSED_LOOK_MS = 60 * 60_000;

/** `null`: there is nothing left to do; else in how long it is to be done again, and whether that was a failure. */
type Again = { afterMs: number; isFailure: boolean } | null;

/**
 * What Graph's lifecycle notification, or a new chat, asks for: one subscription is renewed, created again or added, or
 * chats are read back. The row is finished when it is done, or when it failed for a day; until then it comes back, and
 * the timer of `renewSubscriptions` goes on meanwhile.
 */
export async function renewNow(services: Services, row: Row<RenewWork>): Promise<void> {
  const { store, log, now } = services;
  const again = await act(services, row.value);
  const attempts = row.value.attempts + (again?.isFailure ? 1 : 0);
  if (again === null || attempts >= MAX_ATTEMPTS) {
    if (again) log.error('A subscription could not be looked after for a day', { reason: row.value.reason });
    await store.work.finish(row);
    return;
  }
  const later: RenewWork = { ...row.value, attempts, dueAt: new Date(now().getTime() + again.afterMs).toISOString() };
  if ((await store.work.reschedule(row, later)) !== 'changed') await wake(services, later, again.afterMs);
}

async function act(services: Services, work: RenewWork): Promise<Again> {
  if (work.reason === 'newChat') return addNewChat(services, work);
  const found = await find(services, work.subscriptionId);
  if (!found || isOver(found, services.now())) {
    services.log.warn('Graph speaks of a subscription that is not in use', { reason: work.reason });
    return null;
  }
  const { source, one } = found;
  if (work.reason === 'missed') return lookBack(services, source);
  const waitMs = work.reason === 'reauthorizationRequired' ? pauseLeftMs(one, services.now()) : 0;
  if (waitMs > 0) return { afterMs: waitMs, isFailure: false };
  return renewOnWord(services, source, work);
}

interface Found extends Pick<SubscriptionRecord, 'source' | 'known'> {
  one: WithId;
}

async function find({ store }: Services, subscriptionId: string): Promise<Found | null> {
  for (const { source, known } of await store.subscriptions.records()) {
    const one = known.filter(hasId).find((each) => each.subscriptionId === subscriptionId);
    if (one) return { source, known, one };
  }
  return null;
}

/** Gone, and another in its place. Where there is none, whoever was at it has died. */
function isOver({ source, known, one }: Found, now: Date): boolean {
  return one.state === 'gone' && (isOneChat(source) || known.some((each) => isAlive(each, now)));
}

function pauseLeftMs({ renewedAt }: WithId, now: Date): number {
  return renewedAt === null ? 0 : Date.parse(renewedAt) + PAUSE_AFTER_RENEWAL_MS - now.getTime();
}

async function lookBack({ store, log, now }: Services, source: SubscriptionSource): Promise<Again> {
  if (isEvent(source)) {
    log.error('Graph lost emergency call events, and they cannot be read back');
  } else {
    await noteGap(store.watermarks, new Date(now().getTime() - MISSED_LOOK_MS));
  }
  return null;
}

/** There is something to add only where each chat has a subscription of its own. */
async function addNewChat(services: Services, work: RenewWork): Promise<Again> {
  const all = await services.store.subscriptions.read('chat');
  if ((all?.value.coverage?.mode ?? 'allChats') === 'allChats') return null;
  return renewOnWord(services, 'chat', work);
}

async function renewOnWord(services: Services, source: SubscriptionSource, work: RenewWork): Promise<Again> {
  const round = startRound();
  await round.attempt(async () => {
    if (isEvent(source)) return renewEventOnWord(services, source, work);
    if (source !== 'chat') return renewChatOnWord(services, source, work);
    await renewChats(services, round, work);
    return null;
  });
  logReports(services.log, round.reports);
  round.end();
  return againAfter(round.reports, work.attempts);
}

function againAfter(reports: readonly SourceReport[], attempts: number): Again {
  const failures = reports.flatMap((one) => one.failures);
  if (failures.length > 0) {
    const retryAfterMs = Math.max(...failures.map((one) => one.retryAfterMs ?? 0));
    return { afterMs: retryDelayMs(attempts + 1, retryAfterMs), isFailure: true };
  }
  return reports.some(({ state }) => state === 'busy') ? { afterMs: BUSY_MS, isFailure: false } : null;
}
