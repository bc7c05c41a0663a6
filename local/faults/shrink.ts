import type { FaultSchedule, ScheduledFault } from './schedule.ts';

export interface Shrunk {
  /** The shortest that was seen to fail. */
  schedule: FaultSchedule;
  /** How often it was tried. */
  runs: number;
  /** Whether it was shown that no entry can be left out; false when the budget ended first. */
  isMinimal: boolean;
}

/**
 * Looks for a shorter schedule that still fails, in at most `budget` runs, by delta debugging: leaves out halves, then
 * ever smaller parts (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002). `schedule`
 * itself is taken to fail.
 */
export async function shrink(
  schedule: FaultSchedule,
  fails: (candidate: FaultSchedule) => Promise<boolean>,
  budget: number,
): Promise<Shrunk> {
  let { entries } = schedule;
  let parts = 2;
  let runs = 0;
  while (entries.length > 1) {
    let shorter: readonly ScheduledFault[] | null = null;
    for (const candidate of candidatesOf(entries, parts)) {
      if (runs === budget) return { schedule: { ...schedule, entries }, runs, isMinimal: false };
      runs += 1;
      if (await fails({ ...schedule, entries: candidate })) {
        shorter = candidate;
        break;
      }
    }
    if (shorter) {
      // After one part was left out, the others stay as large as they were; a part alone is halved.
      parts = shorter.length * 2 > entries.length ? Math.max(2, parts - 1) : 2;
      entries = shorter;
    } else if (parts >= entries.length) {
      break;
    } else {
      parts = Math.min(entries.length, parts * 2);
    }
  }
  return { schedule: { ...schedule, entries }, runs, isMinimal: true };
}

/** Each part alone, then each left out; of two parts the one left out is the other alone. */
function candidatesOf(entries: readonly ScheduledFault[], parts: number): ScheduledFault[][] {
  const size = entries.length / parts;
  const ranges = Array.from({ length: parts }, (_, i) => [Math.round(i * size), Math.round((i + 1) * size)] as const);
  const alone = ranges.map(([from, to]) => entries.slice(from, to));
  if (parts === 2) return alone;
  const without = ranges.map(([from, to]) => entries.filter((_, i) => i < from || i >= to));
  return [...alone, ...without];
}
