import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { win32 } from 'node:path';

/** The programs of others that a deployment needs. */
export type Program = 'az' | 'azd';

/** Why there is no answer: it is not installed, it did not end in time, or it said no. The message is one sentence. */
export class ProgramError extends Error {
  readonly kind: 'missing' | 'late' | 'refused';
  /** What the program wrote to standard error, for a caller who knows its words. */
  readonly said: string;

  constructor(kind: ProgramError['kind'], message: string, said = '') {
    super(message);
    this.name = 'ProgramError';
    this.kind = kind;
    this.said = said;
  }
}

/** Runs a program with these arguments and gives its standard output. Throws {@link ProgramError}. */
export type RunProgram = (
  program: Program,
  args: readonly string[],
  options?: { timeoutMs?: number },
) => Promise<string>;

/** Most questions take the Azure CLI two seconds; on a slow machine with a cold disk many times that. */
const TIMEOUT_MS = 90_000;
/** The list of what a subscription holds can be long. */
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
/** No questions, no colours, no warnings between the JSON: https://learn.microsoft.com/cli/azure/azure-cli-configuration */
const QUIET = {
  AZURE_CORE_NO_COLOR: 'true',
  AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
  NO_COLOR: '1',
};

/** Calls the program without a shell and without anything to read from; never longer than the time limit. */
export const runProgram: RunProgram = (program, args, { timeoutMs = TIMEOUT_MS } = {}) => {
  const { file, parameters, isVerbatim } = commandOf(program, args);
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      parameters,
      {
        env: { ...process.env, ...QUIET },
        timeout: timeoutMs,
        maxBuffer: MOST_OUTPUT_BYTES,
        windowsHide: true,
        windowsVerbatimArguments: isVerbatim,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(toProgramError(program, args, error, stderr, timeoutMs));
      },
    );
    child.stdin?.end();
  });
};

interface Command {
  file: string;
  parameters: string[];
  /** Windows only: the parameters are one line that is given on as it is. */
  isVerbatim: boolean;
}

/** What cmd.exe gives a batch file as it stands: nothing of it ends a word, opens a quote or names a variable. */
const PLAIN = /^[\w.:/@=,+$?'[\]-]+$/;

/**
 * How a program is called. On Windows the Azure CLI is a batch file, which only cmd.exe can run, and cmd.exe takes one
 * line and reads it in its own way. So nothing is quoted there: an argument in which cmd.exe could see more than text is
 * refused. Throws {@link ProgramError} for that, and where the batch file is not found.
 */
export function commandOf(
  program: Program,
  args: readonly string[],
  {
    platform = process.platform as string,
    env = process.env as Readonly<Record<string, string | undefined>>,
    exists = existsSync as (path: string) => boolean,
  } = {},
): Command {
  if (platform !== 'win32' || program === 'azd') return { file: program, parameters: [...args], isVerbatim: false };
  const path = findOnPath(['az.exe', 'az.cmd', 'az.bat'], env, exists);
  if (path === null) throw missing(program);
  if (path.endsWith('.exe')) return { file: path, parameters: [...args], isVerbatim: false };
  const strange = args.find((arg) => !PLAIN.test(arg));
  if (strange !== undefined || /["%]/.test(path)) {
    throw new ProgramError('refused', `The Azure CLI cannot be asked safely on Windows with: ${strange ?? path}`);
  }
  const shell = win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'cmd.exe');
  return { file: shell, parameters: ['/d', '/v:off', '/s', '/c', `""${path}" ${args.join(' ')}"`], isVerbatim: true };
}

function findOnPath(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string | null {
  const folders = (env.Path ?? env.PATH ?? '').split(';').filter((folder) => folder !== '');
  const paths = folders.flatMap((folder) => names.map((name) => win32.join(folder, name)));
  return paths.find((path) => exists(path)) ?? null;
}

const NAMES: Record<Program, string> = { az: 'Azure CLI', azd: 'Azure Developer CLI' };

function missing(program: Program): ProgramError {
  return new ProgramError('missing', `The ${NAMES[program]} (${program}) is not installed, or not on the PATH.`);
}

function toProgramError(
  program: Program,
  args: readonly string[],
  error: Error & { code?: unknown; killed?: unknown },
  stderr: string,
  timeoutMs: number,
): ProgramError {
  if (error.code === 'ENOENT') return missing(program);
  const words = args.slice(
    0,
    Math.max(
      0,
      args.findIndex((arg) => arg.startsWith('-')),
    ),
  );
  const what = `"${[program, ...words].join(' ')}"`;
  if (error.killed === true) {
    return new ProgramError('late', `${what} did not answer within ${Math.round(timeoutMs / 1_000)} seconds.`);
  }
  return new ProgramError('refused', `${what} says: ${firstSentence(stderr) ?? 'nothing of why it failed.'}`, stderr);
}

const LONGEST_SENTENCE = 300;

/** The first line that says something, without the word ERROR and whatever would write elsewhere on the screen. */
function firstSentence(text: string): string | null {
  const lines = text.split(/\r?\n/).map((line) =>
    line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
      .replace(/\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u001f\u007f]/g, '')
      .replace(/^\s*ERROR:\s*/i, '')
      .trim(),
  );
  const line = lines.find((one) => one !== '' && !/^warning/i.test(one));
  if (line === undefined) return null;
  return line.length > LONGEST_SENTENCE ? `${line.slice(0, LONGEST_SENTENCE)}…` : line;
}
