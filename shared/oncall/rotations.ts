// As functions: what a cold start does not need of the library is left out of the bundle.
import * as DurationFns from 'temporal-polyfill/fns/duration';
import * as InstantFns from 'temporal-polyfill/fns/instant';
import * as PlainDateTimeFns from 'temporal-polyfill/fns/plaindatetime';
import * as ZonedDateTimeFns from 'temporal-polyfill/fns/zoneddatetime';

/** People who take turns. */
export interface Rotation {
  id: string;
  /** IANA name of the zone whose clock the hand-overs follow. */
  timeZone: string;
  /** Local time of the first hand-over, `YYYY-MM-DDTHH:MM`; before it nobody is on call. */
  startsAt: string;
  shift: { every: number; unit: 'hours' | 'days' | 'weeks' };
  /** Ids of people, in the order of their shifts. */
  people: string[];
}

/** Somebody stands in, from a local time of the rotation's zone until before another. */
export interface Override {
  /** Id of the rotation. */
  rotation: string;
  from: string;
  until: string;
  /** Id of who stands in. */
  person: string;
}

/** Who is on call, and until when at least. */
export interface Shift {
  /** Id; `null` before the first hand-over, while nobody stands in. */
  person: string | null;
  /** The next moment at which somebody else may follow. */
  until: Date;
}

/** What a shift is long by the clock on the wall. */
const MINUTES = { hours: 60, days: 24 * 60, weeks: 7 * 24 * 60 } as const;

/** `2026-03-08T02:30`, a day that exists. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  try {
    PlainDateTimeFns.fromString(text);
    return true;
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    return false;
  }
}

/**
 * The moment of a local time. One that the clock skips is read with the offset from before the change, and of one that
 * it shows twice the first is meant (RFC 5545, 3.3.5). Throws a `RangeError` for what is no local time or zone.
 */
export function momentOf(localTime: string, timeZone: string): Date {
  return momentOfPlain(PlainDateTimeFns.fromString(localTime), timeZone);
}

function momentOfPlain(local: PlainDateTimeFns.Record, timeZone: string): Date {
  const zoned = PlainDateTimeFns.toZonedDateTime(local, timeZone, { disambiguation: 'compatible' });
  return new Date(ZonedDateTimeFns.epochMilliseconds(zoned));
}

/**
 * Who is on call at a moment: of the overrides that hold then the last one listed, else whose shift it is. Hand-overs
 * keep to the clock on the wall, those of hours too: in the night of a change one shift is longer or shorter.
 */
export function shiftAt(rotation: Rotation, overrides: readonly Override[], at: Date): Shift {
  const index = shiftIndexAt(rotation, at);
  const own = overrides
    .filter((override) => override.rotation === rotation.id)
    .map(({ person, from, until }) => ({
      person,
      from: momentOf(from, rotation.timeZone),
      until: momentOf(until, rotation.timeZone),
    }));
  const holds = own.findLast(({ from, until }) => from <= at && at < until);
  const changes = [handOver(rotation, Math.max(index + 1, 0)), ...own.flatMap(({ from, until }) => [from, until])];
  const next = Math.min(...changes.map((time) => time.getTime()).filter((time) => time > at.getTime()));
  const onShift = index < 0 ? null : (rotation.people[index % rotation.people.length] ?? null);
  return { person: holds?.person ?? onShift, until: new Date(next) };
}

/** Counted from 0; negative before the first hand-over. */
function shiftIndexAt(rotation: Rotation, at: Date): number {
  const instant = InstantFns.fromEpochMilliseconds(at.getTime());
  const local = ZonedDateTimeFns.toPlainDateTime(InstantFns.toZonedDateTimeISO(instant, rotation.timeZone));
  const minutes = PlainDateTimeFns.diffMinutes(PlainDateTimeFns.fromString(rotation.startsAt), local);
  let index = Math.floor(minutes / (rotation.shift.every * MINUTES[rotation.shift.unit]));
  // Around a change of the clock the local time alone does not tell which of two shifts it is.
  while (handOver(rotation, index + 1) <= at) index += 1;
  while (handOver(rotation, index) > at) index -= 1;
  return index;
}

function handOver({ startsAt, shift, timeZone }: Rotation, index: number): Date {
  const elapsed = DurationFns.fromFields({ [shift.unit]: shift.every * index });
  return momentOfPlain(PlainDateTimeFns.add(PlainDateTimeFns.fromString(startsAt), elapsed), timeZone);
}
