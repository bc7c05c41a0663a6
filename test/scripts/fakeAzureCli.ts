import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createDirectory, type Directory } from './directory.ts';

export interface FakeAzureCli {
  directory: Directory;
  /** PATH and what else a script needs to find this `az` in place of the real one. */
  env: NodeJS.ProcessEnv;
  /** Every command line that came in. */
  commands: string[][];
  close(): Promise<void>;
}

/** Hands its arguments to the test, each ended by a zero byte, and ends as the test says. */
const PROGRAM = `#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/$FAKE_AZ_PORT"
printf '%s\\0' "$#" "$@" >&3
IFS= read -r status <&3
if [ "$status" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$status"
`;

/** An `az` on the PATH that knows the commands of our scripts, and refuses all others, before a directory in memory. */
export async function startFakeAzureCli(cloud = 'AzureCloud'): Promise<FakeAzureCli> {
  const directory = createDirectory();
  const commands: string[][] = [];
  const folder = mkdtempSync(join(tmpdir(), 'fake-az-'));
  writeFileSync(join(folder, 'az'), PROGRAM);
  chmodSync(join(folder, 'az'), 0o755);
  const server = createServer((socket) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      const [count, ...parts] = received.split('\0');
      if (parts.length <= Number(count)) return;
      const args = parts.slice(0, Number(count));
      commands.push(args);
      socket.end(answer(args));
    });
  });
  function answer(args: string[]): string {
    try {
      return `0\n${run(args)}`;
    } catch (error) {
      return `1\nERROR: ${error instanceof Error ? error.message : error}\n`;
    }
  }
  function run([area = '', verb = '', ...rest]: string[]): string {
    if (area === 'rest') return restCommand(directory, [verb, ...rest]);
    const command = [area, verb, ...rest].join(' ');
    if (command === 'account show --query tenantId --output tsv') return `${directory.tenantId}\n`;
    if (command === 'cloud show --query name --output tsv') return `${cloud}\n`;
    throw new Error(`this az does not know ${command}`);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    directory,
    commands,
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      FAKE_AZ_PORT: String(port),
      GRANT_PERMISSIONS_PAUSE_SECONDS: '0',
    },
    close: async () => {
      rmSync(folder, { recursive: true });
      server.close();
      await once(server, 'close');
    },
  };
}

function restCommand(directory: Directory, args: string[]): string {
  const options = new Map<string, string[]>();
  for (const arg of args) {
    if (arg.startsWith('--')) options.set(arg.slice(2), []);
    else [...options.values()].at(-1)?.push(arg);
  }
  const one = (name: string) => options.get(name)?.[0] ?? '';
  const url = new URL(one('url'));
  for (const parameter of options.get('url-parameters') ?? []) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(parameter) ?? [];
    url.searchParams.set(name, value);
  }
  const headers = options.get('headers') ?? [];
  const body: unknown = options.has('body') ? JSON.parse(one('body')) : undefined;
  const found = directory.request(one('method'), url, body, headers.includes('Prefer=create-if-missing'));
  return one('output') === 'tsv' ? toTsv(query(found, one('query'))) : '';
}

/** The three forms of JMESPath that the scripts use: https://jmespath.org/specification.html */
function query(answer: unknown, expression: string): unknown {
  const entries = (answer as { value?: Record<string, unknown>[] }).value;
  const property = /^\w+$/.exec(expression);
  if (property) return (answer as Record<string, unknown>)[expression] ?? null;
  const first = /^value\[0\]\.(\w+)$/.exec(expression);
  if (first?.[1]) return entries?.[0]?.[first[1]] ?? null;
  const filtered = /^value\[\?(.+)\]\.(\w+) \| \[0\]$/.exec(expression);
  if (!filtered?.[1] || !filtered[2]) throw new Error(`this az does not know the query ${expression}`);
  const conditions = filtered[1].split(' && ').map((part) => {
    const [, name, value] = /^(\w+)=='([^']*)'$/.exec(part) ?? [];
    if (name === undefined) throw new Error(`this az does not know the condition ${part}`);
    return { name, value };
  });
  const match = entries?.find((entry) => conditions.every(({ name, value }) => entry[name] === value));
  return match?.[filtered[2]] ?? null;
}

/** How `az --output tsv` prints one value. */
const toTsv = (value: unknown) => (value === null ? '' : `${value}\n`);
