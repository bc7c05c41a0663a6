import { callTime } from '../shared/messaging/callTime.ts';
import { observe } from '../shared/pipeline/observe.ts';
import type { Services } from '../shared/pipeline/services.ts';
import type { WatchResult } from '../shared/store/alarmStore.ts';
import type { Alarm } from '../shared/watch/alarm.ts';
import { ageOf, durationText, earliest } from '../shared/watch/duration.ts';
import { bySeverity, type State, stateOf, type WatchedPart, worstOf } from '../shared/watch/finding.ts';
import { watchedParts } from '../shared/watch/findings.ts';
import type { StatusPart, StatusReport } from './statusReport.ts';
import { renderStatus } from './statusTable.ts';

/** Where the command speaks. */
export interface StatusTerminal {
  write(text: string): void;
  /** Characters in a line. */
  columns: number;
  hasColours: boolean;
}

const EXIT_CODES: Record<State, 0 | 1 | 2> = { ok: 0, warning: 1, critical: 2 };

/**
 * Looks at everything that is watched and shows it, what is well too. Returns the exit code: 0, 1 for a warning, 2 for
 * something critical, 3 when the storage does not answer from here, so that nothing is known.
 */
export async function statusCommand(
  services: Services,
  terminal: StatusTerminal,
  { json = false }: { json?: boolean } = {},
): Promise<0 | 1 | 2 | 3> {
  // Who asks here is not the function app: what depends on its identity only the watch can see.
  const observations = await observe({ ...services, appSignIn: null, certificates: null });
  const now = services.now();
  const watched = await whatTheWatchKnows(services);
  const known = new Map(watched.alarms.map(({ id, since }) => [id, new Date(since)]));
  const wanted = { 'app identity': services.appSignIn !== null, certificates: services.certificates !== null };
  const parts = watchedParts(observations, now).map((found): StatusPart => {
    const isOfWatch = found.name in wanted && wanted[found.name as keyof typeof wanted];
    const { name, isSeen, detail, findings } = isOfWatch ? asTheWatchFound(found.name, watched, now) : found;
    const dated = [...findings]
      .sort(bySeverity)
      .map(({ news: _news, mayPass: _mayPass, isWeekly: _isWeekly, ...finding }) => ({
        ...finding,
        since: (finding.since ?? known.get(finding.id) ?? null)?.toISOString() ?? null,
      }));
    const since = earliest(dated.map((finding) => (finding.since === null ? null : new Date(finding.since))));
    const state = isSeen || findings.length > 0 ? stateOf({ findings }) : 'unknown';
    return { part: name, state, since: since?.toISOString() ?? null, detail, findings: dated };
  });
  const report: StatusReport = {
    at: now.toISOString(),
    state: worstOf(parts.flatMap(({ state }) => (state === 'unknown' ? [] : [state]))),
    parts,
  };
  const zone = services.timeZone();
  const timeText = (iso: string) => callTime(new Date(iso), zone, { hasDate: true, hasSeconds: false, hasZone: false });
  terminal.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderStatus(report, { ...terminal, timeText, zone }));
  return 'failed' in observations.storage ? 3 : EXIT_CODES[report.state];
}

interface WatchKnowledge {
  alarms: Alarm[];
  last: WatchResult | null;
}

/** The alarms that last, and when the watch ran; nothing where the storage does not answer, which the table says. */
async function whatTheWatchKnows({ store }: Services): Promise<WatchKnowledge> {
  try {
    const [rows, last] = await Promise.all([store.alarms.list(), store.alarms.lastWatch()]);
    return { alarms: rows.map(({ value }) => value).filter(({ overAt }) => overAt === null), last };
  } catch {
    return { alarms: [], last: null };
  }
}

function asTheWatchFound(name: string, { alarms, last }: WatchKnowledge, now: Date): WatchedPart {
  if (last === null) return { name, isSeen: false, detail: 'the watch has not looked yet', findings: [] };
  const detail = `as the watch found it ${durationText(ageOf(new Date(last.at), now))} ago`;
  const findings = alarms
    .filter(({ part }) => part === name)
    .map(({ id, severity, since, title, what, todo }) => ({ id, severity, since: new Date(since), title, what, todo }));
  return { name, isSeen: true, detail, findings };
}
