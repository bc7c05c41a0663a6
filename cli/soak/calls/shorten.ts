import type { FaultSchedule, ScheduledFault } from '../../../local/faults/schedule.ts';
import { type Shrunk, shrink } from '../../../local/faults/shrink.ts';
import { accountOfCalls } from './account.ts';
import { type CallSoakOptions, type CallSoakResult, type CallWindow, runCallSoak } from './run.ts';

/** A schedule, and of which part of the run the calls are. As JSON it is what `--schedule` takes. */
export interface SoakSchedule extends FaultSchedule {
  window?: CallWindow;
}

/** What came before a call that was lost may have to do with it, and so long after it it is still on its way. */
const BEFORE_MS = 30_000;
const AFTER_MS = 15_000;

/** The part of the run around the first call that went wrong; everything where it is not known which did. */
export function narrow(
  schedule: SoakSchedule,
  { tally, calls }: Pick<CallSoakResult, 'tally' | 'calls'>,
): SoakSchedule {
  const bad = new Set([...tally.lost, ...tally.notEverybody]);
  const first = calls.find(({ n }) => bad.has(n));
  if (!first) return schedule;
  const offset = schedule.window?.fromMs ?? 0;
  const fromMs = Math.max(offset, first.atMs - BEFORE_MS);
  const untilMs = first.atMs + AFTER_MS;
  const shiftMs = fromMs - offset;
  const entries = schedule.entries.flatMap((entry) => within(entry, shiftMs, untilMs - offset));
  return { seed: schedule.seed, entries, window: { fromMs, untilMs } };
}

/** The same fault in a run that begins and ends so; none when it was over before, or comes after. */
function within(entry: ScheduledFault, fromMs: number, untilMs: number): ScheduledFault[] {
  const endsAt = entry.atMs + entry.forMs;
  if (endsAt <= fromMs || entry.atMs >= untilMs) return [];
  const atMs = Math.max(0, entry.atMs - fromMs);
  return [{ ...entry, atMs, forMs: endsAt - fromMs - atMs }];
}

export interface Shortened extends Pick<Shrunk, 'isMinimal' | 'runs'> {
  schedule: SoakSchedule;
}

/**
 * Runs parts of a run that failed until it has the shortest schedule that still fails, or the time is over. First the
 * part around what went wrong, by itself and without any fault.
 */
export async function shorten(
  options: CallSoakOptions,
  failed: CallSoakResult,
  { budgetMs, say }: { budgetMs: number; say: (line: string) => void },
): Promise<Shortened> {
  const endsAt = performance.now() + budgetMs;
  const whole: SoakSchedule = { ...options.schedule, ...(options.window ? { window: options.window } : {}) };
  let runs = 0;
  let longestMs = 0;
  const hasTime = () => performance.now() + longestMs < endsAt;
  const fails = async ({ entries }: FaultSchedule, window: CallWindow | undefined): Promise<boolean> => {
    runs += 1;
    const began = performance.now();
    const { window: _, ...rest } = options;
    const run = { ...rest, schedule: { seed: whole.seed, entries }, ...(window ? { window } : {}) };
    const isGood = isGoodAccount(await runCallSoak(run));
    longestMs = Math.max(longestMs, performance.now() - began);
    say(`  ${entries.length} faults: ${isGood ? 'good' : 'fails'}`);
    return !isGood;
  };

  const narrowed = narrow(whole, failed);
  const isNarrowed = narrowed !== whole && (await fails(narrowed, narrowed.window));
  const start = isNarrowed ? narrowed : whole;
  if (!hasTime()) return { schedule: start, isMinimal: false, runs };
  if (await fails({ ...start, entries: [] }, start.window)) {
    return { schedule: { ...start, entries: [] }, isMinimal: true, runs };
  }
  // What is not tried for want of time counts as good, so that nothing is called failing that was not seen to fail.
  const shrunk = await shrink(
    start,
    async (candidate) => hasTime() && (await fails(candidate, start.window)),
    start.entries.length * 4,
  );
  const schedule = { ...shrunk.schedule, ...(start.window ? { window: start.window } : {}) };
  return { schedule, isMinimal: shrunk.isMinimal && hasTime(), runs };
}

export function isGoodAccount(result: CallSoakResult): boolean {
  return accountOfCalls(result).every(({ isBad }) => !isBad);
}
