import { type HubEvent, ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { notifyOnCall } from '../../shared/pipeline/notifyOnCall.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { type Process, type ProcessOptions, type QueueMessage, startProcess } from './process.ts';
import { inShortTime } from './shortLimits.ts';
import type { World } from './world.ts';

/** `host.json`, and the retry policy of `ingestNotifications`. */
const TIMER_MS = 30_000;
const VISIBILITY_MS = 15_000;
const MAX_DEQUEUES = 5;
const LONGEST_RETRY_MS = 30_000;
/** A queue that cannot be asked is asked again. */
const POLL_MS = 1_000;
/** The host notices that its worker is gone, and starts another. */
const RESTART_MS = 5_000;

/** What a host does about one batch of events, by the world's clock. */
export interface VirtualHost {
  isCheckpointed(): boolean;
  process(): Process;
  /** The process is gone in this moment; another one is there five seconds later. */
  kill(): void;
  /** Does something at a time of the clock. */
  at(ms: number, run: () => void | Promise<void>): void;
  /**
   * Does everything at its time until `isOver` says so; it is asked whenever nothing is under way. The clock moves on
   * only then.
   */
  run(isOver: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

export interface HostOptions {
  judge: ProcessOptions['judge'];
  /** Nothing comes out of the queue meanwhile. */
  isStorageDown(): boolean;
}

/** Gives the events to ingest, again and again while it throws; wakes the notifier; runs both timers each 30 s. */
export async function startVirtualHost(
  world: World,
  events: readonly HubEvent[],
  { judge, isStorageDown }: HostOptions,
): Promise<VirtualHost> {
  let tasks: { at: number; run: () => void | Promise<void> }[] = [];
  let running = new Set<Promise<unknown>>();
  let isCheckpointed = false;
  let age = 0;
  const processes: Process[] = [];
  const abandoned: Promise<unknown>[] = [];
  const clock = () => world.now().getTime();
  const at = (ms: number, run: () => void | Promise<void>) => void tasks.push({ at: ms, run });

  /** What a process that is gone brings about, nobody hears of. */
  function during(begin: () => Promise<void>, then: { done?: () => void; failed?: () => void }): void {
    const born = age;
    const settled = inShortTime(begin).then(
      () => born === age && then.done?.(),
      () => born === age && then.failed?.(),
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
  }
  const current = () => {
    const process = processes.at(-1);
    if (!process) throw new Error('No process runs');
    return process;
  };
  const services = () => current().services;
  const bornNow = (): ProcessOptions => {
    const born = age;
    return {
      judge: (service, what) => (born === age ? judge(service, what) : { fate: 'swallow' }),
      onQueued: (message, delayMs) => born === age && at(clock() + delayMs, () => wake(message, 1)),
    };
  };

  function ingest(attempt: number): void {
    during(() => ingestNotifications(services(), events), {
      done: () => {
        isCheckpointed = true;
      },
      failed: () => at(clock() + Math.min(1_000 * 2 ** attempt, LONGEST_RETRY_MS), () => ingest(attempt + 1)),
    });
  }
  function wake(message: QueueMessage, dequeues: number): void {
    if (isStorageDown()) {
      at(clock() + POLL_MS, () => wake(message, dequeues));
      return;
    }
    during(() => notifyOnCall(services(), message), {
      failed: () => dequeues < MAX_DEQUEUES && at(clock() + VISIBILITY_MS, () => wake(message, dequeues + 1)),
    });
  }
  function timer(run: typeof sweep): void {
    during(() => run(services()), {});
    at(clock() + TIMER_MS, () => timer(run));
  }
  async function restart(): Promise<void> {
    processes.push(await startProcess(world, bornNow()));
    at(clock() + TIMER_MS, () => timer(sweep));
    at(clock() + TIMER_MS, () => timer(reconcileChats));
    if (!isCheckpointed) ingest(0);
  }
  await restart();

  return {
    isCheckpointed: () => isCheckpointed,
    process: current,
    at,
    kill() {
      age += 1;
      abandoned.push(...running);
      running = new Set();
      // What it had taken from the queue stays hidden for ten minutes, and is left to the sweep.
      tasks = [{ at: clock() + RESTART_MS, run: restart }];
    },
    async run(isOver) {
      for (;;) {
        const due = tasks.filter((task) => task.at <= clock());
        tasks = tasks.filter((task) => !due.includes(task));
        for (const task of due) await task.run();
        if (due.length > 0) continue;
        if (running.size > 0) {
          await Promise.race([...running, new Promise((resolve) => setTimeout(resolve, 20))]);
        } else {
          if (await isOver()) return;
          const next = Math.min(...tasks.map((task) => task.at));
          if (Number.isFinite(next)) world.advance(Math.max(0, next - clock()));
        }
      }
    },
    async stop() {
      age += 1;
      await Promise.all(processes.map((process) => process.close()));
      await Promise.all([...running, ...abandoned]);
    },
  };
}
