import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { createJsonTable, type JsonTable, quoted } from '../../shared/store/jsonTable.ts';
import { tableKey } from '../../shared/store/keys.ts';
import { createStorageClients, STORAGE_TIMEOUT_MS } from '../../shared/store/storageClients.ts';
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

describe('a row that is no JSON', () => {
  beforeAll(async () => {
    await table.insert('damage', 'a', { text: 'a' });
    await client.createEntity({ partitionKey: 'damage', rowKey: 'b', json: '{"text":' });
    await client.createEntity({ partitionKey: 'damage', rowKey: 'c', packed0: Buffer.from('not compressed') });
    await table.insert('damage', 'd', { text: 'd' });
  });

  test('is named to whoever asks for it, and the others are listed', async () => {
    const unreadable: string[] = [];
    const rows = await table.list("PartitionKey eq 'damage'", 10, (rowKey) => unreadable.push(rowKey));
    expect(rows.map(({ rowKey }) => rowKey)).toEqual(['a', 'd']);
    expect(unreadable).toEqual(['b', 'c']);
  });

  test('is an error for whoever does not', async () => {
    await expect(table.list("PartitionKey eq 'damage'")).rejects.toThrow(SyntaxError);
  });
});

describe('a list over several pages', () => {
  const servers: Server[] = [];
  let asked: number;
  beforeEach(() => {
    asked = 0;
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  /** A table service that gives these rows, one a page; it never answers the request for the row `silence`. */
  async function tableOf(...rowKeys: string[]): Promise<JsonTable<Note>> {
    const server = createServer(({ url }, response) => {
      asked += 1;
      const from = new URL(url ?? '', 'http://127.0.0.1').searchParams.get('NextRowKey') ?? rowKeys[0] ?? '';
      const [RowKey, next] = rowKeys.slice(rowKeys.indexOf(from));
      if (RowKey === 'silence') return;
      response.setHeader('content-type', 'application/json');
      if (next) response.setHeader('x-ms-continuation-NextPartitionKey', 'p');
      if (next) response.setHeader('x-ms-continuation-NextRowKey', next);
      response.end(JSON.stringify({ value: [{ PartitionKey: 'p', RowKey, json: `{"text":"${RowKey}"}` }] }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`;
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=test;AccountKey=dGVzdA==;TableEndpoint=${endpoint}`;
    return createJsonTable((await createStorageClients({ connectionString })).table('Notes'), 1);
  }

  test('comes whole', async () => {
    const rows = await (await tableOf('a', 'b', 'c')).list("PartitionKey eq 'p'");
    expect(rows.map(({ value }) => value.text)).toEqual(['a', 'b', 'c']);
  });

  test('is not read further than asked', async () => {
    const rows = await (await tableOf('a', 'b', 'c')).list("PartitionKey eq 'p'", 2);
    expect(rows.map(({ value }) => value.text)).toEqual(['a', 'b']);
    expect(asked).toBe(2);
  });

  test('ends with an error when the storage answers no more, at the first page or at a later one', async () => {
    const tables = [await tableOf('silence'), await tableOf('a', 'b', 'silence')];
    const outcomes = tables.map((silent) => {
      const patience = sleep(2 * STORAGE_TIMEOUT_MS, 'still waiting', { ref: false });
      return Promise.race([silent.list("PartitionKey eq 'p'"), patience]);
    });
    const aborted = { status: 'rejected', reason: expect.objectContaining({ name: 'AbortError' }) };
    expect(await Promise.allSettled(outcomes)).toEqual([aborted, aborted]);
    expect(asked).toBe(4);
  });
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
