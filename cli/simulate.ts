import { Command, InvalidArgumentError, Option } from 'commander';
import type { PlaceCallRequest, PlacedCall } from '../local/control.ts';
import { FAULT_KINDS } from '../local/stackFaults.ts';
import { readRunningStack } from './stackFile.ts';

const MOST_CALLS = 1_000;

const program = new Command('npm run simulate --').description(
  'Makes things happen in the stack that `npm start` runs.',
);

program
  .command('call')
  .description('someone of the pretend tenant dials an emergency number')
  .requiredOption('--number <digits>', 'the number dialled, such as 911 or 933', digits)
  .requiredOption('--caller <upn>', 'the caller, such as alex@contoso.com')
  .requiredOption('--place <text>', 'the location as Teams would write it, such as "Building 34, Room 2210"')
  .option('--count <n>', 'how many calls', wholeNumber(1, MOST_CALLS), 1)
  .option('--language <tag>', 'language of the message, such as de')
  .addOption(new Option('--source <source>', 'what tells of it').choices(['both', 'chat', 'event']).default('both'))
  .option('--lost', 'Graph loses the notification: the call is found by reading the chats back')
  .option('--json', 'one JSON document on standard output')
  .action(
    async (options: {
      number: string;
      caller: string;
      place: string;
      count: number;
      language?: string;
      lost?: boolean;
      source: 'both' | 'chat' | 'event';
      json?: boolean;
    }) => {
      const { number, caller, place, count, language, lost, source } = options;
      const request: PlaceCallRequest = {
        ...{ number, caller, place, announce: !lost },
        ...(language ? { language } : {}),
        ...(source === 'both' ? {} : { sources: [source] }),
      };
      const calls: PlacedCall[] = [];
      for (let i = 0; i < count; i += 1) calls.push((await ask('POST', '/call', request)) as PlacedCall);
      if (options.json) process.stdout.write(`${JSON.stringify({ calls }, null, 2)}\n`);
      else for (const { eventId } of calls) process.stdout.write(`${caller} dialled ${number}: event ${eventId}\n`);
    },
  );

program
  .command('fault')
  .description('a part of the stack fails for a while')
  .argument('<part>', `one of: ${Object.keys(FAULT_KINDS).join(', ')}`)
  .argument('<kind>', 'what happens to it, see below')
  .addHelpText('after', () => {
    const lines = Object.entries(FAULT_KINDS).map(([part, kinds]) => `  ${part.padEnd(14)}${kinds.join(', ')}`);
    return `\nKinds:\n${lines.join('\n')}`;
  })
  .option('--for <seconds>', 'for how long', wholeNumber(1, 3_600), 30)
  .action(async (part: string, kind: string, { for: seconds }: { for: number }) => {
    await ask('POST', '/fault', { part, kind, seconds });
    process.stdout.write(`${part} is ${kind} for ${seconds} s\n`);
  });

async function ask(method: string, path: string, body: unknown): Promise<unknown> {
  const { control } = await readRunningStack();
  const response = await fetch(`${control}${path}`, { method, body: JSON.stringify(body) }).catch((cause: unknown) => {
    throw new Error('The stack does not answer: start it with `npm start`', { cause });
  });
  const answer = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The stack answered ${response.status}`);
  return answer;
}

function digits(value: string): string {
  if (!/^\d{2,8}$/.test(value)) throw new InvalidArgumentError('It must be digits, such as 911.');
  return value;
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}

try {
  await program.parseAsync();
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 1;
}
