import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../local/azurite.ts';

/** Enough for every test of a run to have a storage account of its own. */
const ACCOUNTS = 1_000;

/** One Azurite for the whole run; {@link ../harness/storage.ts} hands out its accounts. */
export default async function globalSetup(): Promise<void> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({ name: `test${i}`, key: 'dGVzdA==' }));
  const azurite = await startAzurite({ accounts });
  process.env.TEST_STORAGE_TEMPLATE = azurite.connectionString('test0');
  process.env.TEST_STORAGE_TAKEN = await mkdtemp(join(tmpdir(), 'emergency-alerts-accounts-'));
  (globalThis as { azurite?: unknown }).azurite = azurite;
}
