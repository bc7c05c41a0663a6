import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The settings of host.json that are followed, with the defaults of the real host. */
export interface HostJson {
  /** `null` for no limit. */
  functionTimeoutMs: number | null;
  http: { routePrefix: string };
  queues: QueueSettings;
  eventHubs: EventHubSettings;
  singleton: SingletonSettings;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json */
export interface QueueSettings {
  maxPollingIntervalMs: number;
  visibilityTimeoutSeconds: number;
  batchSize: number;
  newBatchThreshold: number;
  maxDequeueCount: number;
  messageEncoding: 'base64' | 'none';
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs#hostjson-settings */
export interface EventHubSettings {
  /** Whether host.json speaks of Event Hubs at all. */
  isMentioned: boolean;
  maxEventBatchSize: number;
  prefetchCount: number;
  batchCheckpointFrequency: number;
  startFrom: 'start' | 'end' | Date;
  loadBalancingUpdateIntervalMs: number;
  partitionOwnershipExpirationIntervalMs: number;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json#singleton */
export interface SingletonSettings {
  listenerLockPeriodMs: number;
  listenerLockRecoveryPollingIntervalMs: number;
}

/** Sections that say nothing about how functions run here. */
const WITHOUT_EFFECT = new Set(['version', 'logging', 'extensionBundle', 'healthMonitor', 'telemetryMode']);

/**
 * Reads host.json of the app; a missing file means the defaults. Throws for a setting that is wrong or that the local
 * host does not know, by its name.
 */
export function readHostJson(appDir: string): HostJson {
  const root = section(parse(join(appDir, 'host.json')), 'host.json');
  const functionTimeoutMs = root.take(
    'functionTimeout',
    (value) => (value === '-1' ? null : parseTimeSpan(value)),
    30 * 60_000,
  );
  const extensions = root.section('extensions');
  const settings = {
    functionTimeoutMs,
    http: readHttp(extensions.section('http')),
    queues: readQueues(extensions.section('queues')),
    eventHubs: readEventHubs(extensions.section('eventHubs')),
    singleton: readSingleton(root.section('singleton')),
  };
  extensions.refuseOthers();
  root.refuseOthers(WITHOUT_EFFECT);
  return settings;
}

function readHttp(http: Section): HostJson['http'] {
  const routePrefix = http.take('routePrefix', String, 'api');
  http.refuseOthers(new Set(['maxOutstandingRequests', 'maxConcurrentRequests', 'dynamicThrottlesEnabled']));
  return { routePrefix };
}

function readQueues(queues: Section): QueueSettings {
  const batchSize = queues.take('batchSize', integerBetween(1, 32), 16);
  const settings = {
    batchSize,
    newBatchThreshold: queues.take('newBatchThreshold', integerBetween(0, 1_000), Math.floor(batchSize / 2)),
    maxPollingIntervalMs: queues.take('maxPollingInterval', timeSpanFrom(100), 60_000),
    visibilityTimeoutSeconds: queues.take('visibilityTimeout', timeSpanFrom(0), 0) / 1000,
    maxDequeueCount: queues.take('maxDequeueCount', integerBetween(1, Number.MAX_SAFE_INTEGER), 5),
    messageEncoding: queues.take('messageEncoding', oneOf('base64', 'none'), 'base64'),
  };
  queues.refuseOthers();
  return settings;
}

function readEventHubs(eventHubs: Section): EventHubSettings {
  const offset = eventHubs.section('initialOffsetOptions');
  const type = offset.take('type', oneOf('fromStart', 'fromEnd', 'fromEnqueuedTime'), 'fromStart');
  const enqueuedTime = offset.take('enqueuedTimeUtc', (value) => new Date(String(value)), new Date(Number.NaN));
  offset.refuseOthers();
  if (type === 'fromEnqueuedTime' && Number.isNaN(enqueuedTime.getTime())) {
    throw new Error('host.json: extensions.eventHubs.initialOffsetOptions.enqueuedTimeUtc is missing or no date');
  }
  const settings: EventHubSettings = {
    isMentioned: eventHubs.isMentioned,
    startFrom: type === 'fromEnqueuedTime' ? enqueuedTime : type === 'fromEnd' ? 'end' : 'start',
    maxEventBatchSize: eventHubs.take('maxEventBatchSize', integerBetween(1, 100_000), 100),
    prefetchCount: eventHubs.take('prefetchCount', integerBetween(0, 100_000), 300),
    batchCheckpointFrequency: eventHubs.take('batchCheckpointFrequency', integerBetween(1, 100_000), 1),
    loadBalancingUpdateIntervalMs: eventHubs.take('loadBalancingUpdateInterval', timeSpanFrom(0), 30_000),
    partitionOwnershipExpirationIntervalMs: eventHubs.take(
      'partitionOwnershipExpirationInterval',
      timeSpanFrom(0),
      120_000,
    ),
  };
  eventHubs.refuseOthers(new Set(['transportType', 'clientRetryOptions', 'targetUnprocessedEventThreshold']));
  return settings;
}

/** The bounds are those of the real host, and of a blob's lease (SingletonOptions.cs). */
function readSingleton(singleton: Section): SingletonSettings {
  const settings = {
    listenerLockPeriodMs: singleton.take('listenerLockPeriod', timeSpanFrom(15_000, 60_000), 60_000),
    listenerLockRecoveryPollingIntervalMs: singleton.take(
      'listenerLockRecoveryPollingInterval',
      timeSpanFrom(15_000),
      60_000,
    ),
  };
  singleton.refuseOthers(new Set(['lockPeriod', 'lockAcquisitionTimeout', 'lockAcquisitionPollingInterval']));
  return settings;
}

interface Section {
  isMentioned: boolean;
  section(name: string): Section;
  take<T>(name: string, read: (value: unknown) => T, byDefault: T): T;
  /** Throws when the file has a setting here that was not taken. */
  refuseOthers(withoutEffect?: ReadonlySet<string>): void;
}

function section(given: Record<string, unknown> | undefined, path: string): Section {
  const values = given ?? {};
  const known = new Set<string>();
  const inside = (name: string) => (path === 'host.json' ? `host.json: ${name}` : `${path}.${name}`);
  return {
    isMentioned: given !== undefined,
    section(name) {
      known.add(name);
      return section(values[name] as Record<string, unknown> | undefined, inside(name));
    },
    take(name, read, byDefault) {
      known.add(name);
      const value = values[name];
      if (value === undefined) return byDefault;
      try {
        return read(value);
      } catch (caught) {
        throw new Error(`${inside(name)} ${(caught as Error).message}`);
      }
    },
    refuseOthers(withoutEffect = new Set()) {
      const other = Object.keys(values).find((name) => !known.has(name) && !withoutEffect.has(name));
      if (other) throw new Error(`${inside(other)} is not known to the local host`);
    },
  };
}

function parse(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return {};
    throw new Error(`host.json cannot be read: ${(caught as Error).message}`);
  }
}

/** Milliseconds of a .NET TimeSpan: `[d.]hh:mm:ss[.fffffff]`. */
function parseTimeSpan(value: unknown): number {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,7})?$/.exec(String(value));
  if (!match) throw new Error('must be a time span such as 00:00:30');
  const [, days = '0', hours, minutes, seconds, fraction = '0'] = match;
  const wholeSeconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeSeconds * 1000 + Math.round(Number(`0${fraction}`) * 1000);
}

function timeSpanFrom(leastMs: number, mostMs = Number.POSITIVE_INFINITY): (value: unknown) => number {
  return (value) => {
    const ms = parseTimeSpan(value);
    if (ms < leastMs) throw new Error(`must be ${leastMs} ms at least`);
    if (ms > mostMs) throw new Error(`must be ${mostMs} ms at most`);
    return ms;
  };
}

function integerBetween(least: number, most: number): (value: unknown) => number {
  return (value) => {
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`);
    }
    return Number(value);
  };
}

/** The real host reads such words without regard to case. */
function oneOf<T extends string>(...words: T[]): (value: unknown) => T {
  return (value) => {
    const word = words.find((candidate) => candidate.toLowerCase() === String(value).toLowerCase());
    if (!word) throw new Error(`must be ${words.join(' or ')}`);
    return word;
  };
}
