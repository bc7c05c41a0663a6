import { Temporal } from 'temporal-polyfill';

/** Whole days by the clock of a zone, the first and the last included: the moments from `from` until before `until`. */
export interface DayRange {
  firstDay: string;
  lastDay: string;
  /** IANA name. */
  zone: string;
  from: Date;
  until: Date;
}

/** Teams began in 2017; a call's time is bounded by the same years. */
const YEARS = { first: 2015, last: 2099 };

/**
 * The days from one date to another (`YYYY-MM-DD`), or in a sentence what is wrong. A day in which the clock changes is
 * as long as it is there: 23, 24 or 25 hours, and it begins with its first moment where midnight is skipped.
 */
export function dayRangeOf({
  from,
  to,
  zone,
}: {
  from: string;
  to: string;
  zone: string;
}): { range: DayRange } | { problem: string } {
  const days = { from: toDay(from), to: toDay(to) };
  if (!days.from) return { problem: `--from ${from} is no date of the years ${yearsText()}: write it as 2026-03-08.` };
  if (!days.to) return { problem: `--to ${to} is no date of the years ${yearsText()}: write it as 2026-03-08.` };
  if (Temporal.PlainDate.compare(days.from, days.to) > 0) {
    return { problem: `--from ${from} is later than --to ${to}: the first day comes first.` };
  }
  try {
    const first = days.from.toZonedDateTime(zone);
    const after = days.to.add({ days: 1 }).toZonedDateTime(zone);
    return {
      range: {
        firstDay: days.from.toString(),
        lastDay: days.to.toString(),
        zone: first.timeZoneId,
        from: new Date(first.epochMilliseconds),
        until: new Date(after.epochMilliseconds),
      },
    };
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    return { problem: `--zone ${zone} is no time zone: write it as America/Los_Angeles or UTC.` };
  }
}

function toDay(text: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    return day.year >= YEARS.first && day.year <= YEARS.last ? day : null;
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    return null;
  }
}

function yearsText(): string {
  return `${YEARS.first} to ${YEARS.last}`;
}
