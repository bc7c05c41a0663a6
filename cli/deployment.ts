import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { createCredential } from '../shared/azureCredential.ts';
import { createLogger } from '../shared/log.ts';
import { callTime } from '../shared/messaging/callTime.ts';
import { createServices } from '../shared/pipeline/createServices.ts';
import type { Services } from '../shared/pipeline/services.ts';
import { readSettings } from '../shared/settings.ts';
import { appSettingsOf, readAzdEnvironment } from './azdEnvironment.ts';
import { createCertificateVault } from './certificateVault.ts';
import { readCommandReading } from './commandSettings.ts';
import { readyAfterDeployment } from './deployment/after.ts';
import { exitCodeAfter, renderAfter, renderTasks } from './deployment/afterReport.ts';
import { functionAppId, lookAtAppSecrets, refreshAppSecrets } from './deployment/appSecrets.ts';
import { readAskedInputs } from './deployment/askedInputs.ts';
import { lookBefore } from './deployment/before.ts';
import { renderBefore } from './deployment/beforeReport.ts';
import { ProgramError, runProgram } from './deployment/runProgram.ts';
import { needsCertificate, secretsCommand } from './deployment/secrets.ts';
import { tenantTasks } from './deployment/tenantWork.ts';
import type { Terminal } from './signInCommand.ts';
import type { TableStyle } from './statusTable.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const columns = Math.min(110, Math.max(60, process.stdout.columns ?? 100));
const isAttended = process.stdin.isTTY === true && process.stdout.isTTY === true;
const terminal: Terminal = {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isTTY: process.stdout.isTTY === true,
  now: () => new Date(),
};
/** With --json standard output is one document; what is said on the way goes elsewhere. */
const aside: Terminal = { ...terminal, write: terminal.writeError, isTTY: false };
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

const program = new Command('npm run deployment --')
  .description(
    'The steps around `azd up`. Exit code 0: done, 1: something is in the way, 2: it could not be looked at.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('before')
  .description('looks at everything that must be right before anything is created; creates nothing')
  .option('--register', 'registers the resource providers that are missing, without a question')
  .option('--dry-run', 'never asks, and registers nothing')
  .option('--json', 'one JSON document')
  .action((options: { register?: boolean; dryRun?: boolean; json?: boolean }) => attempt(() => before(options)));

program
  .command('secrets')
  .description('makes the key of the stored sign-in and the encryption certificate, where the vault has none')
  .option('--dry-run', 'says what would be made')
  .action((options: { dryRun?: boolean }) => attempt(() => secrets(options)));

program
  .command('after')
  .description('signs the service account in, tries the way of a notification, and shows what works and what is left')
  .option('--no-sign-in', 'does not ask for the sign-in of the service account')
  .option('--dry-run', 'shows only what is left to the administrator of the tenant')
  .option('--json', 'one JSON document')
  .action((options: { signIn: boolean; dryRun?: boolean; json?: boolean }) => attempt(() => after(options)));

await program.parseAsync();

async function attempt(step: () => Promise<number>): Promise<void> {
  try {
    end(await step());
  } catch (caught) {
    terminal.writeError(`${caught instanceof Error ? caught.message : String(caught)}\n`);
    end(2);
  }
}

/** Connections that still wait for an answer would keep the process for half a minute. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}

/** In a hook azd gives all of it to the process; in a terminal it is read from the environment's file. */
async function deploymentValues(): Promise<Environment> {
  // Before the first deployment there may be no such file: then the process's own is all there is.
  const stored = await readAzdEnvironment(process.env).catch(() => null);
  const values: Environment = { ...stored?.values, ...process.env };
  const asked = stored === null ? {} : await readAskedInputs(stored.name);
  // What is set counts, as for azd; but for what is set to nothing.
  return { ...values, ...Object.fromEntries(Object.entries(asked).filter(([name]) => !values[name])) };
}

async function before({ register, dryRun, json }: { register?: boolean; dryRun?: boolean; json?: boolean }) {
  const agree = dryRun ? undefined : register ? async () => true : isAttended && !json ? askPerson : undefined;
  const say = (line: string) => (json ? aside : terminal).write(`${line}\n`);
  const env = await deploymentValues();
  const checks = await lookBefore({ run: runProgram, env }, { say, ...(agree ? { agree } : {}) });
  const isClear = checks.every(({ state }) => state !== 'problem');
  terminal.write(json ? `${JSON.stringify({ ok: isClear, checks }, null, 2)}\n` : renderBefore(checks, columns));
  return isClear ? 0 : 1;
}

async function askPerson(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

async function secrets({ dryRun = false }: { dryRun?: boolean }) {
  const deployment = await readAzdEnvironment(process.env);
  if (deployment === null) throw new Error('There is no azd environment in this folder: run `azd up` first');
  const { settings } = readSettings(appSettingsOf(deployment));
  const address = settings.encryptionCertificate;
  const vaultUrl = address?.vaultUrl ?? vaultUrlOf(deployment.values.AZURE_KEY_VAULT_NAME);
  const credential = createCredential(null);
  const isEncrypted = address !== null && needsCertificate(settings);
  return secretsCommand(
    {
      vaultUrl,
      credential,
      certificate: isEncrypted ? createCertificateVault(address, credential) : null,
      async refreshApp() {
        const appId = functionAppId(deployment.values);
        if (appId === null) throw new ProgramError('missing', 'The azd environment does not name the function app.');
        await refreshAppSecrets(runProgram, appId);
      },
      sleep,
    },
    terminal,
    { isDryRun: dryRun },
  );
}

function vaultUrlOf(name: string | undefined): string {
  if (!name) throw new Error('The azd environment names no Key Vault (AZURE_KEY_VAULT_NAME): run `azd provision`');
  return `https://${name}.vault.azure.net`;
}

async function after({ signIn, dryRun, json = false }: { signIn: boolean; dryRun?: boolean; json?: boolean }) {
  const interrupted = new AbortController();
  // The second one ends the command.
  process.once('SIGINT', () => interrupted.abort());
  const speaker = json ? aside : terminal;
  const reading = await readCommandReading();
  if (dryRun) {
    const tasks = tenantTasks(reading.settings);
    terminal.write(json ? `${JSON.stringify({ tasks }, null, 2)}\n` : renderTasks(tasks, columns));
    return 0;
  }
  if (!reading.settings.storage && reading.source.kind === 'process') {
    throw new Error('There is no deployment in this folder: run `azd up` first');
  }
  const services = await createServices(reading, silent);
  const appId = functionAppId(await deploymentValues());
  const result = await readyAfterDeployment(services, speaker, {
    isSignInWanted: signIn && isAttended,
    signal: interrupted.signal,
    sleep: (ms) => sleep(ms, undefined, { signal: interrupted.signal }).catch(() => undefined),
    lookAtAppSecrets: appId === null ? null : () => lookAtAppSecrets(runProgram, appId),
  });
  terminal.write(json ? `${JSON.stringify(result, null, 2)}\n` : renderAfter(result, styleFor(services)));
  return exitCodeAfter(result);
}

function styleFor(services: Services): TableStyle {
  const zone = services.timeZone();
  const timeText = (iso: string) => callTime(new Date(iso), zone, { hasDate: true, hasSeconds: false, hasZone: false });
  return { columns, hasColours: process.stdout.isTTY === true && !process.env.NO_COLOR, zone, timeText };
}
