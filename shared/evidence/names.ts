import { createLogger } from '../log.ts';
import type { Site } from '../oncall/roster.ts';
import { createRosterSource } from '../pipeline/rosterSource.ts';
import type { Store } from '../store/store.ts';
import type { NameOf } from './callEvidence.ts';

/** So many versions of the roster are looked through for people who have left it. */
const VERSIONS = 100;

/** What is wrong with a roster, `npm run status` says. */
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

/** Names as the newest roster knows them, and of whoever has left it as an earlier version did; of who is on none, as the page does; and its sites. */
export async function readRoster(
  store: Pick<Store, 'roster' | 'pagePeople'>,
  rosterFile: string | null,
): Promise<{ nameOf: NameOf; sites: readonly Site[] }> {
  const source = createRosterSource(store.roster, rosterFile, silent, () => new Date());
  await source.refresh();
  const earlier = (await store.roster.list(VERSIONS)).flatMap(({ document }) => peopleIn(document));
  const roster = source.current()?.roster;
  const people = [...(roster?.people ?? []), ...earlier, ...(await store.pagePeople.list())];
  return { nameOf: (id) => people.find((person) => person.id === id)?.name ?? null, sites: roster?.sites ?? [] };
}

/** Of a document that today's rules may refuse. */
function peopleIn(document: unknown): { id: string; name: string }[] {
  const { people } = (document ?? {}) as { people?: unknown };
  return (Array.isArray(people) ? people : []).filter(
    (person) => typeof person?.id === 'string' && typeof person?.name === 'string',
  );
}
