import { Worker } from 'node:worker_threads';
import type {
  FromWorker,
  FunctionMetadata,
  InvocationRequest,
  InvocationResponse,
  RpcException,
  ToWorker,
  WorkerLog,
  WorkerStart,
} from './rpc.ts';

export interface LanguageWorkerOptions {
  /** The built `worker.ts`. */
  file: string;
  start: WorkerStart;
  env: Record<string, string>;
  onLog: (line: WorkerLog) => void;
  /** The worker ended without having been told to; what was under way in it has failed. */
  onCrash: (reason: string) => void;
}

export interface RegisteredApp {
  functions: FunctionMetadata[];
  capabilities: Record<string, string>;
}

export interface LanguageWorker {
  /** Starts a worker, again after one that ended. Throws what the app threw, or that it ended while it was loaded. */
  start(): Promise<RegisteredApp>;
  /** Waits for a worker, also for one yet to be started. Rejects with a {@link RpcException} when the function fails or the worker ends. */
  invoke(request: InvocationRequest): Promise<InvocationResponse>;
  /** Ends the worker as the real host does when an invocation takes longer than `functionTimeout`. */
  abandon(reason: string): Promise<void>;
  /** Lets the appTerminate hooks run, then ends the worker. */
  terminate(): Promise<void>;
}

/** While no worker is there, invocations wait; they have not failed. */
const NEVER = new Promise<never>(() => undefined);

interface Pending {
  resolve(response: InvocationResponse): void;
  reject(exception: RpcException): void;
}

/** The host's side of the Node worker: one thread at a time, in which nothing but the app runs. */
export function createLanguageWorker(options: LanguageWorkerOptions): LanguageWorker {
  const pending = new Map<string, Pending>();
  let thread: Worker | null = null;
  let ready: Promise<RegisteredApp> = NEVER;
  let onTerminated: () => void = () => undefined;

  function start(): Promise<RegisteredApp> {
    ready = new Promise((resolve, reject) => {
      const { file, start: workerData, env, onLog, onCrash } = options;
      const worker = new Worker(file, { workerData, env, stdout: true, stderr: true, execArgv: [] });
      thread = worker;
      let lastWords = '';
      let isReady = false;
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          isReady = true;
          resolve(message);
        } else if (message.type === 'failed') reject(new Error(message.reason));
        else if (message.type === 'uncaught') lastWords = message.exception.stackTrace || message.exception.message;
        else if (message.type === 'terminated') onTerminated();
        else if (message.type === 'log') onLog(message.log);
        else settle(message);
      });
      worker.on('error', (error) => {
        lastWords = error.stack ?? error.message;
      });
      worker.once('exit', (code) => {
        if (thread !== worker) return;
        thread = null;
        if (isReady) ready = NEVER;
        const reason = `node exited with code ${code}${lastWords ? `: ${lastWords}` : ''}`;
        reject(new Error(reason));
        failAll(reason);
        if (isReady) onCrash(reason);
      });
      readLines(worker.stdout, (line) => onLog(consoleLog('information', line)));
      readLines(worker.stderr, (line) => onLog(consoleLog('error', line)));
    });
    return ready;
  }

  function settle(message: Extract<FromWorker, { type: 'response' | 'failure' }>): void {
    const invocationId = message.type === 'response' ? message.response.invocationId : message.invocationId;
    const waiting = pending.get(invocationId);
    pending.delete(invocationId);
    if (message.type === 'response') waiting?.resolve(message.response);
    else waiting?.reject(message.exception);
  }

  function failAll(reason: string): void {
    const lost = [...pending.values()];
    pending.clear();
    for (const { reject } of lost) reject({ message: reason, stackTrace: '' });
  }

  async function end(): Promise<void> {
    const worker = thread;
    thread = null;
    ready = NEVER;
    await worker?.terminate();
  }

  return {
    start,
    async invoke(request) {
      await ready;
      return new Promise((resolve, reject) => {
        pending.set(request.invocationId, { resolve, reject });
        thread?.postMessage({ type: 'invoke', request } satisfies ToWorker);
      });
    },
    async abandon(reason) {
      await end();
      failAll(reason);
      options.onCrash(reason);
    },
    async terminate() {
      const terminated = new Promise<void>((resolve) => {
        onTerminated = resolve;
        thread?.once('exit', () => resolve());
      });
      if (thread) {
        thread.postMessage({ type: 'terminate' } satisfies ToWorker);
        await terminated;
      }
      await end();
    },
  };
}

/** The host's name for what an app writes with `console.log`. */
const CONSOLE_CATEGORY = 'Host.Function.Console';

function consoleLog(level: 'information' | 'error', message: string): WorkerLog {
  return { level, category: CONSOLE_CATEGORY, message };
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => rest && onLine(rest));
}
