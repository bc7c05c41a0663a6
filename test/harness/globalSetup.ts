import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from 'jest';
import { startAzurite } from '../../local/azurite.ts';

/** Enough for every test of a run to have a storage account of its own. */
const ACCOUNTS = 4_000;

/**
 * An Azurite for each worker: one thread answers all its requests, and tests that wait for a limit of seconds must not
 * wait for each other. {@link ../harness/storage.ts} hands out the accounts.
 */
export default async function globalSetup({ maxWorkers }: Pick<Config, 'maxWorkers'>): Promise<void> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({ name: `test${i}`, key: 'dGVzdA==' }));
  const workers = Array.from({ length: Number(maxWorkers ?? 1) });
  const azurites = await Promise.all(workers.map(() => startAzurite({ accounts })));
  process.env.TEST_STORAGE_TEMPLATES = JSON.stringify(azurites.map((azurite) => azurite.connectionString('test0')));
  process.env.TEST_STORAGE_TAKEN = await mkdtemp(join(tmpdir(), 'emergency-alerts-accounts-'));
  (globalThis as { azurites?: unknown }).azurites = azurites;
}
