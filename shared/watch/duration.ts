const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A length of time in its largest unit that leaves at least two of it, rounded down: `90 s`, `12 min`, `5 h`, `9 days`. */
export function durationText(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 2 * MINUTE_MS) return `${Math.floor(length / SECOND_MS)} s`;
  if (length < 2 * HOUR_MS) return `${Math.floor(length / MINUTE_MS)} min`;
  if (length < 2 * DAY_MS) return `${Math.floor(length / HOUR_MS)} h`;
  return `${Math.floor(length / DAY_MS)} days`;
}

/** How long ago. */
export function ageOf(time: Date, now: Date): number {
  return now.getTime() - time.getTime();
}

/** The later of the two. */
export function later(a: Date, b: Date | null): Date {
  return b !== null && b > a ? b : a;
}

export function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time): time is Date => time !== null);
  return known.length === 0 ? null : new Date(Math.min(...known.map((time) => time.getTime())));
}
