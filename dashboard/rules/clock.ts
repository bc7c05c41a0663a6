/** A running time, `0:07`, `12:40`, `1:02:09`; never below zero, whatever two clocks say. */
export function runningClock(fromMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - fromMs) / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The same said in words, for a screen reader and for long times: `7 seconds`, `3 minutes`, `2 hours`, `4 days`. */
export function roughly(ms: number): { value: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return { value: seconds, unit: 'second' };
  if (seconds < 90 * 60) return { value: Math.round(seconds / 60), unit: 'minute' };
  if (seconds < 36 * 3_600) return { value: Math.round(seconds / 3_600), unit: 'hour' };
  return { value: Math.round(seconds / 86_400), unit: 'day' };
}

/** The calendar day of a time, as `2026-11-21`, where whoever reads the page is. */
export function dayOf(iso: string, timeZone?: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', ...(timeZone ? { timeZone } : {}) } as const;
  return new Intl.DateTimeFormat('en-CA', options).format(new Date(iso));
}
