import { TableClient } from '@azure/data-tables';
import { createJsonTable, type JsonTable, quoted } from '../../shared/store/jsonTable.ts';
import { tableKey } from '../../shared/store/keys.ts';
import { takeStorageAccount } from '../harness/storage.ts';

interface Note {
  text: string;
}

let client: TableClient;
let table: JsonTable<Note>;
beforeAll(async () => {
  client = TableClient.fromConnectionString(takeStorageAccount(), 'Notes', { allowInsecureConnection: true });
  await client.createTable();
  table = createJsonTable(client, 1);
});

test('a row that is there already is not written over', async () => {
  expect(await table.insert('p', 'once', { text: 'first' })).not.toBeNull();
  expect(await table.insert('p', 'once', { text: 'second' })).toBeNull();
  expect((await table.get('p', 'once'))?.value).toEqual({ text: 'first' });
});

test('a row that is not there is null; a table that cannot be reached is an error, not an absence', async () => {
  expect(await table.get('p', 'nowhere')).toBeNull();
  const unreachable = new TableClient('http://127.0.0.1:1', 'Notes', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  await expect(createJsonTable(unreachable, 1).get('p', 'nowhere')).rejects.toThrow(/ECONNREFUSED/);
});

test('a row that somebody else changed in between is not replaced', async () => {
  const row = await table.insert('p', 'contended', { text: 'read by two' });
  if (!row) throw new Error('not inserted');
  const mine = await table.replace(row, { text: 'mine' });
  expect(await table.replace(row, { text: 'theirs' })).toBe('changed');
  expect((await table.get('p', 'contended'))?.value).toEqual({ text: 'mine' });
  if (mine === 'changed') throw new Error('not replaced');
  expect(await table.replace(mine, { text: 'mine again' })).not.toBe('changed');
});

test('a row that is gone cannot be replaced, and removing it twice is removing it once', async () => {
  const row = await table.insert('p', 'gone', { text: 'x' });
  if (!row) throw new Error('not inserted');
  expect(await table.remove('p', 'gone')).toBe('removed');
  expect(await table.remove('p', 'gone', row.etag)).toBe('removed');
  expect(await table.replace(row, { text: 'back' })).toBe('changed');
});

test('a row is not removed with an old etag', async () => {
  const row = await table.insert('p', 'kept', { text: 'old' });
  if (!row) throw new Error('not inserted');
  await table.replace(row, { text: 'new' });
  expect(await table.remove('p', 'kept', row.etag)).toBe('changed');
  expect(await table.get('p', 'kept')).not.toBeNull();
});

test.each([
  ['just fits into a property', 16 * 1024 - '{"text":""}'.length],
  ['is one character larger', 16 * 1024 - '{"text":""}'.length + 1],
  ['is a mebibyte of repeated text', 1024 * 1024],
])('a record that %s comes back whole', async (name, length) => {
  const text = '緊'.repeat(length);
  await table.upsert('large', tableKey(name), { text });
  expect((await table.get('large', tableKey(name)))?.value.text).toBe(text);
});

test('a record that fits into no row is refused and not cut', async () => {
  let seed = 1;
  const noise = Array.from({ length: 2_000_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(32 + (seed % 95));
  }).join('');
  await expect(table.upsert('large', 'noise', { text: noise })).rejects.toThrow(RangeError);
  expect(await table.get('large', 'noise')).toBeNull();
});

test('the list is in the order of the keys, no longer than asked, and takes quotes in a value as text', async () => {
  for (const key of ['b', 'a', 'c']) await table.insert("it's", key, { text: key });
  const rows = await table.list(`PartitionKey eq ${quoted("it's")}`, 2);
  expect(rows.map(({ value }) => value.text)).toEqual(['a', 'b']);
});

test('every row carries its schema version', async () => {
  await table.insert('p', 'versioned', { text: 'x' });
  expect(await client.getEntity('p', 'versioned')).toMatchObject({ schemaVersion: 1 });
});

test.each([
  ['a slash', 'a/b'],
  ['a backslash', 'a\\b'],
  ['a hash', 'a#b'],
  ['a question mark', 'a?b'],
  ['a control character', 'a\u0000b'],
  ['a letter beyond ASCII', 'ü'],
  ['nothing at all', ''],
  ['two thousand characters', 'x'.repeat(2_000)],
])('a text with %s is a key all the same', async (_, text) => {
  const key = tableKey(text);
  await table.upsert('keys', key, { text });
  expect((await table.get('keys', key))?.value.text).toBe(text);
});
