import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HostLog, type HostOptions, type RunningHost, startHost } from '../../local/host/start.ts';

export interface HostUnderTest extends RunningHost {
  lines: HostLog[];
  /** What the app of a fixture wrote to the log of its function, each a JSON document, oldest first. */
  said<T = Record<string, unknown>>(functionName: string): T[];
}

const hosts: RunningHost[] = [];
const folders: string[] = [];

/** Starts a host for one file of `test/local/apps`, in an empty folder with that host.json. */
export async function hostApp(
  file: string,
  hostJson: object,
  options: Partial<HostOptions> = {},
): Promise<HostUnderTest> {
  const appDir = await createFolder({ 'host.json': JSON.stringify({ version: '2.0', ...hostJson }) });
  return hostFolder({ appDir, mainFile: relative(appDir, resolve('test/local/apps', file)), env: {}, ...options });
}

export async function hostFolder(options: HostOptions): Promise<HostUnderTest> {
  const lines: HostLog[] = [];
  const host = await startHost({ onLog: (line) => lines.push(line), ...options });
  hosts.push(host);
  return {
    ...host,
    lines,
    said: <T>(name: string) =>
      lines
        .filter(({ category }) => category === `Function.${name}.User`)
        .map(({ message }) => JSON.parse(message) as T),
  };
}

/** A new folder with these files. */
export async function createFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'host-test-'));
  folders.push(folder);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return folder;
}

/** Of the test that runs: what is left of one that timed out must not wait on. */
let test = Symbol();

/** To be run after each test: no host and no folder is left. */
export async function endHosts(): Promise<void> {
  test = Symbol();
  await Promise.all(hosts.splice(0).map((host) => host.kill()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Resolves when the condition holds; the time limit is that of the test. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const waiting = test;
  while (!(await condition())) {
    if (waiting !== test) throw new Error('The test has ended');
    await sleep(10);
  }
}
