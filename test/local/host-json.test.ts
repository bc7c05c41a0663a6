import { rm } from 'node:fs/promises';
import { readHostJson } from '../../local/host/hostJson.ts';
import { createFolder, endHosts } from './hostUnderTest.ts';

afterEach(endHosts);

const read = async (text: string) => readHostJson(await createFolder({ 'host.json': text }));
const queues = (settings: object) => JSON.stringify({ extensions: { queues: settings } });
const singleton = (settings: object) => JSON.stringify({ singleton: settings });
const eventHubs = (settings: object) => JSON.stringify({ extensions: { eventHubs: settings } });

// The defaults that the pages of Microsoft Learn give for host.json.
const DEFAULTS = {
  functionTimeoutMs: 1_800_000,
  http: { routePrefix: 'api' },
  queues: {
    maxPollingIntervalMs: 60_000,
    visibilityTimeoutSeconds: 0,
    batchSize: 16,
    newBatchThreshold: 8,
    maxDequeueCount: 5,
    messageEncoding: 'base64',
  },
  eventHubs: {
    isMentioned: false,
    maxEventBatchSize: 100,
    prefetchCount: 300,
    batchCheckpointFrequency: 1,
    startFrom: 'start',
    loadBalancingUpdateIntervalMs: 30_000,
    partitionOwnershipExpirationIntervalMs: 120_000,
  },
  singleton: { listenerLockPeriodMs: 60_000, listenerLockRecoveryPollingIntervalMs: 60_000 },
};

test('without settings the defaults of the real host hold', async () => {
  expect(await read('{"version":"2.0"}')).toEqual(DEFAULTS);
});

test('without a file too', async () => {
  const folder = await createFolder({});
  expect(readHostJson(folder)).toEqual(DEFAULTS);
  await rm(folder, { recursive: true });
  expect(readHostJson(folder)).toEqual(DEFAULTS);
});

test.each([
  [
    'a fraction of a second',
    queues({ maxPollingInterval: '00:00:00.5000000' }),
    { queues: { maxPollingIntervalMs: 500 } },
  ],
  ['days', queues({ visibilityTimeout: '1.02:03:04' }), { queues: { visibilityTimeoutSeconds: 93_784 } }],
  ['words in any case', queues({ messageEncoding: 'None' }), { queues: { messageEncoding: 'none' } }],
  ['half of the batch', queues({ batchSize: 9 }), { queues: { newBatchThreshold: 4 } }],
  [
    'the locks of timers',
    singleton({ listenerLockPeriod: '00:00:15', lockPeriod: '00:00:20' }),
    { singleton: { listenerLockPeriodMs: 15_000, listenerLockRecoveryPollingIntervalMs: 60_000 } },
  ],
  ['no time limit', '{"functionTimeout":"-1"}', { functionTimeoutMs: null }],
  ['the end of the hub', eventHubs({ initialOffsetOptions: { type: 'fromEnd' } }), { eventHubs: { startFrom: 'end' } }],
])('%s', async (_, text, expected) => {
  expect(await read(text)).toMatchObject(expected);
});

test.each([
  ['{', 'host.json cannot be read'],
  ['{"retry":{}}', 'host.json: retry is not known to the local host'],
  ['{"extensions":{"sendGrid":{}}}', 'host.json: extensions.sendGrid is not known to the local host'],
  ['{"extensions":{"http":{"hsts":{}}}}', 'host.json: extensions.http.hsts is not known to the local host'],
  [queues({ batchsize: 3 }), 'host.json: extensions.queues.batchsize is not known to the local host'],
  [queues({ batchSize: 0 }), 'host.json: extensions.queues.batchSize must be a whole number from 1 to 32'],
  [queues({ batchSize: 33 }), 'host.json: extensions.queues.batchSize must be a whole number from 1 to 32'],
  [queues({ batchSize: '16' }), 'host.json: extensions.queues.batchSize must be a whole number from 1 to 32'],
  [queues({ maxDequeueCount: 0 }), 'host.json: extensions.queues.maxDequeueCount must be a whole number from 1'],
  [queues({ visibilityTimeout: '15' }), 'extensions.queues.visibilityTimeout must be a time span such as 00:00:30'],
  [queues({ visibilityTimeout: 15 }), 'extensions.queues.visibilityTimeout must be a time span such as 00:00:30'],
  [queues({ maxPollingInterval: '00:00:00.050' }), 'extensions.queues.maxPollingInterval must be 100 ms at least'],
  [queues({ messageEncoding: 'utf8' }), 'extensions.queues.messageEncoding must be base64 or none'],
  [singleton({ listenerLockPeriod: '00:00:14' }), 'singleton.listenerLockPeriod must be 15000 ms at least'],
  [singleton({ listenerLockPeriod: '00:01:01' }), 'singleton.listenerLockPeriod must be 60000 ms at most'],
  [
    singleton({ listenerLockRecoveryPollingInterval: '00:00:01' }),
    'singleton.listenerLockRecoveryPollingInterval must be 15000 ms at least',
  ],
  [singleton({ listenerPeriod: '00:00:15' }), 'singleton.listenerPeriod is not known to the local host'],
  [eventHubs({ maxBatchSize: 10 }), 'host.json: extensions.eventHubs.maxBatchSize is not known to the local host'],
  [eventHubs({ minEventBatchSize: 2 }), 'extensions.eventHubs.minEventBatchSize is not known to the local host'],
  [eventHubs({ initialOffsetOptions: { type: 'fromStop' } }), 'type must be fromStart or fromEnd or fromEnqueuedTime'],
  [eventHubs({ initialOffsetOptions: { type: 'fromEnqueuedTime' } }), 'enqueuedTimeUtc is missing or no date'],
])('%s is refused', async (text, reason) => {
  await expect(read(text)).rejects.toThrow(reason);
});
