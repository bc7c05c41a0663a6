import { TableClient } from '@azure/data-tables';
import { neverTested, type SiteTest } from '../../shared/oncall/siteTest.ts';
import { createSiteTestStore, type SiteTestStore } from '../../shared/store/siteTestStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { takeProductStorage } from '../harness/storage.ts';

/** A row as version 0.1.0 wrote it. */
const VERSION_1: SiteTest = {
  siteId: 'hq',
  lastTestAt: '2026-03-02T18:00:00.000Z',
  round: {
    ...{ code: 'CDF', begunAt: '2026-03-02T17:00:00.000Z', reminders: 1, remindedAt: '2026-03-02T17:00:00.000Z' },
    calls: [{ id: '8227475199999-0123456789abcdef', code: 'K7M', at: '2026-03-02T18:00:00.000Z', callerId: null }],
    ...{ questions: 1, askedAt: '2026-03-02T18:05:00.000Z', told: ['diego'], unreached: [] },
    answers: [
      { by: 'diego', at: '2026-03-02T18:10:00.000Z', answer: 'wrong', said: '1 Other Street', messageSid: 'SM1' },
    ],
    telling: null,
  },
  answered: null,
};

let store: SiteTestStore;
let connectionString: string;
beforeEach(async () => {
  connectionString = await takeProductStorage();
  store = createSiteTestStore(await createStorageClients({ connectionString }));
});

test('a row of version 1 is read', async () => {
  const table = TableClient.fromConnectionString(connectionString, 'Claims', { allowInsecureConnection: true });
  const json = JSON.stringify(VERSION_1);
  await table.createEntity({ partitionKey: 'siteTest', rowKey: 'hq', schemaVersion: 1, json });
  expect((await store.list()).map(({ value }) => value)).toEqual([VERSION_1]);
});

test('of two who write at once one is told that it was too late', async () => {
  const [first, second] = await Promise.all([store.write(null, neverTested('hq')), store.write(null, VERSION_1)]);
  expect([first, second].filter((row) => row === null)).toHaveLength(1);
  const [row] = await store.list();
  if (!row) throw new Error('There is no row');
  expect(await store.write(row, VERSION_1)).not.toBeNull();
  expect(await store.write(row, neverTested('hq'))).toBeNull();
});

test('changes of many at once are all kept', async () => {
  await Promise.all(
    ['a', 'b', 'c', 'd'].map((mark) =>
      store.update('hq', (tests) => ({ ...tests, lastTestAt: `${tests.lastTestAt ?? ''}${mark}` })),
    ),
  );
  const [row] = await store.list();
  expect([...(row?.value.lastTestAt ?? '')].sort()).toEqual(['a', 'b', 'c', 'd']);
});

test('what changes nothing writes nothing', async () => {
  await store.update('hq', (tests) => tests);
  expect(await store.list()).toEqual([]);
});
