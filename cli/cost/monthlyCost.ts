import type { Pace } from './pace.ts';
import type { CostInputs, Price } from './prices.ts';

/** What an administrator can choose, and how much happens. */
export interface Deployment {
  tier: 'Basic' | 'Standard';
  memoryMegabytes: number;
  /** Instances that are kept ready: for `ingestNotifications` and for `notifyOnCall`. */
  alwaysReady: number;
  calls: number;
  /** Screens that show the page day and night; those that ask within one second share it. */
  screens: number;
}

export const DEFAULT_DEPLOYMENT: Deployment = {
  tier: 'Basic',
  memoryMegabytes: 512,
  alwaysReady: 2,
  calls: 0,
  screens: 0,
};

/** One meter of the bill. */
export interface CostLine {
  meter: string;
  /** In the unit of the price; what is free is still in it. */
  quantity: number;
  unit: string;
  free: number;
  usd: number;
}

const PARTITIONS = 2;
/** The owner of the host's lock renews it 3 s before its 15 s end; the others ask each 5 s (PrimaryHostCoordinator.cs). */
const HOST_LOCK_SECONDS = { owner: 12, other: 5 };
const MILLION = 1_000_000;
/** `LIVE_EVERY_SECONDS` of the page. An answer of the API reads the storage once. */
const PAGE_ASKS_EVERY_SECONDS = 2;

/**
 * The Azure bill of one month in US dollars at list prices, meter by meter, for one instance of each function. Twilio
 * and licences are not in it.
 */
export function monthlyCost(inputs: CostInputs, pace: Pace, deployment: Deployment): CostLine[] {
  const { prices, assumed } = inputs;
  const used = usageOf(inputs, pace, deployment);
  const lineOf = (meter: string, name: string, quantity: number) => toLine(meter, known(prices, name), quantity);
  const unitHour = deployment.tier === 'Basic' ? 'eventHubsBasicUnitHour' : 'eventHubsStandardUnitHour';
  return [
    lineOf('Event Hubs, throughput unit', unitHour, inputs.hoursInMonth),
    lineOf('Event Hubs, events', 'eventHubsMillionEvents', used.hubEvents / MILLION),
    lineOf('Functions, always ready', 'functionsAlwaysReadyBaseline', used.readyGbSeconds),
    lineOf('Functions, work on those', 'functionsAlwaysReadyExecution', used.triggeredGbSeconds),
    lineOf('Functions, their executions', 'functionsAlwaysReadyMillionExecutions', used.triggeredRuns / MILLION),
    lineOf('Functions, timers and page', 'functionsOnDemandExecution', used.onDemandGbSeconds),
    lineOf('Functions, their executions on demand', 'functionsOnDemandMillionExecutions', used.onDemandRuns / MILLION),
    lineOf('Queues', 'queueTenThousand', used.queueRequests / 10_000),
    lineOf('Tables, requests', 'tableTenThousand', used.tableRequests / 10_000),
    lineOf('Tables, what is kept', 'tableGigabyteMonth', assumed.storedGigabytes),
    lineOf('Blobs, lists', 'blobListTenThousand', used.blobLists / 10_000),
    lineOf('Blobs, writes', 'blobWriteTenThousand', used.blobWrites / 10_000),
    lineOf('Blobs, leases and metadata', 'blobOtherTenThousand', used.blobOthers / 10_000),
    lineOf('Logs', 'logGigabyte', used.logGigabytes),
    lineOf('Alert rules on metrics', 'metricAlert', pace.alertRules.onMetrics),
    lineOf('Alert rules on logs, often', 'logAlert5Minutes', used.oftenLogRules),
    lineOf('Alert rules on logs', 'logAlert15Minutes', pace.alertRules.onLogs.length - used.oftenLogRules),
    lineOf('Key Vault', 'keyVaultTenThousand', used.keyVaultRequests / 10_000),
  ];
}

/** What is paid to others than Azure: Twilio, the carriers, and Microsoft for the service account. */
export function costBeside({ prices, assumed }: CostInputs, calls: number): CostLine[] {
  const segments = calls * assumed.peopleOfTeam * assumed.messagesOfCall * assumed.segmentsOfMessage;
  const lineOf = (meter: string, name: string, quantity: number) => toLine(meter, known(prices, name), quantity);
  return [
    lineOf('Twilio, number', 'twilioNumber', 1),
    lineOf('Twilio, campaign', 'twilioCampaign', 1),
    lineOf('Twilio, SMS', 'twilioSegment', segments),
    lineOf('Carriers', 'carrierSegment', segments),
    lineOf('Licence of the service account', 'serviceAccountLicence', 1),
  ];
}

/** To whole cents only when it is shown: many of these are fractions of one. */
export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

function toLine(meter: string, { usd, unit, free = 0 }: Price, quantity: number): CostLine {
  return { meter, quantity, unit, free, usd: Math.max(0, quantity - free) * usd };
}

function usageOf({ hoursInMonth, counted, assumed }: CostInputs, pace: Pace, deployment: Deployment) {
  const { calls, alwaysReady, memoryMegabytes, screens } = deployment;
  const seconds = hoursInMonth * 3_600;
  const gigabytes = memoryMegabytes / 1_024;
  const days = hoursInMonth / 24;
  const timers = Object.entries(pace.runsADay).map(([name, runs]): [string, number] => [name, runs * days]);
  const sumOf = (countOf: (name: string) => number) =>
    timers.reduce((sum, [name, runs]) => sum + runs * countOf(name), 0);
  const secondsOf = (name: string) => known(assumed.secondsOfRun, name);
  const requestsOf = (name: string) => known(counted.requests, name);

  const watches = (pace.runsADay.watch ?? 0) * days;
  // Each watch sends one through each partition; they may arrive as batches of one.
  const canaries = watches * PARTITIONS;
  const ingests = canaries + calls * assumed.ingestRunsOfCall;
  const notifications = calls * assumed.notifierRunsOfCall;
  const workSeconds = ingests * secondsOf('ingestNotifications') + notifications * secondsOf('notifyOnCall');
  const timerRuns = sumOf(() => 1);
  const asks = (screens * seconds) / PAGE_ASKS_EVERY_SECONDS;
  const balances = seconds / (pace.partitionBalanceMs / 1_000);
  const hosts = assumed.instancesOfTimers + alwaysReady;
  const hostLocks = seconds / HOST_LOCK_SECONDS.owner + ((hosts - 1) * seconds) / HOST_LOCK_SECONDS.other;
  const timerLocks = (assumed.instancesOfTimers * seconds) / (pace.timerLockMs / 2_000);
  const noted = timers.filter(([name]) => pace.notedTimers.includes(name)).reduce((sum, [, runs]) => sum + runs, 0);
  const requests = (service: 'table' | 'queue' | 'vault') =>
    sumOf((name) => requestsOf(name)[service]) +
    watches * requestsOf('canaries')[service] +
    calls * requestsOf('call')[service];
  const runs = timerRuns + ingests + notifications;
  return {
    hubEvents: canaries + calls * assumed.hubEventsOfCall,
    readyGbSeconds: alwaysReady * gigabytes * seconds,
    triggeredGbSeconds: workSeconds * gigabytes,
    triggeredRuns: ingests + notifications,
    // The shortest time that is charged is a second.
    onDemandGbSeconds: (sumOf(secondsOf) + asks) * gigabytes,
    onDemandRuns: timerRuns + asks,
    queueRequests: seconds / (pace.queuePollMs / 1_000) + requests('queue'),
    tableRequests: requests('table') + asks,
    blobLists: balances,
    blobWrites: noted,
    // A checkpoint after each batch; the ownership of each partition in each round.
    blobOthers: ingests + balances * PARTITIONS + hostLocks + timerLocks,
    // Of what the page asks the request alone is logged: `Function.page` in host.json.
    logGigabytes: ((runs * assumed.telemetryRecordsOfRun + asks) * assumed.telemetryBytesOfRecord) / 1e9,
    oftenLogRules: pace.alertRules.onLogs.filter(({ everyMinutes }) => everyMinutes < 15).length,
    keyVaultRequests: requests('vault'),
  };
}

function known<T>(values: Record<string, T>, name: string): T {
  const value = values[name];
  if (value === undefined) throw new Error(`docs/cost.json says nothing of ${name}`);
  return value;
}
