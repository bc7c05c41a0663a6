import { createLogger } from '../../shared/log.ts';
import { createKnownPlaces } from '../../shared/pipeline/knownPlaces.ts';
import type { TenantVersion } from '../../shared/store/tenantStore.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { location, tenant } from './tenants.ts';

const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });
const START_MS = Date.UTC(2026, 10, 21, 12);

/** A store whose newest version is what the test says. */
function storeOf(initial: { number: number; config: TenantConfig } | Error | null) {
  let newest = initial;
  let reads = 0;
  let minutes = 0;
  const read = async () => {
    if (newest instanceof Error) throw newest;
    return newest;
  };
  const version = (number: number): TenantVersion => ({
    version: number,
    importedAt: '2026-11-21T12:00:00.000Z',
    importedBy: null,
    exportedAt: '2026-11-21T11:00:00.000Z',
    tenantId: 'contoso',
    tenantName: null,
    cloud: 'Commercial',
    moduleVersion: '6.9.0',
    counts: {},
    content: { partition: 'p', parts: 1, sha256: '' },
  });
  const places = createKnownPlaces(
    {
      async list() {
        const found = await read();
        return found ? [version(found.number)] : [];
      },
      async newest() {
        reads += 1;
        const found = await read();
        return found && { version: version(found.number), config: found.config, damaged: [] };
      },
    },
    silent,
    () => new Date(START_MS + minutes * 60_000),
  );
  return {
    places,
    set: (next: typeof initial) => {
      newest = next;
    },
    wait: (more: number) => {
      minutes += more;
    },
    reads: () => reads,
  };
}

const lobby = (houseNumber: string) => tenant({ locations: [location('lobby', { location: 'Lobby', houseNumber })] });

test('what is stored is known once it is loaded, and a newer version ten minutes later at the latest', async () => {
  const { places, set, wait, reads } = storeOf({ number: 1, config: lobby('1') });
  expect(places.find('Lobby')).toEqual({ known: null, reason: "the tenant's configuration is not loaded" });
  await places.refresh();
  expect(places.find('lobby').known?.dispatchable).toBe('Lobby, 1 Example St, Redmond, WA 98052, US');
  set({ number: 2, config: lobby('2') });
  wait(9);
  await places.refresh();
  expect(places.find('Lobby').known?.dispatchable).toContain('1 Example');
  wait(1);
  await places.refresh();
  expect(places.find('Lobby').known?.dispatchable).toContain('2 Example');
  wait(10);
  await places.refresh();
  expect(reads()).toBe(2);
});

test.each<[string, Error | null, string | null, RegExp]>([
  ['a storage that is down', new Error('down'), 'Lobby', /not loaded/],
  ['no configuration', null, 'Lobby', /not loaded/],
  ['no location', null, null, /no location was conveyed/],
])('%s adds nothing and fails nothing', async (_, stored, conveyed, why) => {
  const { places } = storeOf(stored);
  await places.refresh();
  expect(places.find(conveyed)).toEqual({ known: null, reason: expect.stringMatching(why) });
});

test('what was known stays known when the storage goes down', async () => {
  const { places, set, wait } = storeOf({ number: 1, config: lobby('1') });
  await places.refresh();
  set(new Error('down'));
  wait(10);
  await places.refresh();
  expect(places.find('Lobby').known?.locationId).toBe('lobby');
});

test('a configuration that cannot be looked through adds nothing', async () => {
  const broken = { ...lobby('1'), locations: [null] } as unknown as TenantConfig;
  const { places } = storeOf({ number: 1, config: broken });
  await places.refresh();
  expect(places.find('Lobby').known).toBeNull();
});
