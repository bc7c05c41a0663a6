import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { APP_NAMES, type AppName, type MeasuredApp, makeApps } from './coldStartApps.ts';
import type { ColdStart } from './coldStartProbe.ts';
import { describeMachine } from './machine.ts';

/** Fewer say nothing about a median. */
export const FEWEST_RUNS = 7;
/** What the package may take longer than an empty app to load: until its functions are registered. */
const LIMIT_MS = 60;
const PROBE = 'node_modules/.cache/cold-start-probe.mjs';
const MIB = 1024 * 1024;

interface Medians {
  registeredMs: number;
  answeredMs: number;
  memoryMiB: number;
  settledMemoryMiB: number;
}

interface Report {
  machine: string;
  runs: number;
  limitMs: number;
  loadOverEmptyMs: number;
  loadOverEmptyBundledMs: number;
  answerOverEmptyMs: number;
  isWithin: boolean;
  medians: Record<AppName, Medians>;
}

/** Of a deployment: all that is loaded only where its settings are there. Nothing of it is sent anything but the storage. */
const SETTINGS = {
  EventHubConnection__fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
  TENANT_ID: '00001111-aaaa-2222-bbbb-3333cccc4444',
  CLIENT_ID: '11112222-bbbb-3333-cccc-4444dddd5555',
  SERVICE_ACCOUNT: 'emergency@contoso.com',
  TOKEN_CACHE_KEY: Buffer.alloc(32).toString('base64'),
  NOTIFICATION_URL: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
  EMERGENCY_CALLING_POLICIES: 'Global',
  ENCRYPTION_CERTIFICATE: 'https://contoso.vault.azure.net/certificates/encryption-certificate',
  MANAGED_IDENTITY_CLIENT_ID: '22223333-cccc-4444-dddd-5555eeee6666',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:1/token',
  IDENTITY_HEADER: 'header',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+14255550100',
  ROSTER_FILE: resolve('roster.example.json'),
  LAST_RESORT_NUMBERS: '+14255550199',
};

/**
 * Starts each app in turn, over and over, each time in a new process, and prints the medians. True when the package
 * loads at most {@link LIMIT_MS} slower than the empty app. The first answer, for which the services are made, the roster
 * is checked and the storage is asked, is printed beside it.
 */
export async function benchColdStart({ runs, json }: { runs: number; json: boolean }): Promise<boolean> {
  await rm(PROBE, { force: true });
  await build({
    entryPoints: ['cli/bench/coldStartProbe.ts'],
    outfile: PROBE,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  const storage = await startEmptyStorage();
  const medians = await measure(await makeApps(), runs, storage.connectionString);
  storage.stop();
  const over = (name: AppName, until: 'registeredMs' | 'answeredMs') =>
    round(medians.package[until] - medians[name][until]);
  const loadOverEmptyMs = over('empty', 'registeredMs');
  const isWithin = loadOverEmptyMs <= LIMIT_MS;
  const report: Report = {
    machine: describeMachine(),
    runs,
    limitMs: LIMIT_MS,
    loadOverEmptyMs,
    loadOverEmptyBundledMs: over('emptyBundled', 'registeredMs'),
    answerOverEmptyMs: over('empty', 'answeredMs'),
    isWithin,
    medians,
  };
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : toText(report));
  return isWithin;
}

/**
 * A storage that answers at once that there is no roster in it: the first invocation waits for that answer, and the
 * network is not what is measured.
 */
async function startEmptyStorage(): Promise<{ connectionString: string; stop: () => void }> {
  const server = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ 'odata.error': { code: 'TableNotFound' } }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/contoso`;
  const key = Buffer.alloc(64).toString('base64');
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=contoso;AccountKey=${key};TableEndpoint=${url};QueueEndpoint=${url}`,
    stop: () => server.close(),
  };
}

async function measure(
  apps: readonly MeasuredApp[],
  runs: number,
  AlertStorage: string,
): Promise<Record<AppName, Medians>> {
  const starts: Record<AppName, ColdStart[]> = { package: [], unbundled: [], empty: [], emptyBundled: [] };
  // The first round only brings the files into the memory of the machine.
  for (let run = 0; run <= runs; run += 1) {
    for (const app of apps) {
      const start = await measureStart(app, AlertStorage);
      if (run > 0) starts[app.name].push(start);
    }
  }
  return {
    package: mediansOf(starts.package),
    unbundled: mediansOf(starts.unbundled),
    empty: mediansOf(starts.empty),
    emptyBundled: mediansOf(starts.emptyBundled),
  };
}

async function measureStart({ appDir, functionName }: MeasuredApp, AlertStorage: string): Promise<ColdStart> {
  const { PATH = '' } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [PROBE, resolve(appDir), functionName], {
    env: { PATH, ...SETTINGS, AlertStorage },
  });
  return JSON.parse(stdout) as ColdStart;
}

function mediansOf(starts: readonly ColdStart[]): Medians {
  return {
    registeredMs: round(median(starts.map(({ registeredMs }) => registeredMs))),
    answeredMs: round(median(starts.map(({ answeredMs }) => answeredMs))),
    memoryMiB: round(median(starts.map(({ rssBytes }) => rssBytes)) / MIB),
    settledMemoryMiB: round(median(starts.map(({ settledRssBytes }) => settledRssBytes)) / MIB),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const COLUMNS = [
  ['registered, ms', 'registeredMs'],
  ['first answer, ms', 'answeredMs'],
  ['memory then, MiB', 'memoryMiB'],
  ['all loaded, MiB', 'settledMemoryMiB'],
] as const;

function toText({ machine, runs, limitMs, isWithin, medians, ...over }: Report): string {
  const cell = (value: number | string) => String(value).padStart(18);
  const rows = APP_NAMES.map((name) => {
    const ratio = (medians[name].registeredMs / medians.empty.registeredMs).toFixed(2);
    return `${name.padEnd(14)}${COLUMNS.map(([, key]) => cell(medians[name][key])).join('')}${cell(`× ${ratio}`)}`;
  });
  return `${machine}
From the start of the process, medians of ${runs} starts each

${''.padEnd(14)}${COLUMNS.map(([title]) => cell(title)).join('')}${cell('load beside empty')}
${rows.join('\n')}

The package is loaded ${over.loadOverEmptyMs} ms after the empty app: ${isWithin ? 'within' : 'NOT within'} ${limitMs} ms; ${over.loadOverEmptyBundledMs} ms after one that is bundled as well.
It answers its first invocation ${over.answerOverEmptyMs} ms after the empty app: it has made its services, checked its roster, and asked
a storage that answers on this machine, at once.
`;
}
