import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { heartbeat } from '../../shared/pipeline/heartbeat.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { createStore, type Store } from '../../shared/store/store.ts';
import type { State } from '../../shared/watch/finding.ts';
import { takeProductStorage } from '../harness/storage.ts';

const NOW = new Date('2026-03-14T08:00:00Z');

let outside: Server;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let store: Store;
let log: string[];
beforeEach(async () => {
  asked = [];
  log = [];
  answer = (_, response) => response.end('OK');
  outside = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  store = await createStore({ connectionString: await takeProductStorage() });
});
afterEach(async () => {
  const closed = new Promise((resolve) => outside.close(resolve));
  outside.closeAllConnections();
  await closed;
});

const origin = () => `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
const watched = (state: State, minutesAgo: number) =>
  store.alarms.noteWatch({ at: new Date(NOW.getTime() - minutesAgo * 60_000).toISOString(), state });

async function beat(url = `${origin()}/ping/secret`): Promise<void> {
  const note = (message: string, fields: object = {}) => log.push(`${message} ${JSON.stringify(fields)}`);
  const services: Pick<Services, 'settings' | 'store' | 'now' | 'log'> = {
    settings: readSettings({ HEARTBEAT_URL: url }).settings,
    store,
    now: () => NOW,
    log: { info: note, warn: note, error: note },
  };
  await heartbeat(services as Services);
}

test.each<[State, number]>([
  ['ok', 5],
  ['warning', 5],
  ['ok', 15],
])('the outside hears of us when the watch found %s %d minutes ago', async (state, minutesAgo) => {
  await watched(state, minutesAgo);
  await beat();
  expect([asked, log]).toEqual([['/ping/secret'], []]);
});

test.each<[string, () => Promise<void>, RegExp]>([
  ['the watch has never run', async () => undefined, /has not run yet/],
  ['the watch has not run for 15 minutes', () => watched('ok', 15.1), /not run for 15 minutes/],
  ['the watch found something critical', () => watched('critical', 1), /something critical/],
])('silence when %s', async (_, begin, reason) => {
  await begin();
  await beat();
  expect([asked, log]).toEqual([[], [expect.stringMatching(reason)]]);
});

test('silence when the storage does not answer', async () => {
  store = await createStore({
    connectionString: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=dGVzdA==;TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;`,
  });
  await beat();
  expect([asked, log]).toEqual([[], [expect.stringMatching(/The heartbeat failed/)]]);
});

describe('what the outside answers', () => {
  beforeEach(() => watched('ok', 1));

  const redirectTo = (location: () => string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/there') response.end('OK');
    else response.writeHead(302, { location: location() }).end();
  };

  test.each<[string, () => string, string[], RegExp | null]>([
    ['a redirect on the same host is followed', () => '/there', ['/ping/secret', '/there'], null],
    ['one to another host is not', () => origin().replace('127.0.0.1', 'localhost'), ['/ping/secret'], /another host/],
    ['nor one that never ends', () => '/again', ['/ping/secret', '/again', '/again', '/again'], /too often/],
  ])('%s', async (_, location, expected, failure) => {
    answer = redirectTo(location);
    await beat();
    expect(asked).toEqual(expected);
    expect(log).toEqual(failure === null ? [] : [expect.stringMatching(failure)]);
  });

  test.each<[string, typeof answer, RegExp]>([
    ['an error', (_, response) => response.writeHead(500).end(), /HTTP 500/],
    ['a broken connection', ({ socket }) => socket.destroy(), /failed/],
  ])('%s is logged and never thrown, and the log does not hold the address', async (_, act, failure) => {
    answer = act;
    await beat();
    expect(log).toEqual([expect.stringMatching(failure)]);
    expect(log.join()).not.toMatch(/secret|127\.0\.0\.1/);
  });
});

test('without an address there is no heartbeat and nothing is read', async () => {
  await beat('');
  expect([asked, log]).toEqual([[], []]);
});
