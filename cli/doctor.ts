import { Command } from 'commander';
import { readCommandReading } from './commandSettings.ts';
import { createContext } from './doctor/createContext.ts';
import { describeSource, doctorCommand } from './doctorCommand.ts';

const program = new Command('npm run doctor --')
  .description(
    'Looks at every part of a deployment, or of the stack in this folder, from outside: what is wrong, why it matters, ' +
      'how to mend it. Exit code 0: all is well, 1: a warning, 2: something critical, 3: a part could not be looked at.',
  )
  .option('--json', 'one JSON document')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3))
  .parse();
const { json = false } = program.opts<{ json?: boolean }>();

try {
  const reading = await readCommandReading();
  const { storage, tenant, twilio } = reading.settings;
  if (reading.source.kind === 'process' && !storage && !tenant && !twilio) {
    throw new Error(
      `${describeSource(reading.source)}. Deploy with \`azd up\`, or start the stack with \`npm start\`.`,
    );
  }
  const terminal = {
    write: (text: string) => process.stdout.write(text),
    columns: process.stdout.columns ?? 80,
    hasColours: process.stdout.isTTY === true && !process.env.NO_COLOR,
  };
  end(await doctorCommand(await createContext(reading), terminal, { json }));
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  end(3);
}

/** Connections that still wait for an answer would keep the process for half a minute. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
