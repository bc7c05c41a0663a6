import type { Store } from '../store/store.ts';
import type { TenantState } from '../watch/observations.ts';

const MOST_VERSIONS = 10;

/** Which configuration of the tenant is in force. Reads none of it: a large one has many megabytes. */
export async function observeTenant({ tenant }: Pick<Store, 'tenant'>): Promise<TenantState> {
  const damaged: number[] = [];
  for (const version of await tenant.list(MOST_VERSIONS, (unreadable) => damaged.push(unreadable))) {
    if (await tenant.isWhole(version)) {
      const newest = Math.max(0, ...damaged);
      const inForce = { version: version.version, exportedAt: new Date(version.exportedAt) };
      return { inForce, damaged: newest > version.version ? newest : null };
    }
    damaged.push(version.version);
  }
  return { inForce: null, damaged: damaged.length === 0 ? null : Math.max(...damaged) };
}
