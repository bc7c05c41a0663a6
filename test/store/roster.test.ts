import { TableClient } from '@azure/data-tables';
import { createRosterStore, type RosterStore } from '../../shared/store/rosterStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { takeProductStorage } from '../harness/storage.ts';

let connectionString: string;
let store: RosterStore;
beforeEach(async () => {
  connectionString = await takeProductStorage();
  store = createRosterStore(await createStorageClients({ connectionString }));
});

const roster = (name: string) => ({
  document: { name },
  importedAt: '2026-11-21T12:00:00.000Z',
  importedBy: 'nestor',
});
const rows = () => TableClient.fromConnectionString(connectionString, 'Roster', { allowInsecureConnection: true });

test('versions are kept, the newest first', async () => {
  expect(await store.list(10)).toEqual([]);
  expect(await store.insert(0, roster('first'))).toEqual({ version: 1, ...roster('first') });
  for (let after = 1; after < 12; after += 1) await store.insert(after, roster(`after ${after}`));
  expect((await store.list(3)).map(({ version, document }) => [version, document])).toEqual([
    [12, { name: 'after 11' }],
    [11, { name: 'after 10' }],
    [10, { name: 'after 9' }],
  ]);
  expect((await store.list(20)).at(-1)).toEqual({ version: 1, ...roster('first') });
});

test('of two who change the same version only one is taken, and what the other knew stays as it is', async () => {
  await store.insert(0, roster('first'));
  const both = await Promise.all([store.insert(1, roster('mine')), store.insert(1, roster('theirs'))]);
  expect(both.filter((one) => one === null)).toHaveLength(1);
  const [newest, ...others] = await store.list(10);
  expect([newest]).toEqual(both.filter((one) => one !== null));
  expect(others).toEqual([{ version: 1, ...roster('first') }]);
});

test('a row that cannot be read is a version without a document, and the next one comes after it', async () => {
  await store.insert(0, roster('first'));
  await store.insert(1, roster('second'));
  await rows().upsertEntity({ partitionKey: 'roster', rowKey: '99999997', json: '{"version":2,' }, 'Replace');
  const [newest, first] = await store.list(10);
  expect(newest).toEqual({ version: 2, document: null, importedAt: null, importedBy: null });
  expect(first?.version).toBe(1);
  expect((await store.insert(2, roster('third')))?.version).toBe(3);
});

test('a large roster is kept whole', async () => {
  const people = Array.from({ length: 2_000 }, (_, index) => ({ id: `person-${index}`, name: 'Adele Vance' }));
  await store.insert(0, { ...roster(''), document: { people } });
  expect((await store.list(1))[0]?.document).toEqual({ people });
});

test('a row of version 1 of the schema is read', async () => {
  // As it is stored today: later code must still read it.
  await rows().createEntity({
    partitionKey: 'roster',
    rowKey: '99999998',
    schemaVersion: 1,
    json: '{"version":1,"document":{"defaultTeam":"desk"},"importedAt":"2026-11-21T12:00:00.000Z","importedBy":null}',
  });
  expect(await store.list(1)).toEqual([
    { version: 1, document: { defaultTeam: 'desk' }, importedAt: '2026-11-21T12:00:00.000Z', importedBy: null },
  ]);
});

test('a table that does not answer is a failure, not an empty one', async () => {
  await rows().deleteTable();
  await expect(store.list(1)).rejects.toMatchObject({ statusCode: 404 });
});
