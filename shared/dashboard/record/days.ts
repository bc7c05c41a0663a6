import { type DayRange, dayRangeOf } from '../../evidence/dayRange.ts';
import { PageProblem } from '../problem.ts';

const DAY_MS = 24 * 60 * 60_000;
const MOST_DAYS = 400;

/** The days of a question, by the clock of a zone; throws a {@link PageProblem} for what are none, or too many. */
export function daysOf({ from, to, zone = 'UTC' }: { from: string; to: string; zone?: string | undefined }): DayRange {
  const result = dayRangeOf({ from, to, zone });
  if ('problem' in result) {
    throw new PageProblem(
      'badRequest',
      'These are no days: the first one comes first, and the zone is one such as America/Los_Angeles.',
    );
  }
  const { range } = result;
  if (range.until.getTime() - range.from.getTime() > (MOST_DAYS + 1) * DAY_MS) {
    throw new PageProblem('badRequest', `At most ${MOST_DAYS} days can be asked for at once.`);
  }
  return range;
}

/** The Monday of the week in which a moment lies, by the clock of a zone: `YYYY-MM-DD`. */
export function createWeekOf(zone: string): (moment: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (moment) => {
    const day = new Date(`${format.format(moment)}T00:00:00Z`);
    const sinceMonday = (day.getUTCDay() + 6) % 7;
    return new Date(day.getTime() - sinceMonday * DAY_MS).toISOString().slice(0, 10);
  };
}
