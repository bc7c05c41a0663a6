import { setTimeout as sleep } from 'node:timers/promises';
import { answerAdmin, type Fire } from './admin.ts';
import { openConnections } from './connections.ts';
import { loadClient } from './eventHubTrigger.ts';
import { createExecutor, type InvocationEvent } from './executor.ts';
import { readHostJson } from './hostJson.ts';
import type { HostLog, HostStart } from './hostMessages.ts';
import { listenHttp } from './httpServer.ts';
import { answerHttp, readHttpFunction } from './httpTrigger.ts';
import { createLanguageWorker, type LanguageWorker } from './languageWorker.ts';
import { startListener } from './listeners.ts';
import { HTTP_TRIGGER, readFunctions, TRIGGER_KINDS, typeOf } from './registration.ts';
import type { LogLevel, WorkerLog } from './rpc.ts';
import type { HostContext, TriggeredFunction } from './trigger.ts';

/** A listener that still waits for storage by then does not hold up the others. */
const LISTENER_START_MS = 2_000;
/** For what runs when a host gives up. */
const SHUTDOWN_GRACE_MS = 30_000;

export interface FunctionHostEvents {
  onLog(line: HostLog): void;
  onInvocation(functionName: string, event: InvocationEvent): void;
  /** The app ended its worker, and no other is to be started, or the host gives up; what was under way is settled. */
  onEnd(reason: string): void;
}

export interface FunctionHost {
  port: number;
  functions: string[];
  /** Functions that do not run, and why; the others do. */
  functionErrors: Record<string, string>;
  fire: Fire;
  setClockOffset(ms: number): void;
  /** Takes up nothing new, waits at most so long for what runs, then lets the app end. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts the app and everything that triggers its functions. Throws when the app throws, registers nothing, or has
 * something that is not known here. A function with a wrong connection or schedule is in error, the others run, as in
 * the real host.
 */
export async function startFunctionHost(start: HostStart, events: FunctionHostEvents): Promise<FunctionHost> {
  const hostJson = readHostJson(start.appDir);
  const shutdown = new AbortController();
  const settling = new Set<Promise<unknown>>();
  const offset = new Float64Array(new SharedArrayBuffer(8)).fill(start.clockOffsetMs);
  const server = await listenHttp(start.port);
  const worker = createWorker(start, events, server.port, offset, { shutdown: shutdown.signal, settling });
  // While the app loads in its own thread.
  if (hostJson.eventHubs.isMentioned) loadClient().catch(() => undefined);
  const app = await worker.start();
  const { onLog, onInvocation } = events;
  const { functionTimeoutMs } = hostJson;
  const host: HostContext = {
    hostId: start.hostId,
    hostJson,
    capabilities: app.capabilities,
    executor: createExecutor({ worker, functionTimeoutMs, onLog, onInvocation, shutdown: shutdown.signal }),
    log: (level, category, message) => onLog({ level, category, message }),
    ...openConnections(start.env),
    waitsForOwnershipExpiry: start.waitsForOwnershipExpiry,
    settle: (work) => follow(settling, work),
    now: () => new Date(Date.now() + (offset[0] ?? 0)),
    shutdown: shutdown.signal,
    shutDown(reason) {
      if (shutdown.signal.aborted) return;
      host.log('error', 'Host', `An unhandled exception has occurred. Host is shutting down. ${reason}`);
      void stop(SHUTDOWN_GRACE_MS).then(() => events.onEnd(reason));
    },
  };

  async function stop(graceMs: number): Promise<void> {
    shutdown.abort();
    const stopped = listeners.map((listener) => listener.stop());
    await atMost(graceMs, Promise.all([server.close(), ...stopped, host.executor.idle()]));
    await atMost(graceMs, worker.terminate());
  }

  const { functions, functionErrors } = readFunctions(app, host, start.env);
  const http = functions.filter((fn) => typeOf(fn) === HTTP_TRIGGER);
  const others = functions.filter((fn) => typeOf(fn) !== HTTP_TRIGGER);
  const routes = http.map((fn) => readHttpFunction(fn, hostJson.http.routePrefix));
  const listeners = others.map((fn) => startListener(fn, host));
  const fire = createFire(others, host);
  server.answerWith((request, response) =>
    /^\/admin\//i.test(request.url ?? '')
      ? answerAdmin(fire, start.keys, request, response)
      : answerHttp(routes, host, start.keys, request, response),
  );
  await atMost(LISTENER_START_MS, Promise.all(listeners.map(({ firstAttempt }) => firstAttempt)));

  return {
    port: server.port,
    functions: functions.map(({ metadata }) => metadata.name),
    functionErrors,
    fire,
    setClockOffset(ms) {
      offset[0] = ms;
      for (const listener of listeners) listener.onClockChange?.();
    },
    stop,
  };
}

interface WorkerSurroundings {
  shutdown: AbortSignal;
  settling: ReadonlySet<Promise<unknown>>;
}

function createWorker(
  start: HostStart,
  events: FunctionHostEvents,
  port: number,
  offset: Float64Array<SharedArrayBuffer>,
  { shutdown, settling }: WorkerSurroundings,
): LanguageWorker {
  const log = (level: LogLevel, message: string) => events.onLog({ level, category: 'Host.Function', message });
  const worker = createLanguageWorker({
    file: start.workerFile,
    start: { appDir: start.appDir, mainFile: start.mainFile, clockOffset: offset.buffer },
    // Where the app is reached: its own port, unless something stands in front of it.
    env: { WEBSITE_HOSTNAME: `127.0.0.1:${port}`, ...start.env },
    onLog: (line) => events.onLog(withCategory(line)),
    onCrash: (reason) => void onCrash(reason),
  });

  async function onCrash(reason: string): Promise<void> {
    if (shutdown.aborted) return;
    log('error', `Language Worker Process exited. ${reason}`);
    if (!start.restartOnExit) return end(reason);
    await worker.start().catch((caught: Error) => end(caught.message));
  }

  /** What ran has failed by now; its triggers say so to their sources, as the real host does, which lives on. */
  async function end(reason: string): Promise<void> {
    await sleep(0);
    while (settling.size > 0) await Promise.allSettled(settling);
    events.onEnd(reason);
  }

  return worker;
}

function createFire(functions: readonly TriggeredFunction[], host: HostContext): Fire {
  return (name, text) => {
    const fn = functions.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase());
    const kind = fn && TRIGGER_KINDS[typeOf(fn)];
    if (!fn || !kind) return null;
    const input = kind.inputFromText(fn, host, text);
    return input.then((found) => host.executor.run(fn.metadata, found, 'This function was programmatically called'));
  };
}

async function follow<T>(under: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  under.add(work);
  try {
    return await work;
  } finally {
    under.delete(work);
  }
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: enough.signal }).catch(() => undefined)]);
  enough.abort();
}

/** The categories of the real host: what the app's own code logs, and what is logged about it. */
function withCategory(line: WorkerLog): HostLog {
  if (!line.functionName) return line.category.startsWith('Host.') ? line : { ...line, category: 'Worker' };
  const category = `Function.${line.functionName}${line.category === 'user' ? '.User' : ''}`;
  return { ...line, category };
}
