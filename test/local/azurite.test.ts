import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { type Azurite, startAzurite } from '../../local/azurite.ts';

const ALEX = { name: 'alex', key: Buffer.from('a key of Alex').toString('base64') };
const ADELE = { name: 'adele', key: Buffer.from('a key of Adele').toString('base64') };

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => done(socket.destroy() !== undefined));
    socket.once('error', () => done(false));
  });
}

async function untilGone(ports: number[]): Promise<void> {
  while ((await Promise.all(ports.map(isListening))).includes(true)) await sleep(20);
}

const portsOf = ({ blobPort, queuePort, tablePort }: Azurite) => [blobPort, queuePort, tablePort];

describe('one Azurite for many', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite({ accounts: [ALEX, ADELE] });
  });
  afterAll(() => azurite.stop());

  test('each account has its own queues', async () => {
    await new QueueClient(azurite.connectionString('alex'), 'calls').create();
    expect(await new QueueClient(azurite.connectionString('alex'), 'calls').exists()).toBe(true);
    expect(await new QueueClient(azurite.connectionString('adele'), 'calls').exists()).toBe(false);
  });

  test('each account has its own tables', async () => {
    const table = (account: string) =>
      TableClient.fromConnectionString(azurite.connectionString(account), 'Calls', { allowInsecureConnection: true });
    await table('alex').createTable();
    await table('alex').createEntity({ partitionKey: 'p', rowKey: 'r' });
    await expect(table('adele').getEntity('p', 'r')).rejects.toMatchObject({ statusCode: 404 });
  });

  test('the first account is meant when none is named', () => {
    expect(azurite.connectionString()).toBe(azurite.connectionString('alex'));
  });

  test('an account that is not served has no connection string', () => {
    expect(() => azurite.connectionString('megan')).toThrow('serves no account megan');
  });

  test('the key of another account is refused', async () => {
    const mixed = azurite.connectionString('alex').replace(ALEX.key, ADELE.key);
    await expect(new QueueClient(mixed, 'calls').getProperties()).rejects.toMatchObject({ statusCode: 403 });
  });

  test('a second one gets ports of its own', async () => {
    const second = await startAzurite();
    try {
      expect(portsOf(azurite)).not.toEqual(expect.arrayContaining([second.blobPort]));
      expect(second.connectionString()).toContain('AccountName=devstoreaccount1;');
      expect(await new QueueClient(second.connectionString(), 'calls').exists()).toBe(false);
    } finally {
      await second.stop();
    }
    await untilGone(portsOf(second));
    expect(await isListening(azurite.queuePort)).toBe(true);
  });
});

test('a folder keeps what was stored', async () => {
  const location = await mkdtemp(join(tmpdir(), 'azurite-'));
  try {
    const first = await startAzurite({ accounts: [ALEX], location });
    await new QueueClient(first.connectionString(), 'calls').create();
    await first.stop();
    expect(await readdir(location)).toContain('__azurite_db_queue__.json');

    const second = await startAzurite({ accounts: [ALEX], location });
    expect(await new QueueClient(second.connectionString(), 'calls').exists()).toBe(true);
    await second.kill();
  } finally {
    await rm(location, { recursive: true });
  }
});

test('a folder that cannot be is named as the reason', async () => {
  await expect(startAzurite({ location: join(__filename, 'inside-a-file') })).rejects.toThrow(
    /Azurite ended:[\s\S]*(ENOTDIR|EEXIST)/,
  );
});

test('nothing is left when its parent is killed', async () => {
  const script = `
    import { startAzurite } from ${JSON.stringify(resolve('local/azurite.ts'))};
    const { blobPort, queuePort, tablePort } = await startAzurite();
    process.stdout.write(JSON.stringify([blobPort, queuePort, tablePort]));`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ports = await new Promise<number[]>((done) => {
    parent.stdout.once('data', (chunk: Buffer) => done(JSON.parse(chunk.toString()) as number[]));
  });
  expect(await Promise.all(ports.map(isListening))).toEqual([true, true, true]);

  parent.kill('SIGKILL');
  await untilGone(ports);
});
