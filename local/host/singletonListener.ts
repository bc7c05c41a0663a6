import { setTimeout as sleep } from 'node:timers/promises';
import { isServerSide, openSingletonLocks, type SingletonLock, type SingletonLocks } from './singletonLock.ts';
import { type StorageAccount, StorageError } from './storageAccount.ts';
import type { HostContext, Listener, TriggeredFunction } from './trigger.ts';

const CATEGORY = 'Host.Singleton';
const LEAST_RENEWAL_INTERVAL_MS = 1_000;
/** How the storage client of the real host tries again what the network broke off, before it says so. */
const NETWORK_RETRIES_MS = [800, 1_600, 3_200, 6_400, 12_800];

/**
 * Lets one host of several listen for a function (SingletonListener.cs): the others ask again for the lock each
 * `listenerLockRecoveryPollingInterval`. The owner renews it at half its life, sooner after an error of the service; when
 * it is lost, the host shuts down, as the real one does (WebScriptHostExceptionHandler.cs). What was due is not held back
 * meanwhile. Without storage for the host there is no lock, and every host listens.
 */
export async function listenAlone(
  fn: TriggeredFunction,
  host: HostContext,
  listen: () => Promise<Listener>,
): Promise<Listener> {
  const account = accountOf(host);
  if (!account) return listen();
  const { listenerLockPeriodMs: periodMs, listenerLockRecoveryPollingIntervalMs } = host.hostJson.singleton;
  const { hostId, waitsForOwnershipExpiry: waitsForExpiry } = host;
  const locks = openSingletonLocks({ account, hostId, periodMs, waitsForExpiry });
  const stopping = new AbortController();
  const work = { name: fn.metadata.name, host, locks, periodMs, signal: stopping.signal, listen };

  let held = await startIfLocked(work);
  let recovering = Promise.resolve();
  if (!held) {
    recovering = (async () => {
      while (!held && !stopping.signal.aborted) {
        await pause(listenerLockRecoveryPollingIntervalMs, stopping.signal);
        if (!stopping.signal.aborted) held = await startIfLocked(work).catch((caught) => reportRecovery(work, caught));
      }
    })();
  }

  return {
    onClockChange: () => held?.inner.onClockChange?.(),
    async stop() {
      stopping.abort();
      await recovering;
      // First the lock, then the wait for what runs: so another begins at once.
      await held?.lock.release().catch((caught: unknown) => {
        host.log('warning', CATEGORY, `The lock of ${work.name} is not released: ${String(caught)}`);
      });
      await held?.inner.stop();
    },
  };
}

/** The real host knows locks only where its own storage is set. */
function accountOf(host: HostContext): StorageAccount | null {
  try {
    return host.hostStorage();
  } catch {
    return null;
  }
}

interface Work {
  name: string;
  host: HostContext;
  locks: SingletonLocks;
  periodMs: number;
  /** Set when the listener is to stop. */
  signal: AbortSignal;
  listen: () => Promise<Listener>;
}

async function startIfLocked(work: Work): Promise<{ lock: SingletonLock; inner: Listener } | null> {
  const { name, host, locks, listen } = work;
  const lock = await locks.tryLock(name);
  host.log(
    'debug',
    CATEGORY,
    lock ? `Singleton lock acquired (${name})` : `Unable to acquire Singleton lock (${name}).`,
  );
  if (!lock) return null;
  try {
    const inner = await listen();
    void keep(work, lock);
    return { lock, inner };
  } catch (caught) {
    await lock.release();
    throw caught;
  }
}

function reportRecovery({ name, host }: Work, caught: unknown): null {
  host.log('warning', CATEGORY, `The lock of ${name} cannot be asked for: ${String(caught)}`);
  return null;
}

/** Renews the lock until the listener stops, or shuts the host down. Never rejects. */
async function keep({ name, host, periodMs, signal }: Work, lock: SingletonLock): Promise<void> {
  let waitMs = periodMs / 2;
  let failures = 0;
  for (;;) {
    await pause(waitMs, signal);
    if (signal.aborted) return;
    try {
      await lock.renew();
      waitMs = periodMs / 2;
      failures = 0;
    } catch (caught) {
      const again = nextTryMs(caught, waitMs, failures);
      if (signal.aborted) return;
      host.log(again ? 'warning' : 'error', CATEGORY, `Singleton lock renewal failed for '${name}': ${String(caught)}`);
      if (!again) return host.shutDown(`The singleton lock of '${name}' is lost: ${String(caught)}`);
      waitMs = again;
      failures += 1;
    }
  }
}

/** `null` when there is nothing left to try. */
function nextTryMs(caught: unknown, lastWaitMs: number, failures: number): number | null {
  if (isServerSide(caught)) return Math.max(LEAST_RENEWAL_INTERVAL_MS, lastWaitMs / 2);
  if (caught instanceof StorageError) return null;
  return NETWORK_RETRIES_MS[failures] ?? null;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
