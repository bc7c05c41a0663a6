import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { buildHost } from './build.ts';
import type { HostLog, HostStart } from './hostMessages.ts';
import { createHostTalk, type HostExit, type InvocationCounts } from './hostTalk.ts';
import { guardWhilePaused } from './pause.ts';

export type { HostLog } from './hostMessages.ts';
export type { HostExit, InvocationCounts } from './hostTalk.ts';

export interface HostOptions {
  /** Folder with host.json, and package.json with `main`; the app's current directory. */
  appDir: string;
  /** Relative to `appDir`, instead of `main` of its package.json. */
  mainFile?: string;
  /** The app settings: all of the app's environment but for what the system needs. */
  env: Record<string, string>;
  /** Under which the host keeps what it remembers of its timers. */
  hostId?: string;
  /** A free one without. */
  port?: number;
  /** Random without. */
  functionKey?: string;
  masterKey?: string;
  /** Start the app anew when it has ended its worker, as the real host does; else the host ends. */
  restartOnExit?: boolean;
  /**
   * Wait for the partitions and timers of a host that was killed for as long as the real host does, which is
   * `partitionOwnershipExpirationInterval` and `listenerLockPeriod` of host.json; else they are taken over at once.
   */
  waitForOwnershipExpiry?: boolean;
  /** What the clock of the app is ahead by from the beginning; see `setClockOffset`. */
  clockOffsetMs?: number;
  onLog?: (line: HostLog) => void;
}

export interface RunningHost {
  pid: number;
  /** Origin, without a path. */
  httpUrl: string;
  functionKey: string;
  masterKey: string;
  functions: string[];
  /** Functions that do not run, and why. */
  functionErrors: Record<string, string>;
  /** Runs a function that is no HTTP function once; what is not text is handed over as JSON. */
  fire(name: string, input?: unknown): Promise<{ ok: boolean; error?: string }>;
  /** By function, since the start of this host; also after its end. */
  invocations(): Record<string, InvocationCounts>;
  /** Shifts what the app reads through `Date`; timers that are due by it fire. Resolves when it is so. */
  setClockOffset(ms: number): Promise<void>;
  /** Stops the process in its tracks, and lets it go on. Not on Windows. */
  pause(): void;
  resume(): void;
  /** Takes up nothing new, waits at most `graceMs` (30 s) for what runs. */
  stop(options?: { graceMs?: number }): Promise<void>;
  /** As a power cut. */
  kill(): Promise<void>;
  exited: Promise<HostExit>;
}

/** What Node and its libraries need of the system; all else of this process stays here. */
const SYSTEM_VARIABLES = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'TZ',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
];

/**
 * Starts a look-alike of the Functions host as a child process, and in it the app. Resolves when every function can be
 * triggered. Throws with the reason and the last output when the app throws, registers no function, or has what the
 * local host does not know. The child ends with this process, however that ends.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const files = buildHost();
  const appDir = resolve(options.appDir);
  const keys = {
    function: options.functionKey ?? randomBytes(32).toString('base64url'),
    master: options.masterKey ?? randomBytes(32).toString('base64url'),
  };
  const child = fork(files.process, {
    cwd: appDir,
    env: systemEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const talk = createHostTalk(child, options.onLog);
  talk.send({
    type: 'start',
    start: {
      appDir,
      mainFile: options.mainFile ?? null,
      env: { ...systemEnvironment(), ...hostVariables(appDir), ...options.env },
      hostId: options.hostId ?? 'local',
      port: options.port ?? 0,
      keys,
      restartOnExit: options.restartOnExit ?? false,
      waitsForOwnershipExpiry: options.waitForOwnershipExpiry ?? false,
      clockOffsetMs: options.clockOffsetMs ?? 0,
      workerFile: files.worker,
    } satisfies HostStart,
  });
  const { port, functions, functionErrors } = await talk.started;
  const pausing = guardWhilePaused(child);

  return {
    pid: child.pid ?? 0,
    httpUrl: `http://127.0.0.1:${port}`,
    functionKey: keys.function,
    masterKey: keys.master,
    functions,
    functionErrors,
    fire: (name, input = '') =>
      talk.ask((id) => ({ type: 'fire', id, name, text: typeof input === 'string' ? input : JSON.stringify(input) })),
    invocations: talk.invocations,
    async setClockOffset(offsetMs) {
      await talk.ask((id) => ({ type: 'clock', id, offsetMs }));
    },
    ...pausing,
    async stop({ graceMs = 30_000 } = {}) {
      pausing.resume();
      talk.send({ type: 'stop', graceMs });
      await talk.exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await talk.exited;
    },
    exited: talk.exited,
  };
}

function systemEnvironment(): Record<string, string> {
  const present = SYSTEM_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(present);
}

/** What the real host tells every app. */
function hostVariables(appDir: string): Record<string, string> {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    AzureWebJobsScriptRoot: appDir,
    FUNCTIONS_EXTENSION_VERSION: '~4',
    FUNCTIONS_WORKER_RUNTIME: 'node',
  };
}
