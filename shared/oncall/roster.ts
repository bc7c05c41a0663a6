import { oneTeamSchema, type Roster, rosterSchema } from './rosterDocument.ts';
import { connectionProblems, formProblems, meaningProblems, oneTeamProblems } from './rosterProblems.ts';
import { ONE_TEAM } from './rosterUsable.ts';
import { siteProblems } from './siteProblems.ts';
import { withoutFaultyTemplates } from './usableTemplates.ts';

export type { Person, Roster, Route, Site, Team } from './rosterDocument.ts';
export { firstGap, type RosterGap } from './rosterGaps.ts';
export {
  administratorsOf,
  lastResortRecipients,
  onCallIn,
  planOf,
  type Recipient,
  recipientsOf,
  recipientsOfStep,
  teamFor,
} from './rosterRecipients.ts';
export { usablePartOf, usableRosterOf } from './rosterUsable.ts';
export type { Override, Rotation } from './rotations.ts';
export { type Located, locate, NOT_LOCATED, siteNameOf, type Whereabouts } from './sites.ts';

/**
 * A roster as an administrator wrote it, or everything that is wrong with it: one line for each fault, with its path
 * and without its value, e.g. `people[2].phone: must be in E.164 form, such as +14255550100`.
 */
export function parseRoster(json: unknown): { roster: Roster } | { problems: string[] } {
  return isOfOneTeam(json) ? parseOneTeam(json) : parseTeams(json);
}

/**
 * One that was stored: a faulty template is left out of it, and what is wrong with it stands beside the roster. Rather
 * the built-in words than the people of an older version.
 */
export function parseStoredRoster(json: unknown): { roster: Roster; problems: string[] } | { problems: string[] } {
  const strict = parseRoster(json);
  if ('roster' in strict) return { ...strict, problems: [] };
  return { ...parseRoster(withoutFaultyTemplates(json)), problems: strict.problems };
}

function parseTeams(json: unknown): { roster: Roster } | { problems: string[] } {
  const result = rosterSchema.safeParse(json);
  const problems = [...formProblems(result.error), ...connectionProblems(json)];
  if (!result.success || problems.length > 0) return { problems };
  const { $schema: _, ...roster } = result.data;
  const meaning = [...meaningProblems(roster), ...siteProblems(roster)];
  return meaning.length === 0 ? { roster } : { problems: meaning };
}

function isOfOneTeam(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'team' in json && !('teams' in json);
}

/** The form of the document before there were steps: its members are told at once, and nothing follows. */
function parseOneTeam(json: unknown): { roster: Roster } | { problems: string[] } {
  const result = oneTeamSchema.safeParse(json);
  const problems = [...formProblems(result.error), ...oneTeamProblems(json)];
  if (!result.success || problems.length > 0) return { problems };
  const { team, people, administrators, lastResort } = result.data;
  const { members, ...names } = team;
  const teams = [{ ...names, id: ONE_TEAM, steps: [{ tell: members }] }];
  return parseTeams({ people, teams, defaultTeam: ONE_TEAM, administrators, lastResort });
}
