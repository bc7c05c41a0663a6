import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export interface HostFiles {
  process: string;
  worker: string;
}

const HERE = dirname(fileURLToPath(import.meta.url));
/** Where tools keep what they can make again; packages are found from here. */
const CACHE = join(HERE, '..', '..', 'node_modules', '.cache', 'local-host');
const TARGET = 'node20';

let built: HostFiles | null = null;

/**
 * Makes plain JavaScript of the host's two entry points, so that child and thread start without a loader: nothing
 * stands between the app and Node, and a start takes a third of the time. Files are named by their content.
 */
export function buildHost(): HostFiles {
  built ??= { process: bundle('process.ts'), worker: bundle('worker.ts') };
  return built;
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(HERE, entry)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: TARGET,
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const path = join(CACHE, `${basename(entry, '.ts')}-${hash}.mjs`);
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    // In one step: others may be starting the same at this moment.
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}
