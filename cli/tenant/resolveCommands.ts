import type { Command } from 'commander';
import { findCallerAccount } from '../../shared/tenant/callerAccount.ts';
import { locate } from '../../shared/tenant/locate.ts';
import { resolveCall } from '../../shared/tenant/resolveCall.ts';
import type { SharedCallingLedger } from '../../shared/tenant/sharedCallingLedger.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex, type TenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { addClientOptions, type ClientOptions, readConnection } from './clientOptions.ts';
import { callLines, callView, locationLines, locationView } from './resolutionText.ts';

/** What the commands work with. */
export interface ResolveContext {
  /** The configuration in force, or that of an export in a directory. Throws in an administrator's words. */
  config(directory: string | null): Promise<TenantConfig>;
  /** What is known of the numbers of a Shared Calling policy. */
  ledger(policy: string): Promise<SharedCallingLedger | null>;
  write(text: string): void;
  now(): Date;
}

interface LocateOptions extends ClientOptions {
  user?: string;
  dir?: string;
  json?: boolean;
}

interface CallOptions extends LocateOptions {
  user: string;
  number: string;
}

/** Adds `locate` and `call`. What they cannot look up they throw, in an administrator's words. */
export function addResolveCommands(program: Command, context: ResolveContext): void {
  addClientOptions(program.command('locate'))
    .description('where a client would be located, and which policies would hold for it, step by step')
    .option('--user <upn>', 'whose policies and number count too')
    .option('--dir <directory>', 'an export, in place of the configuration in force')
    .option('--json', 'one JSON document')
    .action((options: LocateOptions) => runLocate(options, context));
  addClientOptions(program.command('call'))
    .description('what would become of a call: where it goes, what it conveys, who is told, step by step')
    .requiredOption('--user <upn>', 'who calls')
    .option('--number <number>', 'as it is dialed', '911')
    .option('--dir <directory>', 'an export, in place of the configuration in force')
    .option('--json', 'one JSON document')
    .action((options: CallOptions) => runCall(options, context));
}

async function runLocate(options: LocateOptions, context: ResolveContext): Promise<void> {
  const connection = readConnection(options);
  const index = createTenantIndex(await context.config(options.dir ?? null));
  const account = options.user === undefined ? null : accountOf(index, options.user);
  const located = locate(index, connection, account);
  print(context, options, locationView(located), locationLines(located));
}

async function runCall(options: CallOptions, context: ResolveContext): Promise<void> {
  const connection = readConnection(options);
  const index = createTenantIndex(await context.config(options.dir ?? null));
  const { shared } = accountOf(index, options.user);
  const ledger = shared === null ? null : await context.ledger(shared.policy.identity);
  const resolved = resolveCall(index, { ...options, connection }, context.now(), ledger ?? undefined);
  if (resolved === null) throw notInExport(options.user);
  print(context, options, callView(resolved), callLines(resolved));
}

function accountOf(index: TenantIndex, user: string) {
  const account = findCallerAccount(index, user);
  if (account === null) throw notInExport(user);
  return account;
}

function notInExport(user: string): Error {
  return new Error(`${user} is not among the users of the export`);
}

function print(context: ResolveContext, { json = false }: { json?: boolean }, view: object, lines: string[]): void {
  context.write(json ? `${JSON.stringify(view, null, 2)}\n` : `${lines.join('\n')}\n`);
}
