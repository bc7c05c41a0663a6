import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readHostJson } from '../../local/host/hostJson.ts';
import { parseNcrontab } from '../../local/host/ncrontab.ts';

/** How often things happen while nobody calls, as the functions and `host.json` say. */
export interface Pace {
  /** By the name of a timer. */
  runsADay: Record<string, number>;
  /** Timers whose last run the host notes in a blob: those a minute or more apart. */
  notedTimers: string[];
  queuePollMs: number;
  partitionBalanceMs: number;
  timerLockMs: number;
  /** Rules of `infra/modules/alarms/rules.json` that Azure Monitor charges for. */
  alertRules: { onMetrics: number; onLogs: { everyMinutes: number }[] };
}

const TIMER = /app\.timer\('(\w+)',\s*\{[^}]*?schedule: '([^']+)'/s;
const DAY_MS = 86_400_000;
/** An ordinary day. */
const DAY = new Date('2027-03-03T00:00:00Z');

export function readPace(folder: string): Pace {
  const host = readHostJson(folder);
  const runsADay: Record<string, number> = {};
  for (const file of readdirSync(join(folder, 'functions')).filter((name) => name.endsWith('.ts'))) {
    const [, name, schedule] = TIMER.exec(readFileSync(join(folder, 'functions', file), 'utf8')) ?? [];
    if (name && schedule && !isOffByDefault(name, folder)) runsADay[name] = countRuns(schedule);
  }
  return {
    runsADay,
    notedTimers: Object.keys(runsADay).filter((name) => (runsADay[name] ?? 0) <= DAY_MS / 60_000),
    queuePollMs: host.queues.maxPollingIntervalMs,
    partitionBalanceMs: host.eventHubs.loadBalancingUpdateIntervalMs,
    timerLockMs: host.singleton.listenerLockPeriodMs,
    alertRules: readAlertRules(folder),
  };
}

const alarms = z.object({ metric: z.object({}), log: z.array(z.object({ everyMinutes: z.int().positive() })) });

/** One rule on a metric; rules on the activity log cost nothing. */
function readAlertRules(folder: string): Pace['alertRules'] {
  const text = readFileSync(join(folder, 'infra/modules/alarms/rules.json'), 'utf8');
  return { onMetrics: 1, onLogs: alarms.parse(JSON.parse(text)).log };
}

/** `infra/appSettings.json` can switch a function off; what does so depends on a setting that is empty by default. */
function isOffByDefault(name: string, folder: string): boolean {
  const settings: unknown = JSON.parse(readFileSync(join(folder, 'infra/appSettings.json'), 'utf8'));
  return typeof settings === 'object' && settings !== null && `AzureWebJobs.${name}.Disabled` in settings;
}

function countRuns(schedule: string): number {
  const { next } = parseNcrontab(schedule);
  const end = DAY.getTime() + DAY_MS;
  let runs = 0;
  // The first moment of the day counts, the first of the next does not.
  for (let at = next(new Date(DAY.getTime() - 1)); at.getTime() < end; at = next(at)) runs += 1;
  return runs;
}
