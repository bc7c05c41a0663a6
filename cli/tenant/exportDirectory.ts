import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf } from '../../shared/errors.ts';
import type { ExportSource } from '../../shared/tenant/reading/readTenantExport.ts';

/** The folder that the export script wrote. Throws in an administrator's words where it is none that can be read. */
export async function openExportDirectory(directory: string): Promise<ExportSource> {
  const names = await readdir(directory).catch((caught: unknown) => {
    throw new Error(`${directory} cannot be read (${errorCodeOf(caught)})`, { cause: caught });
  });
  const sizes = new Map<string, number>();
  for (const name of names) {
    const found = await stat(join(directory, name));
    if (found.isFile()) sizes.set(name, found.size);
  }
  return { sizes, read: (file) => readFile(join(directory, file)) };
}
