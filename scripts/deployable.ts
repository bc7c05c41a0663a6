import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { parseRoster } from '../shared/oncall/roster.ts';
import { bundle } from './bundle.ts';

/** Zipped. More would be something that does not belong there, and would make every new instance slow to start. */
export const MOST_BYTES = 5_000_000;

/** A file of the zip, by what the zip itself says of it. */
export interface DeployedFile {
  name: string;
  bytes: number;
  zippedBytes: number;
}

export interface Deployable {
  zip: Uint8Array;
  files: DeployedFile[];
  /** How many people the roster inside names; `null` where there is none. */
  people: number | null;
}

export interface DeployableOptions {
  /** Folder that is made anew. */
  dir?: string;
  /** The customer's roster; goes in as `roster.json` if it is there. */
  rosterFile?: string;
  entry?: string;
}

/**
 * Makes the folder that is deployed, and the same as a zip: the same source and roster give the same bytes, on every
 * machine. Throws with a sentence when the zip would be larger than {@link MOST_BYTES}, the code needs what must not be
 * deployed, or the roster has faults; then there is no folder.
 */
export async function makeDeployable({
  dir = 'dist',
  rosterFile = 'roster.json',
  entry,
}: DeployableOptions = {}): Promise<Deployable> {
  await rm(dir, { recursive: true, force: true });
  const roster = await readRoster(rosterFile);
  await bundle(dir, entry);
  if (roster !== null) await writeFile(join(dir, 'roster.json'), roster.text);
  const zip = await zipFolder(dir);
  if (zip.length > MOST_BYTES) {
    await rm(dir, { recursive: true });
    throw new Error(
      `The package has ${count(zip.length)} bytes, and may have ${count(MOST_BYTES)}: something large came in with the code or a dependency`,
    );
  }
  return { zip, files: filesOf(zip), people: roster?.people ?? null };
}

/** With separators of thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

async function readRoster(file: string): Promise<{ text: string; people: number } | null> {
  const text = await readFile(file, 'utf8').catch((caught: { code?: unknown }) => {
    if (caught.code === 'ENOENT') return null;
    throw caught;
  });
  if (text === null) return null;
  const result = parseRoster(toJson(text));
  if ('problems' in result) {
    throw new Error(`${file} has faults, so nothing was packaged:\n${result.problems.join('\n')}`);
  }
  return { text, people: result.roster.people.length };
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By its own compressor: what that of Node gives depends on its version and the processor. */
async function zipFolder(dir: string): Promise<Uint8Array> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(dir, sep).length))
    .sort();
  const contents = await Promise.all(
    paths.map(async (path) => [path.split(sep).join('/'), await readFile(join(dir, path))] as const),
  );
  // A zip holds local times without their zone, from 1980 on.
  return zipSync(Object.fromEntries(contents), { mtime: new Date(1980, 0, 1) });
}

function filesOf(zip: Uint8Array): DeployedFile[] {
  const files: DeployedFile[] = [];
  unzipSync(zip, {
    filter: ({ name, originalSize, size }) => {
      files.push({ name, bytes: originalSize, zippedBytes: size });
      return false;
    },
  });
  return files;
}
