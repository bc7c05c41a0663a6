import { setImmediate as turn } from 'node:timers/promises';
import { errorCodeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { TenantStore } from '../store/tenantStore.ts';
import { type PlaceAnswer, type PlaceIndex, placeIndexInSteps } from '../tenant/placeIndex.ts';
import type { TenantConfig } from '../tenant/tenantConfig.ts';

/** What the tenant's configuration knows of places, as this process has it. */
export interface KnownPlaces {
  /**
   * What is added to the location that a call conveyed: from memory, at once, and never a failure. No configuration, or
   * one that is not loaded yet, adds nothing.
   */
  find(conveyed: string | null): PlaceAnswer;
  /**
   * Looks for a newer configuration, at most each ten minutes. Never throws; what was known stays known when it cannot
   * be read. No call waits for it.
   */
  refresh(): Promise<void>;
}

const REFRESH_EVERY_MS = 10 * 60_000;

const nothing = (reason: string): PlaceAnswer => ({ known: null, reason });

export function createKnownPlaces(
  store: Pick<TenantStore, 'list' | 'newest'>,
  log: Logger,
  now: () => Date,
): KnownPlaces {
  let loaded: { version: number; index: PlaceIndex } | null = null;
  let lastTry: Date | null = null;
  let running: Promise<void> | null = null;

  async function load(): Promise<void> {
    const [newest] = await store.list(1);
    if (!newest || newest.version === loaded?.version) return;
    const read = await store.newest();
    if (!read || read.version.version === loaded?.version) return;
    loaded = { version: read.version.version, index: await indexOf(read.config) };
    log.info('Places of the tenant are known', { version: loaded.version });
  }

  return {
    find(conveyed) {
      if (conveyed === null) return nothing('no location was conveyed');
      if (!loaded) return nothing("the tenant's configuration is not loaded");
      try {
        return loaded.index.find(conveyed);
      } catch (caught) {
        log.error('A location could not be looked up', { code: errorCodeOf(caught) });
        return nothing('the location could not be looked up');
      }
    },
    refresh() {
      if (running !== null) return running;
      if (lastTry && now().getTime() - lastTry.getTime() < REFRESH_EVERY_MS) return Promise.resolve();
      lastTry = now();
      running = load()
        .catch((caught) => log.warn("The tenant's configuration cannot be read", { code: errorCodeOf(caught) }))
        .finally(() => {
          running = null;
        });
      return running;
    },
  };
}

/** After each step it is the turn of whatever else the process has to do. */
async function indexOf(config: TenantConfig): Promise<PlaceIndex> {
  const steps = placeIndexInSteps(config);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await turn();
  }
}
