import * as InstantFns from 'temporal-polyfill/fns/instant';
import * as PlainDateTimeFns from 'temporal-polyfill/fns/plaindatetime';
import * as ZonedDateTimeFns from 'temporal-polyfill/fns/zoneddatetime';
import { momentOf } from './rotations.ts';

/** By the clock of the team, Monday to Friday: somebody who is asked to walk to a site must be able to. */
const FROM_HOUR = 10;
const UNTIL_HOUR = 16;
const DAY_MS = 24 * 60 * 60_000;

/** Whether somebody may be reminded of what can wait: on a weekday from 10:00 until before 16:00, by the clock of a zone. */
export function isCivilHour(now: Date, timeZone: string): boolean {
  const { day, hour } = localTime(now, timeZone);
  return daysToWorkday(day) === 0 && hour >= FROM_HOUR && hour < UNTIL_HOUR;
}

/**
 * 10:00 by the clock of a zone, so many days of its calendar after the day of `since`; on a weekend, of the Monday after.
 * A day in which the clock changes is a day.
 */
export function civilMorningAfter(since: Date, days: number, timeZone: string): Date {
  const day = plus(localTime(since, timeZone).day, days);
  const workday = plus(day, daysToWorkday(day));
  return momentOf(`${workday.toISOString().slice(0, 10)}T${FROM_HOUR}:00`, timeZone);
}

/** `day`: the midnight, in UTC, of the day that the calendar of the zone shows. */
function localTime(time: Date, timeZone: string): { day: Date; hour: number } {
  const instant = InstantFns.fromEpochMilliseconds(time.getTime());
  const local = ZonedDateTimeFns.toPlainDateTime(InstantFns.toZonedDateTimeISO(instant, timeZone));
  const text = PlainDateTimeFns.toString(local);
  return { day: new Date(`${text.slice(0, 10)}T00:00:00Z`), hour: Number(text.slice(11, 13)) };
}

function plus(day: Date, days: number): Date {
  return new Date(day.getTime() + days * DAY_MS);
}

function daysToWorkday(day: Date): number {
  return { 0: 1, 6: 2 }[day.getUTCDay()] ?? 0;
}
