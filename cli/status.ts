import { Command } from 'commander';
import { createLogger } from '../shared/log.ts';
import { createServices } from '../shared/pipeline/createServices.ts';
import { readCommandReading } from './commandSettings.ts';
import { statusCommand } from './statusCommand.ts';

const program = new Command('npm run status --')
  .description(
    'Everything that is watched, and what to do about what is not well. ' +
      'Exit code 0: all is well, 1: a warning, 2: something critical, 3: it could not be looked at.',
  )
  .option('--json', 'one JSON document')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3))
  .parse();
const { json = false } = program.opts<{ json?: boolean }>();

/** What would be logged is in the table. */
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

try {
  const services = await createServices(await readCommandReading(), silent);
  const code = await statusCommand(
    services,
    {
      write: (text) => process.stdout.write(text),
      columns: process.stdout.columns ?? 80,
      hasColours: process.stdout.isTTY === true && !process.env.NO_COLOR,
    },
    { json },
  );
  end(code);
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  end(3);
}

/** Connections that still wait for an answer would keep the process for half a minute. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
