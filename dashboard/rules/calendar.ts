/** Somebody's shift, or a part of one that lies within a day. */
export interface Span {
  from: string;
  until: string;
}

/** A calendar day `2026-11-21`, so many days later. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The days from one on. */
export function daysFrom(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(day, i));
}

/**
 * What of the shifts lies on a calendar day in a time zone, as times of day: `00:00` to `24:00` for a whole one. A day of
 * the change of clocks is as long as it is.
 */
export function onDay<T extends Span>(
  shifts: readonly T[],
  day: string,
  timeZone: string,
): { shift: T; from: string; until: string }[] {
  return shifts.flatMap((shift) => {
    const [fromDay, fromTime] = localOf(shift.from, timeZone);
    const [untilDay, untilTime] = localOf(shift.until, timeZone);
    const isBefore = untilDay < day || (untilDay === day && untilTime === '00:00');
    if (isBefore || fromDay > day) return [];
    return [{ shift, from: fromDay < day ? '00:00' : fromTime, until: untilDay > day ? '24:00' : untilTime }];
  });
}

/** Day and time of day of an instant in a time zone. */
export function localOf(iso: string, timeZone: string): [day: string, time: string] {
  const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const at = new Date(iso);
  return [
    new Intl.DateTimeFormat('en-CA', { ...date, timeZone }).format(at),
    new Intl.DateTimeFormat('en-GB', { ...time, timeZone }).format(at),
  ];
}
