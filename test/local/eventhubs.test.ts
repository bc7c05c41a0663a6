import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import {
  type Checkpoint,
  type CheckpointStore,
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type PartitionOwnership,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import rhea, { type AmqpError, type Connection, type Receiver, type Sender } from 'rhea';
import { type EventHubs, type EventHubsOptions, startEventHubs } from '../../local/eventhubs/server.ts';

const HUB = 'alerts';
const MAX_MESSAGE_BYTES = 1024 * 1024;
const NO_RETRY = { retryOptions: { maxRetries: 0 } };

let hub: EventHubs;
const toClose: { close(): Promise<void> | void }[] = [];

async function start(options: Partial<EventHubsOptions> = {}): Promise<EventHubs> {
  hub = await startEventHubs({ hubName: HUB, partitionCount: 2, ...options });
  return hub;
}

afterEach(async () => {
  await Promise.all(toClose.splice(0).map((client) => client.close()));
  await hub.close();
});

function producer(connectionString = hub.connectionString, options: object = NO_RETRY): EventHubProducerClient {
  const client = new EventHubProducerClient(connectionString, options);
  toClose.push(client);
  return client;
}

function consumer(group = '$Default', store?: CheckpointStore): EventHubConsumerClient {
  const client = store
    ? new EventHubConsumerClient(group, hub.connectionString, store, {
        ...NO_RETRY,
        loadBalancingOptions: { strategy: 'greedy', updateIntervalInMs: 50 },
      })
    : new EventHubConsumerClient(group, hub.connectionString, NO_RETRY);
  toClose.push(client);
  return client;
}

/** Waits for what must come. The limit only keeps a failing test from waiting for ever. */
async function until(isSo: () => boolean): Promise<void> {
  const failure = new Error('What must come did not come.');
  for (let attempts = 0; !isSo(); attempts += 1) {
    if (attempts === 800) {
      throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Collected {
  events: ReceivedEventData[];
  errors: { code?: string; message: string }[];
  bodies(): unknown[];
}

function collect(
  client: EventHubConsumerClient,
  options: SubscribeOptions = { startPosition: earliestEventPosition },
  partitionId?: string,
): Collected {
  const events: ReceivedEventData[] = [];
  const errors: Collected['errors'] = [];
  const handlers = {
    async processEvents(received: ReceivedEventData[]) {
      events.push(...received);
    },
    async processError(error: Error) {
      errors.push(error);
    },
  };
  if (partitionId === undefined) {
    client.subscribe(handlers, options);
  } else {
    client.subscribe(partitionId, handlers, options);
  }
  return { events, errors, bodies: () => events.map(({ body }) => plain(body)) };
}

/** The client parses a body that is JSON, and leaves any other as bytes. */
function plain(body: unknown): unknown {
  return Buffer.isBuffer(body) ? body.toString('utf8') : body;
}

function conditions(): string[] {
  return hub.refusals().map(({ condition }) => condition);
}

function textOf(event: { body: Buffer }): string {
  return event.body.toString('utf8');
}

describe('sending and receiving', () => {
  test('README example: what a producer sends, a consumer reads', async () => {
    const enqueuedAt = new Date('2026-03-01T08:00:00.000Z');
    await start({ now: () => enqueuedAt });
    const received = collect(consumer());
    await producer().sendBatch([{ body: { value: [] }, properties: { kind: 'canary' } }]);
    await until(() => received.events.length === 1);
    expect(received.events[0]).toMatchObject({
      body: { value: [] },
      properties: { kind: 'canary' },
      sequenceNumber: 0,
      offset: '0',
      enqueuedTimeUtc: enqueuedAt,
    });
    expect(hub.refusals()).toEqual([]);
  });

  test('message properties reach the consumer as the producer set them', async () => {
    await start();
    const received = collect(consumer());
    await producer().sendBatch([{ body: 'x', messageId: 'm-1', correlationId: 'c-1', contentType: 'text/plain' }]);
    await until(() => received.events.length === 1);
    expect(received.events[0]).toMatchObject({ messageId: 'm-1', correlationId: 'c-1', contentType: 'text/plain' });
  });

  test('the events of a batch stay together and in order', async () => {
    await start({ partitionCount: 4 });
    const client = producer();
    const batch = await client.createBatch();
    expect(batch.maxSizeInBytes).toBe(MAX_MESSAGE_BYTES);
    expect(['first', 'second', 'third'].map((body) => batch.tryAdd({ body }))).toEqual([true, true, true]);
    await client.sendBatch(batch);
    const events = hub.events();
    expect(events.map(textOf)).toEqual(['"first"', '"second"', '"third"']);
    expect(new Set(events.map(({ partitionId }) => partitionId)).size).toBe(1);
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 2]);
  });

  test('a partition id is obeyed; without one the partitions take turns', async () => {
    await start({ partitionCount: 3 });
    const client = producer();
    await client.sendBatch([{ body: 'a' }], { partitionId: '2' });
    await client.sendBatch([{ body: 'b' }], { partitionId: '2' });
    expect(hub.events().map(({ partitionId }) => partitionId)).toEqual(['2', '2']);
    for (const body of ['c', 'd', 'e']) {
      await client.sendBatch([{ body }]);
    }
    const turns = hub.events().filter((event) => 'cde'.includes(textOf(event).charAt(1)));
    expect(turns.map(({ partitionId }) => partitionId).sort()).toEqual(['0', '1', '2']);
  });

  // Hashes from the tests of Microsoft's client libraries: -15263, 12977, -22341, -6503; the partition is |hash % 32|.
  test.each([
    ['7', '31'],
    ['7149583486996073602', '17'],
    ['FWfAT', '5'],
    ['sOdeEAsyQoEuEFPGerWO', '7'],
  ])('the partition key %s goes to partition %s of 32', async (partitionKey, partitionId) => {
    await start({ partitionCount: 32 });
    await producer().sendBatch([{ body: 'x' }, { body: 'y' }], { partitionKey });
    expect((await hub.publish('z', { partitionKey })).partitionId).toBe(partitionId);
    expect(hub.events().map((event) => [event.partitionId, event.partitionKey])).toEqual([
      [partitionId, partitionKey],
      [partitionId, partitionKey],
      [partitionId, partitionKey],
    ]);
    const received = collect(consumer(), undefined, partitionId);
    await until(() => received.events.length === 3);
    expect(received.events.map((event) => event.partitionKey)).toEqual([partitionKey, partitionKey, partitionKey]);
  });

  test('what is published by hand arrives like any other event', async () => {
    await start();
    const received = collect(consumer());
    const enqueuedAt = new Date('2026-01-02T03:04:05.006Z');
    const kept = await hub.publish('{"value":[]}', { partitionId: '1', enqueuedAt });
    expect(kept).toEqual({ partitionId: '1', sequenceNumber: 0, offset: '0' });
    await until(() => received.events.length === 1);
    expect(received.events[0]).toMatchObject({ body: { value: [] }, enqueuedTimeUtc: enqueuedAt });
    await expect(hub.publish('x', { partitionId: '9' })).rejects.toThrow('no partition 9');
  });

  test('5,000 events arrive once each and in order', async () => {
    await start({ partitionCount: 1 });
    for (let index = 0; index < 5_000; index += 1) {
      await hub.publish(String(index));
    }
    const received = collect(consumer(), { startPosition: earliestEventPosition, maxBatchSize: 1_000 });
    await until(() => received.events.length >= 5_000);
    expect(received.bodies()).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
  });

  test('an event just under the limit arrives whole', async () => {
    await start({ partitionCount: 1 });
    const body = 'x'.repeat(MAX_MESSAGE_BYTES - 1_000);
    const received = collect(consumer());
    await producer().sendBatch([{ body }]);
    await until(() => received.events.length === 1);
    expect(received.events[0]?.body).toHaveLength(body.length);
  });

  test('an event over the limit is refused, and the next one on the same link is taken', async () => {
    await start();
    const client = producer();
    await expect(client.sendBatch([{ body: 'x'.repeat(MAX_MESSAGE_BYTES) }])).rejects.toMatchObject({
      code: 'MessageTooLargeError',
      message: expect.stringContaining('exceeds the limit (1048576 bytes) currently allowed on the link'),
    });
    expect(hub.events()).toEqual([]);
    await client.sendBatch([{ body: 'small' }]);
    expect(hub.events().map(textOf)).toEqual(['"small"']);
    expect(conditions()).toEqual(['amqp:link:message-size-exceeded']);
  });
});

describe('where a consumer begins', () => {
  const times = [1, 2, 3, 4].map((minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)));

  async function publishFour(): Promise<string[]> {
    await start({ partitionCount: 1 });
    const offsets: string[] = [];
    for (const [index, enqueuedAt] of times.entries()) {
      offsets.push((await hub.publish(`event ${index}`, { enqueuedAt })).offset);
    }
    return offsets;
  }

  test.each<[string, (offsets: string[]) => EventPosition, number]>([
    ['the earliest', () => earliestEventPosition, 0],
    ['the latest', () => latestEventPosition, 4],
    ['after an offset', ([, offset = '']) => ({ offset }), 2],
    ['at an offset', ([, offset = '']) => ({ offset, isInclusive: true }), 1],
    ['after a sequence number', () => ({ sequenceNumber: 1 }), 2],
    ['at a sequence number', () => ({ sequenceNumber: 1, isInclusive: true }), 1],
    ['after the last sequence number', () => ({ sequenceNumber: 3 }), 4],
    ['after an enqueued time', () => ({ enqueuedOn: times[2] ?? 0 }), 3],
    ['between two enqueued times', () => ({ enqueuedOn: Date.UTC(2026, 0, 1, 0, 1, 30) }), 1],
    ['after an enqueued time to come', () => ({ enqueuedOn: Date.UTC(2027, 0, 1) }), 4],
  ])('%s', async (_, positionOf, firstExpected) => {
    const offsets = await publishFour();
    const received = collect(consumer(), { startPosition: positionOf(offsets) });
    await until(() => hub.receivers().length === 1);
    await hub.publish('event 4');
    await until(() => received.bodies().at(-1) === 'event 4');
    expect(received.bodies()).toEqual([0, 1, 2, 3, 4].slice(firstExpected).map((index) => `event ${index}`));
  });

  test.each<[string, EventPosition, string]>([
    ['offset', { offset: '99999' }, "The supplied offset '99999' is invalid. The last offset in the system is '"],
    [
      'sequence number',
      { sequenceNumber: 4 },
      "The supplied sequence number '4' is invalid. The last sequence number in the system is '3'",
    ],
  ])('a checkpoint from another life of the hub is refused: %s past the end', async (_, startPosition, words) => {
    await publishFour();
    const received = collect(consumer(), { startPosition });
    await until(() => received.errors.length > 0);
    expect(received.errors[0]).toMatchObject({ code: 'ArgumentError', message: expect.stringContaining(words) });
    expect(received.events).toEqual([]);
    expect(new Set(conditions())).toEqual(new Set(['com.microsoft:argument-error']));
  });

  test('the last event of the partition is told with each event to whoever asks', async () => {
    await publishFour();
    const told: unknown[] = [];
    consumer().subscribe(
      {
        async processEvents(_, context) {
          told.push(context.lastEnqueuedEventProperties);
        },
        async processError() {
          told.push('error');
        },
      },
      { startPosition: earliestEventPosition, maxBatchSize: 1, trackLastEnqueuedEventProperties: true },
    );
    await until(() => told.length > 0);
    expect(told[0]).toMatchObject({ sequenceNumber: 3, enqueuedOn: times[3], offset: hub.events()[3]?.offset });
  });
});

describe('consumer groups and partitions', () => {
  test.each(['$Default', '$DEFAULT', 'Dashboard', 'dashboard'])('%s is known', async (group) => {
    await start({ consumerGroups: ['Dashboard'] });
    const received = collect(consumer(group));
    await hub.publish('x');
    await until(() => received.events.length === 1);
    expect(hub.receivers()[0]?.consumerGroup).toBe(group.toLowerCase());
  });

  test('each group reads all events for itself', async () => {
    await start({ consumerGroups: ['dashboard'] });
    const both = [collect(consumer()), collect(consumer('dashboard'))];
    await hub.publish('x');
    await until(() => both.every(({ events }) => events.length === 1));
    expect(both.map((one) => one.bodies())).toEqual([['x'], ['x']]);
  });

  test('an unknown group is refused', async () => {
    await start();
    const received = collect(consumer('nobody'));
    await until(() => received.errors.length > 0);
    expect(received.errors[0]).toMatchObject({ code: 'MessagingEntityNotFoundError' });
    expect(conditions()).toContain('amqp:not-found');
  });

  test('an unknown hub is refused', async () => {
    await start();
    const client = producer(hub.connectionString.replace(`EntityPath=${HUB}`, 'EntityPath=other'));
    await expect(client.getPartitionIds()).rejects.toMatchObject({ code: 'UnauthorizedError' });
    const namespaceToken = sign(hub, `sb://127.0.0.1:${hub.port}/`);
    const wide = producer(withToken(namespaceToken).replace(`EntityPath=${HUB}`, 'EntityPath=other'));
    await expect(wide.getPartitionIds()).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
      message: "The messaging entity 'other' could not be found.",
    });
    expect(conditions()).toEqual(['amqp:unauthorized-access', 'amqp:not-found']);
  });

  test('the hub and its partitions are described', async () => {
    const createdOn = new Date('2026-02-03T00:00:00.000Z');
    await start({ partitionCount: 3, now: () => createdOn });
    const client = producer();
    expect(await client.getEventHubProperties()).toMatchObject({
      name: HUB,
      createdOn,
      partitionIds: ['0', '1', '2'],
    });
    expect(await client.getPartitionProperties('1')).toMatchObject({
      isEmpty: true,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
    });
    await hub.publish('x', { partitionId: '1' });
    const { offset } = await hub.publish('y', { partitionId: '1' });
    expect(await client.getPartitionProperties('1')).toMatchObject({
      eventHubName: HUB,
      partitionId: '1',
      isEmpty: false,
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 1,
      lastEnqueuedOffset: offset,
      lastEnqueuedOnUtc: createdOn,
    });
  });

  test('a partition that is not there is refused to all who ask', async () => {
    await start();
    const refused = { code: 'ArgumentOutOfRangeError', message: expect.stringContaining('between 0 and 1') };
    await expect(producer().getPartitionProperties('2')).rejects.toMatchObject(refused);
    const received = collect(consumer(), undefined, '2');
    await until(() => received.errors.length > 0);
    expect(received.errors[0]).toMatchObject(refused);
    const connection = await openRaw();
    await putToken(connection);
    expect(await sendLinkError(connection, `${HUB}/Partitions/2`)).toMatchObject({
      condition: 'com.microsoft:argument-out-of-range',
    });
  });
});

describe('who owns a partition', () => {
  test('a higher owner level takes it, and the loser is told', async () => {
    await start({ partitionCount: 1 });
    const loser = collect(consumer(), { startPosition: earliestEventPosition, ownerLevel: 1 }, '0');
    await until(() => hub.receivers().length === 1);
    const winner = collect(consumer(), { startPosition: earliestEventPosition, ownerLevel: 2 }, '0');
    await until(() => loser.errors.length > 0);
    expect(loser.errors[0]).toMatchObject({
      code: 'ReceiverDisconnectedError',
      message: expect.stringContaining("New receiver 'nil' with higher epoch of '2' is created"),
    });
    await hub.publish('x');
    await until(() => winner.events.length === 1);
    expect(loser.events).toEqual([]);
    expect(hub.receivers().map(({ ownerLevel }) => ownerLevel)).toEqual([2]);
    expect(hub.refusals()).toEqual([]);
  });

  test.each([
    [[1], 1, undefined],
    [[null, null], 0, undefined],
    [[2], 1, "Receiver 'nil' with a higher epoch '2' already exists"],
    [[0], null, 'so non-epoch receiver is not allowed'],
  ] as const)('receivers at levels %j and a new one at %j', async (present, incoming, refusedWith) => {
    await start();
    const connection = await openRaw();
    await putToken(connection);
    const losers = await Promise.all(present.map((level) => openReceiver(connection, level)));
    const newcomer = await openReceiver(connection, incoming);
    if (refusedWith === undefined) {
      await until(() => losers.every(({ error }) => error !== undefined));
      expect(losers.map(({ error }) => error?.condition)).toEqual(present.map(() => 'amqp:link:stolen'));
      expect(newcomer.error).toBeUndefined();
    } else {
      await until(() => newcomer.error !== undefined);
      expect(newcomer.error).toMatchObject({
        condition: 'amqp:link:stolen',
        description: expect.stringContaining(refusedWith),
      });
      expect(losers.map(({ error }) => error)).toEqual(present.map(() => undefined));
    }
  });

  test('five may share a partition without an owner level, a sixth may not', async () => {
    await start();
    const connection = await openRaw();
    await putToken(connection);
    for (let count = 0; count < 5; count += 1) {
      await openReceiver(connection, null);
    }
    const sixth = await openReceiver(connection, null);
    await until(() => sixth.error !== undefined);
    expect(sixth.error?.condition).toBe('amqp:resource-limit-exceeded');
    expect(hub.receivers()).toHaveLength(5);
  });

  test('two consumers share four partitions, and nothing is lost on the way', async () => {
    await start({ partitionCount: 4 });
    const store = createCheckpointStore();
    const seen: string[] = [];
    const closedFor: string[] = [];
    const errors: unknown[] = [];
    const subscribe = () =>
      consumer('$Default', store).subscribe(
        {
          async processEvents(events, context) {
            seen.push(...events.map(({ body }) => String(body)));
            const last = events.at(-1);
            if (last) {
              await context.updateCheckpoint(last);
            }
          },
          async processError(error) {
            errors.push('code' in error ? error.code : error);
          },
          async processClose(reason) {
            closedFor.push(reason);
          },
        },
        { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 },
      );
    const publishAll = (text: string) =>
      Promise.all(['0', '1', '2', '3'].map((partitionId) => hub.publish(`"${text} ${partitionId}"`, { partitionId })));
    const partitionsOf = () => {
      const counts = new Map<string, number>();
      for (const { name } of hub.receivers()) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return [...counts.values()].sort();
    };

    subscribe();
    await until(() => partitionsOf().join() === '4');
    await publishAll('before');
    await until(() => seen.length >= 4);
    subscribe();
    await until(() => partitionsOf().join() === '2,2');
    await publishAll('after');
    await until(() => new Set(seen).size >= 8);
    expect([...new Set(seen)].sort()).toEqual(
      ['after', 'before'].flatMap((text) => [0, 1, 2, 3].map((index) => `${text} ${index}`)),
    );
    expect(new Set(errors)).toEqual(new Set(['ReceiverDisconnectedError']));
    expect(closedFor.filter((reason) => reason === 'OwnershipLost').length).toBeGreaterThanOrEqual(2);
    expect(hub.receivers().map(({ ownerLevel }) => ownerLevel)).toEqual([0, 0, 0, 0]);
  });

  test('a consumer goes on where its checkpoint stands', async () => {
    await start({ partitionCount: 1 });
    const store = createCheckpointStore();
    const readOne = async (): Promise<unknown> => {
      const client = consumer('$Default', store);
      const body = await new Promise((resolve, reject) => {
        client.subscribe(
          {
            async processEvents(events, context) {
              const [event] = events;
              if (event) {
                await context.updateCheckpoint(event);
                resolve(plain(event.body));
              }
            },
            async processError(error) {
              reject(error);
            },
          },
          { startPosition: earliestEventPosition, maxBatchSize: 1 },
        );
      });
      await client.close();
      return body;
    };
    await hub.publish('first');
    expect(await readOne()).toBe('first');
    await hub.publish('second');
    expect(await readOne()).toBe('second');
  });
});

describe('credentials', () => {
  test.each([
    ['another key', (good: string) => good.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=c2VjcmV0')],
    ['another key name', (good: string) => good.replace('RootManageSharedAccessKey', 'Listener')],
  ])('%s is refused', async (_, spoil) => {
    await start();
    await expect(producer(spoil(hub.connectionString)).sendBatch([{ body: 'x' }])).rejects.toMatchObject({
      code: 'UnauthorizedError',
      message: 'InvalidSignature: The token has an invalid signature.',
    });
    expect(hub.events()).toEqual([]);
    expect(conditions()).toEqual(['com.microsoft:auth-failed']);
  });

  test('a token made by the published formula is taken', async () => {
    await start();
    const client = producer(withToken(sign(hub, `sb://127.0.0.1:${hub.port}/${HUB}`)));
    await client.sendBatch([{ body: 'x' }]);
    expect(hub.events()).toHaveLength(1);
  });

  test.each([
    ['expired', () => sign(hub, `sb://127.0.0.1:${hub.port}/${HUB}`, -1), 'ExpiredToken'],
    ['for another hub', () => sign(hub, `sb://127.0.0.1:${hub.port}/other`), 'InvalidAudience'],
    ['for a hub whose name only begins alike', () => sign(hub, `sb://127.0.0.1:${hub.port}/alert`), 'InvalidAudience'],
    ['without an expiry', () => sign(hub, `sb://127.0.0.1:${hub.port}/${HUB}`).replace(/&se=\d+/, ''), 'Malformed'],
    ['whose expiry was changed', () => sign(hub, `sb://x/${HUB}`).replace(/se=\d/, 'se=9'), 'InvalidSignature'],
  ])('a token %s is refused', async (_, tokenOf, words) => {
    await start();
    const connection = await openRaw();
    const answer = await putToken(connection, tokenOf());
    expect(answer).toMatchObject({ 'status-code': 401, 'error-condition': 'com.microsoft:auth-failed' });
    expect(answer['status-description']).toContain(words);
    expect(await sendLinkError(connection, HUB)).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  test('a link without a token is refused, for sending and for receiving', async () => {
    await start();
    const connection = await openRaw();
    expect(await sendLinkError(connection, HUB)).toMatchObject({
      condition: 'amqp:unauthorized-access',
      description: expect.stringContaining("'Send' claim(s) are required"),
    });
    const receiver = await openReceiver(connection, null);
    await until(() => receiver.error !== undefined);
    expect(receiver.error).toMatchObject({ description: expect.stringContaining("'Listen' claim(s) are required") });
  });

  test('a claim of one connection is none of another', async () => {
    await start();
    await putToken(await openRaw());
    expect(await sendLinkError(await openRaw(), HUB)).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  test('a token of Microsoft Entra ID is not known here', async () => {
    await start();
    expect(await putToken(await openRaw(), 'e30.e30.', 'jwt')).toMatchObject({
      'status-code': 501,
      'error-condition': 'amqp:not-implemented',
    });
    expect(conditions()).toEqual(['amqp:not-implemented']);
  });
});

describe('on the wire', () => {
  test('no more events are sent than there is credit for', async () => {
    await start({ partitionCount: 1 });
    for (const body of ['1', '2', '3', '4', '5']) {
      await hub.publish(body);
    }
    const connection = await openRaw();
    await putToken(connection);
    const receiver = await openReceiver(connection, null);
    let count = 0;
    receiver.link.on('message', () => {
      count += 1;
    });
    receiver.link.add_credit(2);
    // An answer that comes after: whatever was sent before it has arrived.
    await putToken(connection);
    expect(count).toBe(2);
    receiver.link.add_credit(1);
    await putToken(connection);
    expect(count).toBe(3);
    receiver.link.add_credit(10);
    await putToken(connection);
    expect(count).toBe(5);
    await hub.publish('6');
    await putToken(connection);
    expect(count).toBe(6);
  });

  test('a single message of format 0 is an event', async () => {
    await start({ partitionCount: 1 });
    const connection = await openRaw();
    await putToken(connection);
    const link = connection.open_sender(HUB);
    await new Promise((resolve) => link.once('sendable', resolve));
    link.send({ body: rhea.message.data_section(Buffer.from('"plain"')), message_id: 'm-1' });
    await new Promise((resolve) => link.once('accepted', resolve));
    expect(hub.events().map(textOf)).toEqual(['"plain"']);
    const received = collect(consumer());
    await until(() => received.events.length === 1);
    expect(received.events[0]).toMatchObject({ body: 'plain', messageId: 'm-1' });
  });

  test.each([
    ['another message format', 0x1234, Buffer.from('x'), 'amqp:not-implemented'],
    ['a batch that is no message', 0x80013700, Buffer.from('no message'), 'amqp:decode-error'],
    ['a batch of what are no messages', 0x80013700, batchOf(Buffer.from('no message')), 'amqp:decode-error'],
  ])('%s is rejected and remembered', async (_, format, payload, condition) => {
    await start();
    const connection = await openRaw();
    await putToken(connection);
    const link = connection.open_sender(HUB);
    await new Promise((resolve) => link.once('sendable', resolve));
    const rejected = new Promise<AmqpError>((resolve) =>
      link.once('rejected', ({ delivery }) => resolve(delivery.remote_state.error)),
    );
    link.send(payload, undefined, format);
    expect(await rejected).toMatchObject({ condition });
    expect(hub.events()).toEqual([]);
    expect(conditions()).toEqual([condition]);
  });

  test('what is not known is refused by name and remembered', async () => {
    await start();
    const connection = await openRaw();
    await putToken(connection);
    expect(await sendLinkError(connection, '$transactions')).toMatchObject({
      condition: 'amqp:not-found',
      description: "The messaging entity '$transactions' could not be found.",
    });
    expect(
      await sendLinkError(connection, HUB, { desired_capabilities: 'com.microsoft:idempotent-producer' }),
    ).toMatchObject({ condition: 'amqp:not-implemented' });
    const strange = await openReceiver(connection, null, { filter: { 'example:filter': 'x' } });
    const selector = await openReceiver(connection, null, {
      filter: { 'apache.org:selector-filter:string': rhea.types.wrap_described("priority > '1'", 0x468c00000004) },
    });
    await until(() => strange.error !== undefined && selector.error !== undefined);
    expect([strange.error?.description, selector.error?.description]).toEqual([
      'This look-alike of Event Hubs does not know the filter example:filter.',
      `This look-alike of Event Hubs does not know the selector "priority > '1'".`,
    ]);
    const answer = await request(connection, '$management', {
      operation: 'DELETE',
      type: 'com.microsoft:eventhub',
      name: HUB,
    });
    expect(answer).toMatchObject({ 'status-code': 501, 'error-condition': 'amqp:not-implemented' });
    expect(conditions()).toEqual([
      'amqp:not-found',
      'amqp:not-implemented',
      'amqp:not-implemented',
      'amqp:not-implemented',
      'amqp:not-implemented',
    ]);
  });

  test('a management request without a token or claim is refused', async () => {
    await start();
    const answer = await request(await openRaw(), '$management', {
      operation: 'READ',
      type: 'com.microsoft:eventhub',
      name: HUB,
    });
    expect(answer).toMatchObject({ 'status-code': 401, 'error-condition': 'amqp:unauthorized-access' });
  });

  test('bytes that are no AMQP end the connection and are remembered', async () => {
    await start();
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const socket = connect(hub.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    said.mockRestore();
    expect(conditions()).toEqual(['amqp:connection:framing-error']);
  });
});

describe('faults', () => {
  test('new connections are refused until they are accepted again; open ones stay', async () => {
    await start();
    const open = producer();
    await open.sendBatch([{ body: 'before' }]);
    hub.faults.refuseConnections();
    await expect(producer().sendBatch([{ body: 'refused' }])).rejects.toThrow();
    await open.sendBatch([{ body: 'during' }]);
    hub.faults.acceptConnections();
    await producer().sendBatch([{ body: 'after' }]);
    expect(hub.events().map(textOf).sort()).toEqual(['"after"', '"before"', '"during"']);
    expect(hub.refusals()).toEqual([]);
  });

  test('a consumer whose connection is dropped comes back and misses nothing', async () => {
    await start({ partitionCount: 1 });
    // The client looks for a broken receiver only when this has passed.
    const received = collect(consumer(), { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 });
    await hub.publish('before');
    await until(() => received.events.length === 1);
    hub.faults.dropConnections();
    await hub.publish('while away');
    await until(() => received.events.length === 2);
    expect(received.bodies()).toEqual(['before', 'while away']);
  });

  test('a partition can hang while the other goes on', async () => {
    await start();
    const received = collect(consumer());
    await until(() => hub.receivers().length === 2);
    hub.faults.stopDelivering('0');
    await hub.publish('held', { partitionId: '0' });
    await hub.publish('passes', { partitionId: '1' });
    await until(() => received.events.length === 1);
    expect(received.bodies()).toEqual(['passes']);
    hub.faults.resumeDelivering('0');
    await until(() => received.events.length === 2);
    expect(received.bodies()).toEqual(['passes', 'held']);
  });

  test('all partitions can hang, and clear() ends every fault', async () => {
    await start();
    const received = collect(consumer());
    await until(() => hub.receivers().length === 2);
    hub.faults.stopDelivering();
    hub.faults.rejectSends();
    hub.faults.refuseConnections();
    await hub.publish('x', { partitionId: '0' });
    await hub.publish('y', { partitionId: '1' });
    await until(() => hub.events().length === 2);
    expect(received.events).toEqual([]);
    hub.faults.clear();
    await until(() => received.events.length === 2);
    await producer().sendBatch([{ body: 'z' }]);
    expect(hub.events()).toHaveLength(3);
  });

  test('a busy server rejects the next send and keeps nothing of it', async () => {
    await start();
    hub.faults.rejectSends(1);
    const client = producer();
    await expect(client.sendBatch([{ body: 'x' }])).rejects.toMatchObject({ code: 'ServerBusyError' });
    expect(hub.events()).toEqual([]);
    await client.sendBatch([{ body: 'y' }]);
    expect(hub.events().map(textOf)).toEqual(['"y"']);
    expect(hub.refusals()).toEqual([]);
  });

  test("the client's own retries get past a busy server", async () => {
    await start();
    hub.faults.rejectSends(2);
    await producer(hub.connectionString, { retryOptions: { maxRetries: 2, retryDelayInMs: 1 } }).sendBatch([
      { body: 'x' },
    ]);
    expect(hub.events()).toHaveLength(1);
  });
});

describe('close', () => {
  function handles(): string[] {
    return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP') || name === 'Timeout');
  }

  /** Sockets of the tests before are on their way out; those of other files in this process may stay. */
  async function settledHandles(): Promise<string[]> {
    let [last, since] = [handles().join(), performance.now()];
    await until(() => {
      if (handles().join() !== last) [last, since] = [handles().join(), performance.now()];
      return !last.includes('TCP') || performance.now() - since > 2_000;
    });
    return handles();
  }

  test('leaves no socket, server or timer, though clients were connected', async () => {
    const before = await settledHandles();
    await start();
    const connection = await openRaw();
    await putToken(connection);
    const link = await openReceiver(connection, null);
    link.link.add_credit(1);
    const silent = connect(hub.port, '127.0.0.1');
    silent.on('error', () => undefined);
    await new Promise((resolve) => silent.once('connect', resolve));
    const gone = new Promise((resolve) => connection.once('connection_close', resolve));
    const cut = new Promise((resolve) => silent.once('close', resolve));
    await hub.close();
    await Promise.all([gone, cut]);
    await until(() => handles().length <= before.length);
    expect(handles()).toEqual(before);
  });

  test('a port can be asked for, and is free again afterwards', async () => {
    const { port } = await start();
    await hub.close();
    expect((await start({ port })).port).toBe(port);
    await expect(startEventHubs({ hubName: HUB, partitionCount: 1, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

/** A connection of rhea's own, without Microsoft's client around it. */
function openRaw(): Promise<Connection> {
  const connection = rhea
    .create_container()
    .connect({ host: '127.0.0.1', port: hub.port, username: 'anyone', reconnect: false });
  connection.on('disconnected', () => undefined);
  connection.on('connection_error', () => undefined);
  toClose.push({ close: () => connection.close() });
  return new Promise((resolve) => connection.once('connection_open', () => resolve(connection)));
}

/** Sends one request and gives the application properties of its answer. */
async function request(
  connection: Connection,
  node: string,
  properties: Record<string, string>,
  body: unknown = [],
): Promise<Record<string, unknown>> {
  const replyTo = rhea.generate_uuid();
  const receiver = connection.open_receiver({ name: replyTo, source: { address: node } });
  const sender = connection.open_sender({ target: { address: node } });
  const answer = new Promise<Record<string, unknown>>((resolve) =>
    receiver.once('message', ({ message }) => resolve(message.application_properties)),
  );
  sender.once('sendable', () =>
    sender.send({ message_id: 'request', reply_to: replyTo, application_properties: properties, body }),
  );
  const properly = await answer;
  sender.close();
  receiver.close();
  return properly;
}

function putToken(
  connection: Connection,
  token = sign(hub, `sb://127.0.0.1:${hub.port}/${HUB}`),
  type = 'servicebus.windows.net:sastoken',
): Promise<Record<string, unknown>> {
  const name = `sb://127.0.0.1:${hub.port}/${HUB}`;
  return request(connection, '$cbs', { operation: 'put-token', type, name }, token);
}

/** The error with which the hub refuses to be sent to. */
async function sendLinkError(connection: Connection, address: string, options: object = {}): Promise<unknown> {
  const link: Sender = connection.open_sender({ target: { address }, ...options });
  await new Promise((resolve) => link.once('sender_close', resolve));
  return link.error;
}

interface RawReceiver {
  link: Receiver;
  readonly error: AmqpError | undefined;
}

/** A receiver of partition 0 without credit. */
async function openReceiver(connection: Connection, level: number | null, source: object = {}): Promise<RawReceiver> {
  const link = connection.open_receiver({
    source: { address: `${HUB}/ConsumerGroups/$Default/Partitions/0`, ...source },
    credit_window: 0,
    ...(level === null ? {} : { properties: { 'com.microsoft:epoch': rhea.types.wrap_long(level) } }),
  });
  const receiver: { link: Receiver; error: AmqpError | undefined } = { link, error: undefined };
  link.on('receiver_error', () => {
    receiver.error = link.error as AmqpError;
  });
  await new Promise((resolve) => link.once('receiver_open', resolve));
  return receiver;
}

/** A token by Microsoft's published formula ("Generate SAS token"), which lives a minute from now or did until then. */
function sign({ connectionString }: EventHubs, uri: string, minutes = 1): string {
  const [, key = ''] = /SharedAccessKey=([^;]+)/.exec(connectionString) ?? [];
  const resource = encodeURIComponent(uri);
  const expiry = Math.floor(Date.now() / 1000) + minutes * 60;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`, 'utf8').digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=RootManageSharedAccessKey`;
}

function withToken(token: string): string {
  return `Endpoint=sb://127.0.0.1:${hub.port};SharedAccessSignature=${token};UseDevelopmentEmulator=true;EntityPath=${HUB}`;
}

function batchOf(content: Buffer): Buffer {
  return rhea.message.encode({ body: rhea.message.data_sections([content]) });
}

/** Checkpoints and ownership in memory, with the insert-if-unchanged rule that the real stores keep. */
function createCheckpointStore(): CheckpointStore {
  const ownerships = new Map<string, PartitionOwnership>();
  const checkpoints = new Map<string, Checkpoint>();
  let version = 0;
  return {
    async listOwnership() {
      return [...ownerships.values()];
    },
    async claimOwnership(claims) {
      return claims.flatMap((claim) => {
        const held = ownerships.get(claim.partitionId);
        if (held && held.etag !== claim.etag) {
          return [];
        }
        version += 1;
        const owned = { ...claim, etag: String(version), lastModifiedTimeInMs: Date.now() };
        ownerships.set(claim.partitionId, owned);
        return [owned];
      });
    },
    async updateCheckpoint(checkpoint) {
      checkpoints.set(checkpoint.partitionId, checkpoint);
    },
    async listCheckpoints() {
      return [...checkpoints.values()];
    },
  };
}
