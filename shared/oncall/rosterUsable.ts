import type * as z from 'zod';
import {
  id,
  overrideSchema,
  type Person,
  personId,
  personSchema,
  phone,
  ROTATION_PREFIX,
  type Roster,
  rotationSchema,
  routeSchema,
  type Site,
  siteSchema,
  stepSchema,
  type Team,
  type TeamStep,
  teamSchema,
  testsSchema,
  timeZone,
} from './rosterDocument.ts';
import { administratorsOf, type Recipient, recipientsOf } from './rosterRecipients.ts';
import { momentOf, type Rotation } from './rotations.ts';
import { hasEveryPlace, withoutPlacesTakenBefore } from './siteProblems.ts';
import { usableTemplates } from './usableTemplates.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Whoever can be texted by a roster that {@link parseRoster} refuses: one wrong number must not silence the others. The
 * first step of the default team, in order of duty; without any, everybody who has a number.
 */
export function usablePartOf(json: unknown): {
  recipients: Recipient[];
  administrators: Recipient[];
  lastResort: string[];
  timeZone: string | null;
} {
  const roster = usableRosterOf(json);
  const document = withTeams(json);
  const team = asRecord(
    asList(document.teams).find((one) => asRecord(one).id === document.defaultTeam) ?? asList(document.teams)[0],
  );
  const zone = timeZone.safeParse(team.timeZone);
  return {
    recipients: roster ? recipientsOf(roster) : [],
    administrators: roster ? administratorsOf(roster) : [],
    lastResort: numbersIn(document.lastResort),
    timeZone: zone.success ? zone.data : null,
  };
}

/**
 * The same as a roster: what is malformed is left out or takes its default, and a rotation that cannot be followed is
 * told as a whole. `null` when nobody in it can be texted.
 */
export function usableRosterOf(json: unknown): Roster | null {
  const document = withTeams(json);
  const people = firstOfEach(asList(document.people).flatMap(usablePerson));
  if (people.length === 0) return null;
  const known = new Set(people.map((person) => person.id));
  const rotations = usableRotations(document.rotations, known);
  const named = (ids: unknown) => [...new Set(asTexts(ids).filter((one) => known.has(one)))];
  const whom = whoIsTold(document.rotations, rotations, known);
  const given = firstOfEach(asList(document.teams).flatMap((team) => usableTeam(team, whom)));
  const isDefault = given.some((team) => team.id === document.defaultTeam);
  const teams = isDefault ? given : [everybodyIn(people, given), ...given];
  const sites = usableSites(document.sites, known);
  const hasSite = (site: string | undefined) => site === undefined || sites.some((one) => one.id === site);
  const hasTeam = (team: unknown): team is string => teams.some((one) => one.id === team);
  return {
    people,
    rotations,
    overrides: usableEntries(overrideSchema, document.overrides).filter(({ rotation, person, from, until }) => {
      const zone = rotations.find((one) => one.id === rotation)?.timeZone;
      return zone !== undefined && known.has(person) && momentOf(from, zone) < momentOf(until, zone);
    }),
    teams,
    sites,
    routes: usableEntries(routeSchema, document.routes).filter(({ team, site }) => hasTeam(team) && hasSite(site)),
    defaultTeam: isDefault ? String(document.defaultTeam) : (teams[0]?.id ?? ''),
    remoteTeam: hasTeam(document.remoteTeam) && !hasEveryPlace(sites) ? document.remoteTeam : null,
    administrators: named(document.administrators),
    lastResort: [...new Set(numbersIn(document.lastResort))],
    tests: orDefault(testsSchema, document.tests, {}),
  };
}

/** A document of one team as one with teams, however wrong it is. */
function withTeams(json: unknown): Json {
  const { team, ...document } = asRecord(json);
  if (team === undefined || 'teams' in document) return document;
  const { members, ...names } = asRecord(team);
  return { ...document, teams: [{ ...names, id: ONE_TEAM, steps: [{ tell: members }] }], defaultTeam: ONE_TEAM };
}

/** Id of the team where a document has but one, and the team of everybody. */
export const ONE_TEAM = 'team';

function usablePerson(entry: unknown): Person[] {
  const { shape } = personSchema;
  const given = asRecord(entry);
  const [ownId, number] = [personId.safeParse(given.id), phone.safeParse(given.phone)];
  if (!ownId.success || !number.success) return [];
  const email = orDefault(shape.email, given.email, null);
  const channels = [...new Set(orDefault(shape.channels, given.channels, undefined))];
  return [
    {
      id: ownId.data,
      name: orDefault(shape.name, given.name, ownId.data),
      phone: number.data,
      channels: email === null && channels.includes('email') ? ['sms'] : channels,
      language: orDefault(shape.language, given.language, undefined),
      email,
      mayKnowHomeAddress: given.mayKnowHomeAddress === true,
      seesSites: orDefault(shape.seesSites, given.seesSites, null),
    },
  ];
}

function usableRotations(entries: unknown, known: ReadonlySet<string>): Rotation[] {
  const rotations = usableEntries(rotationSchema, entries)
    .map((rotation) => ({ ...rotation, people: rotation.people.filter((person) => known.has(person)) }))
    .filter(({ people }) => people.length > 0);
  return firstOfEach(rotations);
}

/** Gives for an entry of `tell` whom it can mean: itself, or the people of a rotation that cannot be followed. */
function whoIsTold(entries: unknown, rotations: readonly Rotation[], known: ReadonlySet<string>) {
  return (entry: string): string[] => {
    if (!entry.startsWith(ROTATION_PREFIX)) return known.has(entry) ? [entry] : [];
    const rotationId = entry.slice(ROTATION_PREFIX.length);
    if (rotations.some((rotation) => rotation.id === rotationId)) return [entry];
    const broken = asList(entries)
      .map(asRecord)
      .find((rotation) => rotation.id === rotationId);
    return asTexts(broken?.people).filter((person) => known.has(person));
  };
}

function usableTeam(entry: unknown, whom: (entry: string) => string[]): Team[] {
  const given = asRecord(entry);
  const ownId = id.safeParse(given.id);
  const steps = asList(given.steps).flatMap((step) => usableStep(step, whom));
  if (!ownId.success || steps.length === 0) return [];
  const { shape } = teamSchema;
  return [
    {
      id: ownId.data,
      name: orDefault(shape.name, given.name, ownId.data),
      timeZone: orDefault(timeZone, given.timeZone, 'UTC'),
      steps,
      rounds: orDefault(shape.rounds, given.rounds, undefined),
      onSceneMinutes: orDefault(shape.onSceneMinutes, given.onSceneMinutes, undefined),
      language: orDefault(shape.language, given.language, undefined),
      templates: usableTemplates(given.templates),
    },
  ];
}

function usableStep(entry: unknown, whom: (entry: string) => string[]): TeamStep[] {
  const { shape } = stepSchema;
  const given = asRecord(entry);
  const tell = [...new Set(asTexts(given.tell).flatMap(whom))];
  if (tell.length === 0) return [];
  const channel = orDefault(shape.channel, given.channel, null);
  return [
    {
      tell,
      // Somebody's address may be what is wrong.
      channel: channel === 'email' ? null : channel,
      escalateAfterMinutes: orDefault(shape.escalateAfterMinutes, given.escalateAfterMinutes, undefined),
    },
  ];
}

/**
 * All or none: with one site left out, whoever calls from there would be taken for off site, and the location, which is
 * no home address, be withheld.
 */
function usableSites(entries: unknown, known: ReadonlySet<string>): Site[] {
  const sites = asList(entries).map((entry) => usableSite(entry, known));
  const ids = new Set(sites.map((site) => site?.id.toLowerCase()));
  if (!sites.every((site) => site !== null) || ids.size < sites.length) return [];
  return withoutPlacesTakenBefore(sites);
}

function usableSite(entry: unknown, known: ReadonlySet<string>): Site | null {
  const { shape } = siteSchema;
  const given = asRecord(entry);
  const [ownId, places] = [id.safeParse(given.id), shape.places.safeParse(given.places)];
  if (!ownId.success || !places.success) return null;
  const test = orDefault(shape.test, given.test, null);
  const tell = [...new Set(test?.tell)].filter((person) => known.has(person));
  return {
    id: ownId.data,
    name: orDefault(shape.name, given.name, ownId.data),
    places: places.data,
    directRouting: given.directRouting === true,
    test: test !== null && tell.length > 0 ? { ...test, tell } : null,
  };
}

function everybodyIn(people: readonly Person[], teams: readonly Team[]): Team {
  const free = [ONE_TEAM, 'everybody', ...teams.map((_, index) => `everybody-${index}`)];
  const teamId = free.find((one) => teams.every((team) => team.id !== one)) ?? ONE_TEAM;
  return {
    id: teamId,
    name: 'Everybody',
    timeZone: teams[0]?.timeZone ?? 'UTC',
    steps: [{ tell: people.map((person) => person.id), channel: null, escalateAfterMinutes: 5 }],
    rounds: 1,
    onSceneMinutes: null,
    language: teams[0]?.language ?? 'en',
    templates: {},
  };
}

/** The value where it is well-formed, else what the schema makes of `standard`. */
function orDefault<T extends z.ZodType>(schema: T, value: unknown, standard: unknown): z.output<T> {
  const result = schema.safeParse(value);
  return result.success ? result.data : schema.parse(standard);
}

function usableEntries<T extends z.ZodType>(schema: T, entries: unknown): z.output<T>[] {
  return asList(entries).flatMap((entry) => {
    const result = schema.safeParse(entry);
    return result.success ? [result.data] : [];
  });
}

function numbersIn(value: unknown): string[] {
  return asTexts(value).filter((number) => phone.safeParse(number).success);
}

/** Ids that differ in capital letters only are the same. */
function firstOfEach<T extends { id: string }>(entries: readonly T[]): T[] {
  const same = (a: T, b: T) => a.id.toLowerCase() === b.id.toLowerCase();
  return entries.filter((entry, index) => entries.findIndex((other) => same(other, entry)) === index);
}

function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asTexts(value: unknown): string[] {
  return asList(value).filter((entry): entry is string => typeof entry === 'string');
}
