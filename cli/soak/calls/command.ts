import { appendFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSchedule, readSchedule } from '../../../local/faults/schedule.ts';
import { bundle } from '../../../scripts/bundle.ts';
import type { AccountLine } from '../account.ts';
import { accountOfCalls, faultsApplied } from './account.ts';
import { type CallSoakOptions, type CallSoakProgress, type CallSoakResult, runCallSoak } from './run.ts';
import { isGoodAccount, type SoakSchedule, shorten } from './shorten.ts';

export interface CallCommand {
  calls: number;
  seed: number;
  /** 0.15 s for each call when left out. */
  minutes?: number;
  scheduleFile?: string;
  /** Where the log of the hosts goes; nowhere when left out. */
  logFile?: string;
  json: boolean;
  shrinkMinutes: number;
}

const MS_A_CALL = 150;
const MINUTE_MS = 60_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** `npm run soak -- --calls …`. Resolves with whether the account is good; Ctrl-C ends everything. */
export async function soakCalls(command: CallCommand): Promise<boolean> {
  const ending = new AbortController();
  const end = () => ending.abort(new Error('Ended by hand'));
  process.once('SIGINT', end).once('SIGTERM', end);
  const appDir = await mkdtemp(join(tmpdir(), 'emergency-alerts-soak-'));
  try {
    await bundle(appDir);
    const durationMs = command.minutes === undefined ? command.calls * MS_A_CALL : command.minutes * MINUTE_MS;
    const { window, ...schedule } = await scheduleOf(command, durationMs);
    const options: CallSoakOptions = {
      ...{ appDir, durationMs, schedule, calls: command.calls, seed: command.seed, signal: ending.signal },
      ...(window ? { window } : {}),
      ...(command.logFile === undefined ? {} : { onLine: writeTo(command.logFile) }),
      onProgress: tellProgress(command.calls),
    };
    say(`Seed ${command.seed}, ${command.calls} calls, ${schedule.entries.length} faults`);
    const result = await runCallSoak(options);
    const isGood = report(command, result);
    if (!isGood) await tellSchedule(command, options, result);
    say(isGood ? `Good: seed ${command.seed}` : `FAILED: seed ${command.seed}`);
    return isGood;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await rm(appDir, { recursive: true, force: true });
  }
}

/** All parts, two at once at most. Notifications are lost call by call: what both sources lose, nobody could tell of. */
async function scheduleOf({ seed, scheduleFile }: CallCommand, durationMs: number): Promise<SoakSchedule> {
  if (scheduleFile === undefined) {
    const length = { meanGapMs: 5_000, leastMs: 1_000, mostMs: 15_000 };
    return generateSchedule(seed, { durationMs, ...length, atOnce: 2, except: ['notifications lost'] });
  }
  const json = await readFile(scheduleFile, 'utf8');
  const { window } = JSON.parse(json) as SoakSchedule;
  return { ...readSchedule(json), ...(window ? { window } : {}) };
}

function writeTo(file: string): (line: string) => void {
  writeFileSync(file, '');
  return (line) => appendFileSync(file, `${line}\n`);
}

function tellProgress(calls: number): (progress: CallSoakProgress) => void {
  return ({ phase, placed, messages, faults, memory, left }) => {
    const wrong = faults.length === 0 ? 'nothing is wrong' : faults.join(', ');
    const megabytes = [memory.here, memory.host].map((bytes) => Math.round(bytes / 2 ** 20));
    const doing =
      phase === 'calls'
        ? `${placed} of ${calls} calls`
        : `${placed} calls placed, ${left ? `${left.work.length} works, ${left.queued} queued` : 'all else is busy'}`;
    say(`  ${doing}, ${messages} messages, ${megabytes.join(' + ')} MB, ${wrong}`);
  };
}

/** True when nothing in the account is bad. */
function report({ seed, json }: CallCommand, result: CallSoakResult): boolean {
  const account = accountOfCalls(result);
  const isGood = isGoodAccount(result);
  const faults = faultsApplied(result);
  const { tally, log } = result;
  const { lost, notEverybody, late, left, deadLetters } = tally;
  if (json) {
    const found = { lost, notEverybody, late, left, log: log.personal() };
    process.stdout.write(`${JSON.stringify({ seed, isGood, account, deadLetters, faults, found }, null, 2)}\n`);
  } else {
    process.stdout.write(tableOf(account));
    process.stdout.write(`\nFaults\n${countsOf(faults)}\nReasons of the dead letters\n${countsOf(deadLetters)}`);
  }
  for (const n of [...lost, ...notEverybody]) {
    const call = result.calls.find((one) => one.n === n);
    const telling = call?.sources.map((source) => `${source}${call.announce[source] ? '' : ' (lost)'}`).join(' and ');
    say(
      `Seed ${seed}: call ${n}, placed after ${((call?.atMs ?? 0) / 1_000).toFixed(1)} s, by ${telling}: not everybody was told`,
    );
  }
  if (left.work.length > 0) say(`Seed ${seed}: work left over: ${left.work.join(', ')}`);
  for (const shape of log.personal()) say(`Seed ${seed}, log: ${shape}`);
  return isGood;
}

function tableOf(account: readonly AccountLine[]): string {
  return account
    .map(({ name, value, must, isBad }) => {
      const wanted = must === undefined ? '' : `  (${isBad ? 'BAD: ' : ''}must be ${must})`;
      return `${name.padEnd(58)} ${value}${wanted}\n`;
    })
    .join('');
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${String(count).padStart(8)}  ${name}\n`)
    .join('');
}

/** Says with which schedule it fails, the shortest that can be found in the time, and how to see it again. */
async function tellSchedule(command: CallCommand, options: CallSoakOptions, failed: CallSoakResult): Promise<void> {
  const { calls, seed, minutes, shrinkMinutes } = command;
  const { window, schedule } = options;
  const folder = await mkdtemp(join(tmpdir(), 'emergency-alerts-schedule-'));
  const replay = async (name: string, kept: SoakSchedule) => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(kept));
    const length = minutes === undefined ? '' : ` --minutes ${minutes}`;
    say(`To see it again: npm run soak -- --calls ${calls} --seed ${seed}${length} --schedule ${file}`);
  };
  await replay('whole.json', { ...schedule, ...(window ? { window } : {}) });
  if (shrinkMinutes === 0) return;
  say(`Looking for a shorter schedule for ${shrinkMinutes} minutes`);
  const { onProgress: _progress, onLine: _line, ...quietly } = options;
  const short = await shorten(quietly, failed, { budgetMs: shrinkMinutes * MINUTE_MS, say });
  const said = short.isMinimal ? 'The shortest schedule that fails' : 'The shortest that was found in the time';
  say(`${said}, after ${short.runs} runs: ${JSON.stringify(short.schedule)}`);
  await replay('short.json', short.schedule);
}
