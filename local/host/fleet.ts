import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningHost } from './start.ts';

/** Several hosts of one app, each a process of its own, that share its partitions, queues and timers. */
export interface Fleet {
  /** Always as many; one that has ended stays in its place until another takes it. */
  hosts: RunningHost[];
  /** Of those that live. */
  urls(): string[];
  /** Starts another host in the place of one that has ended; does nothing where one lives, and after the stop. */
  restart(index: number): Promise<void>;
  /** Stops all that live, paused ones too. */
  stop(): Promise<void>;
}

/** What the platform takes to replace a host; short, since nothing is to be learnt from waiting. */
const REPLACE_MS = 500;

/**
 * Starts so many hosts, and replaces one that ends by itself, as the platform does. One that was killed or told to stop
 * is not replaced: that is what the test wanted. When one does not start, those that did are stopped.
 */
export async function startFleet(count: number, start: (index: number) => Promise<RunningHost>): Promise<Fleet> {
  const hosts: RunningHost[] = [];
  const living = new Set<RunningHost>();
  const stopping = new AbortController();
  const turns: Promise<void>[] = [];

  async function begin(index: number): Promise<void> {
    const host = await start(index);
    hosts[index] = host;
    living.add(host);
    void host.exited.then(({ code, signal }) => {
      living.delete(host);
      if (code !== 0 && signal === null) replace(index);
    });
  }

  /** One start at a time in each place. */
  function inTurn(index: number, step: () => Promise<void>): Promise<void> {
    const turn = (turns[index] ?? Promise.resolve()).then(step, step);
    turns[index] = turn;
    return turn;
  }

  const isWanted = (index: number) => {
    const host = hosts[index];
    return host !== undefined && !living.has(host) && !stopping.signal.aborted;
  };

  function replace(index: number): void {
    void inTurn(index, async () => {
      while (isWanted(index)) {
        await sleep(REPLACE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        // What keeps it from starting may pass: it is tried again.
        if (isWanted(index)) await begin(index).catch(() => undefined);
      }
    });
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.allSettled(turns);
    await Promise.all(hosts.filter((host) => living.has(host)).map((host) => host.stop()));
  }

  try {
    const starts = await Promise.allSettled(Array.from({ length: count }, (_, index) => begin(index)));
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  } catch (caught) {
    await stop();
    throw caught;
  }
  return {
    hosts,
    urls: () => hosts.filter((host) => living.has(host)).map(({ httpUrl }) => httpUrl),
    restart: (index) =>
      inTurn(index, async () => {
        if (!hosts[index]) throw new Error(`There is no host ${index}`);
        if (isWanted(index)) await begin(index);
      }),
    stop,
  };
}
