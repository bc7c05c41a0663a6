import { readHostJson } from '../../local/host/hostJson.ts';
import { queueTrigger } from '../../local/host/queueTrigger.ts';
import type { StorageAccount, StorageRequest, StorageResponse } from '../../local/host/storageAccount.ts';
import type { HostContext, Listener, TriggeredFunction } from '../../local/host/trigger.ts';
import { endHosts, until } from './hostUnderTest.ts';

const FIVE_MINUTES_MS = 300_000;

const TIME = 'Sat, 21 Nov 2026 13:00:00 GMT';
const taken = `<QueueMessagesList><QueueMessage><MessageId>7</MessageId><InsertionTime>${TIME}</InsertionTime>
  <ExpirationTime>${TIME}</ExpirationTime><PopReceipt>first</PopReceipt><TimeNextVisible>${TIME}</TimeNextVisible>
  <DequeueCount>1</DequeueCount><MessageText>Y2FsbA==</MessageText></QueueMessage></QueueMessagesList>`;

/** A queue of one message that notes what is said to it, and gives a new receipt each time the message is hidden. */
function createQueue() {
  const said: StorageRequest[] = [];
  const send = async (_: string, request: StorageRequest): Promise<StorageResponse> => {
    const isFirst = said.length === 0;
    if (request.method !== 'GET' || isFirst) said.push(request);
    const headers: Record<string, string> =
      request.method === 'PUT' ? { 'x-ms-popreceipt': `after ${said.length}` } : {};
    return { status: 200, headers, text: isFirst ? taken : '' };
  };
  const account: StorageAccount = { send, close: () => undefined };
  return { said, account };
}

beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'],
  });
});
let listener: Listener | null = null;
afterEach(async () => {
  jest.useRealTimers();
  await endHosts();
  await listener?.stop();
});

test('a message is hidden anew every five minutes while its function runs, and deleted by its last receipt', async () => {
  const { said, account } = createQueue();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const fn: TriggeredFunction = {
    metadata: { name: 'work', bindings: {} },
    bindingName: 'message',
    trigger: { type: 'queueTrigger', direction: 'in', queueName: 'calls', connection: 'Store' },
  };
  const host = {
    hostJson: readHostJson('/nowhere'),
    storage: () => account,
    now: () => new Date(),
    log: () => undefined,
    settle: (work: Promise<unknown>) => work,
    executor: { run: () => finished.then(() => ({ ok: true })) },
  } as unknown as HostContext;

  listener = await queueTrigger.start(fn, host);
  await until(() => jest.getTimerCount() === 1);
  expect(said).toMatchObject([{ method: 'GET', query: { visibilitytimeout: '600' } }]);

  await jest.advanceTimersByTimeAsync(FIVE_MINUTES_MS - 1);
  expect(said).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1);
  await jest.advanceTimersByTimeAsync(FIVE_MINUTES_MS);
  expect(said.slice(1)).toMatchObject([
    { method: 'PUT', path: 'calls/messages/7', query: { visibilitytimeout: '600', popreceipt: 'first' } },
    { method: 'PUT', path: 'calls/messages/7', query: { visibilitytimeout: '600', popreceipt: 'after 2' } },
  ]);

  finish();
  await listener.stop();
  expect(said.slice(3)).toMatchObject([
    { method: 'DELETE', path: 'calls/messages/7', query: { popreceipt: 'after 3' } },
  ]);
  expect(jest.getTimerCount()).toBe(0);
});
