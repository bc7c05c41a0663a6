import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../../local/stack.ts';
import type { Services } from '../../../shared/pipeline/services.ts';
import { callsNamedIn, type PlacedSoakCall } from './plan.ts';

export interface DrainScene {
  stack: Stack;
  services: Services;
  calls: readonly PlacedSoakCall[];
  isEachRead(): boolean;
  /** Told each time what is left; `null` when the storage did not say. */
  onLook?(left: LeftOver | null): void;
}

/** What there is still to do. */
export interface LeftOver {
  /** The kinds of the work that is due within the hour. */
  work: string[];
  /** Messages of the queue that somebody could take now, up to 32, and all in the poison queue. */
  queued: number;
  poison: number;
  /** A message that a host had when it was killed stays hidden for ten minutes. Its work is not: that is what counts. */
  hidden: number;
}

const HOUR_MS = 60 * 60_000;
const LOOK_EVERY_MS = 2_000;
/** What an event of the hub that has not been read yet would bring. */
const CALM_MS = 10_000;
/** Chats are read back each 30 s, what is overdue is found each 30 s: longer without a message, and nothing more comes. */
const SILENT_MS = 75_000;

/**
 * Resolves once nothing is left to do and everybody was told; false when that is not so within the time, or when
 * nothing happens any more and somebody was not told.
 */
export async function drain(
  scene: DrainScene,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<boolean> {
  const endsAt = performance.now() + timeoutMs;
  let calmSince = performance.now();
  let silentSince = performance.now();
  let messages = -1;
  while (performance.now() < endsAt) {
    const left = await leftOver(scene.services).catch(() => null);
    scene.onLook?.(left);
    const now = performance.now();
    const sent = scene.stack.twilio?.messages() ?? [];
    if (sent.length !== messages) silentSince = now;
    messages = sent.length;
    // A storage that does not answer in time is at work.
    const isDone = left !== null && left.work.length + left.queued + left.poison === 0 && scene.isEachRead();
    const named = new Set(sent.flatMap(({ body }) => callsNamedIn(body)));
    if (!isDone) calmSince = now;
    if (now - calmSince >= CALM_MS && scene.calls.every(({ n }) => named.has(n))) return true;
    if (now - calmSince >= CALM_MS && now - silentSince >= SILENT_MS) return true;
    await sleep(LOOK_EVERY_MS, undefined, signal ? { signal } : {});
  }
  return false;
}

/** Reads past every fault. */
export async function leftOver({ store, now }: Services): Promise<LeftOver> {
  const queue = store.clients.queue('alert-work');
  const [work, visible, all, poison] = await Promise.all([
    store.work.listDue(new Date(now().getTime() + HOUR_MS), 1_000),
    queue.peekMessages({ numberOfMessages: 32 }),
    queue.getProperties(),
    store.clients.queue('alert-work-poison').getProperties(),
  ]);
  return {
    work: work.map(({ value }) => value.kind),
    queued: visible.peekedMessageItems.length,
    hidden: (all.approximateMessagesCount ?? 0) - visible.peekedMessageItems.length,
    poison: poison.approximateMessagesCount ?? 0,
  };
}
