import { locate, type Roster, siteNameOf, type Team, teamFor } from '../../shared/oncall/roster.ts';
import { stepsWithoutConfidant } from '../../shared/oncall/siteProblems.ts';

/** How a call from a place would be taken, as one document. */
export interface PlaceReport {
  place: string;
  policy: string | null;
  whereabouts: ReturnType<typeof locate>['whereabouts'];
  /** Id. */
  site: string | null;
  sitePattern: string | null;
  /** Id. */
  team: string;
}

/** At which site a location is, and which team hears of a call from there under a policy. */
export function whereIsPlace(
  roster: Roster,
  place: string,
  policy: string | null,
): { report: PlaceReport; team: Team; lines: string[] } {
  const located = locate(roster, place);
  const team = teamFor(roster, { policyName: policy, location: place, ...located });
  const report = { place, policy, ...located, team: team.id };
  const lines = [`${place}: ${whereText(roster, report)}`, `Team ${team.name} (${team.id})`];
  return { report, team, lines: located.whereabouts === 'offSite' ? [...lines, whoReads(roster)] : lines };
}

function whereText({ sites }: Roster, { whereabouts, site, sitePattern }: PlaceReport): string {
  if (site !== null) return `at site ${siteNameOf(sites, site)} (${site}), whose place ${sitePattern} fits`;
  if (whereabouts === 'offSite') return 'OFF-SITE, at no site of the roster';
  return sites.length === 0 ? 'no sites are set up' : 'says nothing';
}

function whoReads({ people }: Roster): string {
  const names = people.filter(({ mayKnowHomeAddress }) => mayKnowHomeAddress).map(({ name }) => name);
  return names.length === 0
    ? 'Everybody who is told reads where it is: nobody is named who may know a home address.'
    : `Where it is, ${names.join(' and ')} may know; everybody who is told, where none of them is.`;
}

/** The sites of a roster as lines for a person. */
export function showSites({ sites, people }: Roster): string[] {
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? id;
  if (sites.length === 0) return [];
  return [
    'Sites',
    ...sites.flatMap(({ id, name, places, directRouting, test }) => [
      `  ${name}${directRouting ? ', Direct Routing' : ''}  [${id}]`,
      `    places: ${places.join(', ')}`,
      ...(test === null
        ? []
        : [
            `    tested each ${test.everyDays === 1 ? 'day' : `${test.everyDays} days`}: ${test.tell.map(nameOf).join(', ')}`,
          ]),
    ]),
    '',
  ];
}

/** What an administrator may not have meant. */
export function siteNotes(roster: Roster): string[] {
  const steps = stepsWithoutConfidant(roster);
  const name = roster.teams.find(({ id }) => id === roster.remoteTeam)?.name ?? '';
  return steps.map(
    (step) =>
      `NOTE  Step ${step + 1} of team ${name} tells nobody who may know a home address: everybody in it reads where a caller off site is.`,
  );
}
