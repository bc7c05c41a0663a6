import { matches } from './placePattern.ts';
import type { Roster, Site } from './rosterDocument.ts';

/**
 * Where a caller is: `onSite`: at a site of the roster; `offSite`: sites are set up, a location was conveyed in words, and
 * none of them has it; `unknown` otherwise. Coordinates alone say neither.
 */
export type Whereabouts = 'onSite' | 'offSite' | 'unknown';

/** How the sites of a roster took a location. */
export interface Located {
  whereabouts: Whereabouts;
  /** Id. */
  site: string | null;
  /** Which of the site's places fitted, as the roster writes it. */
  sitePattern: string | null;
}

export const NOT_LOCATED: Located = { whereabouts: 'unknown', site: null, sitePattern: null };

/** The first site that has a place fitting the location holds. */
export function locate({ sites }: Pick<Roster, 'sites'>, location: string | null): Located {
  if (location === null || location.trim() === '' || sites.length === 0) return NOT_LOCATED;
  for (const { id, places } of sites) {
    const sitePattern = places.find((pattern) => matches(pattern, location));
    if (sitePattern !== undefined) return { whereabouts: 'onSite', site: id, sitePattern };
  }
  return { whereabouts: 'offSite', site: null, sitePattern: null };
}

/** How others know a site; its id where the roster has it no more. */
export function siteNameOf(sites: readonly Site[], siteId: string): string {
  return sites.find(({ id }) => id === siteId)?.name ?? siteId;
}
