import type { FaultSchedule, ScheduledFault } from './schedule.ts';

export interface Shrunk {
  /** The shortest that was seen to fail. */
  schedule: FaultSchedule;
  /** How often it was tried. */
  runs: number;
  /** Whether it was shown that no entry can be left out; false when the budget ended first. */
  isMinimal: boolean;
}

class BudgetSpentError extends Error {}

/**
 * Looks for a shorter schedule that still fails, in at most `budget` runs; `schedule` itself is taken to fail. Halving
 * finds the shortest beginning that fails: its last entry is needed. What comes before it is halved again, until those
 * that are needed fail alone (Junker, "QuickXplain", 2004): about 2 + log2 of the length for each entry that is needed.
 */
export async function shrink(
  schedule: FaultSchedule,
  fails: (candidate: FaultSchedule) => Promise<boolean>,
  budget: number,
): Promise<Shrunk> {
  let shortest = schedule.entries;
  let runs = 0;
  async function stillFails(entries: readonly ScheduledFault[]): Promise<boolean> {
    if (runs === budget) throw new BudgetSpentError();
    runs += 1;
    const isFailing = await fails({ ...schedule, entries });
    if (isFailing && entries.length < shortest.length) shortest = entries;
    return isFailing;
  }

  try {
    await findNeeded(schedule.entries, stillFails);
    // Whether faults work together or against each other is not known: each is left out once more.
    for (const entry of shortest) {
      const without = shortest.filter((other) => other !== entry);
      if (without.length > 0) await stillFails(without);
    }
    return { schedule: { ...schedule, entries: shortest }, runs, isMinimal: true };
  } catch (caught) {
    if (!(caught instanceof BudgetSpentError)) throw caught;
    return { schedule: { ...schedule, entries: shortest }, runs, isMinimal: false };
  }
}

async function findNeeded(
  entries: readonly ScheduledFault[],
  stillFails: (entries: readonly ScheduledFault[]) => Promise<boolean>,
): Promise<void> {
  let needed: ScheduledFault[] = [];
  let rest = entries;
  while (rest.length > 0 && !(needed.length > 0 && (await stillFails(needed)))) {
    let tooShort = 0;
    let long = rest.length;
    while (long - tooShort > 1) {
      const middle = Math.floor((tooShort + long) / 2);
      if (await stillFails([...rest.slice(0, middle), ...needed])) long = middle;
      else tooShort = middle;
    }
    needed = [...rest.slice(long - 1, long), ...needed];
    rest = rest.slice(0, long - 1);
  }
}
