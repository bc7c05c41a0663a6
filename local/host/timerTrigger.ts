import type { TriggerInput } from './executor.ts';
import { parseNcrontab, type Schedule } from './ncrontab.ts';
import { listenAlone } from './singletonListener.ts';
import { openTimerStatus, type ScheduleStatus, toDotNetStatus } from './timerStatus.ts';
import type { HostContext, Listener, TriggeredFunction, TriggerKind } from './trigger.ts';

const CATEGORY = 'Host.Triggers.Timer';
/** Node's timers count in 32 bits; the real host waits 24 days at most, for the same reason. */
const MOST_WAIT_MS = 24 * 86_400_000;

/**
 * The timer trigger as azure-webjobs-sdk-extensions has it (TimerListener.cs): one run at a time; a run that took
 * longer than its interval is followed at once by one that makes up for all missed. Of several hosts one runs it. A schedule of a minute and more is
 * remembered, and what was missed while no host ran is made up for at the start, as past due.
 */
export const timerTrigger: TriggerKind = {
  check(fn, host) {
    scheduleOf(fn).next(host.now());
    if (isMonitored(fn, host)) host.hostStorage();
  },
  start: (fn, host) => listenAlone(fn, host, () => listen(fn, host)),
  async inputFromText(fn, host) {
    const status = isMonitored(fn, host) ? await statusOf(fn, host).read() : null;
    return createTimerInput(fn, status, false);
  },
};

function scheduleOf({ trigger }: TriggeredFunction): Schedule {
  return parseNcrontab(String(trigger.schedule ?? ''));
}

/** Unless the app says no, every schedule whose occurrences are a minute apart or more. */
function isMonitored(fn: TriggeredFunction, host: HostContext): boolean {
  const schedule = scheduleOf(fn);
  const first = schedule.next(host.now());
  return fn.trigger.useMonitor !== false && schedule.next(first).getTime() - first.getTime() >= 60_000;
}

function statusOf({ metadata }: TriggeredFunction, host: HostContext) {
  return openTimerStatus(host.hostStorage(), host.hostId, metadata.name);
}

/** Of a schedule that is not remembered the app is not told when it ran. */
function createTimerInput(
  { bindingName }: TriggeredFunction,
  status: ScheduleStatus | null,
  isPastDue: boolean,
): TriggerInput {
  const info = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status ? toDotNetStatus(status) : null,
    IsPastDue: isPastDue,
  };
  return { inputData: [{ name: bindingName, data: { json: JSON.stringify(info) } }], triggerMetadata: {} };
}

async function listen(fn: TriggeredFunction, host: HostContext): Promise<Listener> {
  const schedule = scheduleOf(fn);
  const store = isMonitored(fn, host) ? statusOf(fn, host) : null;
  let { status, isPastDue } = await findStatus(schedule, store, host.now());
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  async function run(pastDue: boolean): Promise<void> {
    const began = host.now();
    await host.executor.runWithRetries(fn.metadata, createTimerInput(fn, store && status, pastDue), 'Timer fired');
    status = { last: began, next: schedule.next(began), lastUpdated: began };
    if (!store) return;
    await host.settle(store.write(status)).catch((caught: unknown) => {
      host.log('warning', CATEGORY, `When ${fn.metadata.name} ran is not remembered: ${String(caught)}`);
    });
  }

  function fire(pastDue = false): void {
    clearTimeout(timer);
    running = run(pastDue).finally(() => {
      running = null;
      arm();
    });
  }

  function arm(): void {
    clearTimeout(timer);
    if (running || host.shutdown.aborted) return;
    const waitMs = status.next.getTime() - host.now().getTime();
    timer = setTimeout(() => (host.now() < status.next ? arm() : fire()), Math.min(Math.max(0, waitMs), MOST_WAIT_MS));
  }

  if (isPastDue) fire(true);
  else if (fn.trigger.runOnStartup === true) fire();
  else arm();
  return {
    onClockChange() {
      // Back in time the occurrence expected may be far away.
      const next = schedule.next(host.now());
      if (next < status.next) status = { ...status, next };
      arm();
    },
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}

/** What is remembered, brought up to date where the schedule was changed since (ScheduleMonitor.cs). */
async function findStatus(
  schedule: Schedule,
  store: ReturnType<typeof statusOf> | null,
  now: Date,
): Promise<{ status: ScheduleStatus; isPastDue: boolean }> {
  const known = store ? await store.read() : null;
  const since = known?.last ?? known?.lastUpdated;
  if (known && since && schedule.next(since).getTime() === known.next.getTime()) {
    return { status: known, isPastDue: now > known.next };
  }
  const status = { last: null, next: schedule.next(now), lastUpdated: now };
  await store?.write(status);
  return { status, isPastDue: false };
}
