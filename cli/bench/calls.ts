import { setTimeout as sleep } from 'node:timers/promises';
import { placeCall } from '../../local/control.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { bundle } from '../../scripts/bundle.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { findCall } from '../callReport.ts';
import { quietLog } from '../quietLog.ts';
import { signInToStack } from '../stackSignIn.ts';
import { describeMachine } from './machine.ts';

/** What the embedded stack must keep: from the hub to Twilio's 201 at p95, without the wait for the queue. */
const LIMIT_MS = 400;
const WARM_UP = 20;
const CALL_TIMEOUT_MS = 60_000;

interface CallBenchOptions {
  /** Calls one after another. */
  calls: number;
  /** Calls at the same time. */
  atOnce: number;
  json: boolean;
}

const STAGES = [
  'hub to function',
  'fetch and read',
  'record and wake',
  'wait for the queue',
  'read and claim',
  'Twilio',
] as const;
type StageName = (typeof STAGES)[number];
type Sample = Record<StageName, number>;

/** Measures and prints; true when the limit was kept. */
export async function benchCalls(options: CallBenchOptions): Promise<boolean> {
  await bundle();
  // The calls follow each other closely: what is measured is a call that is told at once.
  const stack = await startStack({ appDir: 'dist', env: { ...process.env, CALLS_TOLD_ALONE: '0' }, deliverAfterMs: 0 });
  try {
    const services = await createServices(readSettings(stack.settings), quietLog);
    await signInToStack(stack, services);
    for (let i = 0; i < WARM_UP; i += 1) await measureCall(stack, services);

    const single = await measureMany(stack, options.calls, 1);
    const burst = await measureMany(stack, options.atOnce, options.atOnce);
    const p95 = single.percentiles.whole?.p95 ?? Number.NaN;
    const report = { machine: describeMachine(), limitMs: LIMIT_MS, isWithin: p95 < LIMIT_MS, single, burst };
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else printReport(report, p95, options);
    return report.isWithin;
  } finally {
    await stack.stop();
  }
}

type Measured = Awaited<ReturnType<typeof measureMany>>;

function printReport(
  { machine, isWithin, single, burst }: { machine: string; isWithin: boolean; single: Measured; burst: Measured },
  p95: number,
  { calls, atOnce }: CallBenchOptions,
): void {
  process.stdout.write(`${machine}\n`);
  printTable(`${calls} calls one after another`, single);
  printTable(`${atOnce} calls at once`, burst);
  const verdict = isWithin ? 'within' : 'NOT within';
  process.stdout.write(
    `\nHub to Twilio's 201 without the wait for the queue: p95 ${p95} ms, ${verdict} ${LIMIT_MS} ms\n`,
  );
}

async function measureMany(stack: Stack, calls: number, atOnce: number) {
  const samples: Sample[] = [];
  const services = await createServices(readSettings(stack.settings), quietLog);
  const began = performance.now();
  for (let done = 0; done < calls; done += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, calls - done) }, () => measureCall(stack, services));
    samples.push(...(await Promise.all(batch)));
  }
  const seconds = (performance.now() - began) / 1_000;
  const columns: [string, number[]][] = [
    ...STAGES.map((stage): [string, number[]] => [stage, samples.map((sample) => sample[stage])]),
    ['whole', samples.map((sample) => sum(sample) - sample['wait for the queue'])],
    ['whole with the queue', samples.map(sum)],
  ];
  return {
    callsPerSecond: Math.round((calls / seconds) * 10) / 10,
    percentiles: Object.fromEntries(columns.map(([name, values]) => [name, percentilesOf(values)])),
  };
}

function sum(sample: Sample): number {
  return STAGES.reduce((total, stage) => total + sample[stage], 0);
}

let callers = 0;

/** Places one call and waits until Twilio has accepted its first message. */
async function measureCall(stack: Stack, services: Services): Promise<Sample> {
  // Nobody calls sixteen times at once: each call has a caller of its own.
  callers += 1;
  const request = { number: '911', caller: `caller${callers}@contoso.com`, place: 'Building 34, Room 2210' };
  const placed = await placeCall(stack, request);
  const endsAt = performance.now() + CALL_TIMEOUT_MS;
  while (performance.now() < endsAt) {
    const call = await findCall(services, placed);
    const deliveries = call ? await services.store.deliveries.listOfCall(call.id) : [];
    const accepted = deliveries.map(({ value }) => value).filter(({ state }) => state === 'accepted');
    const [first] = accepted.sort((a, b) => String(a.settledAt).localeCompare(String(b.settledAt)));
    if (first && call) {
      const { queuedAt, startedAt, claimedAt, settledAt } = first;
      const times = [call.hubEnqueuedAt, call.receivedAt, call.recordedAt, queuedAt, startedAt, claimedAt, settledAt];
      const ms = times.map((time) => Date.parse(time ?? ''));
      const between = (index: number) => (ms[index + 1] ?? Number.NaN) - (ms[index] ?? Number.NaN);
      return Object.fromEntries(STAGES.map((stage, index) => [stage, between(index)])) as Sample;
    }
    await sleep(20);
  }
  throw new Error(`A call was not told within ${CALL_TIMEOUT_MS / 1_000} s`);
}

function percentilesOf(values: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function printTable(title: string, { callsPerSecond, percentiles }: Measured): void {
  const cell = (value: number | string) => String(value).padStart(8);
  process.stdout.write(
    `\n${title}: ${callsPerSecond} calls/s\n${'ms'.padEnd(24)}${['p50', 'p95', 'p99'].map(cell).join('')}\n`,
  );
  for (const [name, { p50, p95, p99 }] of Object.entries(percentiles)) {
    process.stdout.write(`${name.padEnd(24)}${[p50, p95, p99].map(cell).join('')}\n`);
  }
}
