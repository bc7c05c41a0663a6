import { randomBytes, randomInt } from 'node:crypto';
import { Command } from 'commander';
import { startAzurite } from '../local/azurite.ts';
import { accountOf } from './soak/account.ts';
import { soakCalls } from './soak/calls/command.ts';
import { BATCH_SIZE, runSoak, type SoakResult } from './soak/run.ts';
import { createTablesAndQueues } from './soak/storage.ts';

const program = new Command('npm run soak --')
  .description(
    'Sends damaged events through the door, among whole ones, and reads back what became of them. With --calls, places ' +
      'calls on the embedded stack of two hosts while parts of it fail, and accounts for each.',
  )
  .option('--events <n>', 'how many', '100000')
  .option('--calls <n>', 'how many calls')
  .option('--minutes <n>', 'how long calls are placed; 0.15 s for each when left out')
  .option('--schedule <file>', 'what fails and when, as an earlier run has left it; drawn from the seed when left out')
  .option('--log <file>', 'where the log of the hosts goes')
  .option('--shrink-minutes <n>', 'how long a shorter schedule is sought after a failure', '10')
  .option('--no-shrink', 'do not look for a shorter schedule')
  .option('--seed <n>', 'the same seed sends the same events; drawn and printed when left out')
  .option('--first-batch <n>', 'the batch of the seed to begin with, to see one again', '0')
  .option('--json', 'one JSON document on standard output')
  .parse();
const options = program.opts<{
  events: string;
  calls?: string;
  minutes?: string;
  schedule?: string;
  log?: string;
  shrink: boolean;
  shrinkMinutes: string;
  seed?: string;
  firstBatch: string;
  json?: boolean;
}>();
const events = wholeNumber('--events', options.events);
const seed = options.seed === undefined ? randomInt(2 ** 31) : wholeNumber('--seed', options.seed);
const firstBatch = wholeNumber('--first-batch', options.firstBatch);

const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  const isGood = options.calls === undefined ? await soakEvents() : await soakCalls(callCommand(options.calls));
  process.exitCode = isGood ? 0 : 1;
} catch (caught) {
  say(`Failed, seed ${seed}: ${caught instanceof Error ? caught.message : String(caught)}`);
  process.exitCode = 1;
}

async function soakEvents(): Promise<boolean> {
  const azurite = await startAzurite({ accounts: [{ name: 'soak', key: randomBytes(32).toString('base64') }] });
  try {
    const storage = azurite.connectionString();
    await createTablesAndQueues(storage);
    say(`Seed ${seed}, ${events} events`);
    return report(await runSoak({ storage, events, seed, firstBatch, onProgress: progress() }));
  } finally {
    await azurite.stop();
  }
}

function callCommand(calls: string): Parameters<typeof soakCalls>[0] {
  const { minutes, schedule, log, shrink, shrinkMinutes, json = false } = options;
  return {
    ...{ calls: wholeNumber('--calls', calls), seed, json },
    ...(minutes === undefined ? {} : { minutes: wholeNumber('--minutes', minutes) }),
    ...(schedule === undefined ? {} : { scheduleFile: schedule }),
    ...(log === undefined ? {} : { logFile: log }),
    shrinkMinutes: shrink ? wholeNumber('--shrink-minutes', shrinkMinutes) : 0,
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) program.error(`error: ${name} must be a whole number`);
  return value;
}

/** A line every few seconds. */
function progress(): (done: number) => void {
  const began = performance.now();
  let shownAt = began;
  return (done) => {
    const now = performance.now();
    if (now - shownAt < 5_000) return;
    shownAt = now;
    const perSecond = done / ((now - began) / 1_000);
    const left = Math.round((events - done) / perSecond);
    const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    say(`  ${done} of ${events} events, ${Math.round(perSecond)} a second, ${left} s left, heap ${heap} MB`);
  };
}

/** True when nothing in the account is bad. */
function report(result: SoakResult): boolean {
  const account = accountOf(result);
  const isGood = account.every(({ isBad }) => !isBad);
  const { failures, reasons, log } = result;
  const logFindings = [...log.personal(), ...log.tooLong()];
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ seed, isGood, account, reasons, failures, logFindings }, null, 2)}\n`);
  } else {
    for (const { name, value, must, isBad } of account) {
      const wanted = must === undefined ? '' : `  (${isBad ? 'BAD: ' : ''}must be ${must})`;
      process.stdout.write(`${name.padEnd(50)} ${value}${wanted}\n`);
    }
    process.stdout.write('\nReasons of the dead letters\n');
    const byCount = Object.entries(reasons).sort(([, a], [, b]) => b - a);
    for (const [reason, count] of byCount) process.stdout.write(`${String(count).padStart(8)}  ${reason}\n`);
  }
  for (const { batch, problem } of failures) say(`Seed ${seed}, batch ${batch}: ${problem}`);
  for (const line of logFindings) say(`Seed ${seed}, log: ${line}`);
  const [first] = failures;
  if (first) say(`To see it again: npm run soak -- --seed ${seed} --first-batch ${first.batch} --events ${BATCH_SIZE}`);
  say(isGood ? `Good: seed ${seed}` : `FAILED: seed ${seed}`);
  return isGood;
}
