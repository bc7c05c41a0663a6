import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { BUILT_IN_PHRASES } from '../shared/emergency/phrases.ts';
import type { ReaderOptions } from '../shared/emergency/reading.ts';
import { createStore } from '../shared/store/store.ts';
import { captureCommand } from './captureCommand.ts';
import { readCommandSettings } from './commandSettings.ts';

const program = new Command('npm run capture --')
  .description(
    'Makes a capture of an emergency message without personal data, to be sent to us. Exit code 2: bad input; ' +
      '1: the capture is not read as the original is, or holds something personal (then nothing is written).',
  )
  .argument('[file]', 'the JSON of one chat message, as Graph gives it; - for standard input')
  .option('--latest', 'instead of a file: the message of the newest call that the product has recorded')
  .option('--out <file>', 'where the capture goes; without it, to standard output. Nothing is overwritten')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { out, latest = false } = program.opts<{ out?: string; latest?: boolean }>();
const [file] = program.args;

try {
  const source = latest ? await readLatest() : await readSource(file);
  process.exitCode = await captureCommand(source, await readerOptions(), {
    write: (json) => write(json, out),
    report: (line) => process.stderr.write(`${line}\n`),
  });
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 2;
}

/** What Teams wrote last, as it was kept. */
async function readLatest(): Promise<string> {
  const { storage } = await readCommandSettings(['storage']);
  if (!storage) throw new Error('AlertStorage is missing');
  const store = await createStore(storage);
  const call = (await store.calls.listNewest(50)).find(({ chat }) => chat !== null);
  const kept = call?.chat ? await store.chatMessages.get(call.chat.chatId, call.chat.messageId) : null;
  if (!kept) throw new Error('No message of a call is kept. Dial 933 in Teams first.');
  return JSON.stringify(kept.message);
}

async function readSource(name: string | undefined): Promise<string> {
  if (name === undefined) throw new Error('Name a file, - for standard input, or --latest.');
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
