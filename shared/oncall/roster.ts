import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import * as z from 'zod';

export interface Person {
  /** Names the person in records and logs. */
  id: string;
  name: string;
  /** E.164. */
  phone: string;
}

/** Who is told of an emergency call. */
export interface Roster {
  team: {
    name: string;
    /** IANA name of the zone whose clock the team reads. */
    timeZone: string;
    /** Ids of people, in order of duty. */
    members: string[];
  };
  people: Person[];
  /** Ids of people who are told when something is wrong with the product itself; without any, the team is. */
  administrators: string[];
  /** Told when nobody of the team can be reached. E.164. */
  lastResort: string[];
}

export interface Recipient {
  id: string;
  /** E.164. */
  phone: string;
}

/** Ids that {@link lastResortRecipients} gives. */
const LAST_RESORT_ID = 'last-resort-';
/** Numbers that nobody means to text: a person's own number is never this short. */
const EMERGENCY_NUMBER = /^\+?\d{0,3}(911|933|988|112|999|000|110|111|113|118|119|190|192|193)$/;

const text = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') });
const words = text.trim().min(1, 'is empty');
const id = text
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be up to 64 letters, digits, dots, dashes and underscores')
  .refine((value) => !value.startsWith(LAST_RESORT_ID), `must not begin with ${LAST_RESORT_ID}`);
const phone = text.superRefine((value, context) => {
  const problem = phoneProblem(value);
  if (problem !== null) context.addIssue(problem);
});
const timeZone = text.refine(isTimeZone, 'is not the IANA name of a time zone, such as America/New_York');

const rosterSchema = record({
  team: record({ name: words, timeZone, members: list(text).min(1, 'is empty: name at least one person') }),
  people: list(record({ id, name: words, phone })).min(1, 'is empty: name at least one person'),
  administrators: list(text).default([]),
  lastResort: list(phone).default([]),
});

/**
 * A roster as an administrator wrote it, or everything that is wrong with it: one line for each fault, with its path
 * and without its value, e.g. `people[2].phone: must be in E.164 form, such as +14255550100`.
 */
export function parseRoster(json: unknown): { roster: Roster } | { problems: string[] } {
  const result = rosterSchema.safeParse(json);
  const problems = [
    ...(result.error?.issues ?? []).flatMap((issue) => problemsOf(issue)),
    ...duplicates(at(json, ['people', '*', 'id']), (value) => value.toLowerCase()),
    ...duplicates(at(json, ['people', '*', 'phone'])),
    ...duplicates(at(json, ['team', 'members', '*'])),
    ...duplicates(at(json, ['administrators', '*'])),
    ...duplicates(at(json, ['lastResort', '*'])),
    ...strangers(at(json, ['administrators', '*']), at(json, ['people', '*', 'id'])),
    ...strangers(at(json, ['team', 'members', '*']), at(json, ['people', '*', 'id'])),
  ];
  return result.success && problems.length === 0 ? { roster: result.data } : { problems };
}

/**
 * Whoever can be texted by a roster that {@link parseRoster} refuses: one wrong number must not silence the others. The
 * members of the team who have a number, in order of duty; without any, everybody who has one.
 */
export function usablePartOf(json: unknown): {
  recipients: Recipient[];
  administrators: Recipient[];
  lastResort: string[];
  timeZone: string | null;
} {
  const { team, people, administrators, lastResort } = asRecord(json);
  const reachable = asList(people).flatMap((entry) => {
    const person = z.object({ id, phone }).safeParse(entry);
    return person.success ? [{ id: person.data.id, phone: person.data.phone }] : [];
  });
  const named = (ids: unknown) => asList(ids).flatMap((id) => reachable.find((person) => person.id === id) ?? []);
  const onDuty = named(asRecord(team).members);
  const zone = timeZone.safeParse(asRecord(team).timeZone);
  return {
    recipients: uniqueById(onDuty.length > 0 ? onDuty : reachable),
    administrators: uniqueById(named(administrators)),
    lastResort: asList(lastResort).filter((number): number is string => phone.safeParse(number).success),
    timeZone: zone.success ? zone.data : null,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function uniqueById(recipients: readonly Recipient[]): Recipient[] {
  return recipients.filter(({ id }, index) => recipients.findIndex((other) => other.id === id) === index);
}

/** The team, in order of duty. */
export function recipientsOf({ team, people }: Roster): Recipient[] {
  return withNumbers(team.members, people);
}

/** Who is told of faults of the product itself. */
export function administratorsOf({ administrators, people }: Roster): Recipient[] {
  return withNumbers(administrators, people);
}

function withNumbers(ids: readonly string[], people: readonly Person[]): Recipient[] {
  const phones = new Map(people.map((person) => [person.id, person.phone]));
  return ids.flatMap((id) => {
    const number = phones.get(id);
    return number === undefined ? [] : [{ id, phone: number }];
  });
}

/** The numbers with ids of their own, `last-resort-1` and so on: they are nobody of the roster. */
export function lastResortRecipients(numbers: readonly string[]): Recipient[] {
  return numbers.map((number, index) => ({ id: `${LAST_RESORT_ID}${index + 1}`, phone: number }));
}

function record<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code === 'invalid_type' ? (input === undefined ? 'is missing' : 'must be an object') : undefined,
  });
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: ({ input }) => (input === undefined ? 'is missing' : 'must be a list') });
}

function phoneProblem(value: string): string | null {
  if (EMERGENCY_NUMBER.test(value.replace(/[\s().-]/g, '')))
    return 'is an emergency number, which must never be texted';
  if (!/^\+[1-9]\d{6,14}$/.test(value)) return 'must be in E.164 form, such as +14255550100';
  return parsePhoneNumberFromString(value)?.isPossible() ? null : 'has the wrong number of digits for its country';
}

function isTimeZone(name: string): boolean {
  // Newer runtimes take an offset for a zone, and an offset knows no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  // The formatter also knows other names of zones, but its first use takes a good part of a cold start.
  if (Intl.supportedValuesOf('timeZone').includes(name)) return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

interface Found {
  path: string;
  value: string;
}

/** The texts that stand at a place, `*` being every entry of a list, however wrong the rest is. */
function at(json: unknown, place: readonly string[], path = ''): Found[] {
  const [step, ...rest] = place;
  if (step === undefined) return typeof json === 'string' ? [{ path, value: json }] : [];
  if (step === '*')
    return Array.isArray(json) ? json.flatMap((entry, index) => at(entry, rest, `${path}[${index}]`)) : [];
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, step)) return [];
  return at((json as Record<string, unknown>)[step], rest, path === '' ? step : `${path}.${step}`);
}

function duplicates(found: readonly Found[], keyOf: (value: string) => string = (value) => value): string[] {
  const first = new Map<string, string>();
  return found.flatMap(({ path, value }) => {
    const earlier = first.get(keyOf(value));
    if (earlier !== undefined) return [`${path}: is the same as ${earlier}`];
    first.set(keyOf(value), path);
    return [];
  });
}

function strangers(members: readonly Found[], ids: readonly Found[]): string[] {
  const known = new Set(ids.map(({ value }) => value));
  return members.flatMap(({ path, value }) => (known.has(value) ? [] : [`${path}: is the id of nobody among people`]));
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not a known property`);
  }
  return [`${pathOf(issue.path)}: ${issue.message}`];
}

function pathOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step, index) => {
    const name = String(step);
    if (typeof step === 'number') return `[${name}]`;
    if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
    return index === 0 ? name : `.${name}`;
  });
  return steps.join('') || 'roster';
}
