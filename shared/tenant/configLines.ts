import { emptyConfig } from './emptyConfig.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** So few that a line is parsed in a few milliseconds: whoever reads has calls to look after in between. */
const ROWS_OF_A_LINE = 2_000;

/**
 * A configuration as lines of JSON: the manifest, then `[name of a list, objects]`, where a long list takes several.
 * What is stored is read by later code, so this form changes only together with its number in the store.
 */
export function* toLines(config: TenantConfig): Generator<string> {
  yield JSON.stringify(config.manifest);
  for (const [name, list] of Object.entries(listsOf(config))) {
    for (let i = 0; i < list.length; i += ROWS_OF_A_LINE) {
      yield JSON.stringify([name, list.slice(i, i + ROWS_OF_A_LINE)]);
    }
  }
}

/** Reads the lines in their order. Throws a `SyntaxError` for what is no line of a configuration. */
export function createLineReader(): { take(line: string): void; config(): TenantConfig } {
  let config: TenantConfig | null = null;
  let lists: Lists | null = null;
  return {
    take(line) {
      const parsed: unknown = JSON.parse(line);
      if (config === null || lists === null) {
        config = emptyConfig(parsed as TenantConfig['manifest']);
        lists = listsOf(config);
        return;
      }
      const [name, rows] = Array.isArray(parsed) ? parsed : [];
      const list = typeof name === 'string' && Object.hasOwn(lists, name) ? lists[name] : undefined;
      if (!list || !Array.isArray(rows)) throw new SyntaxError('A line is none of a configuration');
      for (const row of rows) list.push(row);
    },
    config() {
      if (config === null) throw new SyntaxError('A configuration has a manifest');
      return config;
    },
  };
}

type Lists = Record<string, unknown[]>;

function listsOf({ manifest: _manifest, networks, ...lists }: TenantConfig): Lists {
  return { ...lists, ...networks };
}

/** How many objects of each kind there are, by the names of the lists. */
export function countsOf(config: TenantConfig): Record<string, number> {
  return Object.fromEntries(Object.entries(listsOf(config)).map(([name, list]) => [name, list.length]));
}
