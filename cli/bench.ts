import { Command, InvalidArgumentError } from 'commander';
import { benchBurst } from './bench/burst.ts';
import { benchCalls } from './bench/calls.ts';
import { benchColdStart, FEWEST_RUNS } from './bench/coldStart.ts';
import { benchTenant } from './bench/tenant.ts';

const program = new Command('npm run bench --').description(
  'Measures what the product promises. Exits with 1 where a limit is not kept.',
);

program
  .command('calls', { isDefault: true })
  .description('a call from the hub to Twilio on the embedded stack, without simulated network delay')
  .option('--calls <n>', 'calls one after another', toCount(1), 200)
  .option('--at-once <n>', 'calls at the same time', toCount(1), 16)
  .option('--json', 'one JSON document on standard output', false)
  .action(async (options) => {
    process.exitCode = (await benchCalls(options)) ? 0 : 1;
  });

program
  .command('burst')
  .description('calls all at once, with Twilio no faster than a sender of the given kind')
  .option('--calls <n>', 'how many', toCount(1), 1_000)
  .option('--segments-per-second <n>', '1 long code, 3 toll-free, 100 short code', toCount(1), 100)
  .option('--json', 'one JSON document on standard output', false)
  .action(async (options) => {
    process.exitCode = (await benchBurst(options)) ? 0 : 1;
  });

program
  .command('cold-start')
  .description('load time and memory of what is deployed, beside the app through node_modules and an empty app')
  .option('--runs <n>', `starts of each app; ${FEWEST_RUNS} at least`, toCount(FEWEST_RUNS), 11)
  .option('--json', 'one JSON document on standard output', false)
  .action(async (options) => {
    process.exitCode = (await benchColdStart(options)) ? 0 : 1;
  });

program
  .command('tenant')
  .description('time and memory to load the configuration of a large tenant')
  .option('--seed <n>', 'another one makes another tenant of the same size', toCount(0), 1)
  .option('--json', 'one JSON document on standard output', false)
  .action(async (options) => {
    process.exitCode = (await benchTenant(options)) ? 0 : 1;
  });

await program.parseAsync();

function toCount(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!Number.isInteger(count) || count < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return count;
  };
}
