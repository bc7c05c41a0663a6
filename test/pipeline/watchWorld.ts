import type { CanarySender } from '../../shared/pipeline/canarySender.ts';
import { pollTwilio } from '../../shared/pipeline/pollTwilio.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { runTimer } from '../../shared/pipeline/timers.ts';
import { watch } from '../../shared/pipeline/watch.ts';
import { startWorld } from '../harness/world.ts';

/** The administrator of `roster.example.json`. */
export const ADMINISTRATOR = '+14255550113';
const MINUTE_MS = 60_000;

/** A world whose timers run each five minutes, and whose hub has two partitions. */
export async function startWatchedWorld(
  settings: Record<string, string> = {},
  options: Parameters<typeof startWorld>[1] = {},
) {
  const world = await startWorld(settings, options);
  /** Partitions whose events do not come out of the hub. */
  const stuck = new Set<string>();
  /** Timers that do not run. */
  const skipped = new Set<string>();
  let told = 0;

  const openCanarySender = async (): Promise<CanarySender> => ({
    partitionIds: async () => ['0', '1'],
    send: async (partitionId, body) => {
      if (!stuck.has(partitionId)) world.hub.push({ body, enqueuedAt: world.now().toISOString(), source: partitionId });
    },
    close: async () => undefined,
  });

  const watched = {
    ...world,
    stuck,
    skipped,
    watch: (services: Services = world.services) => watch(services, { openCanarySender }),

    /** Five minutes go by, or as many as are said, and the timers run; returns what the administrator was told. */
    async tick({ minutes = 5 } = {}): Promise<string[]> {
      world.advance(minutes * MINUTE_MS);
      await world.deliver();
      const timers = { sweep, reconcileChats, pollTwilio, renewSubscriptions };
      for (const [name, run] of Object.entries(timers)) {
        // What fails is what the watch is to notice.
        if (!skipped.has(name)) await runTimer(world.services, name, run).catch(() => undefined);
      }
      await watched.watch();
      await world.deliver();
      return watched.news();
    },

    /** What the administrator has been told since this was asked last. */
    news(): string[] {
      const all = world.inbox(ADMINISTRATOR);
      const news = all.slice(told);
      told = all.length;
      return news;
    },
  };
  return watched;
}

export type WatchedWorld = Awaited<ReturnType<typeof startWatchedWorld>>;
