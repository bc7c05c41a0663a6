import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import layout from '../../shared/store/layout.json';

/** Connection string of a storage account that no other test of this run has: empty, without tables and queues. */
export function takeStorageAccount(): string {
  const { TEST_STORAGE_TEMPLATES = '[]', TEST_STORAGE_TAKEN: taken, JEST_WORKER_ID = '1' } = process.env;
  const templates: string[] = JSON.parse(TEST_STORAGE_TEMPLATES);
  const template = templates[(Number(JEST_WORKER_ID) - 1) % templates.length];
  if (!template || !taken) throw new Error('The test run has no Azurite');
  for (let i = 0; ; i += 1) {
    try {
      mkdirSync(join(taken, String(i)));
      return template.replaceAll('test0', `test${i}`);
    } catch (caught) {
      if ((caught as { code?: string }).code !== 'EEXIST') throw caught;
    }
  }
}

/** The same with the tables and queues of the product. */
export async function takeProductStorage(): Promise<string> {
  const connectionString = takeStorageAccount();
  await Promise.all([
    ...layout.tables.map((name) =>
      TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true }).createTable(),
    ),
    ...layout.queues.map((name) => new QueueClient(connectionString, name).create()),
  ]);
  return connectionString;
}
