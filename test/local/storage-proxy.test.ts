import { Agent, get } from 'node:http';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { type StorageProxy, startStorageProxy } from '../../local/faults/storageProxy.ts';
import { openStorageAccount } from '../../local/host/storageAccount.ts';
import { takeStorageAccount } from '../harness/storage.ts';

let direct: string;
let proxy: StorageProxy;
beforeEach(async () => {
  direct = takeStorageAccount();
  proxy = await startStorageProxy(direct);
  await tableOf(direct).createTable();
  await queueOf(direct).create();
});
afterEach(() => proxy.close());

const tableOf = (connectionString: string) =>
  TableClient.fromConnectionString(connectionString, 'Calls', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
const queueOf = (connectionString: string) =>
  new QueueClient(connectionString, 'work', { retryOptions: { maxTries: 1 } });

const insert = (rowKey: string, options = {}) =>
  tableOf(proxy.connectionString).createEntity({ partitionKey: 'a', rowKey, text: 'Building 34' }, options);
/** What is stored, read past the proxy. */
async function stored(): Promise<string[]> {
  const rows: string[] = [];
  for await (const { rowKey } of tableOf(direct).listEntities()) rows.push(rowKey ?? '');
  return rows;
}
/** Gives up after a while, as a client with a time limit does. */
const patience = () => ({ abortSignal: AbortSignal.timeout(300) });

test('without a fault, tables, queues and blobs work as without the proxy', async () => {
  await insert('1');
  await queueOf(proxy.connectionString).sendMessage('{"call":"911"}');
  const blobs = openStorageAccount(proxy.connectionString);
  await blobs.send('blob', { method: 'PUT', path: 'calls', query: { restype: 'container' } });
  const listed = await blobs.send('blob', { method: 'GET', path: '', query: { comp: 'list', prefix: 'ca' } });
  blobs.close();
  expect(listed.text).toContain('<Name>calls</Name>');
  expect(await stored()).toEqual(['1']);
  expect((await queueOf(direct).peekMessages()).peekedMessageItems[0]?.messageText).toBe('{"call":"911"}');
  expect(proxy.counts()).toEqual({ passed: 4, refuse: 0, hang: 0, slow: 0, busy: 0, cut: 0, lose: 0, drop: 0 });
});

test('a refusal of the service itself passes as it is', async () => {
  await insert('1');
  await expect(insert('1')).rejects.toMatchObject({
    statusCode: 409,
    details: { odataError: { code: 'EntityAlreadyExists' } },
  });
});

describe('what the client of a table sees, and whether its row is there', () => {
  test.each([
    ['refuse', { code: 'ECONNREFUSED' }, []],
    ['hang', { name: 'AbortError' }, []],
    ['busy', { statusCode: 503, details: { odataError: { code: 'ServerBusy' } } }, []],
    ['cut', { code: 'ECONNRESET' }, ['1']],
    ['lose', { name: 'AbortError' }, ['1']],
    ['drop', { code: 'ECONNRESET' }, []],
  ] as const)('%s', async (kind, seen, rows) => {
    await proxy.add({ kind });
    await expect(insert('1', patience())).rejects.toMatchObject(seen);
    expect(await stored()).toEqual(rows);
    expect(proxy.counts()).toMatchObject({ passed: 0, [kind]: 1 });

    await proxy.clear();
    await insert('2');
    expect(await stored()).toEqual([...rows, '2']);
  });

  test('slow', async () => {
    const began = performance.now();
    await proxy.add({ kind: 'slow', ms: 200, times: 1 });
    await insert('1');
    expect(performance.now() - began).toBeGreaterThanOrEqual(200);
  });
});

describe('what the client of a queue sees', () => {
  test.each([
    ['refuse', { code: 'ECONNREFUSED' }],
    ['hang', { name: 'AbortError' }],
    ['busy', { statusCode: 503, code: 'ServerBusy' }],
    ['cut', { code: 'PARSE_ERROR' }],
    ['lose', { name: 'AbortError' }],
    ['drop', { code: 'ECONNRESET' }],
  ] as const)('%s', async (kind, seen) => {
    await proxy.add({ kind });
    await expect(queueOf(proxy.connectionString).sendMessage('911', patience())).rejects.toMatchObject(seen);
  });
});

test('503 has no Retry-After: the client keeps to its own pace', async () => {
  await proxy.add({ kind: 'busy' });
  const caught = await insert('1').then(
    () => null,
    (error: { response?: { headers: { get(name: string): string | undefined } } }) => error,
  );
  expect(caught?.response?.headers.get('x-ms-error-code')).toBe('ServerBusy');
  expect(caught?.response?.headers.get('retry-after')).toBeUndefined();
});

test('a client that retries gets over a short fault, with one row', async () => {
  await proxy.add({ kind: 'cut', times: 1 });
  const retrying = TableClient.fromConnectionString(proxy.connectionString, 'Calls', { allowInsecureConnection: true });
  await retrying.upsertEntity({ partitionKey: 'a', rowKey: '1' });
  expect(await stored()).toEqual(['1']);
  expect(proxy.counts()).toMatchObject({ cut: 1, passed: 1 });
});

describe('which requests a fault meets', () => {
  test('those of its service, method and path', async () => {
    await proxy.add({ kind: 'busy', service: 'table', method: 'POST', path: /\/Calls$/ });
    await expect(insert('1')).rejects.toMatchObject({ statusCode: 503 });
    await queueOf(proxy.connectionString).sendMessage('911');
    await tableOf(proxy.connectionString).upsertEntity({ partitionKey: 'a', rowKey: '2' });
    expect(await stored()).toEqual(['2']);
  });

  test('as many as it is to', async () => {
    await proxy.add({ kind: 'busy', times: 2 });
    for (const rowKey of ['1', '2']) await expect(insert(rowKey)).rejects.toMatchObject({ statusCode: 503 });
    await insert('3');
    expect(await stored()).toEqual(['3']);
  });

  test('one service can be closed while the others live', async () => {
    await proxy.add({ kind: 'refuse', service: 'queue' });
    await expect(queueOf(proxy.connectionString).sendMessage('911')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await insert('1');
    expect(await stored()).toEqual(['1']);
  });

  test('lifting one leaves the other', async () => {
    const lift = await proxy.add({ kind: 'refuse' });
    await proxy.add({ kind: 'busy' });
    await lift();
    await expect(insert('1')).rejects.toMatchObject({ statusCode: 503 });
  });

  test.each([
    [{ kind: 'refuse', times: 1 }, 'A closed port refuses every request of its service'],
    [{ kind: 'refuse', method: 'GET' }, 'A closed port refuses every request of its service'],
    [{ kind: 'busy', times: 0 }, 'times must be a whole number above 0'],
    [{ kind: 'busy', path: /a/g }, 'path must be an expression without the flags g and y'],
  ] as const)('%j is no fault', async (fault, reason) => {
    await expect(proxy.add(fault)).rejects.toThrow(reason);
    await insert('1');
  });
});

describe('a connection that is kept open feels a fault at once', () => {
  /** Two requests on one connection: before the fault, and under it. */
  async function secondRequest(kind: 'refuse' | 'busy' | 'drop'): Promise<string> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const url = /TableEndpoint=([^;]+)/.exec(proxy.connectionString)?.[1] ?? '';
    const ask = () =>
      new Promise<string>((resolve) => {
        get(`${url}/Tables`, { agent }, (answer) => {
          answer.resume().once('end', () => resolve(String(answer.statusCode)));
        }).once('error', (caught: NodeJS.ErrnoException) => resolve(String(caught.code)));
      });
    expect(await ask()).toBe('403');
    await proxy.add({ kind });
    const seen = await ask();
    agent.destroy();
    return seen;
  }

  test.each([
    // Broken off already, or refused when it is made anew.
    ['refuse', /^ECONN(RESET|REFUSED)$/],
    ['busy', /^503$/],
    ['drop', /^ECONNRESET$/],
  ] as const)('%s', async (kind, seen) => {
    expect(await secondRequest(kind)).toMatch(seen);
  });
});

test('an account that is not on this machine is refused', async () => {
  const real = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=dGVzdA==;EndpointSuffix=core.windows.net';
  await expect(startStorageProxy(real)).rejects.toThrow('no blob endpoint on http://127.0.0.1');
});
