import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack.ts';
import { applyFault, checkFault, FAULT_KINDS, type FaultPart } from '../stackFaults.ts';
import { createRandom, type Random } from './random.ts';

/** One fault, from `atMs` after the beginning of the run for `forMs`. */
export interface ScheduledFault {
  atMs: number;
  forMs: number;
  part: FaultPart;
  kind: string;
}

/** What goes wrong and when; as JSON it can be kept, and run again. */
export interface FaultSchedule {
  /** Where it came from. */
  seed: number;
  entries: readonly ScheduledFault[];
}

export interface GenerateOptions {
  /** Every fault has ended by then. */
  durationMs: number;
  /** Between the beginnings of two faults, on average. */
  meanGapMs: number;
  /** All when left out; `host-2` only fits a stack with two hosts. */
  parts?: readonly FaultPart[];
  /** Faults that are not to be, such as `graph missing`. */
  except?: readonly string[];
  /** How long a fault lasts: 1 to 10 s when left out. */
  leastMs?: number;
  mostMs?: number;
  /** How many parts may fail at the same time; without it there is no limit. A part has one fault at a time. */
  atOnce?: number;
}

/** The same seed and options give the same schedule. */
export function generateSchedule(seed: number, options: GenerateOptions): FaultSchedule {
  const { durationMs, meanGapMs, leastMs = 1_000, atOnce = Number.POSITIVE_INFINITY } = options;
  const random = createRandom(seed);
  const kinds = kindsToUse(options);
  const entries: ScheduledFault[] = [];
  for (let atMs = gap(random, meanGapMs); atMs + leastMs <= durationMs; atMs += gap(random, meanGapMs)) {
    const failing = entries.filter((entry) => entry.atMs + entry.forMs > atMs).map(({ part }) => part);
    const free = kinds.filter(({ part }) => !failing.includes(part));
    if (failing.length >= atOnce || free.length === 0) continue;
    // First the part, so that one of many kinds does not fail more often.
    const part = random.pick([...new Set(free.map((one) => one.part))]);
    const { kind } = random.pick(free.filter((one) => one.part === part));
    entries.push({ atMs, forMs: length(random, options, durationMs - atMs), part, kind });
  }
  return { seed, entries };
}

function kindsToUse({ parts, except = [] }: GenerateOptions): Pick<ScheduledFault, 'part' | 'kind'>[] {
  const chosen = parts ?? (Object.keys(FAULT_KINDS) as FaultPart[]);
  const all = chosen.flatMap((part) => FAULT_KINDS[part].map((kind) => ({ part, kind })));
  return all.filter(({ part, kind }) => !except.includes(`${part} ${kind}`));
}

/** As in a Poisson process: independent of what went before. */
function gap(random: Random, meanMs: number): number {
  return Math.max(1, Math.round(-Math.log(1 - random.next()) * meanMs));
}

function length(random: Random, { leastMs = 1_000, mostMs = 10_000 }: GenerateOptions, leftMs: number): number {
  const drawn = leastMs + random.below(Math.max(1, mostMs - leastMs + 1));
  return Math.min(drawn, leftMs);
}

/** Reads a schedule from its JSON. Throws what is wrong with it, by the number of the entry. */
export function readSchedule(json: string): FaultSchedule {
  const { seed, entries } = JSON.parse(json) as Partial<FaultSchedule>;
  if (!Number.isInteger(seed) || !Array.isArray(entries)) throw new Error('A schedule has a seed and entries');
  const schedule = { seed: seed as number, entries: entries as ScheduledFault[] };
  checkSchedule(schedule);
  return schedule;
}

function checkSchedule({ entries }: FaultSchedule): void {
  entries.forEach(({ atMs, forMs, part, kind }, i) => {
    const isTimed = Number.isFinite(atMs) && atMs >= 0 && Number.isFinite(forMs) && forMs >= 0;
    if (!isTimed) throw new Error(`Entry ${i}: atMs and forMs must be milliseconds`);
    try {
      checkFault(part, kind);
    } catch (cause) {
      throw new Error(`Entry ${i}: ${(cause as Error).message}`, { cause });
    }
  });
}

export interface RunOptions {
  /** Ends the run early; what was applied is lifted. */
  signal?: AbortSignal;
  /** Told of each fault as it is in force, and as it is lifted. */
  onChange?: (change: FaultChange) => void;
}

/** When something happened, since the beginning of the run. */
export interface FaultChange {
  atMs: number;
  what: 'applied' | 'lifted';
  part: FaultPart;
  kind: string;
}

/**
 * Applies each fault and lifts it on time; resolves with what was done once nothing is wrong any more, also after an
 * abort. When a fault cannot be applied or lifted, the run ends, everything else is lifted, and it throws.
 */
export async function runSchedule(
  stack: Stack,
  schedule: FaultSchedule,
  { signal, onChange }: RunOptions = {},
): Promise<FaultChange[]> {
  checkSchedule(schedule);
  const began = performance.now();
  const changes: FaultChange[] = [];
  const failed = new AbortController();
  const ending = AbortSignal.any([...(signal ? [signal] : []), failed.signal]);
  // Each fault waits for its time.
  setMaxListeners(0, ending);
  const note = (what: FaultChange['what'], { part, kind }: ScheduledFault) => {
    const change = { atMs: Math.round(performance.now() - began), what, part, kind };
    changes.push(change);
    onChange?.(change);
  };
  const until = async (ms: number) => {
    const leftMs = Math.max(0, began + ms - performance.now());
    await sleep(leftMs, undefined, { signal: ending }).catch(() => undefined);
  };

  async function run(entry: ScheduledFault): Promise<void> {
    await until(entry.atMs);
    if (ending.aborted) return;
    const lift = await applyFault(stack, entry.part, entry.kind);
    note('applied', entry);
    await until(entry.atMs + entry.forMs);
    await lift();
    note('lifted', entry);
  }

  const runs = schedule.entries.map((entry) =>
    run(entry).catch((caught: unknown) => {
      failed.abort();
      throw new Error(`${entry.part} ${entry.kind}: ${caught instanceof Error ? caught.message : String(caught)}`);
    }),
  );
  const ended = await Promise.allSettled(runs);
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, reasons.map(({ message }) => message).join('; '));
  return changes;
}
