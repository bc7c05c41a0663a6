import { QueueClient } from '@azure/storage-queue';
import { takeStorageAccount } from '../harness/storage.ts';
import { endHosts, type HostUnderTest, hostApp, until } from './hostUnderTest.ts';

interface Said {
  entry: unknown;
  type: string;
  metadata: Record<string, unknown>;
}

/** Quick, so that tests need not wait: the length of an interval is not what they are about. */
const QUICK = { maxPollingInterval: '00:00:00.100', messageEncoding: 'none' };

let storage: string;
let queue: QueueClient;
let poison: QueueClient;
beforeEach(async () => {
  storage = takeStorageAccount();
  queue = new QueueClient(storage, 'calls');
  poison = new QueueClient(storage, 'calls-poison');
  await queue.create();
});
afterEach(endHosts);

function start(queues: object = {}, env: Record<string, string> = {}): Promise<HostUnderTest> {
  return hostApp(
    'queue.mjs',
    { extensions: { queues: { ...QUICK, ...queues } } },
    { env: { WorkStorage: storage, QUEUE: 'calls', ...env } },
  );
}

const isEmpty = async (client: QueueClient) => (await client.getProperties()).approximateMessagesCount === 0;
const ends = (host: HostUnderTest, name = 'work') => {
  const { succeeded = 0, failed = 0 } = host.invocations()[name] ?? {};
  return succeeded + failed;
};

async function textOf(client: QueueClient): Promise<string | undefined> {
  if (!(await client.exists())) return undefined;
  return (await client.peekMessages()).peekedMessageItems[0]?.messageText;
}

async function deliver(host: HostUnderTest, text: string): Promise<Said> {
  await queue.sendMessage(text);
  await until(() => ends(host) === 1);
  const [said] = host.said<Said>('work');
  if (!said) throw new Error('The function was not told of the message');
  return said;
}

test('a message whose function succeeds is deleted', async () => {
  const host = await start();
  await deliver(host, '{"call":1}');
  await until(() => isEmpty(queue));
  expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 1, failed: 0 } });
  expect(await poison.exists()).toBe(false);
});

test('a queue that is made later is found', async () => {
  await queue.delete();
  const host = await start();
  await queue.create();
  await deliver(host, '{"call":1}');
});

test('every text is parsed as JSON', async () => {
  const texts = [
    ['911', 911, 'number'],
    ['true', true, 'boolean'],
    ['"quoted"', 'quoted', 'string'],
    ['{"number":"911"}', { number: '911' }, 'object'],
    // 2^53 + 1 cannot be held.
    ['9007199254740993', 9007199254740992, 'number'],
    ['+1 425 555 0100', '+1 425 555 0100', 'string'],
    ['{"cut":"short"', '{"cut":"short"', 'string'],
    ['<b>&amp; "911"</b>', '<b>&amp; "911"</b>', 'string'],
  ] as const;
  const host = await start();
  for (const [i, [text]] of texts.entries()) {
    await queue.sendMessage(text);
    await until(() => ends(host) === i + 1);
  }
  const received = host.said<Said>('work').filter(({ type }) => type);
  expect(received.map(({ entry, type }) => [entry, type])).toEqual(texts.map(([, entry, type]) => [entry, type]));
});

describe('what the function is told of a message', () => {
  test('its metadata in camel case', async () => {
    const host = await start();
    const sent = await queue.sendMessage('{"call":1}');
    await until(() => ends(host) === 1);
    const metadata = host.said<Said>('work')[0]?.metadata ?? {};
    const seconds = (time: Date) => time.toISOString().replace('.000Z', '+00:00');
    expect(metadata).toMatchObject({
      queueTrigger: { call: 1 },
      id: sent.messageId,
      dequeueCount: 1,
      insertionTime: seconds(sent.insertedOn),
      expirationTime: seconds(sent.expiresOn),
    });
    expect(Object.keys(metadata).sort()).toEqual(
      [
        'call',
        'dequeueCount',
        'expirationTime',
        'id',
        'insertionTime',
        'nextVisibleTime',
        'popReceipt',
        'queueTrigger',
      ].sort(),
    );
  });

  test('its own properties hide the metadata of the same name', async () => {
    const host = await start();
    const { metadata } = await deliver(
      host,
      '{"id":"call-7","DEQUEUECOUNT":"many","dueAt":"2026-11-21T13:05:00.000Z"}',
    );
    expect(metadata).toMatchObject({ id: 'call-7', dequeueCount: 'many', dueAt: '11/21/2026 13:05:00' });
  });

  test('properties that are null or lists are not among them, objects are', async () => {
    const host = await start();
    const { metadata } = await deliver(host, '{"id":null,"steps":[1],"who":{"Name":"Alex Wilber"},"isTest":false}');
    expect(metadata.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata).not.toHaveProperty('steps');
    expect(metadata).toMatchObject({ who: { name: 'Alex Wilber' }, isTest: 'False' });
  });
});

describe('while a function runs', () => {
  test('its message is hidden for ten minutes', async () => {
    const host = await start();
    const sent = await queue.sendMessage('{"ask":"hang"}');
    await until(() => host.said('work').length === 1);
    const metadata = host.said<Said>('work')[0]?.metadata ?? {};
    const hiddenMs = Date.parse(String(metadata.nextVisibleTime)) - sent.insertedOn.getTime();
    // By the clock of the queue, from when it was taken.
    expect(hiddenMs).toBeGreaterThanOrEqual(600_000);
    expect(await textOf(queue)).toBeUndefined();
    expect(await isEmpty(queue)).toBe(false);
  });

  test('the message of a host that is killed stays hidden: the next host does not see it', async () => {
    const first = await start();
    await queue.sendMessage('{"ask":"hang"}');
    await until(() => first.said('work').length === 1);
    await first.kill();

    const second = await start();
    await queue.sendMessage('{"call":2}');
    await until(() => ends(second) === 1);
    expect(second.said<Said>('work')[0]?.entry).toEqual({ call: 2 });
    expect(second.invocations()).toEqual({ work: { started: 1, succeeded: 1, failed: 0 } });
    expect(await isEmpty(queue)).toBe(false);
  });

  test('stopping waits for it, and its message is deleted', async () => {
    const host = await start();
    await queue.sendMessage('{"ask":"wait","ms":300}');
    await until(() => host.said('work').length === 1);
    await host.stop();
    expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 1, failed: 0 } });
    expect(await isEmpty(queue)).toBe(true);
  });

  test('stopping does not wait longer than it is told to', async () => {
    const host = await start();
    await queue.sendMessage('{"ask":"hang"}');
    await until(() => host.said('work').length === 1);
    await host.stop({ graceMs: 50 });
    expect(await host.exited).toMatchObject({ code: 0 });
    expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 0, failed: 0 } });
  });
});

describe('when a function fails', () => {
  test('its message comes again at once without a visibilityTimeout, and its count grows', async () => {
    const host = await start({ maxDequeueCount: 3 });
    await queue.sendMessage('{"ask":"fail"}');
    await until(() => ends(host) === 3);
    expect(host.said<Said>('work').map(({ metadata }) => metadata.dequeueCount)).toEqual([1, 2, 3]);
  });

  test('its message is hidden for the visibilityTimeout, and its neighbours are not affected', async () => {
    for (const ask of ['fail', 'hang', 'succeed']) await queue.sendMessage(JSON.stringify({ ask }));
    const host = await start({ visibilityTimeout: '00:00:30' });
    await until(() => ends(host) === 2 && host.said('work').length === 4);
    await queue.sendMessage('{"call":2}');
    await until(() => ends(host) === 3);
    expect(host.invocations()).toEqual({ work: { started: 4, succeeded: 2, failed: 1 } });
    expect(await textOf(queue)).toBeUndefined();
    expect((await queue.getProperties()).approximateMessagesCount).toBe(2);
  });

  test('its message moves to the poison queue at the maxDequeueCount-th time, without another wait', async () => {
    await queue.sendMessage('{"ask":"fail"}');
    await takeAndGiveBack();
    const host = await start({ maxDequeueCount: 2, visibilityTimeout: '00:01:00' });
    await until(async () => (await textOf(poison)) !== undefined && (await isEmpty(queue)));
    expect(await textOf(poison)).toBe('{"ask":"fail"}');
    expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 0, failed: 1 } });
  });

  test('a message taken too often moves there without its function being run', async () => {
    await queue.sendMessage('{"call":1}');
    for (let i = 0; i < 3; i += 1) await takeAndGiveBack();
    const host = await start({ maxDequeueCount: 3 });
    await until(async () => (await textOf(poison)) !== undefined);
    expect(await textOf(poison)).toBe('{"call":1}');
    expect(host.invocations()).toEqual({});
  });

  test('a message of a poison queue stays hidden and comes to no third queue', async () => {
    await poison.create();
    await poison.sendMessage('{"ask":"fail"}');
    const host = await start({ maxDequeueCount: 1 }, { POISON_HAS_FUNCTION: '1' });
    await until(() => ends(host, 'poisoned') === 1);
    await poison.sendMessage('{"call":2}');
    await until(() => ends(host, 'poisoned') === 2);
    expect(host.invocations().poisoned).toEqual({ started: 2, succeeded: 1, failed: 1 });
    expect(await isEmpty(poison)).toBe(false);
    expect(await new QueueClient(storage, 'calls-poison-poison').exists()).toBe(false);
  });
});

async function takeAndGiveBack(): Promise<void> {
  const [message] = (await queue.receiveMessages()).receivedMessageItems;
  if (!message) throw new Error('There is no message');
  await queue.updateMessage(message.messageId, message.popReceipt, message.messageText, 0);
}

describe('a batch of two, of which one takes longer', () => {
  test.each([
    [0, ['start', 'start', 'done', 'done', 'start']],
    [1, ['start', 'start', 'done', 'start', 'done']],
  ])('with a newBatchThreshold of %d the next one waits for its turn', async (newBatchThreshold, order) => {
    for (const ms of [20, 300, 20]) await queue.sendMessage(JSON.stringify({ ask: 'wait', ms }));
    const host = await start({ batchSize: 2, newBatchThreshold });
    await until(() => ends(host) === 3);
    const steps = host.said('work').map((said) => ('done' in said ? 'done' : 'start'));
    expect(steps.slice(0, 5)).toEqual(order);
  });
});

describe('messageEncoding base64, the default', () => {
  const base64 = { messageEncoding: 'base64' };

  test('is decoded', async () => {
    const host = await start(base64);
    const said = await deliver(host, Buffer.from('{"city":"Zürich"}').toString('base64'));
    expect(said.entry).toEqual({ city: 'Zürich' });
  });

  test('moves what is no Base64 to the poison queue as it is, without running the function', async () => {
    const host = await start(base64);
    // The letters are right and the length is wrong; the other way round; and a pad in the midst.
    const texts = ['call', 'abcde', '{"a":12}', 'ab==abcd'];
    for (const text of texts) await queue.sendMessage(text);
    await until(() => ends(host) === 1);
    await until(async () => (await poison.exists()) && (await poison.getProperties()).approximateMessagesCount === 3);
    const moved = (await poison.peekMessages({ numberOfMessages: 32 })).peekedMessageItems;
    expect(moved.map(({ messageText }) => messageText).sort()).toEqual(['ab==abcd', 'abcde', '{"a":12}']);
    expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 1, failed: 0 } });
  });

  test('keeps the encoding when a message moves to the poison queue', async () => {
    const host = await start({ ...base64, maxDequeueCount: 1 });
    const text = Buffer.from('{"ask":"fail"}').toString('base64');
    await queue.sendMessage(text);
    await until(async () => (await textOf(poison)) !== undefined);
    expect(await textOf(poison)).toBe(text);
    expect(host.invocations()).toEqual({ work: { started: 1, succeeded: 0, failed: 1 } });
  });
});

test('fired by hand, a message has no id and was never taken; a failure is told', async () => {
  const host = await start();
  expect(await host.fire('work', { call: 1 })).toEqual({ ok: true });
  const { entry, metadata } = host.said<Said>('work')[0] ?? { entry: null, metadata: {} };
  expect(entry).toEqual({ call: 1 });
  expect(metadata).toMatchObject({ dequeueCount: 0, expirationTime: '9999-12-31T23:59:59.9999999+00:00' });
  expect(metadata).not.toHaveProperty('id');
  expect(await host.fire('work', { ask: 'fail' })).toEqual({ ok: false, error: 'as asked' });
});

test('storage that cannot be reached is no end: it is read again when it is back', async () => {
  const dead = storage.replace(/QueueEndpoint=[^;]+/, 'QueueEndpoint=http://127.0.0.1:1/gone');
  const host = await start({}, { WorkStorage: dead });
  await until(() => host.lines.some(({ message }) => message.startsWith('Queue calls cannot be read')));
  await expect(Promise.race([host.exited, 'still there'])).resolves.toBe('still there');
});
