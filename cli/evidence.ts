import { Command } from 'commander';
import { readRoster } from '../shared/evidence/names.ts';
import { createStore } from '../shared/store/store.ts';
import { readCommandSettings } from './commandSettings.ts';
import { type EvidenceOptions, evidenceCommand } from './evidence/evidenceCommand.ts';

const program = new Command('npm run evidence --')
  .description(
    'What is on record about calls: who was told what and when, and who answered (docs/evidence.md). ' +
      'Exit code 0, or 1 when something could not be read. It holds personal data.',
  )
  .option('--from <date>', 'the first day, as 2026-03-01')
  .option('--to <date>', 'the last day, included')
  .option('--zone <name>', 'whose days, as America/Los_Angeles', 'UTC')
  .option('--csv', 'for a spreadsheet (standard)')
  .option('--json', 'one document, with the timeline of each call')
  .option('--out <file>', 'into a new file, with a manifest beside it; else to standard output')
  .option('--tests', 'the last test call (933) of each place and site, of the last 400 days unless days are named')
  .parse();

try {
  const settings = await readCommandSettings(['storage']);
  if (!settings.storage) throw new Error('AlertStorage is missing');
  const store = await createStore(settings.storage);
  const options = program.opts<EvidenceOptions>();
  const code = await evidenceCommand(
    {
      store,
      ...(await readRoster(store, settings.rosterFile)),
      now: new Date(),
      write: (bytes) => process.stdout.write(bytes),
      say: (line) => (options.out === undefined ? process.stderr : process.stdout).write(`${line}\n`),
    },
    options,
  );
  end(code);
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  end(1);
}

/** Connections that still wait for an answer would keep the process for half a minute. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
