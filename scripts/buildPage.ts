import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Where the page lies at the functions host: `functions/dashboard.ts` answers for it. */
export const PAGE_BASE = '/api/dashboard/';
const SOURCE = 'dashboard';
const VITE = 'node_modules/vite/bin/vite.js';
/** Built pages, each by the fingerprint of its sources: the tests and `npm start` make many packages of one page. */
const BUILT = resolve('.local/page');

/** Puts the dashboard page into a folder; builds it only where its sources have changed since the last time. */
export async function buildPage(out: string): Promise<void> {
  const built = join(BUILT, await fingerprint());
  if (!(await isThere(built))) await buildInto(built);
  await cp(built, out, { recursive: true });
}

async function buildInto(built: string): Promise<void> {
  const fresh = `${built}.${randomUUID()}`;
  // A process of its own: the tests, which are CommonJS, cannot load Vite.
  const options = ['build', SOURCE, '--base', PAGE_BASE, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [VITE, ...options], { env });
  // Somebody else may have been faster; theirs is the same.
  await rename(fresh, built).catch(() => rm(fresh, { recursive: true, force: true }));
}

async function fingerprint(): Promise<string> {
  const entries = await readdir(SOURCE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), 'scripts/buildPage.ts', 'package-lock.json']) {
    hash.update(`${file}\n`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
