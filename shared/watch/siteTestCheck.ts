import { ageOf, DAY_MS, durationText } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations, SiteTestState } from './observations.ts';
import { judge, notUsed, present } from './watchedPart.ts';

/** Those who test are reminded first, more than once. */
const MISSING_AFTER_MS = 7 * DAY_MS;
const MOST_NAMES = 3;

/** Whether the emergency address of each site was tested, and was right. */
export function checkSiteTests({ siteTests }: Pick<Observations, 'siteTests'>, now: Date): WatchedPart {
  return judge('site tests', siteTests, ({ sites }) => {
    const used = sites.filter(({ isWanted, verdict }) => isWanted || verdict !== null);
    if (used.length === 0) return notUsed();
    const missing = used.filter((site) => isMissing(site, now));
    return {
      detail: detailOf(used, missing, now),
      findings: present([
        ...used.map(wrongFinding),
        ...used.map(unreachedFinding),
        missing.length > 0 ? missingFinding(missing, now) : null,
      ]),
    };
  });
}

function isMissing({ isWanted, missingSince }: SiteTestState, now: Date): boolean {
  return isWanted && missingSince !== null && ageOf(missingSince, now) >= MISSING_AFTER_MS;
}

function detailOf(sites: readonly SiteTestState[], missing: readonly SiteTestState[], now: Date): string {
  const lists: [string, readonly SiteTestState[]][] = [
    ['wrong', sites.filter(({ verdict }) => verdict?.answer === 'wrong')],
    ['overdue', missing.filter(({ lastTestAt }) => lastTestAt !== null)],
    ['never tested', sites.filter(({ isWanted, lastTestAt }) => isWanted && lastTestAt === null)],
  ];
  const oldest = sites.flatMap(({ lastTestAt }) => lastTestAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  return [
    `${sites.length} ${sites.length === 1 ? 'site' : 'sites'}`,
    ...(oldest ? [`the longest since its test ${durationText(ageOf(oldest, now))}`] : []),
    ...lists.flatMap(([what, list]) => (list.length > 0 ? [`${what}: ${namesOf(list)}`] : [])),
  ].join('; ');
}

/** Whoever dials 911 there would be looked for elsewhere. Stays until a test that was right. */
function wrongFinding({ id, name, directRouting, verdict }: SiteTestState): Finding | null {
  if (verdict?.answer !== 'wrong') return null;
  return {
    id: `testWrong:${id}`,
    severity: 'warning',
    since: verdict.at,
    title: `address of ${name} wrong`,
    what: `The test of ${name} (${verdict.code}) found a wrong emergency address: help would be sent elsewhere.`,
    todo: directRouting
      ? 'Correct it at the ERS provider or in the ELIN records, then test again and answer RIGHT.'
      : 'Correct it in the Teams admin center, Locations; some hours later dial 933 there again and answer RIGHT.',
  };
}

function unreachedFinding({ id, name, isUnreached }: SiteTestState): Finding | null {
  if (!isUnreached) return null;
  return {
    id: `testUnreached:${id}`,
    severity: 'warning',
    since: null,
    title: `nobody tests ${name}`,
    what: `Nobody who is to test ${name} could be told of it: every message was refused for good.`,
    todo: 'Name somebody else under sites, test, tell in the roster, or mend their number (npm run status, people).',
    isWeekly: true,
  };
}

function missingFinding(sites: readonly SiteTestState[], now: Date): Finding {
  const ages = sites.flatMap(({ missingSince }) => (missingSince ? [ageOf(missingSince, now)] : []));
  return {
    id: 'testsMissing',
    severity: 'warning',
    since: new Date(now.getTime() - Math.max(...ages)),
    title: 'tests of sites missing',
    what: `The emergency address is not tested, though people were reminded: ${namesOf(sites)}.`,
    todo: 'See that it is done: dial 933 in a Teams client there (Direct Routing: as the ERS provider says), and answer.',
    isWeekly: true,
  };
}

function namesOf(sites: readonly SiteTestState[]): string {
  const names = sites
    .slice(0, MOST_NAMES)
    .map(({ name, directRouting }) => `${name}${directRouting ? ' (Direct Routing)' : ''}`);
  return [...names, ...(sites.length > MOST_NAMES ? [`${sites.length - MOST_NAMES} more`] : [])].join(', ');
}
