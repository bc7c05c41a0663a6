import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSampleTenant, FAULTS_FILE, linesOf, sampleFiles } from './sampleTenant.ts';

/** Writes the sample tenant as an export, with the list of its faults. */
export async function writeSample(directory: string, seed: number): Promise<void> {
  const { rows, faults } = createSampleTenant(seed);
  await mkdir(directory, { recursive: true });
  for (const [name, text] of sampleFiles(rows)) await writeFile(join(directory, name), text);
  await writeFile(join(directory, FAULTS_FILE), linesOf(faults));
}
