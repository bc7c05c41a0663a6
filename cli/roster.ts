import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { createLogger } from '../shared/log.ts';
import { createTwilioClient } from '../shared/messaging/twilio/twilioClient.ts';
import type { Settings } from '../shared/settings.ts';
import { createRosterStore } from '../shared/store/rosterStore.ts';
import { createStorageClients } from '../shared/store/storageClients.ts';
import { readCommandReading } from './commandSettings.ts';
import { twilioCodeOf } from './doctor/twilioAnswers.ts';
import { readSenders } from './doctor/twilioSenders.ts';
import { type RosterAction, rosterCommand } from './roster/rosterCommand.ts';

const TWILIO_TIMEOUT_MS = 10_000;
/** What would be logged stands in the answer. */
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

const program = new Command('npm run roster --')
  .description('Who is told of a call, and when. Exit code 0: done, 1: refused, 2: it could not be looked at.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('show', { isDefault: true })
  .description('the roster that is told now, with who is on call and who is next')
  .option('--json', 'one JSON document')
  .action(({ json = false }: { json?: boolean }) => run({ name: 'show', json }));

program
  .command('check <file>')
  .description('says everything that is wrong with a file, and the first moment at which nobody would be told')
  .action((file: string) => run({ name: 'check', file }));

program
  .command('import <file>')
  .description('checks a file, and stores it as the next version')
  .action((file: string) => run({ name: 'import', file }));

program
  .command('export')
  .description('the roster that is told now, as it was written')
  .option('--version <n>', 'an earlier one')
  .option('--out <file>', 'writes it there')
  .action(({ version, out }: { version?: string; out?: string }) =>
    run({ name: 'export', version: toVersion(version) }, out),
  );

program
  .command('who')
  .description('who is told of a call at a time, step by step')
  .option('--at <time>', 'such as 2026-12-24T09:00 by the clock of the team, or 2026-12-24T17:00Z; now, if left out')
  .option('--team <team>', 'id or name of one team')
  .option('--place <text>', 'of a call from there: at which site that is, and the team that hears of it')
  .option('--policy <name>', 'with --place: the emergency calling policy that the call comes under')
  .option('--json', 'one JSON document')
  .action(
    ({
      at = null,
      team = null,
      place = null,
      policy = null,
      json = false,
    }: Partial<Record<'at' | 'team' | 'place' | 'policy', string | null>> & { json?: boolean }) =>
      run({ name: 'who', at, team, place, policy, json }),
  );

program
  .command('vcard')
  .description('a contact card of all senders, for the phones of the people on call')
  .option('--name <name>', 'how the contact is called', 'Emergency Alerts')
  .option('--out <file>', 'writes it there, such as emergency-alerts.vcf')
  .action(({ name, out }: { name: string; out?: string }) => run({ name: 'vcard', contact: name }, out));

program
  .command('schema')
  .description('the JSON Schema of the roster: roster.schema.json')
  .option('--out <file>', 'writes it there')
  .action(({ out }: { out?: string }) => run({ name: 'schema' }, out));

try {
  await program.parseAsync();
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  end(2);
}

/** With `out` what would be shown is written there: npm itself writes lines of its own to standard output. */
async function run(action: RosterAction, out?: string): Promise<void> {
  const { settings } = await readCommandReading();
  const store = settings.storage ? createRosterStore(await createStorageClients(settings.storage)) : null;
  let written = '';
  const terminal = {
    write: (text: string) => {
      written += text;
    },
    writeError: (text: string) => process.stderr.write(text),
    now: () => new Date(),
  };
  const context = {
    store,
    file: settings.rosterFile,
    senders: () => sendersOf(settings),
    user: userName(),
    log: silent,
  };
  const code = await rosterCommand(action, context, terminal);
  if (out === undefined) process.stdout.write(written);
  else await writeFile(out, written);
  end(code);
}

async function sendersOf({ twilio }: Settings): Promise<{ numbers: string[]; others: number }> {
  if (!twilio) throw new Error('The settings of Twilio are missing: npm run doctor says which');
  if (twilio.sender.kind === 'number') return { numbers: [twilio.sender.from], others: 0 };
  try {
    const senders = await readSenders(await createTwilioClient(twilio, TWILIO_TIMEOUT_MS), twilio);
    return senders.kind === 'service'
      ? { numbers: senders.numbers.map(({ number }) => number), others: senders.others }
      : { numbers: [], others: 0 };
  } catch (caught) {
    throw new Error(`Twilio does not say which numbers send (${twilioCodeOf(caught)})`, { cause: caught });
  }
}

function toVersion(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new Error(`${text} is no version: they count from 1`);
  return Number(text);
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
