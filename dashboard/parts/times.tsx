import { me } from '../live/session.ts';
import { now } from '../live/tick.ts';
import { roughly, runningClock } from '../rules/clock.ts';
import { texts } from '../texts.ts';

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const DAY = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  const timeZone = me.value?.timeZone;
  return new Intl.DateTimeFormat(texts.locale, { ...options, ...(timeZone ? { timeZone } : {}) }).format(new Date(iso));
}

/** The time of day where the team is. */
export function ClockTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={format(at, { ...DAY, ...CLOCK, timeZoneName: 'short' })}>
      {format(at, CLOCK)}
    </time>
  );
}

/** Day and time where the team is, with the zone. */
export function DayTime({ at }: { at: string }) {
  return <time dateTime={at}>{dayTime(at)}</time>;
}

/** The same as text. */
function dayTime(at: string): string {
  return format(at, { ...DAY, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
}

export function dayName(iso: string): string {
  return format(iso, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** How long something has been going on, each second anew; not read out each second. */
export function RunningClock({ from }: { from: string }) {
  return <span class="running-clock number">{runningClock(Date.parse(from), now.value)}</span>;
}

/** How long until then. */
export function Countdown({ to }: { to: string }) {
  return <span class="number">{runningClock(now.value, Date.parse(to))}</span>;
}

/** `in 3 days`, `2 hours ago`. */
export function Ago({ at }: { at: string }) {
  return <time dateTime={at}>{ago(at)}</time>;
}

export function ago(at: string): string {
  const ms = Date.parse(at) - now.value;
  const { value, unit } = roughly(Math.abs(ms));
  return new Intl.RelativeTimeFormat(texts.locale, { numeric: 'auto' }).format(ms < 0 ? -value : value, unit);
}
