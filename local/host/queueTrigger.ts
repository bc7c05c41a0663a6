import { createBackoff } from './backoff.ts';
import type { TriggerInput } from './executor.ts';
import { createQueueInput } from './queueInput.ts';
import { isNoLongerOurs, openQueue, type QueueMessage, type StorageQueue } from './storageQueue.ts';
import type { HostContext, Listener, TriggeredFunction, TriggerKind } from './trigger.ts';

/** From taking a message on, so long nobody else sees it, also when the host is killed (QueueListener.cs). */
const LOCK_SECONDS = 600;
const LEAST_POLLING_INTERVAL_MS = 100;
const CATEGORY = 'Host.Triggers.Queue';

/**
 * The storage queue trigger as azure-sdk-for-net has it (QueueListener.cs, QueueProcessor.cs): takes a batch, hides it
 * for ten minutes, runs its messages in parallel; deletes a message whose function succeeded; shows it again after
 * `visibilityTimeout` where it failed, or moves it to `<queue>-poison` at the `maxDequeueCount`th time. A function's
 * retry policy has no effect on it.
 */
export const queueTrigger: TriggerKind = {
  check(fn, host) {
    queueNameOf(fn);
    host.storage(connectionOf(fn));
  },
  async start(fn, host) {
    return listen(fn, host);
  },
  async inputFromText(fn, host, text) {
    return createQueueInput(fn, text, null, host.now());
  },
};

function connectionOf({ trigger }: TriggeredFunction): string {
  return typeof trigger.connection === 'string' && trigger.connection !== ''
    ? trigger.connection
    : 'AzureWebJobsStorage';
}

function queueNameOf({ trigger }: TriggeredFunction): string {
  const name = trigger.queueName;
  if (typeof name !== 'string' || !/^[a-z0-9](?:-?[a-z0-9])*$/.test(name) || name.length < 3 || name.length > 63) {
    throw new Error(`"${String(name)}" is no name of a queue`);
  }
  return name;
}

function listen(fn: TriggeredFunction, host: HostContext): Listener {
  const settings = host.hostJson.queues;
  const account = host.storage(connectionOf(fn));
  const queue = openQueue(account, queueNameOf(fn));
  const worker = { fn, host, queue, poison: openPoisonQueue(account, queue) };
  const backoff = createBackoff(
    Math.min(LEAST_POLLING_INTERVAL_MS, settings.maxPollingIntervalMs),
    settings.maxPollingIntervalMs,
  );
  const processing = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const messages = await take(queue, settings.batchSize, host);
      for (const message of messages) {
        const work = processMessage(worker, message).finally(() => processing.delete(work));
        processing.add(work);
      }
      if (messages.length === 0) await pause(backoff.nextMs(false), stopping.signal);
      else backoff.nextMs(true);
      while (processing.size > settings.newBatchThreshold) await Promise.race(processing);
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(processing);
    },
  };
}

/** What is in the queue; nothing while it is missing or cannot be reached. */
async function take(queue: StorageQueue, count: number, host: HostContext): Promise<QueueMessage[]> {
  try {
    return await queue.take(count, LOCK_SECONDS);
  } catch (caught) {
    if (!isNoLongerOurs(caught))
      host.log('error', CATEGORY, `Queue ${queue.name} cannot be read: ${messageOf(caught)}`);
    return [];
  }
}

interface QueueWorker {
  fn: TriggeredFunction;
  host: HostContext;
  queue: StorageQueue;
  /** `null` for a queue that is one itself. */
  poison: StorageQueue | null;
}

function openPoisonQueue(account: Parameters<typeof openQueue>[0], queue: StorageQueue): StorageQueue | null {
  return queue.name.endsWith('-poison') ? null : openQueue(account, `${queue.name}-poison`);
}

/** Never throws: what could not be said to the queue is seen again when its ten minutes are over. */
async function processMessage(worker: QueueWorker, message: QueueMessage): Promise<void> {
  const { fn, host, queue } = worker;
  try {
    const { maxDequeueCount, messageEncoding } = host.hostJson.queues;
    const text = messageEncoding === 'base64' ? decodeBase64(message.text) : message.text;
    // Also when it was taken too often: its function did not come back in time, or the host was killed meanwhile.
    if (text === null || message.dequeueCount > maxDequeueCount) {
      await toPoison(worker, message);
    } else {
      const input = createQueueInput(fn, text, message, host.now());
      const succeeded = await runLocked(worker, message, input);
      await host.settle(settle(worker, message, succeeded));
    }
  } catch (caught) {
    if (!isNoLongerOurs(caught)) {
      host.log('error', CATEGORY, `Message ${message.id} of ${queue.name} stays hidden: ${messageOf(caught)}`);
    }
  }
}

/** Runs the function, and hides the message anew every five minutes for as long as it runs. */
async function runLocked(
  { fn, host, queue }: QueueWorker,
  message: QueueMessage,
  input: TriggerInput,
): Promise<boolean> {
  const renewal = setInterval(
    () => {
      queue.hide(message, LOCK_SECONDS).catch((caught: unknown) => {
        host.log(
          'warning',
          CATEGORY,
          `Message ${message.id} of ${queue.name} was not hidden anew: ${messageOf(caught)}`,
        );
      });
    },
    (LOCK_SECONDS / 2) * 1000,
  );
  try {
    return (await host.executor.run(fn.metadata, input, `New queue message detected on '${queue.name}'.`)).ok;
  } finally {
    clearInterval(renewal);
  }
}

async function settle(worker: QueueWorker, message: QueueMessage, succeeded: boolean): Promise<void> {
  const { queue, poison, host } = worker;
  const { maxDequeueCount, visibilityTimeoutSeconds } = host.hostJson.queues;
  if (succeeded) await queue.delete(message);
  // A message of a poison queue stays hidden, so that it does not come round at once, for ever.
  else if (!poison) return;
  else if (message.dequeueCount >= maxDequeueCount) await toPoison(worker, message);
  else await queue.hide(message, visibilityTimeoutSeconds);
}

async function toPoison({ queue, poison, host }: QueueWorker, message: QueueMessage): Promise<void> {
  if (!poison) return;
  host.log('warning', CATEGORY, `Message ${message.id} of ${queue.name} moves to queue '${poison.name}'`);
  await poison.add(message.text);
  await queue.delete(message);
}

/** `null` for what is no Base64, as .NET judges it: white space is allowed, a wrong length or character is not. */
function decodeBase64(text: string): string | null {
  const compact = text.replace(/[\t\n\r ]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  return Buffer.from(compact, 'base64').toString('utf8');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}
