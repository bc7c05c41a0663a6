import type * as z from 'zod';
import { ROTATION_PREFIX } from './rosterDocument.ts';
import { momentOf } from './rotations.ts';

interface Found {
  path: string;
  value: string;
}

/** What the form of a document does not tell: ids that stand for nobody, or for two. A line each, with its path. */
export function connectionProblems(json: unknown): string[] {
  const people = at(json, ['people', '*', 'id']);
  const rotations = at(json, ['rotations', '*', 'id']);
  const teams = at(json, ['teams', '*', 'id']);
  const testers = at(json, ['sites', '*', 'test', 'tell', '*']);
  const told = at(json, ['teams', '*', 'steps', '*', 'tell', '*']);
  const isRotation = ({ value }: Found) => value.startsWith(ROTATION_PREFIX);
  return [
    ...duplicates(people, (value) => value.toLowerCase()),
    ...duplicates(at(json, ['people', '*', 'phone'])),
    ...duplicates(rotations),
    ...duplicates(teams),
    ...duplicates(at(json, ['sites', '*', 'id']), (value) => value.toLowerCase()),
    ...duplicates(at(json, ['administrators', '*'])),
    ...duplicates(at(json, ['lastResort', '*'])),
    ...inEach(json, ['people', '*', 'channels']).flatMap((found) => duplicates(found)),
    ...inEach(json, ['teams', '*', 'steps', '*', 'tell']).flatMap((found) => duplicates(found)),
    ...inEach(json, ['sites', '*', 'places']).flatMap((found) => duplicates(found, (value) => value.toLowerCase())),
    ...inEach(json, ['sites', '*', 'test', 'tell']).flatMap((found) => duplicates(found)),
    ...strangers(at(json, ['administrators', '*']), people),
    ...strangers(testers, people),
    ...strangers(at(json, ['rotations', '*', 'people', '*']), people),
    ...strangers(at(json, ['overrides', '*', 'person']), people),
    ...strangers(
      told.filter((found) => !isRotation(found)),
      people,
    ),
    ...strangers(
      told.filter(isRotation).map(({ path, value }) => ({ path, value: value.slice(ROTATION_PREFIX.length) })),
      rotations,
      'is the id of no rotation',
    ),
    ...strangers(at(json, ['overrides', '*', 'rotation']), rotations, 'is the id of no rotation'),
    ...[['routes', '*', 'team'], ['defaultTeam'], ['remoteTeam']].flatMap((place) =>
      strangers(at(json, place), teams, 'is the id of no team'),
    ),
  ];
}

/** The same of the form of one team. */
export function oneTeamProblems(json: unknown): string[] {
  const people = at(json, ['people', '*', 'id']);
  const members = at(json, ['team', 'members', '*']);
  return [...connectionProblems(json), ...duplicates(members), ...strangers(members, people)];
}

/** Of a document whose form is right and whose ids are known: what its parts have to say to each other. */
export function meaningProblems({ people, rotations, overrides, teams }: Meaning): string[] {
  const withoutEmail = new Set(people.filter(({ email }) => email === null).map(({ id }) => id));
  const peopleOf = (entry: string) =>
    entry.startsWith(ROTATION_PREFIX)
      ? (rotations.find(({ id }) => entry === `${ROTATION_PREFIX}${id}`)?.people ?? [])
      : [entry];
  return [
    ...people.flatMap(({ email, channels }, index) =>
      channels.includes('email') && email === null
        ? [`people[${index}].email: is missing, and email is one of the channels`]
        : [],
    ),
    ...overrides.flatMap(({ rotation, from, until }, index) => {
      const zone = rotations.find(({ id }) => id === rotation)?.timeZone ?? 'UTC';
      return momentOf(from, zone) < momentOf(until, zone) ? [] : [`overrides[${index}].until: is not after from`];
    }),
    ...teams.flatMap(({ steps }, team) =>
      steps.flatMap(({ tell, channel }, step) =>
        channel === 'email' && tell.flatMap(peopleOf).some((id) => withoutEmail.has(id))
          ? [`teams[${team}].steps[${step}].channel: is email, and somebody of this step has none`]
          : [],
      ),
    ),
  ];
}

interface Meaning {
  people: readonly { id: string; email: string | null; channels: readonly string[] }[];
  rotations: readonly { id: string; timeZone: string; people: readonly string[] }[];
  overrides: readonly { rotation: string; from: string; until: string }[];
  teams: readonly { steps: readonly { tell: readonly string[]; channel: string | null }[] }[];
}

/** What the schema found, a line for each fault, with its path. */
export function formProblems(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).flatMap(problemsOf);
}

/** The texts that stand at a place, `*` being every entry of a list, however wrong the rest is. */
function at(json: unknown, place: readonly string[], path = ''): Found[] {
  return valuesAt(json, place, path).flatMap((found) =>
    typeof found.value === 'string' ? [{ path: found.path, value: found.value }] : [],
  );
}

/** The texts of every list that stands at a place, list by list. */
function inEach(json: unknown, place: readonly string[]): Found[][] {
  return valuesAt(json, place).map(({ path, value }) => at(value, ['*'], path));
}

function valuesAt(json: unknown, place: readonly string[], path = ''): { path: string; value: unknown }[] {
  const [step, ...rest] = place;
  if (step === undefined) return [{ path, value: json }];
  if (step === '*')
    return Array.isArray(json) ? json.flatMap((entry, index) => valuesAt(entry, rest, `${path}[${index}]`)) : [];
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, step)) return [];
  return valuesAt((json as Record<string, unknown>)[step], rest, path === '' ? step : `${path}.${step}`);
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

function strangers(
  named: readonly Found[],
  ids: readonly Found[],
  problem = 'is the id of nobody among people',
): string[] {
  const known = new Set(ids.map(({ value }) => value));
  return named.flatMap(({ path, value }) => (known.has(value) ? [] : [`${path}: ${problem}`]));
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not a known property`);
  }
  const [ofKey] = issue.code === 'invalid_key' ? issue.issues : [];
  return [`${pathOf(issue.path)}: ${(ofKey ?? issue).message}`];
}

function pathOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step, index) => {
    const name = String(step);
    if (typeof step === 'number') return `[${name}]`;
    if (!/^[\w$-]+$/.test(name)) return `[${JSON.stringify(name)}]`;
    return index === 0 ? name : `.${name}`;
  });
  return steps.join('') || 'roster';
}
