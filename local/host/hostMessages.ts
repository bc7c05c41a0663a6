import type { InvocationEvent, Outcome } from './executor.ts';
import type { Keys } from './httpTrigger.ts';
import type { LogLevel } from './rpc.ts';

/** One line of the host's log, with the categories of the real host. */
export interface HostLog {
  level: LogLevel;
  category: string;
  message: string;
  functionName?: string;
  invocationId?: string;
}

/** What the parent says to start a host. */
export interface HostStart {
  appDir: string;
  mainFile: string | null;
  env: Record<string, string>;
  hostId: string;
  port: number;
  keys: Keys;
  restartOnExit: boolean;
  waitsForOwnershipExpiry: boolean;
  clockOffsetMs: number;
  workerFile: string;
}

export type ToHost =
  | { type: 'start'; start: HostStart }
  | { type: 'fire'; id: number; name: string; text: string }
  | { type: 'clock'; id: number; offsetMs: number }
  | { type: 'stop'; graceMs: number };

export type FromHost =
  | { type: 'started'; port: number; functions: string[]; functionErrors: Record<string, string> }
  | { type: 'ending'; reason: string }
  | { type: 'log'; line: HostLog }
  | { type: 'invocation'; functionName: string; event: InvocationEvent }
  | { type: 'answer'; id: number; outcome: Pick<Outcome, 'ok'> & { error?: string } };
