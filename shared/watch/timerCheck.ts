import { ageOf, DAY_MS, durationText, HOUR_MS, later, MINUTE_MS } from './duration.ts';
import type { Finding, Severity, WatchedPart } from './finding.ts';
import type { Observations, TimerState } from './observations.ts';
import { judge } from './watchedPart.ts';

interface Timer {
  name: string;
  /** A few of its periods: one that was missed is no matter. */
  longestMs: number;
  severity: Severity;
  consequence: string;
}

/**
 * The names of the functions, and of what they do beside. How often each runs stands in its file in `functions/`. What
 * `reconcileChats` does is looked at itself: up to when chats were read back; `pollTwilio` runs with it.
 */
const TIMERS: readonly Timer[] = [
  {
    name: 'sweep',
    longestMs: 5 * MINUTE_MS,
    severity: 'critical',
    consequence: 'an alert whose wake-up is lost stays',
  },
  {
    name: 'renewSubscriptions',
    longestMs: 20 * MINUTE_MS,
    severity: 'warning',
    consequence: 'subscriptions are not renewed',
  },
  {
    name: 'pollTwilio',
    longestMs: 5 * MINUTE_MS,
    severity: 'warning',
    consequence: 'what Twilio did not report stays unknown, and so do answers',
  },
  { name: 'watch', longestMs: 15 * MINUTE_MS, severity: 'critical', consequence: 'nothing is watched' },
  { name: 'purge', longestMs: 2 * DAY_MS + HOUR_MS, severity: 'warning', consequence: 'old records are not removed' },
];

/** Whether every timer had a run that ended well lately. */
export function checkTimers(observations: Observations, now: Date): WatchedPart {
  return judge('timers', observations.timers, (state) => {
    const late = TIMERS.flatMap((timer) => {
      const { watchedSince } = observations;
      const since = lastRun(timer, state, watchedSince);
      return since !== null && ageOf(later(since, watchedSince), now) > timer.longestMs ? [{ timer, since }] : [];
    });
    const last = state.ranAt.watch;
    return {
      detail: last ? `the watch ran ${durationText(ageOf(last, now))} ago` : 'the watch has not run yet',
      findings: late.map(({ timer, since }) => notRun(timer, since, timer.name in state.ranAt, now)),
    };
  });
}

/** One that has never run is late by the time since the watch began to look. */
function lastRun({ name }: Timer, { ranAt }: TimerState, watchedSince: Date | null): Date | null {
  return ranAt[name] ?? watchedSince;
}

function notRun({ name, severity, consequence }: Timer, since: Date, hasRun: boolean, now: Date): Finding {
  const age = durationText(ageOf(since, now));
  return {
    id: `timer:${name}`,
    severity,
    since,
    title: `timer ${name}`,
    what: `The function "${name}" ${hasRun ? `has not ended well for ${age}` : `has never run in ${age}`}: ${consequence}.`,
    todo: `Look into the log of "${name}"; restart the function app.`,
  };
}
