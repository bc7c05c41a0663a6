import { readFileSync } from 'node:fs';
import { errorCodeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { firstGap, parseStoredRoster, type Roster, usablePartOf, usableRosterOf } from '../oncall/roster.ts';
import type { SettingFault } from '../settings.ts';
import type { RosterStore, RosterVersion } from '../store/rosterStore.ts';

/** Which roster is told: a version of the table, the file, or what of a faulty one can be texted. */
export type RosterOrigin =
  | { kind: 'table'; version: number }
  | { kind: 'file' }
  | { kind: 'part'; of: 'file' | 'table' };

/** The roster as this process knows it. */
export interface RosterSource {
  /** From memory, at once. `null` when nobody of any roster can be texted: then the last-resort numbers are told. */
  current(): { roster: Roster; origin: RosterOrigin } | null;
  /** The last-resort numbers of that roster, else whatever numbers a roster holds in which nobody else can be texted. */
  lastResort(): readonly string[];
  /**
   * Looks for a newer version in the table, at most each 30 s. Ends within {@link REFRESH_TIMEOUT_MS} and never throws;
   * an answer that comes later still counts.
   */
  refresh(): Promise<void>;
  /** What is wrong with the roster, without names and numbers: an alarm for the administrator. */
  problems(): SettingFault[];
}

const REFRESH_EVERY_MS = 30_000;
/** A call waits for it no longer than that. */
export const REFRESH_TIMEOUT_MS = 1_500;
/** So long a storage that does not answer is told of by its own alarm only. */
const TOLD_AFTER_MS = 5 * 60_000;
const GAPS_EVERY_MS = 60_000;
/** How far back a good version is looked for. */
const VERSIONS = 20;
const FEATURE = 'the roster';

interface Loaded {
  version: number;
  roster: Roster;
}

/**
 * Whoever is told comes from the newest good version in the table, else the last good one that this process has read,
 * else the file, else what of the file can be texted, else that of the table: a broken roster never stops an alert. The
 * file is read at once, once. `store` is `null` where there is no table, `file` where there is no file.
 */
export function createRosterSource(
  store: Pick<RosterStore, 'list'> | null,
  file: string | null,
  log: Logger,
  now: () => Date,
): RosterSource {
  const fallback = readRosterFile(file);
  if (fallback.problems.length > 0) log.warn('The roster file has faults', { faults: fallback.problems.length });
  let loaded: Loaded | null = null;
  let part: Roster | null = null;
  let storedNumbers: string[] = [];
  let storedProblems: string[] = [];
  let failure: { code: string; since: Date } | null = null;
  let lastTry: Date | null = null;
  let running: Promise<void> | null = null;
  let looked: { roster: Roster; at: Date; gaps: string[] } | null = null;

  function take(versions: readonly RosterVersion[]): void {
    const { good, faults } = newestGood(versions);
    const isStillThere = versions.some(({ version }) => version === loaded?.version);
    // What this process has read when it was good is better than an older one.
    if (good && !(loaded && isStillThere && loaded.version > good.version)) loaded = good;
    part = good ? null : firstUsable(versions);
    storedNumbers = good ? [] : versions.flatMap(({ document }) => usablePartOf(document).lastResort);
    const used = loaded ? `version ${loaded.version} is told` : 'the file is told';
    const before = storedProblems;
    storedProblems = faults.map((fault) => `${fault}: ${used}`);
    if (loaded && versions.length === 0) storedProblems.push(`the table holds no roster any more: ${used}`);
    for (const problem of storedProblems) {
      if (!before.includes(problem)) log.error('The stored roster has faults', { problem });
    }
  }

  async function load(from: Pick<RosterStore, 'list'>): Promise<void> {
    try {
      take(await from.list(VERSIONS));
      failure = null;
    } catch (caught) {
      failure = { code: errorCodeOf(caught), since: failure?.since ?? now() };
      log.warn('The stored roster could not be read, the one in memory is told', { error: failure.code });
    }
  }

  function current(): ReturnType<RosterSource['current']> {
    if (loaded) return { roster: loaded.roster, origin: { kind: 'table', version: loaded.version } };
    if (fallback.roster) return { roster: fallback.roster, origin: { kind: 'file' } };
    if (fallback.part) return { roster: fallback.part, origin: { kind: 'part', of: 'file' } };
    return part && { roster: part, origin: { kind: 'part', of: 'table' } };
  }

  function failureProblem(): string[] {
    if (!failure || (loaded && now().getTime() - failure.since.getTime() < TOLD_AFTER_MS)) return [];
    const used = loaded ? `version ${loaded.version}, the last one read,` : 'the file';
    return [`the table Roster cannot be read (${failure.code}): ${used} is told`];
  }

  /** Looked for anew with each roster, and each minute: every invocation asks for the problems. */
  function gaps(): string[] {
    const roster = current()?.roster;
    if (!roster) return [];
    if (looked?.roster !== roster || Math.abs(now().getTime() - looked.at.getTime()) >= GAPS_EVERY_MS) {
      looked = { roster, at: now(), gaps: gapProblems(roster, now()) };
    }
    return looked.gaps;
  }

  return {
    current,

    lastResort: () => current()?.roster.lastResort ?? [...fallback.lastResort, ...storedNumbers],

    async refresh() {
      const age = lastTry === null ? Number.POSITIVE_INFINITY : Math.abs(now().getTime() - lastTry.getTime());
      if (store && !running && age >= REFRESH_EVERY_MS) {
        lastTry = now();
        running = load(store).finally(() => {
          running = null;
        });
      }
      if (running !== null) await within(REFRESH_TIMEOUT_MS, running);
    },

    problems() {
      const fault = (name: string) => (problem: string) => ({ name, problem, feature: FEATURE });
      // Where the table is used, a file need not be there; one with faults would be told if the storage were away.
      const ofFile = loaded && fallback.isAbsent ? [] : fallback.problems;
      return [
        ...[...storedProblems, ...failureProblem(), ...(loaded ? gaps() : [])].map(fault('Roster')),
        ...[...ofFile, ...(loaded ? [] : gaps())].map(fault('ROSTER_FILE')),
      ];
    },
  };
}

/** The newest version that today's rules accept, and what is wrong with each that is newer. */
function newestGood(versions: readonly RosterVersion[]): { good: Loaded | null; faults: string[] } {
  const faults: string[] = [];
  for (const { version, document } of versions) {
    const result = parseStoredRoster(document);
    const [first, ...others] = result.problems;
    const what = `${first}${others.length > 0 ? `, and ${others.length} more` : ''}`;
    if (!('roster' in result)) faults.push(`version ${version} cannot be used (${what})`);
    else {
      if (first !== undefined) faults.push(`version ${version} has a template that cannot be used (${what})`);
      return { good: { version, roster: result.roster }, faults };
    }
  }
  return { good: null, faults };
}

function firstUsable(versions: readonly RosterVersion[]): Roster | null {
  for (const { document } of versions) {
    const roster = usableRosterOf(document);
    if (roster) return roster;
  }
  return null;
}

function gapProblems(roster: Roster, now: Date): string[] {
  const gap = firstGap(roster, now);
  if (!gap) return [];
  const where = `step ${gap.step + 1} of team ${gap.team}`;
  return [`at ${gap.at.toISOString()} nobody is on duty in ${where}: everybody of its rotations is told`];
}

/** What a file gives: a roster, or what can be texted of it and what is wrong. */
function readRosterFile(file: string | null) {
  const none = { roster: null, part: null, lastResort: [] as string[], problems: [] as string[], isAbsent: true };
  if (file === null) return none;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (caught) {
    const isAbsent = (caught as { code?: unknown }).code === 'ENOENT';
    return { ...none, problems: [`it cannot be read (${errorCodeOf(caught)})`], isAbsent };
  }
  const result = parseStoredRoster(json);
  if ('roster' in result) return { ...none, ...result, isAbsent: false };
  const { lastResort } = usablePartOf(json);
  return { ...none, part: usableRosterOf(json), lastResort, problems: result.problems, isAbsent: false };
}

/** Ends when `task` does, or after that time; `task` must not reject. */
async function within(ms: number, task: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([task, end]).finally(() => clearTimeout(timer));
}
