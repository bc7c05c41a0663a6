import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const { azurite } = globalThis as { azurite?: { stop(): Promise<void> } };
  await azurite?.stop();
  await rm(process.env.TEST_STORAGE_TAKEN ?? '', { recursive: true, force: true });
}
