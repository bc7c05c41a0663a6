import * as z from 'zod';
import { createRosterStore } from '../../../shared/store/rosterStore.ts';
import { createSiteTestStore } from '../../../shared/store/siteTestStore.ts';
import type { StorageClients } from '../../../shared/store/storageClients.ts';
import { foldName } from '../../../shared/tenant/networkIndex.ts';
import { fromStorage } from '../tenantSource.ts';

const rosterSites = z.object({ sites: z.array(z.object({ id: z.string(), name: z.string() })) });

/** The last test with 933 of each site of the roster, by its folded id and name: network sites are found by either. */
export async function readSiteTests(clients: StorageClients): Promise<ReadonlyMap<string, string>> {
  const [tests, [roster]] = await fromStorage(
    Promise.all([createSiteTestStore(clients).list(), createRosterStore(clients).list(1)]),
  );
  const { data } = rosterSites.safeParse(roster?.document);
  return new Map(
    tests.flatMap(({ value: { siteId, lastTestAt } }) => {
      const named = data?.sites.filter(({ id }) => id === siteId).map(({ name }) => name) ?? [];
      return lastTestAt === null ? [] : [siteId, ...named].map((name) => [foldName(name), lastTestAt] as const);
    }),
  );
}
