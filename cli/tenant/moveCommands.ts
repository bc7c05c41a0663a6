import { type Command, Option } from 'commander';
import { planMove } from '../../shared/tenant/move/planMove.ts';
import { checkRelease, operatorNames, type Release } from '../../shared/tenant/move/releaseCheck.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { planLines, releaseLines } from './moveText.ts';

/** What the commands work with. */
interface MoveContext {
  /** The configuration in force, or that of an export in a directory. Throws in an administrator's words. */
  config(directory: string | null): Promise<TenantConfig>;
  write(text: string): void;
  /** 1: something blocks. */
  end(exitCode: 0 | 1): void;
}

interface PrintOptions {
  dir?: string;
  json?: boolean;
}

interface ReleaseOptions extends PrintOptions {
  operator?: string;
  country?: string;
  number?: string;
}

/** Adds `move-plan` and `release-check`. Whoever is not in the export they throw, in an administrator's words. */
export function addMoveCommands(program: Command, context: MoveContext): void {
  program
    .command('move-plan')
    .description('what has to be done that a user calls with a SIM-enabled number: exit code 1 when something blocks')
    .requiredOption('--user <upn>', 'who is moved')
    .addOption(new Option('--to <service>', 'where to').choices(['OperatorConnectMobile']).makeOptionMandatory())
    .option('--dir <directory>', 'an export, in place of the configuration in force')
    .option('--json', 'one JSON document')
    .action((options: PrintOptions & { user: string }) => runPlan(options, context));
  program
    .command('release-check')
    .description('what is still in use of an operator or number that is to go: exit code 1 when something is')
    .option('--operator <name>', 'an operator that is to be suspended or removed')
    .option('--country <code>', 'from this country only (ISO 3166-1 alpha-2)')
    .option('--number <number>', 'a number that is to be released')
    .option('--dir <directory>', 'an export, in place of the configuration in force')
    .option('--json', 'one JSON document')
    .action((options: ReleaseOptions) => runRelease(options, context));
}

async function runPlan(options: PrintOptions & { user: string }, context: MoveContext): Promise<void> {
  const index = createTenantIndex(await context.config(options.dir ?? null));
  const plan = planMove(index, options.user);
  if (plan === null) throw new Error(`${options.user} is not among the users of the export`);
  print(context, options, plan, planLines(plan));
  context.end(plan.blocks.length > 0 ? 1 : 0);
}

async function runRelease(options: ReleaseOptions, context: MoveContext): Promise<void> {
  const release = readRelease(options);
  const index = createTenantIndex(await context.config(options.dir ?? null));
  const check = checkRelease(index, release);
  if (check === null) {
    const known = operatorNames(index).join(', ') || 'none';
    const what = release.kind === 'number' ? release.number : `a number of ${release.operator}`;
    throw new Error(`${what} is not among the numbers of operators in the export (operators: ${known})`);
  }
  print(context, options, check, releaseLines(check));
  context.end(check.blocks.length > 0 ? 1 : 0);
}

function readRelease({ operator, country, number }: ReleaseOptions): Release {
  if ((operator === undefined) === (number === undefined)) throw new Error('Name either --operator or --number');
  if (operator === undefined) {
    if (country !== undefined) throw new Error('--country goes with --operator');
    return { kind: 'number', number: number ?? '' };
  }
  if (country !== undefined && !/^[a-z]{2}$/i.test(country))
    throw new Error(`--country ${country} is no country code such as US`);
  return { kind: 'operator', operator, country: country?.toUpperCase() ?? null };
}

function print(context: MoveContext, { json = false }: PrintOptions, view: object, lines: string[]): void {
  context.write(json ? `${JSON.stringify(view, null, 2)}\n` : `${lines.join('\n')}\n`);
}
