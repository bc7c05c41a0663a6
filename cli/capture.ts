import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { BUILT_IN_PHRASES } from '../shared/emergency/phrases.ts';
import type { ReaderOptions } from '../shared/emergency/reading.ts';
import { captureCommand } from './captureCommand.ts';
import { readCommandSettings } from './commandSettings.ts';

const program = new Command('npm run capture --')
  .description(
    'Makes a capture of an emergency message without personal data, to be sent to us. Exit code 2: bad input; ' +
      '1: the capture is not read as the original is, or holds something personal (then nothing is written).',
  )
  .argument('<file>', 'the JSON of one chat message, as Graph gives it; - for standard input')
  .option('--out <file>', 'where the capture goes; without it, to standard output. Nothing is overwritten')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { out } = program.opts<{ out?: string }>();
const [file = '-'] = program.args;

try {
  const source = await readSource(file);
  process.exitCode = await captureCommand(source, await readerOptions(), {
    write: (json) => write(json, out),
    report: (line) => process.stderr.write(`${line}\n`),
  });
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 2;
}

/** Where the message comes from; fetching one from the tenant belongs here. */
async function readSource(name: string): Promise<string> {
  if (name === '-') return await text(process.stdin);
  try {
    return await readFile(name, 'utf8');
  } catch (caught) {
    throw new Error(`${name} cannot be read (${(caught as { code?: string }).code ?? 'unknown error'}).`);
  }
}

async function write(json: string, name: string | undefined): Promise<void> {
  if (name === undefined) {
    process.stdout.write(json);
    return;
  }
  try {
    await writeFile(name, json, { flag: 'wx' });
  } catch (caught) {
    const { code } = caught as { code?: string };
    throw new Error(
      code === 'EEXIST' ? `${name} exists already and is not overwritten.` : `${name} cannot be written (${code}).`,
    );
  }
}

/** The reader as it is set here: with an administrator's own phrases. */
async function readerOptions(): Promise<ReaderOptions> {
  const settings = await readCommandSettings([]);
  const extra = settings.extraPhrases.map((phrase) => ({ ...phrase, isConfirmed: false }));
  return {
    phrases: [...BUILT_IN_PHRASES, ...extra],
    testNumbers: settings.testNumbers,
    defaultCountry: settings.defaultCountry,
  };
}
