import { isOneChat } from '../graph/subscriptionTargets.ts';
import type { Logger } from '../log.ts';
import type { RenewalReport, SourceReport } from './renewalReport.ts';
import { startRound } from './renewalRound.ts';
import type { RenewalServices } from './renewalServices.ts';
import { renewChats } from './renewChats.ts';
import { renewEvents } from './renewEvents.ts';

/**
 * Sees to it that Graph tells of emergency calls, by both sources at once: creates their subscriptions, renews them,
 * replaces them when the settings changed, creates them again when Graph knows them no more, and ends those that are no
 * longer wanted. Two instances at once do not get in each other's way, and no source waits for another. What Graph, a
 * sign-in or the vault refuses is in the report and in the log, the first time and every time; throws only for what the
 * storage did, once all has been attempted.
 */
export async function renewSubscriptions(services: RenewalServices): Promise<RenewalReport> {
  const round = startRound();
  let coverage: RenewalReport['coverage'] = null;
  await Promise.all([
    round.attempt(async () => {
      coverage = await renewChats(services, round);
      return null;
    }),
    round.attempt(async () => {
      await renewEvents(services, round);
      return null;
    }),
  ]);
  logReports(services.log, round.reports);
  round.end();
  return { sources: [...round.reports], coverage };
}

/** One line for each kind of failure: a hundred chats fail for the same reason. */
export function logReports(log: Logger, reports: readonly SourceReport[]): void {
  const failures = new Map<string, { source: string; action: string; code: string; since: string; count: number }>();
  for (const { source, failures: failed } of reports) {
    for (const { action, code, since } of failed) {
      const name = isOneChat(source) ? 'single chats' : source;
      const key = [name, action, code].join('|');
      const count = (failures.get(key)?.count ?? 0) + 1;
      failures.set(key, { source: name, action, code, since: since.toISOString(), count });
    }
  }
  for (const failure of failures.values()) log.error('A subscription is in danger', failure);
  const actions = reports.flatMap((one) => one.actions).filter((action) => action !== 'confirmed');
  if (actions.length > 0) log.info('Subscriptions', countsOf(actions));
}

function countsOf(actions: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
