/** When a timer is due: a set of values for each of the six fields, in UTC as in Azure. */
export interface Schedule {
  /** The first occurrence after that moment. Throws when there is none within some years. */
  next(after: Date): Date;
}

interface Field {
  name: string;
  least: number;
  most: number;
  words?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of week', least: 0, most: 6, words: DAYS },
];

/** Leap days and days of the week repeat within 28 years. */
const DAYS_TO_LOOK_AHEAD = 28 * 366;

/**
 * Reads an NCRONTAB expression of six fields (https://github.com/atifaziz/NCrontab): `*`, values, lists, ranges and
 * steps; day and day of week must both fit. Throws what is wrong with it.
 */
export function parseNcrontab(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    throw new Error(`"${expression}" must have six fields: {second} {minute} {hour} {day} {month} {day of week}`);
  }
  const [seconds, minutes, hours, days, months, weekdays] = FIELDS.map((field, i) => parseField(field, parts[i] ?? ''));
  if (!seconds || !minutes || !hours || !days || !months || !weekdays) throw new Error(`"${expression}" is incomplete`);

  const isDayIncluded = (day: Date) =>
    months.has(day.getUTCMonth() + 1) && days.has(day.getUTCDate()) && weekdays.has(day.getUTCDay());

  return {
    next(after) {
      const start = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
      for (let ahead = 0; ahead <= DAYS_TO_LOOK_AHEAD; ahead += 1) {
        const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + ahead));
        if (!isDayIncluded(day)) continue;
        const time = firstTime([hours, minutes, seconds], ahead === 0 ? timeOf(start) : [0, 0, 0]);
        if (time) return new Date(day.getTime() + ((time[0] * 60 + time[1]) * 60 + time[2]) * 1000);
      }
      throw new Error(`"${expression}" never occurs`);
    },
  };
}

type Time = [hour: number, minute: number, second: number];

function timeOf(date: Date): Time {
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
}

/** The first time of a day, not before `least`, whose hour, minute and second are all included. */
function firstTime([hours, minutes, seconds]: [Set<number>, Set<number>, Set<number>], least: Time): Time | null {
  for (const hour of from(hours, least[0])) {
    const isFirstHour = hour === least[0];
    for (const minute of from(minutes, isFirstHour ? least[1] : 0)) {
      const isFirstMinute = isFirstHour && minute === least[1];
      const [second] = from(seconds, isFirstMinute ? least[2] : 0);
      if (second !== undefined) return [hour, minute, second];
    }
  }
  return null;
}

function from(values: Set<number>, least: number): number[] {
  return [...values].filter((value) => value >= least).sort((a, b) => a - b);
}

function parseField(field: Field, text: string): Set<number> {
  return new Set(text.split(',').flatMap((part) => parsePart(field, part)));
}

/** `*`, `a`, `a-b`, each with `/step`; a value with a step runs to the end of its field. */
function parsePart(field: Field, part: string): number[] {
  const match = /^(?:(\*)|([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?)(?:\/([1-9]\d*))?$/.exec(part);
  if (!match) throw new Error(`"${part}" is no value for the field ${field.name}`);
  const [, star, first = '', last, step] = match;
  const a = star ? field.least : parseValue(field, first);
  const b = star || (step && !last) ? field.most : last ? parseValue(field, last) : a;
  const [low, high] = a <= b ? [a, b] : [b, a];
  const count = Math.floor((high - low) / Number(step ?? 1)) + 1;
  return Array.from({ length: count }, (_, i) => low + i * Number(step ?? 1));
}

/** A number, or the beginning of a month's or day's English name of three letters and more. */
function parseValue(field: Field, text: string): number {
  const word = text.length >= 3 ? (field.words?.indexOf(text.slice(0, 3).toLowerCase()) ?? -1) : -1;
  const value = word >= 0 ? word + field.least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.least && value <= field.most)) {
    throw new Error(`"${text}" is no value for the field ${field.name} (${field.least} to ${field.most})`);
  }
  return value;
}
