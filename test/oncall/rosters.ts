import { readFileSync } from 'node:fs';
import { parseRoster, type Roster } from '../../shared/oncall/roster.ts';

/** The roster of `roster.example.json`, as its document. */
export const EXAMPLE = JSON.parse(readFileSync('roster.example.json', 'utf8'));

export function rosterOf(json: unknown): Roster {
  const result = parseRoster(json);
  if (!('roster' in result)) throw new Error(result.problems.join('\n'));
  return result.roster;
}

export function problemsOf(json: unknown): string[] {
  const result = parseRoster(json);
  return 'problems' in result ? result.problems : [];
}

type Json = Record<string, unknown>;

/** The example with changes in the first entry of a list. */
export function withFirst(list: string, changes: Json): Json {
  const [first, ...others] = EXAMPLE[list];
  return { ...EXAMPLE, [list]: [{ ...first, ...changes }, ...others] };
}
