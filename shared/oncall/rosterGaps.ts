import type { Roster } from './rosterDocument.ts';
import { onDuty } from './rosterRecipients.ts';
import { momentOf } from './rotations.ts';

/** From this moment a step of a team has nobody. */
export interface RosterGap {
  /** Id. */
  team: string;
  /** Counted from 0. */
  step: number;
  at: Date;
}

/**
 * The first moment, from `from` on and before `until` (`null`: ever), at which a step of a team has nobody on duty;
 * `null` when there is none. Exact, however far it looks: shifts follow each other without end, so that nobody can
 * begin only at `from`, or where somebody no longer stands in for a rotation that has not begun.
 */
export function firstGap(roster: Roster, from: Date, until: Date | null = null): RosterGap | null {
  const zones = new Map(roster.rotations.map(({ id, timeZone }) => [id, timeZone]));
  const ends = roster.overrides.map((one) => momentOf(one.until, zones.get(one.rotation) ?? 'UTC'));
  const moments = [from, ...ends]
    .filter((at) => at >= from && (until === null || at < until))
    .sort((a, b) => a.getTime() - b.getTime());
  for (const at of moments) {
    for (const { id, steps } of roster.teams) {
      const step = steps.findIndex(({ tell }) => onDuty(roster, tell, at).length === 0);
      if (step >= 0) return { team: id, step, at };
    }
  }
  return null;
}
