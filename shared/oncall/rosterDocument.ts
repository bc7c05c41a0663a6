import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import * as z from 'zod';
import { type TemplateKind, type TemplateTexts, templateForm, templateProblems } from './alertTemplates.ts';
import { CHANNEL_NAMES, type ChannelName } from './delivery.ts';
import { ALERT_LANGUAGES } from './languages.ts';
import { isLocalTime, type Override, type Rotation } from './rotations.ts';

export interface Person {
  /** Names the person in records and logs. */
  id: string;
  name: string;
  /** E.164. */
  phone: string;
  /** In the order in which they are tried. */
  channels: ChannelName[];
  /** BCP 47. */
  language: string;
  email: string | null;
  /** Whether alerts to this person may hold the home address of a caller. */
  mayKnowHomeAddress: boolean;
  /** Ids of the sites whose calls this person sees on the page, as a responder; `null` for all. */
  seesSites: string[] | null;
}

export interface TeamStep {
  /** Ids of people, and `rotation:<id>` for whoever is on call in a rotation; in order of duty. */
  tell: string[];
  /** `null`: each by the first of their own channels. */
  channel: ChannelName | null;
  /** From the beginning of this step to that of the next, while nobody has acknowledged. */
  escalateAfterMinutes: number;
}

export interface Team {
  id: string;
  name: string;
  /** IANA name of the zone whose clock the team reads. */
  timeZone: string;
  steps: TeamStep[];
  /** How often the steps are gone through: 1 is once. */
  rounds: number;
  /** After an acknowledgement, how long until people are told again that nobody is on scene; `null` for never. */
  onSceneMinutes: number | null;
  /** BCP 47: of its places, and of whoever is on no roster. */
  language: string;
  /** Its own wording of an alert, by language. */
  templates: Record<string, TemplateTexts>;
}

/** Which calls a team gets: all that is named must fit. `*` stands for any text, letters count the same in both cases. */
export interface Route {
  /** Name of the emergency calling policy. */
  policy?: string;
  /** The location that is conveyed. */
  place?: string;
  /** Id of the site. */
  site?: string;
  /** Id of the team. */
  team: string;
}

/** Where people work: whoever calls from none of them is off site. */
export interface Site {
  /** Names the site in records, and in routes. */
  id: string;
  name: string;
  /** Patterns of the locations that are conveyed from there; `*` as in routes. */
  places: string[];
  /** Its emergency calls go by Direct Routing: the test bot of 933 does not answer there. */
  directRouting: boolean;
  /** How often the 933 test is to be made, and ids of who is reminded of it; `null` for never. */
  test: { everyDays: number; tell: string[] } | null;
}

/** Who is told of an emergency call. */
export interface Roster {
  people: Person[];
  rotations: Rotation[];
  overrides: Override[];
  teams: Team[];
  /** The first that has the place holds. */
  sites: Site[];
  /** The first that fits holds. */
  routes: Route[];
  /** Id of the team for calls that no route fits. */
  defaultTeam: string;
  /** Id of the team for callers away from every site whom no route fits; `null`: as for the others. */
  remoteTeam: string | null;
  /** Ids of people who are told when something is wrong with the product itself; without any, the team is. */
  administrators: string[];
  /** Told when nobody of the team can be reached. E.164. */
  lastResort: string[];
  /** Test calls: who is told, and whether that goes on to the next step while nobody answers. */
  tests: { tell: 'administrators' | 'team'; escalate: boolean };
}

/** What a step of a team begins with for whoever is on call in a rotation. */
export const ROTATION_PREFIX = 'rotation:';
/** Ids of last-resort numbers, which are nobody of the roster. */
export const LAST_RESORT_ID = 'last-resort-';
/** Numbers that nobody means to text: a person's own number is never this short. */
const EMERGENCY_NUMBER = /^\+?\d{0,3}(911|933|988|112|999|000|110|111|113|118|119|190|192|193)$/;
/** Those that reach a person; the others reach a place of the team's. */
const PERSONAL: readonly ChannelName[] = ['sms', 'voice', 'email'];

const text = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') });
const flag = z.boolean('must be true or false');
const words = text.trim().min(1, 'is empty');
const ID_RULE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const id = text.regex(ID_RULE, 'must be up to 64 letters, digits, dots, dashes and underscores');
export const personId = id.refine(
  (value) => !value.startsWith(LAST_RESORT_ID),
  `must not begin with ${LAST_RESORT_ID}`,
);
export const phone = text
  .superRefine((value, context) => {
    const problem = phoneProblem(value);
    if (problem !== null) context.addIssue(problem);
  })
  .meta({ pattern: '^\\+[1-9]\\d{6,14}$', description: 'E.164, such as +14255550100' });
export const timeZone = text
  .refine(isTimeZone, 'is not the IANA name of a time zone, such as America/New_York')
  .meta({ description: 'IANA name of a time zone, such as America/New_York' });
const localTime = text
  .refine(isLocalTime, 'must be a local time that exists, such as 2026-03-02T09:00')
  .meta({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$', description: 'local time, such as 2026-03-02T09:00' });
const channel = z.enum(CHANNEL_NAMES, `must be one of ${CHANNEL_NAMES.join(', ')}`);

const language = text.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language, such as en or fr-CA');

export const personSchema = record({
  id: personId,
  name: words,
  phone,
  channels: list(channel)
    .refine((names) => names.some((name) => PERSONAL.includes(name)), `must hold one of ${PERSONAL.join(', ')}`)
    .meta({ description: 'In the order in which they are tried' })
    .default(['sms']),
  language: language.default('en'),
  email: z.email('must be an e-mail address').nullable().default(null),
  mayKnowHomeAddress: flag.default(false),
  seesSites: list(id).min(1, 'is empty: leave it out for all sites').nullable().default(null),
});

export const rotationSchema = record({
  id,
  timeZone,
  startsAt: localTime,
  shift: record({
    every: whole(1, 1_000),
    unit: z.enum(['hours', 'days', 'weeks'], 'must be hours, days or weeks'),
  }),
  people: list(text).min(1, 'is empty: name at least one person'),
});

export const overrideSchema = record({ rotation: text, from: localTime, until: localTime, person: text });

export const stepSchema = record({
  tell: list(text)
    .min(1, 'is empty: name at least one person')
    .meta({ description: `Ids of people, and ${ROTATION_PREFIX}<id> for whoever is on call in a rotation` }),
  channel: channel.nullable().default(null),
  escalateAfterMinutes: minutes(0.5).default(5),
});

export const templateSchemas = {
  sms: template('sms'),
  voice: template('voice'),
  emailSubject: template('emailSubject'),
};
export const templateLanguage = text.regex(
  new RegExp(`^(${ALERT_LANGUAGES.join('|')})(-[A-Za-z0-9]{2,8})*$`),
  `is not among the languages of alerts: ${ALERT_LANGUAGES.join(', ')}, such as fr or fr-CA`,
);

export const teamSchema = record({
  id,
  name: words,
  timeZone,
  steps: list(stepSchema).min(1, 'is empty: name at least one step'),
  rounds: whole(1, 20).default(1),
  onSceneMinutes: minutes(1).nullable().default(null),
  language: language.default('en').meta({ description: 'Of its Teams channel and webhook' }),
  templates: z
    .record(templateLanguage, record(templateSchemas), { error: () => 'must be an object, by language' })
    .meta({ description: 'Its own wording of the alert of a call, by language' })
    .default({}),
});

export const siteSchema = record({
  id,
  name: words,
  places: list(words)
    .min(1, 'is empty: name at least one place')
    .meta({ description: 'Patterns of the locations that Teams conveys from there; * stands for any text' }),
  directRouting: flag.default(false),
  test: record({
    everyDays: whole(1, 366),
    tell: list(text).min(1, 'is empty: name at least one person'),
  })
    .nullable()
    .default(null)
    .meta({ description: 'How often the 933 test is to be made, and who is reminded of it' }),
});

export const routeSchema = record({
  policy: words.exactOptional(),
  place: words.exactOptional(),
  site: words.exactOptional(),
  team: text,
}).refine(({ policy, place, site }) => (policy ?? place ?? site) !== undefined, {
  error: 'names no policy, place or site: calls that no route fits go to defaultTeam',
});

export const testsSchema = record({
  tell: z.enum(['administrators', 'team'], 'must be administrators or team').default('team'),
  escalate: flag.default(false),
});

const everybody = { administrators: list(text).default([]), lastResort: list(phone).default([]) };
/** For editors, which find the JSON Schema by it. */
const $schema = text.exactOptional();

export const rosterSchema = record({
  $schema,
  people: list(personSchema).min(1, 'is empty: name at least one person'),
  rotations: list(rotationSchema).default([]),
  overrides: list(overrideSchema).default([]),
  teams: list(teamSchema).min(1, 'is empty: name at least one team'),
  sites: list(siteSchema).default([]),
  routes: list(routeSchema).default([]),
  defaultTeam: text,
  remoteTeam: text.nullable().default(null),
  ...everybody,
  tests: testsSchema.prefault({}),
});

/** The form of one team, all of whose members are told at once. */
export const oneTeamSchema = record({
  $schema,
  team: record({ name: words, timeZone, members: list(text).min(1, 'is empty: name at least one person') }),
  people: list(record({ id: personId, name: words, phone })).min(1, 'is empty: name at least one person'),
  ...everybody,
});

/** The form of the document that an administrator writes, for editors: https://json-schema.org, draft 2020-12. */
export function rosterJsonSchema(): Record<string, unknown> {
  const { $schema: dialect, ...schema } = z.toJSONSchema(rosterSchema, { io: 'input' });
  return { $schema: dialect, title: 'Roster of Teams Emergency Alerts', ...schema };
}

function record<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code === 'invalid_type' ? (input === undefined ? 'is missing' : 'must be an object') : undefined,
  });
}

function template(kind: TemplateKind) {
  return words
    .superRefine((value, context) => {
      for (const problem of value === '' ? [] : templateProblems(kind, value)) context.addIssue(problem);
    })
    .meta(templateForm(kind))
    .exactOptional();
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: ({ input }) => (input === undefined ? 'is missing' : 'must be a list') });
}

function whole(least: number, most: number) {
  const problem = `must be a whole number from ${least} to ${most}`;
  return z.int(problem).min(least, problem).max(most, problem);
}

function minutes(least: number) {
  const problem = `must be a number of minutes from ${least} to 1440`;
  return z.number(problem).min(least, problem).max(1_440, problem);
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
