import type { z } from 'zod';
import type { Roster } from '../oncall/roster.ts';
import type { siteSchema } from './contract/values.ts';

type Site = z.infer<typeof siteSchema>;

/** The sites of the roster, as the page names them. */
export function sitesOf(roster: Roster | null): Site[] {
  return (((roster ?? {}) as { sites?: Site[] }).sites ?? []).map(({ id, name }) => ({ id, name }));
}
