import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export interface HostFiles {
  process: string;
  worker: string;
}

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
/** Where tools keep what they can make again. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'local-host');

/**
 * Makes plain JavaScript of the host's two entry points with all they need, so that child and thread start without a
 * loader: nothing stands between the app and Node, and a start takes a third of the time. Made anew only when a file of
 * the host or a package has changed.
 */
export function buildHost(): HostFiles {
  const sources = readdirSync(HERE).map((name) => join(HERE, name));
  const folder = join(CACHE, fingerprint([...sources, join(ROOT, 'package-lock.json')]));
  if (!existsSync(folder)) {
    // In one step, since others may be making the same at this moment.
    const unfinished = `${folder}.${process.pid}`;
    bundleInto(unfinished);
    moveUnlessThere(unfinished, folder);
  }
  return { process: join(folder, 'process.mjs'), worker: join(folder, 'worker.mjs') };
}

function fingerprint(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path}\n${mtimeMs}\n${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function bundleInto(outdir: string): void {
  buildSync({
    entryPoints: ['process', 'worker'].map((name) => join(HERE, `${name}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // CommonJS packages inside the bundle call `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);",
    },
    logLevel: 'error',
  });
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (caught) {
    if (!existsSync(to)) throw caught;
    rmSync(from, { recursive: true });
  }
}
