import { Command } from 'commander';
import { requestReplay } from '../shared/pipeline/replayDeadLetter.ts';
import { createStore, type Store } from '../shared/store/store.ts';
import { readCommandSettings } from './commandSettings.ts';

const program = new Command('npm run dead-letters --').description(
  'What came in and could not be processed: each with its reason and its raw body.',
);

program
  .command('list', { isDefault: true })
  .description('the newest first')
  .option('--limit <n>', 'at most this many', '50')
  .option('--json', 'as JSON')
  .action(async ({ limit, json }: { limit: string; json?: boolean }) => {
    const letters = await (await openStore()).deadLetters.list(Math.max(1, Number(limit) || 50));
    if (json) print(JSON.stringify(letters, null, 2));
    else if (letters.length === 0) print('There are no dead letters.');
    else for (const { id, at, attempts, reason } of letters) print(`${id}  ${at}  ${attempts}×  ${reason}`);
  });

program
  .command('show <id>')
  .description('one, whole')
  .action(async (id: string) => {
    print(JSON.stringify(await find(await openStore(), id), null, 2));
  });

program
  .command('replay [id]')
  .description('asks the function to process it once more')
  .option('--all', 'every dead letter')
  .action(async (id: string | undefined, { all }: { all?: boolean }) => {
    const store = await openStore();
    if (!id && !all) throw new Error('Name a dead letter, or give --all.');
    const letters = id ? [await find(store, id)] : await store.deadLetters.list(10_000);
    for (const letter of letters) await requestReplay({ store, now: () => new Date() }, letter.id);
    print(`${letters.length} to be replayed. What is refused again comes back to the list.`);
  });

async function openStore(): Promise<Store> {
  const { storage } = await readCommandSettings(['storage']);
  if (!storage) throw new Error('AlertStorage is missing');
  return createStore(storage);
}

async function find(store: Store, id: string) {
  const letter = await store.deadLetters.get(id);
  if (!letter) throw new Error(`There is no dead letter ${id}.`);
  return letter;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await program.parseAsync();
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 1;
}
