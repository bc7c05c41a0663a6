import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeMachine } from './machine.ts';
import { type TenantSize, writeTenantExport } from './tenantExport.ts';
import type { TenantLoad } from './tenantProbe.ts';
import type { TenantAnswers } from './tenantQuestions.ts';

/** What the product promises for a tenant of {@link LARGE}. */
const LIMIT_MS = 3_000;
const RESOLUTION_LIMIT_MS = 1;
const PLACE_LIMIT_MS = 5;
const LIMIT_BYTES = 500 * 1024 * 1024;
const LARGE: TenantSize = { sites: 1_000, subnets: 50_000, accessPoints: 100_000, ports: 200_000 };
const RUNS = 3;
const PROBE_TIMEOUT_MS = 120_000;

export interface TenantBenchOptions {
  seed: number;
  json: boolean;
}

/**
 * Loads a large tenant from an export, and as it is stored, and asks it where clients are, in processes of their own: the fastest of
 * three. True within the limits.
 */
export async function benchTenant({ seed, json }: TenantBenchOptions): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'tenant-bench-'));
  try {
    await writeTenantExport(directory, LARGE, seed);
    const fromExport = await fastest<TenantLoad>('export', directory, ({ ms }) => ms);
    await probe('pack', directory);
    const { size: storedBytes } = await stat(join(directory, 'stored.gz'));
    const fromStored = await fastest<TenantLoad>('stored', directory, ({ ms }) => ms);
    const answers = await fastest<TenantAnswers>('ask', directory, ({ resolution }) => resolution.p99);
    const isLoaded = [fromExport, fromStored].every(
      ({ ms, peakRssBytes, ports }) => ms < LIMIT_MS && peakRssBytes < LIMIT_BYTES && ports === LARGE.ports,
    );
    const isAnswered =
      answers.resolution.p99 < RESOLUTION_LIMIT_MS &&
      answers.place.p99 < PLACE_LIMIT_MS &&
      answers.peakRssBytes < LIMIT_BYTES &&
      fromStored.ms + answers.indexMs < LIMIT_MS;
    const isWithin = isLoaded && isAnswered;
    const report = {
      machine: describeMachine(),
      seed,
      size: LARGE,
      fromExport,
      fromStored,
      answers,
      storedBytes,
      isWithin,
    };
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : toText(report));
    return isWithin;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What else the machine does makes a run slower, never faster. */
async function fastest<T>(mode: 'export' | 'stored' | 'ask', directory: string, msOf: (run: T) => number): Promise<T> {
  const first = await probe<T>(mode, directory);
  const others: T[] = [];
  while (others.length + 1 < RUNS) others.push(await probe<T>(mode, directory));
  return others.reduce((best, run) => (msOf(run) < msOf(best) ? run : best), first);
}

async function probe<T>(mode: 'export' | 'pack' | 'stored' | 'ask', directory: string): Promise<T> {
  const args = ['--import', 'tsx', 'cli/bench/tenantProbe.ts', mode, directory];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: PROBE_TIMEOUT_MS });
  return JSON.parse(stdout);
}

interface Report {
  machine: string;
  fromExport: TenantLoad;
  fromStored: TenantLoad;
  answers: TenantAnswers;
  storedBytes: number;
  isWithin: boolean;
}

function toText({ machine, fromExport, fromStored, answers, storedBytes, isWithin }: Report): string {
  const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);
  const row = (name: string, { ms, peakRssBytes }: Pick<TenantLoad, 'ms' | 'peakRssBytes'>) =>
    `${name.padEnd(24)}${String(ms).padStart(8)} ms${String(mb(peakRssBytes)).padStart(8)} MB at most`;
  const { sites, subnets, accessPoints, ports } = LARGE;
  return `${machine}
${sites} sites, ${subnets} subnets, ${accessPoints} access points, ${ports} ports

${row('from an export', fromExport)}
${row('as it is stored', fromStored)}, ${mb(storedBytes)} MB in the table
${row('with what it is asked by', { ms: answers.indexMs, peakRssBytes: answers.peakRssBytes })}
where a client is: ${answers.resolution.p50} ms p50, ${answers.resolution.p99} ms p99, ${answers.resolution.max} ms at most
which place a call names: ${answers.place.p50} ms p50, ${answers.place.p99} ms p99, ${answers.place.max} ms at most
${isWithin ? 'within' : 'NOT within'} ${LIMIT_MS} ms and ${mb(LIMIT_BYTES)} MB; ${RESOLUTION_LIMIT_MS} ms and ${PLACE_LIMIT_MS} ms at p99
`;
}
