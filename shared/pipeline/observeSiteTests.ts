import {
  lastAnswered,
  missingSince,
  neverTested,
  type SiteTest,
  type TestedSite,
  verdictOf,
} from '../oncall/siteTest.ts';
import type { SiteTestState, SiteTestsState } from '../watch/observations.ts';
import type { Services } from './services.ts';

/** How the tests of all sites of the roster stand. Without sites it asks nothing of the storage. */
export async function observeSiteTests(services: Services): Promise<SiteTestsState> {
  const sites = services.sites();
  if (sites.length === 0) return { sites: [] };
  const known = new Map((await services.store.siteTests.list()).map(({ value }) => [value.siteId, value]));
  const zone = services.timeZone();
  return { sites: sites.map((site) => stateOf(site, known.get(site.id) ?? neverTested(site.id), zone)) };
}

function stateOf(site: TestedSite, tests: SiteTest, timeZone: string): SiteTestState {
  const { id, name, directRouting, test } = site;
  const { round, lastTestAt } = tests;
  const answered = lastAnswered(tests);
  const answer = verdictOf(answered?.answers);
  const at = answered?.answers.at(-1)?.at;
  return {
    ...{ id, name, directRouting, isWanted: test !== null },
    lastTestAt: lastTestAt === null ? null : new Date(lastTestAt),
    missingSince: missingSince(tests, site, timeZone),
    verdict: answered && answer && at ? { answer, code: answered.code, at: new Date(at) } : null,
    isUnreached: round !== null && round.telling === null && round.unreached.length > 0 && round.told.length === 0,
  };
}
