import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultChange, type FaultSchedule, runSchedule } from '../../../local/faults/schedule.ts';
import type { CallSource } from '../../../local/graph/emergency/placeEmergencyCall.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack.ts';
import { createLogger } from '../../../shared/log.ts';
import { createServices } from '../../../shared/pipeline/createServices.ts';
import type { Services } from '../../../shared/pipeline/services.ts';
import { readSettings } from '../../../shared/settings.ts';
import { signInToStack } from '../../stackSignIn.ts';
import { type LogWatch, watchLog } from '../logWatch.ts';
import { drain, type LeftOver } from './drain.ts';
import { createMemoryWatch, type PeakMemory } from './memory.ts';
import { type PlacedSoakCall, planCalls } from './plan.ts';
import { privatePatterns } from './privacy.ts';
import { watchReading } from './reading.ts';
import { type CallTally, tallyCalls } from './tally.ts';

export interface CallSoakOptions {
  /** Folder with what is deployed. */
  appDir: string;
  calls: number;
  seed: number;
  durationMs: number;
  schedule: FaultSchedule;
  /** Only the calls of this part of the run, which then begins with it; all when left out. */
  window?: CallWindow;
  /** How long it may take after the last call until nothing is left to do; 4 minutes when left out. */
  drainMs?: number;
  storage?: StackOptions['storage'];
  signal?: AbortSignal;
  /** Told of every line of the log of both hosts. */
  onLine?: (line: string) => void;
  onProgress?: (progress: CallSoakProgress) => void;
}

/** In milliseconds since the beginning of the run. */
export interface CallWindow {
  fromMs: number;
  untilMs: number;
}

export interface CallSoakProgress {
  phase: 'calls' | 'drain';
  placed: number;
  messages: number;
  /** What is wrong now, as part and kind. */
  faults: readonly string[];
  memory: PeakMemory;
  /** What is still to be done, once all calls are placed. */
  left: LeftOver | null;
}

export interface CallSoakResult {
  calls: PlacedSoakCall[];
  hasEvents: boolean;
  tally: CallTally;
  changes: FaultChange[];
  longestUnreadMs: number;
  memory: PeakMemory;
  log: LogWatch;
  seconds: number;
  drainSeconds: number;
  isDrained: boolean;
}

const DRAIN_MS = 4 * 60_000;
const WARM_UPS = 6;
const WARM_UP_MS = 60_000;
const LOOK_EVERY_MS = 500;
const PROGRESS_EVERY_MS = 5_000;
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

/**
 * Places calls on an embedded stack of two hosts while faults come and go, makes everything well, waits until nothing
 * is left to do, and reads back what became of each call. Rejects when the run itself cannot go on, or is ended.
 */
export async function runCallSoak(options: CallSoakOptions): Promise<CallSoakResult> {
  const { signal, appDir, storage } = options;
  // Every call that is yet to be placed waits for it.
  if (signal) setMaxListeners(0, signal);
  const began = performance.now();
  const early: string[] = [];
  let onLine = (line: string): void => void early.push(line);
  const stack = await startStack({
    appDir,
    // A message is counted for one call, and nobody waits for a list.
    env: { ROSTER_FILE: 'local/oneStepRoster.json', CALLS_TOLD_ALONE: '0' },
    ...(storage ? { storage } : {}),
    ...{ hosts: 2, storageProxies: true, waitForOwnershipExpiry: true },
    onLog: ({ level, category, message }, host) => {
      onLine(`${level} ${category}: ${message}`);
      options.onLine?.(`${new Date().toISOString()} host ${host + 1} ${level} ${category}: ${message}`);
    },
  });
  try {
    const log = watchLog(privatePatterns(stack.settings));
    early.forEach(log.add);
    onLine = log.add;
    const services = await createServices(
      readSettings({ ...stack.settings, AlertStorage: stack.storage.product.direct }),
      silent,
    );
    await signInToStack(stack, services);
    await warmUp(stack, services);
    signal?.throwIfAborted();
    const result = await runOn(stack, services, options);
    return { ...result, log, seconds: (performance.now() - began) / 1_000 };
  } finally {
    await stack.stop();
  }
}

/** What a host loads with its first call is no part of the run. */
async function warmUp({ graph, twilio }: Stack, { settings }: Services): Promise<void> {
  const sources: CallSource[] = settings.eventSource === null ? ['chat'] : ['chat', 'event'];
  for (let n = 1; n <= WARM_UPS; n += 1) {
    const place = `Warm-up ${n}`;
    const told = twilio?.waitForMessage(({ body }) => body.includes(place), WARM_UP_MS);
    await graph?.emergency.placeEmergencyCall({
      caller: `warm.up${n}@contoso.com`,
      numberDialed: '933',
      place,
      sources,
    });
    await told;
  }
}

async function runOn(
  stack: Stack,
  services: Services,
  options: CallSoakOptions,
): Promise<Omit<CallSoakResult, 'log' | 'seconds'>> {
  const { signal, schedule } = options;
  const hasEvents = services.settings.eventSource !== null;
  const calls: PlacedSoakCall[] = [];
  const changes: FaultChange[] = [];
  const watch = watchRun(stack, calls, changes, options);
  try {
    const beganAtMs = Date.now();
    const faults = runSchedule(stack, schedule, {
      onChange: (change) => changes.push(change),
      ...(signal ? { signal } : {}),
    });
    const [placing, failing] = await Promise.allSettled([place(stack, options, hasEvents, calls), faults]);
    if (placing.status === 'rejected') throw placing.reason;
    if (failing.status === 'rejected') throw failing.reason;
    signal?.throwIfAborted();
    await stack.graph?.notifications.flush();
    const drainBegan = performance.now();
    watch.setPhase('drain');
    const isDrained = await drain(
      { stack, services, calls, isEachRead: watch.isEachRead, onLook: watch.setLeft },
      { ...options, timeoutMs: options.drainMs ?? DRAIN_MS },
    );
    const drainSeconds = (performance.now() - drainBegan) / 1_000;
    const tally = await tallyCalls({ stack, services, calls, changes, beganAtMs });
    return { ...{ calls, hasEvents, tally, changes, isDrained, drainSeconds }, ...watch.seen() };
  } finally {
    watch.stop();
  }
}

/** Looks at memory and readers, and tells how far the run is. */
function watchRun(
  stack: Stack,
  calls: readonly PlacedSoakCall[],
  changes: readonly FaultChange[],
  { onProgress }: CallSoakOptions,
) {
  if (!stack.hub || !stack.twilio) throw new Error('A soak needs the look-alikes');
  const { hub, twilio } = stack;
  const reading = watchReading(hub, ['0', '1']);
  const memory = createMemoryWatch();
  let phase: CallSoakProgress['phase'] = 'calls';
  let left: LeftOver | null = null;
  const looks = setInterval(() => {
    reading.look(performance.now());
    memory.look(stack.hosts.map(({ pid }) => pid));
  }, LOOK_EVERY_MS);
  const tellings = setInterval(
    () =>
      onProgress?.({
        ...{ phase, placed: calls.length, messages: twilio.messages().length },
        ...{ faults: faultsInForce(changes), memory: memory.peak(), left },
      }),
    PROGRESS_EVERY_MS,
  );
  return {
    setPhase: (next: typeof phase) => {
      phase = next;
    },
    setLeft: (now: LeftOver | null) => {
      left = now;
    },
    isEachRead: reading.isEachRead,
    seen: () => ({ longestUnreadMs: reading.longestUnreadMs(), memory: memory.peak() }),
    stop() {
      clearInterval(looks);
      clearInterval(tellings);
    },
  };
}

function faultsInForce(changes: readonly FaultChange[]): string[] {
  const inForce = new Map<string, string>();
  for (const { what, part, kind } of changes) {
    if (what === 'applied') inForce.set(part, `${part} ${kind}`);
    else inForce.delete(part);
  }
  return [...inForce.values()];
}

/** Each call at its time; `calls` grows by those that were placed. */
async function place(
  { graph }: Stack,
  { signal, window, ...plan }: CallSoakOptions,
  hasEvents: boolean,
  calls: PlacedSoakCall[],
): Promise<void> {
  if (!graph) throw new Error('A soak needs the look-alikes');
  const { fromMs, untilMs } = window ?? { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };
  const began = performance.now();
  for (const [n, call] of planCalls({ ...plan, hasEvents }).entries()) {
    if (call.atMs < fromMs || call.atMs >= untilMs) continue;
    await sleep(Math.max(0, began + call.atMs - fromMs - performance.now()), undefined, signal ? { signal } : {});
    const { caller, numberDialed, place, sources, announce } = call;
    const placedAtMs = Date.now();
    const ids = await graph.emergency.placeEmergencyCall({
      ...{ caller, numberDialed, place, sources, announce },
      callbackNumber: '+14255550123',
    });
    calls.push({ ...call, n, placedAtMs, ...ids, eventId: sources.includes('event') ? ids.eventId : '' });
  }
}
