import { setTimeout as sleep } from 'node:timers/promises';
import { type EventHubs, startEventHubs } from '../../local/eventhubs/server.ts';
import type { HostOptions } from '../../local/host/start.ts';
import { openStorageAccount } from '../../local/host/storageAccount.ts';
import { takeStorageAccount } from '../harness/storage.ts';
import { endHosts, type HostUnderTest, hostApp, until } from './hostUnderTest.ts';

interface Said {
  step: 'start' | 'done';
  partitionId: string;
  events: unknown[];
  metadata: Record<string, unknown[]>;
  retry?: { retryCount: number; maxRetryCount: number; exception?: { message: string } };
}

let storage: string;
let hub: EventHubs;
beforeEach(async () => {
  storage = takeStorageAccount();
  hub = await startEventHubs({ hubName: 'calls', partitionCount: 2 });
});
afterEach(async () => {
  await endHosts();
  await hub.close();
});

interface Settings {
  eventHubs?: object;
  retry?: object;
  env?: Record<string, string>;
  options?: Partial<HostOptions>;
}

function start({ eventHubs = {}, retry, env = {}, options = {} }: Settings = {}): Promise<HostUnderTest> {
  return hostApp(
    'eventhub.mjs',
    { extensions: { eventHubs } },
    {
      ...options,
      env: {
        AzureWebJobsStorage: storage,
        HubConnection: hub.connectionString,
        ...(retry ? { RETRY: JSON.stringify(retry) } : {}),
        ...env,
      },
    },
  );
}

const FOR_EVER = { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 0 } };
const ONE_BY_ONE = { maxEventBatchSize: 1 };

const publish = (event: unknown, partitionId = '0') => hub.publish(JSON.stringify(event), { partitionId });
const batches = (host: HostUnderTest) => host.said<Said>('ingest').filter(({ step }) => step === 'start');
const received = (host: HostUnderTest) => batches(host).flatMap(({ events }) => events);
const ended = (host: HostUnderTest) => {
  const { succeeded = 0, failed = 0 } = host.invocations().ingest ?? {};
  return succeeded + failed;
};

/** What the next host gets, up to an event that is published once it runs. */
async function redelivered(settings: Settings = {}): Promise<unknown[]> {
  const next = await start(settings);
  await publish('the last');
  await until(() => received(next).includes('the last'));
  return received(next).filter((event) => event !== 'the last');
}

/** What is said in the blob of a partition, where the real host has it; `null` where there is none. */
async function metadataOf(kind: 'checkpoint' | 'ownership', partitionId: string) {
  const path = `azure-webjobs-eventhub/127.0.0.1/calls/$default/${kind}/${partitionId}`;
  const account = openStorageAccount(storage);
  const { status, headers } = await account.send('blob', { method: 'HEAD', path, accept: [404] });
  account.close();
  return status === 404 ? null : headers;
}

const checkpointOf = async (partitionId: string) =>
  Number((await metadataOf('checkpoint', partitionId))?.['x-ms-meta-sequencenumber']);

describe('what the function is told', () => {
  test('of events, as JSON, with where and when they came', async () => {
    const at = new Date('2026-11-21T13:05:00.120Z');
    const sent = await hub.publish('{"call":1}', { partitionId: '1', partitionKey: '911', enqueuedAt: at });
    const host = await start();
    await until(() => ended(host) === 1);
    const { events, metadata } = batches(host)[0] ?? { events: [], metadata: {} };
    expect(events).toEqual([{ call: 1 }]);
    expect(metadata).toEqual({
      partitionContext: {
        isCheckpointingAfterInvocation: true,
        fullyQualifiedNamespace: '127.0.0.1',
        eventHubName: 'calls',
        consumerGroup: '$Default',
        partitionId: '1',
      },
      // Each string is parsed as JSON, here too.
      partitionKeyArray: [911],
      offsetArray: [Number(sent.offset)],
      sequenceNumberArray: [sent.sequenceNumber],
      enqueuedTimeUtcArray: ['2026-11-21T13:05:00.12'],
      propertiesArray: [{}],
      systemPropertiesArray: [
        expect.objectContaining({
          sequenceNumber: sent.sequenceNumber,
          offset: sent.offset,
          partitionKey: '911',
          enqueuedTimeUtc: '2026-11-21T13:05:00.12',
          'x-opt-enqueued-time': '2026-11-21T13:05:00.12+00:00',
        }),
      ],
    });
  });

  test('a text that is no JSON stays a text, bare digits become a number', async () => {
    for (const text of ['911', 'no JSON {', '"quoted"', '\u00fcber']) await hub.publish(text, { partitionId: '0' });
    const host = await start();
    await until(() => received(host).length === 4);
    expect(received(host)).toEqual([911, 'no JSON {', 'quoted', '\u00fcber']);
  });

  test.each([
    ['left out, so that lists do not line up', {}, ['last'], ['key']],
    ['kept for an app that asks for them', { WITH_EMPTY: '1' }, ['', 'last'], ['', 'key']],
  ])('empty events and keys are %s', async (_, env, events, keys) => {
    await hub.publish('', { partitionId: '0' });
    await hub.publish('last', { partitionId: '0', partitionKey: 'key' });
    const host = await start({ env });
    await until(() => ended(host) === 1);
    const [batch] = batches(host);
    expect([batch?.events, batch?.metadata.partitionKeyArray]).toEqual([events, keys]);
    expect(batch?.metadata.systemPropertiesArray).toHaveLength(2);
  });

  test('fired by hand: one event that came from nowhere', async () => {
    const host = await start();
    expect(await host.fire('ingest', { call: 1 })).toEqual({ ok: true });
    const [batch] = batches(host);
    expect(batch?.events).toEqual([{ call: 1 }]);
    expect(batch?.metadata).not.toHaveProperty('partitionContext');
    expect(batch?.metadata.systemPropertiesArray).toHaveLength(1);
  });
});

test('of several events waiting, no more than maxEventBatchSize come at once', async () => {
  for (const call of [1, 2, 3, 4, 5]) await publish({ call });
  const host = await start({ eventHubs: { maxEventBatchSize: 2 } });
  await until(() => received(host).length === 5);
  expect(
    batches(host)
      .map(({ events }) => events.length)
      .every((length) => length <= 2),
  ).toBe(true);
  expect(received(host)).toEqual([1, 2, 3, 4, 5].map((call) => ({ call })));
});

test('a partition is read in series, partitions side by side', async () => {
  await publish({ ask: 'wait', ms: 400 }, '0');
  await publish('second', '0');
  await publish({ ask: 'wait', ms: 10 }, '1');
  await publish('second', '1');
  const host = await start({ eventHubs: ONE_BY_ONE });
  await until(() => ended(host) === 4);
  const order = host.said<Said>('ingest').map(({ step, partitionId }) => `${step} ${partitionId}`);
  const ofPartition = (id: string) => order.filter((line) => line.endsWith(id));
  expect(ofPartition('0')).toEqual(['start 0', 'done 0', 'start 0', 'done 0']);
  expect(ofPartition('1')).toEqual(['start 1', 'done 1', 'start 1', 'done 1']);
  expect(order.lastIndexOf('done 1')).toBeLessThan(order.indexOf('done 0'));
});

describe('without a checkpoint a host begins', () => {
  test.each([
    ['at the start', { initialOffsetOptions: { type: 'fromStart' } }, ['before', 'after']],
    ['at the end', { initialOffsetOptions: { type: 'FromEnd' } }, ['after']],
    [
      'at a time',
      { initialOffsetOptions: { type: 'fromEnqueuedTime', enqueuedTimeUtc: '2020-01-01T00:00:00Z' } },
      ['before', 'after'],
    ],
  ])('%s', async (_, eventHubs, events) => {
    await publish('before');
    const host = await start({ eventHubs });
    await until(() => hub.receivers().length === 2);
    await publish('after');
    await until(() => received(host).includes('after'));
    expect(received(host)).toEqual(events);
  });
});

describe('the checkpoint', () => {
  test.each([
    ['has succeeded', 'a call'],
    ['has failed', { ask: 'fail' }],
  ])('is written once the function %s: the event does not come again', async (_, event) => {
    const host = await start();
    const { sequenceNumber } = await publish(event);
    await until(async () => (await checkpointOf('0')) === sequenceNumber);
    expect(ended(host)).toBe(1);
    await host.kill();
    expect(await redelivered()).toEqual([]);
  });

  test('is not written while the function runs: the event comes again after a kill', async () => {
    const host = await start();
    await publish({ ask: 'hang' });
    await until(() => received(host).length === 1);
    await host.kill();
    await publish('the next');
    const next = await start({ eventHubs: ONE_BY_ONE });
    await until(() => received(next).length === 1);
    expect(received(next)).toEqual([{ ask: 'hang' }]);
  });

  test('is not written while a retry policy is at work: nothing passes the event, and it comes again', async () => {
    const host = await start({ retry: FOR_EVER, eventHubs: ONE_BY_ONE });
    await publish({ ask: 'fail' });
    await publish('the next');
    await until(() => ended(host) >= 5);
    await host.kill();
    expect(received(host)).not.toContain('the next');
    const next = await start({ eventHubs: ONE_BY_ONE });
    await until(() => received(next).length === 2);
    expect(received(next)).toEqual([{ ask: 'fail' }, 'the next']);
  });

  test('is not written when the host is stopped during the retries', async () => {
    const host = await start({ retry: { ...FOR_EVER, delayInterval: { hours: 1 } } });
    await publish({ ask: 'fail' });
    await until(() => ended(host) === 1);
    await host.stop();
    expect(await redelivered({ env: {} })).toEqual([{ ask: 'fail' }]);
  });

  test('is not written when the host is stopped while the function runs, although that ends well', async () => {
    const host = await start();
    await publish({ ask: 'wait', ms: 300 });
    await until(() => received(host).length === 1);
    await host.stop();
    expect(host.invocations().ingest).toEqual({ started: 1, succeeded: 1, failed: 0 });
    expect(await redelivered()).toEqual([{ ask: 'wait', ms: 300 }]);
  });

  test('is written when the retries have come to their end', async () => {
    const host = await start({ retry: { ...FOR_EVER, maxRetryCount: 2 }, eventHubs: ONE_BY_ONE });
    await publish({ ask: 'fail' });
    await publish('the next');
    await until(() => received(host).includes('the next'));
    expect(host.invocations().ingest).toMatchObject({ failed: 3 });
    await host.kill();
    expect(await redelivered()).not.toContainEqual({ ask: 'fail' });
  });

  test('is written every batchCheckpointFrequency batches', async () => {
    const eventHubs = { ...ONE_BY_ONE, batchCheckpointFrequency: 3 };
    for (const call of [1, 2, 3, 4, 5]) await publish({ call });
    const host = await start({ eventHubs });
    await until(() => ended(host) === 5);
    await host.kill();
    expect(await redelivered({ eventHubs: ONE_BY_ONE })).toEqual([{ call: 4 }, { call: 5 }]);
  });
});

test('retries tell the function of the failure before, and by exponentialBackoff begin with the least interval', async () => {
  const retry = { strategy: 'exponentialBackoff', maxRetryCount: -1, minimumInterval: 1_000, maximumInterval: 30_000 };
  const host = await start({ retry });
  await publish({ ask: 'fail' });
  await until(() => ended(host) === 2);
  expect(batches(host).map((said) => said.retry)).toMatchObject([
    { retryCount: 0, maxRetryCount: -1 },
    { retryCount: 1, maxRetryCount: -1, exception: { message: 'as asked' } },
  ]);
  const waits = host.lines.filter(({ message }) => message.startsWith('Waiting for'));
  expect(waits[0]?.message).toBe('Waiting for 1000 ms before retrying. Retry 1 of -1');
});

describe('when the app ends its worker', () => {
  test('without a retry policy the event is gone, as with the real host, which outlives its worker', async () => {
    const host = await start({ options: { restartOnExit: true } });
    await publish({ ask: 'stray' });
    await until(() => ended(host) === 1);
    await publish('the next');
    await until(() => received(host).includes('the next'));
    expect(received(host)).toEqual([{ ask: 'stray' }, 'the next']);
    await host.kill();
    expect(await redelivered()).not.toContainEqual({ ask: 'stray' });
  });

  test('also where the host is not to start another', async () => {
    const host = await start();
    await publish({ ask: 'stray' });
    expect(await host.exited).toMatchObject({ code: 1 });
    expect(await redelivered()).toEqual([]);
  });

  test('with a retry policy it is tried again in the next worker', async () => {
    const host = await start({ retry: FOR_EVER, options: { restartOnExit: true } });
    await publish({ ask: 'stray' });
    await until(() => ended(host) >= 2);
    expect(batches(host)[1]?.retry).toMatchObject({ retryCount: 1 });
  });
});

describe('several hosts', () => {
  const balancing = { loadBalancingUpdateInterval: '00:00:00.200' };
  /** The process that the blob of a partition names as its owner. */
  const ownerOf = async (partitionId: string) =>
    Number((await metadataOf('ownership', partitionId))?.['x-ms-meta-ownerid']?.split('/')[1]);

  /** Both partitions get an event now and then: one may still be read by the host that has just lost it. */
  async function publishUntil(condition: () => boolean): Promise<void> {
    await until(async () => {
      await publish('a call', '0');
      await publish('a call', '1');
      await sleep(100);
      return condition();
    });
  }

  const partitionsOf = (host: HostUnderTest) => new Set(batches(host).map(({ partitionId }) => partitionId)).size;

  test('share the partitions, and the one that is left takes over those of the one that is killed', async () => {
    const hosts = [await start({ eventHubs: balancing }), await start({ eventHubs: balancing })] as const;
    const owners = async () => new Set([await ownerOf('0'), await ownerOf('1')]);
    await until(async () => (await owners()).size === 2);
    await publishUntil(() => hosts.every((host) => batches(host).length > 0));

    await hosts[0].kill();
    await until(async () => (await ownerOf('0')) === hosts[1].pid && (await ownerOf('1')) === hosts[1].pid);
    await publishUntil(() => partitionsOf(hosts[1]) === 2);
  });

  test('a killed one keeps its partitions until its ownership expires, where that is asked for', async () => {
    const first = await start();
    await publish('a call', '0');
    await publish('a call', '1');
    await until(() => partitionsOf(first) === 2);
    await first.kill();
    const eventHubs = { ...balancing, partitionOwnershipExpirationInterval: '01:00:00' };
    const next = await start({ eventHubs, options: { waitForOwnershipExpiry: true } });
    await publish('a later call', '0');
    await publish('a later call', '1');
    // Two owners, as far as it can know: it takes its half at once, the other stays with the dead.
    await until(() => received(next).includes('a later call'));
    expect(partitionsOf(next)).toBe(1);
  });
});

describe('a hub that cannot be reached', () => {
  test('is read again after its connections broke off', async () => {
    const host = await start();
    await publish('before');
    await until(() => ended(host) === 1);
    hub.faults.dropConnections();
    await publish('after');
    await until(() => received(host).includes('after'));
    expect(received(host)).toEqual(['before', 'after']);
  });

  test('is read when it comes, and does not keep a host from starting or stopping', async () => {
    hub.faults.refuseConnections();
    const host = await start();
    await until(() =>
      host.lines.some(({ message }) => message.startsWith("The listener for function 'ingest' was un")),
    );
    const stopping = await start();
    await stopping.stop();
    hub.faults.acceptConnections();
    await publish('a call');
    await until(() => received(host).includes('a call'));
  });
});
