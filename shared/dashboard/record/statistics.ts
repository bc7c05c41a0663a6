import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import { beginningOf, secondsBetween } from '../../evidence/callEvidence.ts';
import type { DayRange } from '../../evidence/dayRange.ts';
import type { Services } from '../../pipeline/services.ts';
import { siteOf } from '../calls/summary.ts';
import { isSeenBy } from '../calls/visible.ts';
import type { Statistics } from '../contract.ts';
import type { Visitor } from '../visitor.ts';
import { createWeekOf } from './days.ts';

type Durations = Statistics['timeToNotify'];

/** A year of a call each hour. */
const MOST_ROWS = 9_000;
const PAGE = 1_000;

/** How many calls there were, by week and by site, and how long it took until somebody was told and had them. */
export async function statisticsOf(services: Services, visitor: Visitor, range: DayRange): Promise<Statistics> {
  const { calls, isComplete } = await callsOf(services, range);
  const seen = calls.filter((call) => call.content !== 'notEmergency' && isSeenBy(visitor, call));
  const weekOf = createWeekOf(range.zone);
  const weeks = groupedBy(seen, (call) => weekOf(new Date(beginningOf(call).at)));
  const sites = groupedBy(seen, ({ site }) => site ?? '');
  return {
    ...{ from: range.firstDay, to: range.lastDay, zone: range.zone },
    weeks: [...weeks]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([week, ofWeek]) => ({ week, ...counts(ofWeek), ...times(ofWeek) })),
    sites: [...sites]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([site, ofSite]) => ({ site: site === '' ? null : siteOf(services, site), ...counts(ofSite) })),
    ...times(seen),
    looked: { rows: calls.length, from: calls.at(-1)?.recordedAt ?? null, isComplete },
  };
}

async function callsOf({ store, log }: Services, { from, until }: DayRange) {
  const calls: EmergencyCall[] = [];
  let unreadable = 0;
  for (;;) {
    const before = calls.length + unreadable;
    const page = await store.calls.listPage({ from, until, after: calls.at(-1)?.id ?? null }, PAGE, (callId) => {
      unreadable += 1;
      log.warn('The record of a call cannot be read', { callId });
    });
    calls.push(...page);
    if (calls.length + unreadable - before < PAGE || page.length === 0) return { calls, isComplete: true };
    if (calls.length >= MOST_ROWS) return { calls, isComplete: false };
  }
}

function groupedBy(
  calls: readonly EmergencyCall[],
  keyOf: (call: EmergencyCall) => string,
): Map<string, EmergencyCall[]> {
  const groups = new Map<string, EmergencyCall[]>();
  for (const call of calls) {
    const key = keyOf(call);
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return groups;
}

function counts(calls: readonly EmergencyCall[]): { calls: number; tests: number } {
  const tests = calls.filter(({ isTest }) => isTest).length;
  return { calls: calls.length - tests, tests };
}

/** Of real calls: nobody hurries for a test. */
function times(calls: readonly EmergencyCall[]): Pick<Statistics, 'timeToNotify' | 'timeToAcknowledge'> {
  const real = calls.filter(({ isTest }) => !isTest);
  return {
    timeToNotify: durationsOf(real.map((call) => secondsBetween(beginningOf(call).at, call.firstToldAt))),
    timeToAcknowledge: durationsOf(
      real.map((call) => secondsBetween(beginningOf(call).at, call.response.firstAcknowledgedAt)),
    ),
  };
}

/** Of clocks that disagree a time can come out below nothing: it is none then. */
function durationsOf(seconds: readonly (number | null)[]): Durations {
  const known = seconds.flatMap((one) => (one === null ? [] : [Math.max(0, one)])).sort((a, b) => a - b);
  // Nearest rank: the smallest that at least that share of all does not exceed.
  const rank = (share: number) => known[Math.max(0, Math.ceil(share * known.length) - 1)] ?? null;
  return { count: known.length, p50Seconds: rank(0.5), p95Seconds: rank(0.95), worstSeconds: known.at(-1) ?? null };
}
