import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { errorCodeOf } from '../../../shared/errors.ts';
import type { AttestationStore } from '../../../shared/store/attestationStore.ts';
import { CATALOGUE } from '../../../shared/tenant/audit/catalogue.ts';
import type { TenantConfig } from '../../../shared/tenant/tenantConfig.ts';
import { fromStorage } from '../tenantSource.ts';
import { auditHtml } from './auditHtml.ts';
import { createAuditReport, exitCodeOf } from './auditReport.ts';
import { auditLines } from './auditText.ts';
import { rulesDocument } from './rulesDocument.ts';

/** What the commands work with. */
export interface AuditContext {
  /** The configuration in force, or that of an export in a directory. Throws in an administrator's words. */
  config(directory: string | null): Promise<TenantConfig>;
  /** `null` where the settings name no storage. */
  attestations(): Promise<AttestationStore | null>;
  /** The last test with 933 of each site, by its folded name; `null` where the settings name no storage. */
  testedAt(): Promise<ReadonlyMap<string, string> | null>;
  /** Of the settings; `null` where they name none. */
  serviceAccount(): Promise<string | null>;
  /** Who runs the command, as this machine knows them. */
  user: string | null;
  write(text: string): void;
  now(): Date;
  end(exitCode: 0 | 1 | 3): void;
}

interface AuditOptions {
  json?: boolean;
  html?: string;
  serviceAccount?: string;
}

interface AttestOptions {
  name: string;
  on?: string;
  note?: string;
}

/** Adds `audit`, `attest` and `rules`. What they cannot look at they throw, in an administrator's words. */
export function addAuditCommands(program: Command, context: AuditContext): void {
  program
    .command('audit [dir]')
    .description(
      'what is wrong, and who would be located and told. Exit code 0: nothing, 3: warnings, 1: something critical',
    )
    .option('--json', 'one JSON document')
    .option('--html <file>', 'writes one file that can be read and printed anywhere')
    .option('--service-account <upn>', 'the account that policies have to tell, in place of the one of the settings')
    .action((directory: string | undefined, options: AuditOptions) => runAudit(directory ?? null, options, context));
  program
    .command('attest <rule>')
    .description('notes that somebody has looked at a rule that no export decides; it holds for twelve months')
    .requiredOption('--name <name>', 'who has looked')
    .option('--on <date>', 'when, such as 2026-03-14; today where it is left out')
    .option('--note <text>', 'how they have looked')
    .action((rule: string, options: AttestOptions) => runAttest(rule, options, context));
  program
    .command('rules [file]')
    .description('every rule of the audit, as Markdown')
    .action((file: string | undefined) =>
      file === undefined ? context.write(rulesDocument()) : writeTo(file, rulesDocument()),
    );
}

async function runAudit(directory: string | null, options: AuditOptions, context: AuditContext): Promise<void> {
  const config = await context.config(directory);
  const store = await context.attestations();
  const input = {
    config,
    serviceAccount: options.serviceAccount ?? (await context.serviceAccount()),
    attestations: store === null ? [] : await fromStorage(store.list()),
    testedAt: await context.testedAt(),
  };
  const report = createAuditReport(input, context.now());
  if (options.html !== undefined) await writeTo(options.html, auditHtml(report));
  context.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${auditLines(report).join('\n')}\n`);
  context.end(exitCodeOf(report));
}

async function runAttest(id: string, { name, on, note }: AttestOptions, context: AuditContext): Promise<void> {
  const rule = CATALOGUE.find((each) => each.id === id.trim().toUpperCase());
  if (!rule) throw new Error(`${id} is no rule: npm run tenant -- rules lists them`);
  if (rule.find !== null) throw new Error(`${rule.id} is decided from the export: nobody has to answer for it`);
  if (name.trim() === '') throw new Error('--name is empty: say who has looked');
  const now = context.now();
  const at = on === undefined ? now : dateOf(on);
  if (at > now) throw new Error(`${on} is to come`);
  const store = await context.attestations();
  if (store === null)
    throw new Error('The settings name no storage (AlertStorage): npm run doctor says what is missing');
  const said = { ruleId: rule.id, name: name.trim(), at: at.toISOString(), note: note?.trim() || null };
  await fromStorage(store.add({ ...said, recordedBy: context.user, recordedAt: now.toISOString() }));
  context.write(`Noted: ${rule.id}, ${rule.rule}. ${said.name}, ${said.at.slice(0, 10)}\n`);
}

/** A day that the calendar has, at its beginning in UTC. */
function dateOf(text: string): Date {
  const date = new Date(`${text}T00:00:00.000Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new Error(`${text} is no date such as 2026-03-14`);
  return date;
}

async function writeTo(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((caught: unknown) => {
    throw new Error(`${file} cannot be written (${errorCodeOf(caught)})`, { cause: caught });
  });
}
