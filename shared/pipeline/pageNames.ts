import { errorCodeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { PagePeopleStore } from '../store/pagePeopleStore.ts';

/** Ids of people who are on the page and on no roster begin so; no person's id there holds a colon. */
export const PAGE_ID = 'page:';

/** Names of people who answer on the page and are on no roster. */
export interface PageNames {
  /** From memory, at once; `null` for who is not known. */
  nameOf(id: string): string | null;
  /** Somebody who is on the page now: this process knows them at once, the others with their next look. */
  learn(id: string, name: string): void;
  /** Looks for new ones, at most each 30 s; ends within 1.5 s, and never throws. */
  refresh(): Promise<void>;
}

const REFRESH_EVERY_MS = 30_000;
/** A call waits for it no longer than that. */
const REFRESH_TIMEOUT_MS = 1_500;

export function createPageNames(store: Pick<PagePeopleStore, 'list'>, log: Logger, now: () => Date): PageNames {
  let names = new Map<string, string>();
  let lastTry = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    try {
      names = new Map((await store.list()).map(({ id, name }) => [id, name]));
    } catch (caught) {
      log.warn('The names of the page could not be read', { error: errorCodeOf(caught) });
    }
  }

  return {
    nameOf(id) {
      const name = names.get(id) ?? null;
      if (name !== null || !id.startsWith(PAGE_ID)) return name;
      // Somebody new: the next look is not put off.
      lastTry = Number.NEGATIVE_INFINITY;
      return 'Somebody at the page';
    },
    learn(id, name) {
      names.set(id, name);
    },
    async refresh() {
      if (Math.abs(now().getTime() - lastTry) < REFRESH_EVERY_MS) return;
      lastTry = now().getTime();
      let timer: NodeJS.Timeout | undefined;
      const end = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, REFRESH_TIMEOUT_MS);
      });
      await Promise.race([load(), end]).finally(() => clearTimeout(timer));
    },
  };
}
