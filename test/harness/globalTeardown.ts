import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const { azurites = [] } = globalThis as { azurites?: { stop(): Promise<void> }[] };
  await Promise.all(azurites.map((azurite) => azurite.stop()));
  await rm(process.env.TEST_STORAGE_TAKEN ?? '', { recursive: true, force: true });
}
