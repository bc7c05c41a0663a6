import { setTimeout as sleep } from 'node:timers/promises';
import { TRIGGER_KINDS, typeOf } from './registration.ts';
import type { HostContext, Listener, TriggeredFunction } from './trigger.ts';

const RETRY_MS = 1_000;

/** A listener, and when its start has succeeded or failed for the first time. */
export interface StartedListener extends Listener {
  firstAttempt: Promise<void>;
}

/** Starts listening, and tries again for as long as that fails: storage may be away for a while. */
export function startListener(fn: TriggeredFunction, host: HostContext): StartedListener {
  let listener: Listener | null = null;

  async function attempt(): Promise<boolean> {
    try {
      listener = (await TRIGGER_KINDS[typeOf(fn)]?.start(fn, host)) ?? null;
      return true;
    } catch (caught) {
      const reason = (caught as Error).message;
      const { name } = fn.metadata;
      host.log('error', 'Host.Startup', `The listener for function '${name}' was unable to start: ${reason}`);
      return false;
    }
  }

  async function retry(isStarted: boolean): Promise<void> {
    let isListening = isStarted;
    while (!isListening && !host.shutdown.aborted) {
      await sleep(RETRY_MS, undefined, { signal: host.shutdown }).catch(() => undefined);
      if (!host.shutdown.aborted) isListening = await attempt();
    }
  }

  const first = attempt();
  const started = first.then(retry);
  return {
    firstAttempt: first.then(() => undefined),
    onClockChange: () => listener?.onClockChange?.(),
    async stop() {
      await started;
      await listener?.stop();
    },
  };
}
