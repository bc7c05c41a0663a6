import { TableClient } from '@azure/data-tables';
import { observeTenant } from '../../shared/pipeline/observeTenant.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { createTenantStore, DamagedConfigError, type TenantStore } from '../../shared/store/tenantStore.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { configOf, filesOf, goodObjects } from '../tenant/exports.ts';
import stored from './tenantConfigV1.json';

let connectionString: string;
let store: TenantStore;
let config: TenantConfig;
beforeAll(async () => {
  config = await configOf(filesOf(goodObjects()));
});
beforeEach(async () => {
  connectionString = await takeProductStorage();
  store = createTenantStore(await createStorageClients({ connectionString }));
});

const by = (minute: number) => ({
  importedAt: new Date(Date.UTC(2026, 2, 14, 8, minute)).toISOString(),
  importedBy: 'nestor',
});
const table = () =>
  TableClient.fromConnectionString(connectionString, 'TenantConfig', { allowInsecureConnection: true });
async function keys(filter: string) {
  const found: string[] = [];
  for await (const { partitionKey, rowKey } of table().listEntities({ queryOptions: { filter } })) {
    found.push(`${partitionKey} ${rowKey}`);
  }
  return found;
}
const parts = () => keys("PartitionKey ge 'part-' and PartitionKey lt 'part.'");
const named = (tenantName: string): TenantConfig => ({ ...config, manifest: { ...config.manifest, tenantName } });

/** Incompressible, so that it takes several parts of several properties. */
function large(): TenantConfig {
  let seed = 7;
  const hex = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed.toString(16).padStart(8, '0').slice(0, 8);
  };
  const ports = Array.from({ length: 20_000 }, () => ({
    chassisId: `${hex()}${hex()}`,
    portId: `${hex()}${hex()}${hex()}`,
    portIdSubType: null,
    description: hex(),
    locationId: null,
  }));
  return { ...config, networks: { ...config.networks, ports } };
}

test('what is stored comes back as it was, with all that is known of it', async () => {
  const inserted = await store.insert(0, config, by(0));
  expect(inserted).toMatchObject({ version: 1, importedBy: 'nestor', tenantName: 'Contoso', counts: { locations: 2 } });
  expect(await store.list(5)).toEqual([inserted]);
  const newest = await store.newest();
  expect(newest).toEqual({ version: inserted, config, damaged: [] });
});

test('a large one is split over rows and comes back whole', async () => {
  const written = large();
  const inserted = await store.insert(0, written, by(0));
  expect(inserted?.content.parts).toBeGreaterThan(2);
  expect((await store.newest())?.config).toEqual(written);
});

test('nothing is stored: there is no newest', async () => {
  expect(await store.newest()).toBeNull();
  expect(await store.list(5)).toEqual([]);
  expect(await observeTenant({ tenant: store })).toEqual({ inForce: null, damaged: null });
});

test('of two who import at once one is taken, and the other leaves nothing behind', async () => {
  const both = await Promise.all([store.insert(0, named('A'), by(0)), store.insert(0, named('B'), by(1))]);
  expect(both.filter((one) => one === null)).toHaveLength(1);
  expect(await parts()).toHaveLength(1);
  expect((await store.newest())?.version).toEqual(both.find((one) => one !== null));
});

test('ten versions are kept, with nothing of older ones or of imports that never ended', async () => {
  await table().createEntity({ partitionKey: 'part-1000000000000-abandoned', rowKey: '000000', schemaVersion: 1 });
  for (let after = 0; after < 12; after += 1) await store.insert(after, named(`after ${after}`), by(after));
  expect((await store.list(99)).map(({ version }) => version)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  expect(await parts()).toHaveLength(10);
});

test('a version of a machine whose clock is behind is kept whole', async () => {
  for (let after = 0; after < 10; after += 1) await store.insert(after, named(`after ${after}`), by(after + 1));
  await store.insert(10, named('late'), { ...by(0), importedAt: '2020-01-01T00:00:00.000Z' });
  await store.insert(11, named('last'), by(20));
  const [, late] = await store.list(2);
  expect(late && (await store.read(late)).manifest.tenantName).toBe('late');
});

describe('the newest is damaged: the one before stays in force', () => {
  beforeEach(async () => {
    await store.insert(0, named('good'), by(0));
    await store.insert(1, named('damaged'), by(1));
  });
  const newestPart = async () => {
    const [newest] = await store.list(1);
    return { partitionKey: newest?.content.partition ?? '', rowKey: '000000' };
  };
  const damages: [string, () => Promise<unknown>][] = [
    ['a part is missing', async () => table().deleteEntity((await newestPart()).partitionKey, '000000')],
    [
      'a part was changed',
      async () => table().upsertEntity({ ...(await newestPart()), packed0: Buffer.from('changed') }, 'Merge'),
    ],
    ['a part holds nothing', async () => table().upsertEntity(await newestPart(), 'Replace')],
    [
      'its row says nothing',
      () =>
        table().upsertEntity({ partitionKey: 'version', rowKey: '99999997', schemaVersion: 1, json: '{}' }, 'Replace'),
    ],
    [
      'its row is no JSON',
      () => table().upsertEntity({ partitionKey: 'version', rowKey: '99999997', json: '{"version":2,' }, 'Replace'),
    ],
  ];
  test.each(damages)('%s', async (_, damage) => {
    await damage();
    const newest = await store.newest();
    expect([newest?.config.manifest.tenantName, newest?.version.version, newest?.damaged]).toEqual(['good', 1, [2]]);
  });

  test('and the watch names it, without reading any of it', async () => {
    await table().deleteEntity((await newestPart()).partitionKey, '000000');
    expect(await observeTenant({ tenant: store })).toEqual({
      inForce: { version: 1, exportedAt: new Date('2026-03-14T08:00:00.123Z') },
      damaged: 2,
    });
  });

  test('and it is named when it is read', async () => {
    await table().deleteEntity((await newestPart()).partitionKey, '000000');
    const [newest] = await store.list(1);
    await expect(newest && store.read(newest)).rejects.toThrow(DamagedConfigError);
  });
});

test('a storage that does not answer is no damage', async () => {
  await store.insert(0, config, by(0));
  const away = createTenantStore(
    await createStorageClients({
      connectionString: connectionString.replace(
        /TableEndpoint=http:\/\/127\.0\.0\.1:\d+/,
        'TableEndpoint=http://127.0.0.1:1',
      ),
    }),
  );
  const failure = await away.newest().catch((caught: unknown) => caught);
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toBeInstanceOf(DamagedConfigError);
});

test('a stored configuration of version 1 of the schema is read', async () => {
  // As it is stored today: later code must still read it.
  const { version, part } = stored;
  await table().createEntity({ ...version, json: JSON.stringify(version.json) });
  await table().createEntity({ ...part, packed0: Buffer.from(part.packed0, 'base64') });
  const newest = await store.newest();
  expect(newest?.damaged).toEqual([]);
  expect(newest?.config.networks.subnets).toEqual([
    { subnet: '10.10.10.128', description: 'Floor 3', locationId: '407c17ae-8c41-431e-894a-38787c682f68' },
  ]);
  expect(newest?.config.users[0]).toMatchObject({ userPrincipalName: 'adele@contoso.com', lineUri: '+14255550100' });
});
