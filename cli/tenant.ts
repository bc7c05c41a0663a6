import { userInfo } from 'node:os';
import { Command } from 'commander';
import { createAttestationStore } from '../shared/store/attestationStore.ts';
import { createSharedCallingStore } from '../shared/store/sharedCallingStore.ts';
import { createStorageClients, type StorageClients } from '../shared/store/storageClients.ts';
import { createTenantStore, type TenantStore } from '../shared/store/tenantStore.ts';
import { readCommandReading } from './commandSettings.ts';
import { addAuditCommands } from './tenant/audit/auditCommands.ts';
import { readSiteTests } from './tenant/audit/siteTests.ts';
import { addMoveCommands } from './tenant/moveCommands.ts';
import { addResolveCommands } from './tenant/resolveCommands.ts';
import { SAMPLE_SEED } from './tenant/sample/sampleTenant.ts';
import { writeSample } from './tenant/sample/writeSample.ts';
import { type TenantAction, tenantCommand } from './tenant/tenantCommand.ts';
import { BrokenExportError, readExportDirectory, readStoredConfig } from './tenant/tenantSource.ts';

const program = new Command('npm run tenant --')
  .description(
    "The tenant's emergency configuration. Exit code 0: done, 1: refused, something is lost or blocks, 2: it could not be looked at.",
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('show', { isDefault: true })
  .description('the configuration in force, how old it is, and the versions that are kept')
  .option('--json', 'one JSON document')
  .action(({ json = false }: { json?: boolean }) => run({ name: 'show', json }));

program
  .command('import <dir>')
  .description('checks an export of scripts/Export-TeamsEmergencyConfig.ps1, and stores it as the next version')
  .option('--older', 'also when it was exported before the one in force')
  .action((directory: string, { older = false }: { older?: boolean }) =>
    run({ name: 'import', directory, isOlderTaken: older }),
  );

program
  .command('diff [dir]')
  .description('what is different in an export from the configuration in force; without one, from the version before')
  .option('--impact', 'also what it does to people: exit code 1 when anybody loses anything')
  .option('--json', 'one JSON document')
  .action((directory: string | undefined, { impact = false, json = false }: { impact?: boolean; json?: boolean }) =>
    run({ name: 'diff', directory: directory ?? null, impact, json }),
  );

program
  .command('sample [dir]')
  .description('writes the sample tenant with the list of its faults (samples/contoso)')
  .action((directory: string = 'samples/contoso') => writeSample(directory, SAMPLE_SEED));

let exitCode: 0 | 1 | 3 = 0;
const write = (text: string) => process.stdout.write(text);
const config = async (directory: string | null) =>
  directory === null ? (await readStoredConfig(await openStore())).config : readExportDirectory(directory);
addResolveCommands(program, {
  config,
  async ledger(policy) {
    const clients = await openStorage();
    return clients && ((await createSharedCallingStore(clients).get(policy))?.value ?? null);
  },
  write,
  now: () => new Date(),
});
addMoveCommands(program, {
  config,
  write,
  end: (code) => {
    exitCode = code;
  },
});

addAuditCommands(program, {
  config,
  async attestations() {
    const clients = await openStorage();
    return clients && createAttestationStore(clients);
  },
  async testedAt() {
    const clients = await openStorage();
    return clients && readSiteTests(clients);
  },
  serviceAccount: async () => (await readCommandReading()).settings.graph?.serviceAccount ?? null,
  user: userName(),
  write,
  now: () => new Date(),
  end: (code) => {
    exitCode = code;
  },
});

try {
  await program.parseAsync();
  end(exitCode);
} catch (caught) {
  const lines = caught instanceof BrokenExportError ? caught.lines.map((line) => `  ${line}`) : [];
  process.stderr.write(`${[caught instanceof Error ? caught.message : String(caught), ...lines].join('\n')}\n`);
  end(2);
}

/** `null` where the settings name none. */
async function openStorage(): Promise<StorageClients | null> {
  const { settings } = await readCommandReading();
  return settings.storage && createStorageClients(settings.storage);
}

async function openStore(): Promise<TenantStore | null> {
  const clients = await openStorage();
  return clients && createTenantStore(clients);
}

async function run(action: TenantAction): Promise<void> {
  const { settings } = await readCommandReading();
  const context = { store: await openStore(), tenantId: settings.tenant?.tenantId ?? null, user: userName() };
  exitCode = await tenantCommand(action, context, {
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    now: () => new Date(),
  });
}

/** `null` where the machine knows no name, such as for a user of a container. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** Connections that still wait for an answer would keep the process for half a minute. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
