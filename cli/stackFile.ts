import { readFile } from 'node:fs/promises';

/** Where a running stack says how to reach it. */
export const STACK_FILE = '.local/stack.json';

export interface RunningStack {
  control: string;
  pid: number;
  settings: Record<string, string>;
}

/** Throws, in words for the person at the terminal, when no stack is running. */
export async function readRunningStack(): Promise<RunningStack> {
  try {
    return JSON.parse(await readFile(STACK_FILE, 'utf8'));
  } catch (caught) {
    throw new Error('No stack is running in this folder: start one with `npm start` first', { cause: caught });
  }
}
