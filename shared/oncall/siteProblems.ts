import { covers } from './placePattern.ts';
import { ROTATION_PREFIX, type Roster, type Site } from './rosterDocument.ts';

/** Of a roster whose form is right: what its sites have to say to each other and to the rest. A line each, with its path. */
export function siteProblems(roster: Roster): string[] {
  if (roster.sites.length === 0) return seenSiteProblems(roster);
  return [
    ...seenSiteProblems(roster),
    ...routeSiteProblems(roster),
    ...placesTakenBefore(roster),
    ...(roster.remoteTeam === null ? [] : [...placesThatTakeAll(roster), ...remoteTeamProblems(roster)]),
  ];
}

/**
 * Routes by a site that there is not. A roster without any site may have been stored when they were accepted and named
 * nothing: it goes on to be told, and is refused only when it is to be imported again.
 */
export function routeSiteProblems({ routes, sites }: Pick<Roster, 'routes' | 'sites'>): string[] {
  return routes.flatMap(({ site }, index) =>
    site === undefined || sites.some(({ id }) => id === site) ? [] : [`routes[${index}].site: is the id of no site`],
  );
}

/** Who may see only what is misspelt would see next to nothing. */
function seenSiteProblems({ people, sites }: Roster): string[] {
  return people.flatMap(({ seesSites }, person) =>
    (seesSites ?? []).flatMap((seen, index) =>
      sites.some(({ id }) => id === seen) ? [] : [`people[${person}].seesSites[${index}]: is the id of no site`],
    ),
  );
}

function placesTakenBefore({ sites }: Roster): string[] {
  return placesOf(sites).flatMap(({ path, pattern }, index, all) => {
    const earlier = all.slice(0, index).find((one) => one.site !== all[index]?.site && covers(one.pattern, pattern));
    return earlier === undefined
      ? []
      : [`${path}: is never reached: ${earlier.path} comes before it and fits whatever it fits`];
  });
}

function placesThatTakeAll({ sites }: Roster): string[] {
  return placesOf(sites).flatMap(({ path, pattern }) =>
    covers(pattern, '*')
      ? [`${path}: fits every place: nobody would be off site, and remoteTeam would be told of no call`]
      : [],
  );
}

/** The same sites without the places that are never reached: whatever fitted one of those still has its site. */
export function withoutPlacesTakenBefore(sites: readonly Site[]): Site[] {
  const own = sites.map((site, index) => {
    const earlier = sites.slice(0, index).flatMap(({ places }) => places);
    const places = site.places.filter((pattern, at) => {
      const isRepeated = site.places.findIndex((other) => other.toLowerCase() === pattern.toLowerCase()) < at;
      return !isRepeated && !earlier.some((taken) => covers(taken, pattern));
    });
    return { ...site, places };
  });
  return own.filter(({ places }) => places.length > 0);
}

/** Whether nobody can be off site. */
export function hasEveryPlace(sites: readonly Site[]): boolean {
  return placesOf(sites).some(({ pattern }) => covers(pattern, '*'));
}

function placesOf(sites: readonly Site[]) {
  return sites.flatMap(({ places }, site) =>
    places.map((pattern, place) => ({ site, pattern, path: `sites[${site}].places[${place}]` })),
  );
}

/** Where the roster says who may know a home address, and none of them is told of it, everybody who is told would read it. */
function remoteTeamProblems(roster: Roster): string[] {
  const steps = roster.teams.find(({ id }) => id === roster.remoteTeam)?.steps ?? [];
  return steps.length === 0 || stepsWithoutConfidant(roster).length < steps.length
    ? []
    : [
        'remoteTeam: nobody of this team may know a home address, so all of it would read them: let one of those whom mayKnowHomeAddress names be told first',
      ];
}

/**
 * The steps of the team of remote workers that tell nobody who may know a home address, counted from 0; none where the
 * roster names nobody who may, or no site.
 */
export function stepsWithoutConfidant({ people, rotations, teams, remoteTeam, sites }: Roster): number[] {
  const allowed = people.filter(({ mayKnowHomeAddress }) => mayKnowHomeAddress).map(({ id }) => id);
  if (allowed.length === 0 || sites.length === 0) return [];
  const steps = teams.find(({ id }) => id === remoteTeam)?.steps ?? [];
  return steps.flatMap(({ tell }, index) =>
    tell.flatMap((entry) => peopleOf(rotations, entry)).some((id) => allowed.includes(id)) ? [] : [index],
  );
}

function peopleOf(rotations: Roster['rotations'], entry: string): string[] {
  if (!entry.startsWith(ROTATION_PREFIX)) return [entry];
  return rotations.find(({ id }) => entry === `${ROTATION_PREFIX}${id}`)?.people ?? [];
}
