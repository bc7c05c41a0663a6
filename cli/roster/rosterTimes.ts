import { isLocalTime, momentOf } from '../../shared/oncall/rotations.ts';

/**
 * A time as somebody types it: a local one of that zone (`2026-12-24T09:00`, a space does as well), or one that names
 * its own offset (`2026-12-24T17:00Z`). Throws in words for whoever typed it.
 */
export function readTime(text: string, timeZone: string): Date {
  const written = text.trim().replace(/^(\d{4}-\d\d-\d\d) +/, '$1T');
  if (isLocalTime(written)) return momentOf(written, timeZone);
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(written);
  if (isWhole && isLocalTime(written.slice(0, 16)) && !Number.isNaN(Date.parse(written))) return new Date(written);
  throw new Error(`${text} is no time: write 2026-12-24T09:00 for the clock of the team, or 2026-12-24T17:00Z for UTC`);
}

/** `Thu 24 Dec 2026 09:00`, by the clock of that zone. */
export function timeText(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const [weekday, day, month, year, hour, minute] = (
    ['weekday', 'day', 'month', 'year', 'hour', 'minute'] as const
  ).map((name) => parts.get(name));
  return `${weekday} ${day} ${month} ${year} ${hour}:${minute}`;
}
