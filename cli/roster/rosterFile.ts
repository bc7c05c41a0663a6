import { readFile } from 'node:fs/promises';
import { errorCodeOf } from '../../shared/errors.ts';
import { firstGap, parseRoster, type Roster, type RosterGap } from '../../shared/oncall/roster.ts';
import { ROTATION_PREFIX } from '../../shared/oncall/rosterDocument.ts';
import { routeSiteProblems } from '../../shared/oncall/siteProblems.ts';
import { timeText } from './rosterTimes.ts';

/** A file that may be imported, or in an administrator's words why not. */
export type RosterFile = { document: unknown; roster: Roster } | { refused: string[] };

/**
 * Reads a roster and judges it: its form, and whether each step has somebody at every moment from `now` on. Throws
 * when the file cannot be read at all.
 */
export async function judgeRosterFile(file: string, now: Date): Promise<RosterFile> {
  const text = await readFile(file, 'utf8').catch((caught: unknown) => {
    throw new Error(`${file} cannot be read (${errorCodeOf(caught)})`, { cause: caught });
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { refused: ['It is no JSON: a comma too many or too few is the usual reason.'] };
  }
  const result = parseRoster(document);
  if ('problems' in result) return { refused: result.problems };
  const routes = routeSiteProblems(result.roster);
  if (routes.length > 0) return { refused: routes };
  const gap = firstGap(result.roster, now);
  return gap ? { refused: gapWords(result.roster, gap) } : { document, roster: result.roster };
}

function gapWords({ teams, rotations }: Roster, { team: teamId, step, at }: RosterGap): string[] {
  const team = teams.find(({ id }) => id === teamId);
  const zone = team?.timeZone ?? 'UTC';
  const empty = rotations.filter(({ id }) => team?.steps[step]?.tell.includes(`${ROTATION_PREFIX}${id}`));
  return [
    `At ${timeText(at, zone)} (${zone}) nobody is on duty in step ${step + 1} of team ${team?.name ?? teamId}.`,
    ...empty.map(
      ({ id, startsAt, timeZone }) =>
        `Rotation ${id} begins at ${startsAt} (${timeZone}): let it begin earlier (startsAt), or name who stands in until then (overrides).`,
    ),
  ];
}
