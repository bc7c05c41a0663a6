import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createLineReader, toLines } from '../../shared/tenant/configLines.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { readExportDirectory } from '../tenant/tenantSource.ts';
import { askTenant } from './tenantQuestions.ts';

/** What a process took to have a configuration in memory. */
export interface TenantLoad {
  ms: number;
  /** The most that the process had, with the runtime. */
  peakRssBytes: number;
  ports: number;
}

const STORED = 'stored.gz';

/**
 * A process that loads the export in the folder of its second argument (`export`), writes it there as it is stored
 * (`pack`), or loads that (`stored`), and prints a {@link TenantLoad}. `ask` loads what is stored, and prints what
 * questions about single calls took.
 */
const [mode = '', directory = ''] = process.argv.slice(2);
const began = performance.now();
const config = mode === 'stored' || mode === 'ask' ? await loadStored() : await readExportDirectory(directory);
const ms = performance.now() - began;
if (mode === 'pack') await writeFile(join(directory, STORED), gzipSync([...toLines(config)].join('\n')));
const load: TenantLoad = {
  ms: Math.round(ms),
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
  ports: config.networks.ports.length,
};
process.stdout.write(JSON.stringify(mode === 'ask' ? askTenant(config) : load));

async function loadStored(): Promise<TenantConfig> {
  const text = gunzipSync(await readFile(join(directory, STORED)));
  const reader = createLineReader();
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(0x0a, start);
    const end = newline < 0 ? text.length : newline;
    reader.take(text.toString('utf8', start, end));
    start = end + 1;
  }
  return reader.config();
}
