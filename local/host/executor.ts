import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackoff } from './backoff.ts';
import type { LanguageWorker } from './languageWorker.ts';
import type {
  FunctionMetadata,
  InvocationRequest,
  InvocationResponse,
  RetryOptions,
  RpcException,
  WorkerLog,
} from './rpc.ts';

/** What a trigger hands to its function. */
export type TriggerInput = Pick<InvocationRequest, 'inputData' | 'triggerMetadata'>;

export type Outcome = { ok: true; response: InvocationResponse } | { ok: false; exception: RpcException };

export type InvocationEvent = 'started' | 'succeeded' | 'failed';

export interface ExecutorOptions {
  worker: LanguageWorker;
  /** From host.json; `null` for no limit. */
  functionTimeoutMs: number | null;
  onLog: (line: WorkerLog) => void;
  onInvocation: (functionName: string, event: InvocationEvent) => void;
  /** Set when the host shuts down: retries stop. */
  shutdown: AbortSignal;
}

export interface Executor {
  /** Runs a function once. Never throws. */
  run(metadata: FunctionMetadata, input: TriggerInput, reason: string): Promise<Outcome>;
  /**
   * The same, and again for as long as the function's retry policy says; returns the last outcome. During the waits
   * nothing is held but memory, as in the real host: a process that ends forgets its retries.
   */
  runWithRetries(metadata: FunctionMetadata, input: TriggerInput, reason: string): Promise<Outcome>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { worker, onLog, onInvocation, shutdown, functionTimeoutMs } = options;
  const running = new Set<Promise<unknown>>();

  async function attempt(
    { name }: FunctionMetadata,
    input: TriggerInput,
    reason: string,
    retryContext?: NonNullable<InvocationRequest['retryContext']>,
  ): Promise<Outcome> {
    const invocationId = randomUUID();
    const report = (level: WorkerLog['level'], message: string) =>
      onLog({ level, message, category: `Function.${name}`, functionName: name, invocationId });
    report('information', `Executing 'Functions.${name}' (Reason='${reason}', Id=${invocationId})`);
    onInvocation(name, 'started');
    const began = performance.now();
    const timer = startTimeout(name);
    try {
      const response = await worker.invoke({
        ...input,
        invocationId,
        functionId: name,
        traceContext: createTraceContext(),
        ...(retryContext ? { retryContext } : {}),
      });
      report('information', `Executed 'Functions.${name}' (Succeeded, Id=${invocationId}, ${tookSince(began)})`);
      onInvocation(name, 'succeeded');
      return { ok: true, response };
    } catch (caught) {
      const exception = toException(caught);
      const words = exception.stackTrace || exception.message;
      report('error', `Executed 'Functions.${name}' (Failed, Id=${invocationId}, ${tookSince(began)})\n${words}`);
      onInvocation(name, 'failed');
      return { ok: false, exception };
    } finally {
      clearTimeout(timer);
    }
  }

  function startTimeout(name: string): NodeJS.Timeout | undefined {
    if (functionTimeoutMs === null) return undefined;
    const reason = `Timeout value of ${functionTimeoutMs} ms exceeded by function '${name}'`;
    return setTimeout(() => void worker.abandon(reason), functionTimeoutMs);
  }

  async function attemptWithRetries(metadata: FunctionMetadata, input: TriggerInput, reason: string): Promise<Outcome> {
    const policy = metadata.retryOptions;
    if (!policy) return attempt(metadata, input, reason);
    const nextDelayMs = delaysOf(policy);
    const context: NonNullable<InvocationRequest['retryContext']> = {
      retryCount: 0,
      maxRetryCount: policy.maxRetryCount,
    };
    for (;;) {
      const outcome = await attempt(metadata, input, reason, { ...context });
      if (outcome.ok || context.retryCount === policy.maxRetryCount || shutdown.aborted) return outcome;
      context.retryCount += 1;
      context.exception = outcome.exception;
      const delayMs = nextDelayMs();
      onLog({
        level: 'information',
        category: `Function.${metadata.name}`,
        functionName: metadata.name,
        message: `Waiting for ${Math.round(delayMs)} ms before retrying. Retry ${context.retryCount} of ${policy.maxRetryCount}`,
      });
      await sleep(delayMs, undefined, { signal: shutdown }).catch(() => undefined);
      if (shutdown.aborted) return outcome;
    }
  }

  async function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  return {
    run: (...args) => track(attempt(...args)),
    runWithRetries: (...args) => track(attemptWithRetries(...args)),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function delaysOf(policy: RetryOptions): () => number {
  const ms = (duration: { seconds: number } | undefined) => (duration?.seconds ?? 0) * 1000;
  if (policy.retryStrategy === 'fixedDelay') return () => ms(policy.delayInterval);
  const backoff = createBackoff(ms(policy.minimumInterval), ms(policy.maximumInterval));
  return () => backoff.nextMs(false);
}

function createTraceContext(): InvocationRequest['traceContext'] {
  const traceParent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  return { traceParent, traceState: '', attributes: {} };
}

function tookSince(began: number): string {
  return `Duration=${Math.round(performance.now() - began)}ms`;
}

function toException(caught: unknown): RpcException {
  if (caught instanceof Error) return { message: caught.message, stackTrace: caught.stack ?? '' };
  return caught as RpcException;
}
