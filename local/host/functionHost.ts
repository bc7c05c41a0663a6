import { setTimeout as sleep } from 'node:timers/promises';
import { answerAdmin, type Fire } from './admin.ts';
import { createExecutor, type InvocationEvent } from './executor.ts';
import { readHostJson } from './hostJson.ts';
import type { HostLog, HostStart } from './hostMessages.ts';
import { listenHttp } from './httpServer.ts';
import { answerHttp, readHttpFunction } from './httpTrigger.ts';
import { createLanguageWorker, type RegisteredApp } from './languageWorker.ts';
import { HTTP_TRIGGER, readFunction, TRIGGER_KINDS, typeOf } from './registration.ts';
import type { LogLevel, WorkerLog } from './rpc.ts';
import { openStorageAccount, type StorageAccount } from './storageAccount.ts';
import { type HostContext, type Listener, NotKnownHereError, type TriggeredFunction } from './trigger.ts';

const LISTENER_RETRY_MS = 1_000;

export interface FunctionHostEvents {
  onLog(line: HostLog): void;
  onInvocation(functionName: string, event: InvocationEvent): void;
  /** The app ended its worker, and no other is to be started; what was under way has been settled. */
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
  const clockOffset = new SharedArrayBuffer(8);
  const offset = new Float64Array(clockOffset);
  const shutdown = new AbortController();
  const settling = new Set<Promise<unknown>>();
  const log = (level: LogLevel, category: string, message: string) => events.onLog({ level, category, message });
  const server = await listenHttp(start.port);

  const worker = createLanguageWorker({
    file: start.workerFile,
    start: { appDir: start.appDir, mainFile: start.mainFile, clockOffset },
    env: { ...start.env, WEBSITE_HOSTNAME: `127.0.0.1:${server.port}` },
    onLog: (line) => events.onLog(withCategory(line)),
    onCrash: (reason) => void onCrash(reason),
  });

  async function onCrash(reason: string): Promise<void> {
    if (shutdown.signal.aborted) return;
    log('error', 'Host.Function', `Language Worker Process exited. ${reason}`);
    try {
      if (start.restartOnExit) await worker.start();
      else await endAfterCrash(reason);
    } catch (caught) {
      await endAfterCrash((caught as Error).message);
    }
  }

  async function endAfterCrash(reason: string): Promise<void> {
    // What ran has failed by now; the triggers say so to their sources, as the real host does.
    await sleep(0);
    while (settling.size > 0) await Promise.allSettled(settling);
    events.onEnd(reason);
  }

  const app = await worker.start();
  if (app.functions.length === 0) throw new Error('The app registered no function');
  refuseStreams(app);

  const executor = createExecutor({
    worker,
    functionTimeoutMs: hostJson.functionTimeoutMs,
    onLog: events.onLog,
    onInvocation: events.onInvocation,
    shutdown: shutdown.signal,
  });
  const host: HostContext = {
    hostId: start.hostId,
    hostJson,
    capabilities: app.capabilities,
    executor,
    log,
    ...openConnections(start.env),
    waitsForOwnershipExpiry: start.waitsForOwnershipExpiry,
    async settle(work) {
      settling.add(work);
      try {
        return await work;
      } finally {
        settling.delete(work);
      }
    },
    now: () => new Date(Date.now() + (offset[0] ?? 0)),
    shutdown: shutdown.signal,
  };

  const { valid, functionErrors } = readFunctions(app, host, start.env);
  const http = valid.filter((fn) => typeOf(fn) === HTTP_TRIGGER);
  const others = valid.filter((fn) => typeOf(fn) !== HTTP_TRIGGER);
  const routes = http.map((fn) => readHttpFunction(fn, hostJson.http.routePrefix));
  const listeners = others.map((fn) => startListener(fn, host));

  const fire: Fire = (name, text) => {
    const fn = others.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase());
    const kind = fn && TRIGGER_KINDS[typeOf(fn)];
    if (!fn || !kind) return null;
    const input = kind.inputFromText(fn, host, text);
    return input.then((found) => executor.run(fn.metadata, found, 'This function was programmatically called'));
  };
  server.answerWith((request, response) =>
    /^\/admin\//i.test(request.url ?? '')
      ? answerAdmin(fire, start.keys, request, response)
      : answerHttp(routes, host, start.keys, request, response),
  );

  return {
    port: server.port,
    functions: valid.map(({ metadata }) => metadata.name),
    functionErrors,
    fire,
    setClockOffset(ms) {
      offset[0] = ms;
      for (const listener of listeners) listener.onClockChange?.();
    },
    async stop(graceMs) {
      shutdown.abort();
      const drained = Promise.all([server.close(), ...listeners.map((listener) => listener.stop()), executor.idle()]);
      await Promise.race([drained, sleep(graceMs, undefined, { ref: false })]);
      await Promise.race([worker.terminate(), sleep(graceMs, undefined, { ref: false })]);
    },
  };
}

function refuseStreams({ capabilities }: RegisteredApp): void {
  if (capabilities.HttpUri) throw new NotKnownHereError('enableHttpStream');
}

function readFunctions(app: RegisteredApp, host: HostContext, env: Record<string, string>) {
  const functionErrors: Record<string, string> = {};
  const valid = app.functions.flatMap((metadata) => {
    const { name } = metadata;
    if (isDisabled(name, env)) return [];
    try {
      const fn = readFunction(metadata, host.setting);
      if (typeOf(fn) === HTTP_TRIGGER) readHttpFunction(fn, host.hostJson.http.routePrefix);
      else TRIGGER_KINDS[typeOf(fn)]?.check(fn, host);
      return [fn];
    } catch (caught) {
      const { message } = caught as Error;
      if (caught instanceof NotKnownHereError) throw new Error(`Function '${name}': ${message}`);
      functionErrors[name] = message;
      host.log('error', 'Host.Startup', `The '${name}' function is in error: ${message}`);
      return [];
    }
  });
  return { valid, functionErrors };
}

/** https://learn.microsoft.com/azure/azure-functions/disable-function */
function isDisabled(name: string, env: Record<string, string>): boolean {
  const value = env[`AzureWebJobs.${name}.Disabled`] ?? env[`AzureWebJobs__${name}__Disabled`];
  return value === '1' || value?.toLowerCase() === 'true';
}

/** Starts listening, and tries again for as long as that fails: storage may be away for a while. */
function startListener(fn: TriggeredFunction, host: HostContext): Listener {
  let listener: Listener | null = null;

  async function start(): Promise<void> {
    while (!host.shutdown.aborted) {
      try {
        listener = (await TRIGGER_KINDS[typeOf(fn)]?.start(fn, host)) ?? null;
        return;
      } catch (caught) {
        const { message } = caught as Error;
        host.log(
          'error',
          'Host.Startup',
          `The listener for function '${fn.metadata.name}' was unable to start: ${message}`,
        );
        await sleep(LISTENER_RETRY_MS, undefined, { signal: host.shutdown }).catch(() => undefined);
      }
    }
  }

  const started = start();
  return {
    onClockChange: () => listener?.onClockChange?.(),
    async stop() {
      await started;
      await listener?.stop();
    },
  };
}

/** Settings are the app's environment; a connection is the setting of its name, as a connection string. */
function openConnections(env: Record<string, string>): Pick<HostContext, 'setting' | 'storage' | 'hostStorage'> {
  const accounts = new Map<string, StorageAccount>();

  function setting(name: string): string {
    const value = env[name];
    if (value) return value;
    const isIdentity = Object.keys(env).some((key) => key.startsWith(`${name}__`));
    if (isIdentity) throw new NotKnownHereError(`a connection by managed identity (${name}__…)`);
    throw new Error(`the setting "${name}" is missing`);
  }

  function storage(connection: string): StorageAccount {
    // The real host looks for the name with its prefix first, so that "Storage" means AzureWebJobsStorage.
    const name = env[`AzureWebJobs${connection}`] ? `AzureWebJobs${connection}` : connection;
    const connectionString = setting(name);
    try {
      const account = accounts.get(connectionString) ?? openStorageAccount(connectionString);
      accounts.set(connectionString, account);
      return account;
    } catch (caught) {
      throw new Error(`the setting "${name}" ${(caught as Error).message}`);
    }
  }

  return { setting, storage, hostStorage: () => storage('AzureWebJobsStorage') };
}

function withCategory(line: WorkerLog): HostLog {
  if (!line.functionName) return line.category.startsWith('Host.') ? line : { ...line, category: 'Worker' };
  const category = `Function.${line.functionName}${line.category === 'user' ? '.User' : ''}`;
  return { ...line, category };
}
