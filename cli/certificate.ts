import { Command } from 'commander';
import { createCredential } from '../shared/azureCredential.ts';
import { createStore } from '../shared/store/store.ts';
import { type CertificateAction, certificateCommand } from './certificateCommand.ts';
import { createCertificateVault } from './certificateVault.ts';
import { readCommandSettings } from './commandSettings.ts';

const program = new Command('npm run certificate --').description(
  'The certificate with which Graph encrypts notifications. Exit code 2: bad settings, 1: refused.',
);

program
  .command('list', { isDefault: true })
  .description('every version: when it was made, when it ends, whether it is in use')
  .action(() => run({ name: 'list' }));

program
  .command('rotate')
  .description('makes a new version; subscriptions take it up by themselves')
  .action(() => run({ name: 'rotate' }));

program
  .command('retire')
  .description('shows which old versions nobody needs any more')
  .option('--yes', 'disables them')
  .action(({ yes = false }: { yes?: boolean }) => run({ name: 'retire', yes }));

async function run(action: CertificateAction): Promise<void> {
  const { encryptionCertificate, storage, managedIdentityClientId } = await readCommandSettings([
    'encryptionCertificate',
    'storage',
  ]);
  if (!encryptionCertificate) throw new Error('ENCRYPTION_CERTIFICATE is missing');
  if (!storage) throw new Error('AlertStorage is missing');
  const { subscriptions, watermarks } = await createStore(storage);
  process.exitCode = await certificateCommand(
    action,
    createCertificateVault(encryptionCertificate, createCredential(managedIdentityClientId)),
    {
      subscriptions: subscriptions.list,
      lastSeen: (certificateId) => watermarks.get(`certificate:${certificateId}`),
    },
    {
      write: (text) => process.stdout.write(text),
      writeError: (text) => process.stderr.write(text),
      now: () => new Date(),
    },
  );
}

try {
  await program.parseAsync();
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 2;
}
