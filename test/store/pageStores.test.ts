import { TableClient } from '@azure/data-tables';
import { createStore, type Store } from '../../shared/store/store.ts';
import { takeProductStorage } from '../harness/storage.ts';

let store: Store;
let table: TableClient;
beforeEach(async () => {
  const connectionString = await takeProductStorage();
  store = await createStore({ connectionString });
  table = TableClient.fromConnectionString(connectionString, 'Page', { allowInsecureConnection: true });
});

/** Rows as they were written when there was version 1 only. */
const VERSION_1 = [
  ['person', 'page:c0dfd011777b', '{"id":"page:c0dfd011777b","name":"Diego Siciliani","upn":"diego@contoso.com"}'],
  [
    'audit',
    '8226931199999-1a2b3c4d',
    '{"at":"2026-03-01T00:00:00.000Z","by":"adele","name":"Adele Vance","upn":null,"roles":["Auditor"],"action":"exported","what":"calls.csv","of":"2026-02-01 to 2026-02-28 (UTC)"}',
  ],
  [
    'viewers|8226931199999-0123456789abcdef',
    'adele',
    '{"at":"2026-03-01T00:00:00.000Z","by":"adele","name":"Adele Vance","upn":null,"roles":["Responder"],"action":"viewed","what":"call","of":"8226931199999-0123456789abcdef"}',
  ],
  [
    'procedure|north',
    '99999998',
    '{"site":"north","version":1,"markdown":"- [ ] Go","at":"2026-03-01T00:00:00.000Z","by":"adele","name":"Adele Vance"}',
  ],
  [
    'signInAttempt',
    'latest',
    '{"id":"a","way":"deviceCode","state":"waiting","startedAt":"2026-03-01T00:00:00.000Z","expiresAt":"2026-03-01T00:15:00.000Z","userCode":"ABCDEFGHI","url":"https://microsoft.com/devicelogin","failure":null,"aliveAt":null,"sealed":null}',
  ],
] as const;

test('what was stored in the first version is read', async () => {
  for (const [partitionKey, rowKey, json] of VERSION_1) {
    await table.createEntity({ partitionKey, rowKey, schemaVersion: 1, json });
  }
  expect(await store.pagePeople.list()).toMatchObject([{ name: 'Diego Siciliani' }]);
  expect((await store.pageAudit.list(10, null)).entries).toMatchObject([{ what: 'calls.csv', roles: ['Auditor'] }]);
  expect(await store.pageAudit.viewersOf('8226931199999-0123456789abcdef')).toMatchObject([{ by: 'adele' }]);
  expect(await store.procedures.get('north', null)).toMatchObject({ version: 1, markdown: '- [ ] Go' });
  expect(await store.signInAttempts.read()).toMatchObject({ userCode: 'ABCDEFGHI', state: 'waiting' });
});

test('notes are listed newest first, page by page, and none is ever changed', async () => {
  const entry = {
    by: 'adele',
    name: 'Adele Vance',
    upn: null,
    roles: [],
    action: 'viewed' as const,
    what: 'calls',
    of: null,
  };
  for (let day = 1; day <= 5; day += 1) await store.pageAudit.add({ ...entry, at: `2026-03-0${day}T00:00:00.000Z` });
  const first = await store.pageAudit.list(2, null);
  const second = await store.pageAudit.list(2, first.after);
  const last = await store.pageAudit.list(2, second.after);
  expect([...first.entries, ...second.entries, ...last.entries].map(({ at }) => at.slice(8, 10))).toEqual([
    '05',
    '04',
    '03',
    '02',
    '01',
  ]);
  expect(last.after).toBeNull();
  // Two notes of the same moment are two.
  await Promise.all([1, 2].map(() => store.pageAudit.add({ ...entry, at: '2026-03-06T00:00:00.000Z' })));
  expect((await store.pageAudit.list(10, null)).entries).toHaveLength(7);
});

test('the procedure of one site is none of another whose name begins so', async () => {
  const added = { markdown: 'x', at: '2026-03-01T00:00:00.000Z', by: 'adele', name: 'Adele Vance' };
  await store.procedures.insert(0, { ...added, site: 'north' });
  await store.procedures.insert(0, { ...added, site: 'north-2' });
  await store.procedures.insert(0, { ...added, site: null });
  await store.procedures.insert(1, { ...added, site: 'north' });
  expect((await store.procedures.list()).map(({ site, version }) => `${site} ${version}`)).toEqual([
    'null 1',
    'north 2',
    'north-2 1',
  ]);
  expect(await store.procedures.get('nort', null)).toBeNull();
  expect(await store.procedures.insert(0, { ...added, site: 'north' })).toBeNull();
  expect(await store.procedures.insert(5, { ...added, site: 'north' })).toBeNull();
});

test('an attempt that was overtaken by another one is not changed any more', async () => {
  const attempt = {
    ...{ way: 'deviceCode' as const, state: 'waiting' as const, userCode: null, url: '', failure: null, aliveAt: null },
    ...{ sealed: null, startedAt: '2026-03-01T00:00:00.000Z', expiresAt: '2026-03-01T00:15:00.000Z' },
  };
  await store.signInAttempts.begin({ ...attempt, id: 'a' });
  await store.signInAttempts.begin({ ...attempt, id: 'b' });
  expect(await store.signInAttempts.change('a', { state: 'signedIn' })).toBe(false);
  expect(await store.signInAttempts.read()).toMatchObject({ id: 'b', state: 'waiting' });
});
