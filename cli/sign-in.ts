import { Command } from 'commander';
import { createSignIn } from '../shared/graph/signIn.ts';
import { createSignInStore } from '../shared/store/signInStore.ts';
import { createStorageClients } from '../shared/store/storageClients.ts';
import { readCommandSettings } from './commandSettings.ts';
import { signInCommand } from './signInCommand.ts';

const program = new Command('npm run sign-in --')
  .description('Signs the service account in, so that its chats can be read. Exit code 2: bad settings, 1: refused.')
  .option('--replace', 'replaces a stored sign-in that cannot be decrypted, after TOKEN_CACHE_KEY was changed')
  .parse();
const { replace = false } = program.opts<{ replace?: boolean }>();

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

const terminal = {
  write: (text: string) => process.stdout.write(text),
  writeError: (text: string) => process.stderr.write(text),
  isTTY: process.stdout.isTTY === true,
  now: () => new Date(),
};

try {
  const { graph, storage } = await readCommandSettings(['graph', 'storage']);
  if (!graph || !storage) throw new Error('Settings for sign-in or storage are missing');
  const signIn = createSignIn(graph, createSignInStore(await createStorageClients(storage)));
  process.exitCode = await signInCommand(signIn, graph.serviceAccount, terminal, {
    signal: interrupted.signal,
    replaceUnreadable: replace,
  });
  // MSAL looks at a cancelled sign-in only after its next pause.
  if (interrupted.signal.aborted) process.exit();
} catch (caught) {
  terminal.writeError(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 2;
}
