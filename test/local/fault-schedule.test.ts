import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubConsumerClient } from '@azure/event-hubs';
import fc from 'fast-check';
import {
  type FaultSchedule,
  generateSchedule,
  readSchedule,
  runSchedule,
  type ScheduledFault,
} from '../../local/faults/schedule.ts';
import { shrink } from '../../local/faults/shrink.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { applyFault, FAULT_KINDS, type FaultPart, setFault } from '../../local/stackFaults.ts';
import { TENANT } from '../../local/tenant.ts';
import { takeStorageAccount } from '../harness/storage.ts';
import { createFolder, endHosts, until } from './hostUnderTest.ts';

const DAY = { durationMs: 60_000, meanGapMs: 1_000 };

describe('a generated schedule', () => {
  test('is the same for the same seed, and as JSON', () => {
    expect(generateSchedule(7, DAY)).toEqual(generateSchedule(7, DAY));
    expect(generateSchedule(8, DAY).entries).not.toEqual(generateSchedule(7, DAY).entries);
    const schedule = generateSchedule(7, DAY);
    expect(readSchedule(JSON.stringify(schedule))).toEqual(schedule);
  });

  const overlap = (a: ScheduledFault, b: ScheduledFault) => a.atMs < b.atMs + b.forMs && b.atMs < a.atMs + a.forMs;

  test('keeps to what it is told, whatever the seed', () => {
    const parts: FaultPart[] = ['storage', 'twilio', 'graph', 'host'];
    const options = { ...DAY, parts, except: ['graph missing', 'host killed'], leastMs: 500, mostMs: 4_000, atOnce: 2 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { entries } = generateSchedule(seed, options);
        expect(entries.length).toBeGreaterThan(0);
        entries.forEach((entry, i) => {
          expect(parts).toContain(entry.part);
          expect(FAULT_KINDS[entry.part]).toContain(entry.kind);
          expect(options.except).not.toContain(`${entry.part} ${entry.kind}`);
          expect(entry.forMs).toBeGreaterThanOrEqual(500);
          expect(entry.forMs).toBeLessThanOrEqual(4_000);
          expect(entry.atMs + entry.forMs).toBeLessThanOrEqual(DAY.durationMs);
          expect(entry.atMs).toBeGreaterThanOrEqual(entries[i - 1]?.atMs ?? 0);
          const others = entries.filter((other) => other !== entry && overlap(entry, other));
          expect(others.some(({ part }) => part === entry.part)).toBe(false);
          expect(others.filter(({ atMs }) => atMs <= entry.atMs).length).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 20 },
    );
  });

  test('meets every part in every way, with the gaps that were asked for', () => {
    const { entries } = generateSchedule(1, { durationMs: 3_600_000, meanGapMs: 1_000, leastMs: 1, mostMs: 1 });
    const met = new Set(entries.map(({ part, kind }) => `${part} ${kind}`));
    const all = Object.entries(FAULT_KINDS).flatMap(([part, kinds]) => kinds.map((kind) => `${part} ${kind}`));
    expect([...met].sort()).toEqual(all.sort());
    expect(entries.length).toBeGreaterThan(3_400);
    expect(entries.length).toBeLessThan(3_800);
  });
});

test.each([
  ['{}', 'A schedule has a seed and entries'],
  ['{"seed":1,"entries":[{"atMs":-1,"forMs":1,"part":"hub","kind":"stuck"}]}', 'Entry 0: atMs and forMs must be'],
  ['{"seed":1,"entries":[{"atMs":1,"part":"hub","kind":"stuck"}]}', 'Entry 0: atMs and forMs must be milliseconds'],
  [
    '{"seed":1,"entries":[{"atMs":1,"forMs":1,"part":"moon","kind":"stuck"}]}',
    'Entry 0: There is no fault "moon stuck"',
  ],
  ['{"seed":1,"entries":[{"atMs":1,"forMs":1,"part":"hub","kind":"toString"}]}', 'There is no fault "hub toString"'],
  ['{"seed":1,"entries":[{"atMs":1,"forMs":1,"part":"__proto__","kind":"a"}]}', 'There is no fault "__proto__ a"'],
])('%s is no schedule', (json, reason) => {
  expect(() => readSchedule(json)).toThrow(reason);
});

describe('the shortest schedule that still fails', () => {
  const numbered = (count: number): FaultSchedule => ({
    seed: 1,
    entries: Array.from({ length: count }, (_, i) => ({ atMs: i, forMs: 1, part: 'hub', kind: 'stuck' })),
  });
  const times = ({ entries }: FaultSchedule) => entries.map(({ atMs }) => atMs);
  /** Fails when all of these are in it; counts how often it was asked. */
  function failsWith(...planted: number[]) {
    const asked = { count: 0 };
    const fails = async (candidate: FaultSchedule) => {
      asked.count += 1;
      return planted.every((atMs) => times(candidate).includes(atMs));
    };
    return { asked, fails };
  }

  test.each([[[13]], [[0, 39]], [[7, 31]], [[18, 19]]])('of forty the planted %j', async (planted) => {
    const { asked, fails } = failsWith(...planted);
    const found = await shrink(numbered(40), fails, 20);
    expect({ entries: times(found.schedule), isMinimal: found.isMinimal }).toEqual({
      entries: planted,
      isMinimal: true,
    });
    expect(found.runs).toBe(asked.count);
  });

  test('within the budget, or the shortest seen by then', async () => {
    const { asked, fails } = failsWith(7, 31);
    const found = await shrink(numbered(40), fails, 10);
    expect(found).toMatchObject({ runs: 10, isMinimal: false });
    expect(asked.count).toBe(10);
    expect(found.schedule.entries.length).toBeLessThan(40);
    expect(times(found.schedule)).toEqual(expect.arrayContaining([7, 31]));
  });

  test('is itself when every entry is needed', async () => {
    const found = await shrink(numbered(3), failsWith(0, 1, 2).fails, 50);
    expect(found).toMatchObject({ schedule: numbered(3), isMinimal: true });
  });
});

describe('in a running stack', () => {
  let stack: Stack;
  beforeAll(async () => {
    const appDir = await createFolder({ 'host.json': '{"version":"2.0"}' });
    const main = relative(appDir, resolve('test/local/apps/http.mjs'));
    await writeFile(join(appDir, 'package.json'), JSON.stringify({ main }));
    const storage = { host: takeStorageAccount(), product: takeStorageAccount() };
    stack = await startStack({ appDir, env: {}, storage, storageProxies: true, deliverAfterMs: 1 });
  });
  afterAll(async () => {
    await stack?.stop();
    await endHosts();
  });

  /** How long a probe waits for an answer that is not to come, and for one that is. */
  const [SHORT_MS, LONG_MS] = [300, 10_000];

  /** The status of an answer, the error of a connection, or that no answer came. Each over a connection of its own. */
  function seen(patienceMs: number, url: string, form?: URLSearchParams, authorization = ''): Promise<string> {
    return new Promise((resolve) => {
      const headers = { authorization, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) };
      const method = form ? 'POST' : 'GET';
      const request = send(url, { method, headers, agent: false, timeout: patienceMs }, (answer) => {
        answer.resume().once('end', () => resolve(String(answer.statusCode)));
        answer.once('error', (caught: NodeJS.ErrnoException) => resolve(`half an answer, ${caught.code}`));
      });
      request.once('timeout', () => {
        resolve('no answer');
        request.destroy();
      });
      request.once('error', (caught: NodeJS.ErrnoException) => resolve(caught.code ?? caught.message));
      request.end(form?.toString());
    });
  }

  const tablesOf = (account: 'host' | 'product') =>
    /TableEndpoint=([^;]+)/.exec(stack.storage[account].proxy?.connectionString ?? '')?.[1] ?? '';
  const graphUrl = () => stack.settings.GRAPH_BASE_URL ?? '';
  const signInUrl = () => `${stack.settings.AUTHORITY_HOST}/${stack.settings.TENANT_ID}/oauth2/v2.0/token`;

  /** What a probe sees when nothing is wrong: it has no rights in storage, Graph and sign-in. */
  const WELL = {
    storage: '403',
    'host-storage': '403',
    twilio: '201',
    graph: '401',
    'sign-in': '400',
    identity: '401',
    hub: 'AMQP',
    host: '200',
  };

  const PROBES: Record<keyof typeof WELL, (patienceMs: number) => Promise<string>> = {
    storage: (ms) => seen(ms, `${tablesOf('product')}/Tables`),
    'host-storage': (ms) => seen(ms, `${tablesOf('host')}/Tables`),
    twilio(ms) {
      const { TWILIO_BASE_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM = '' } = stack.settings;
      const authorization = `Basic ${Buffer.from(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`).toString('base64')}`;
      const form = new URLSearchParams({ To: '+14255550111', From: TWILIO_FROM, Body: '911' });
      const url = `${TWILIO_BASE_URL}/2010-04-01/Accounts/${TWILIO_ACCOUNT_SID}/Messages.json`;
      return seen(ms, url, form, authorization);
    },
    graph: (ms) => seen(ms, `${graphUrl()}/v1.0/me`),
    'sign-in': (ms) =>
      seen(ms, signInUrl(), new URLSearchParams({ grant_type: 'refresh_token', client_id: TENANT.clientId })),
    identity: (ms) => seen(ms, `${graphUrl()}/msi/token`),
    hub: () => greetingOfHub(),
    host: (ms) => seen(ms, `${stack.frontDoor.url}/api/echo/0`),
  };

  /** What the hub says to the first bytes of AMQP. */
  async function greetingOfHub(): Promise<string> {
    const socket = connect(stack.hub?.port ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('AMQP\x03\x01\x00\x00');
    const said = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    socket.destroy();
    return Buffer.isBuffer(said[0]) ? 'AMQP' : 'closed';
  }

  test.each<[keyof typeof WELL, Record<string, string>]>([
    [
      'storage',
      {
        down: '503',
        refused: 'ECONNREFUSED',
        hanging: 'no answer',
        cut: 'half an answer, ECONNRESET',
        lost: 'no answer',
        dropped: 'ECONNRESET',
        slow: 'no answer',
      },
    ],
    ['host-storage', { down: '503', refused: 'ECONNREFUSED' }],
    [
      'twilio',
      {
        down: '503',
        failing: '500',
        throttled: '429',
        hanging: 'no answer',
        doubtful: 'no answer',
        unauthorized: '401',
        refused: 'ECONNREFUSED',
      },
    ],
    [
      'graph',
      { down: '503', throttled: '429', hanging: 'no answer', slow: 'no answer', missing: '404', refused: 'ECONNRESET' },
    ],
    ['sign-in', { down: '503', hanging: 'no answer', refused: 'ECONNRESET' }],
    ['identity', { down: '503', hanging: 'no answer', refused: 'ECONNRESET' }],
    ['hub', { unreachable: 'closed' }],
    ['host', { killed: '503', paused: 'no answer' }],
  ])('what a client of %s sees of each fault, and that it is well afterwards', async (part, kinds) => {
    expect(await PROBES[part](LONG_MS)).toBe(WELL[part]);
    const outcome: Record<string, string> = {};
    for (const kind of Object.keys(kinds)) {
      const lift = await applyFault(stack, part, kind);
      outcome[kind] = await PROBES[part](kinds[kind] === 'no answer' ? SHORT_MS : LONG_MS);
      await lift();
      expect([kind, await PROBES[part](LONG_MS)]).toEqual([kind, WELL[part]]);
    }
    expect(outcome).toEqual(kinds);
  });

  test('sign-in that is revoked: the refresh token counts no longer, until it is lifted', async () => {
    const redeemed = async () => {
      await PROBES['sign-in'](LONG_MS);
      return stack.graph?.requests().at(-1)?.faultId !== null;
    };
    expect(await redeemed()).toBe(false);
    const lift = await applyFault(stack, 'sign-in', 'revoked');
    expect(await redeemed()).toBe(true);
    await lift();
    expect(await redeemed()).toBe(false);
  });

  test('a hub that is stuck keeps its events, and hands them out when it is lifted', async () => {
    const received: unknown[] = [];
    const client = new EventHubConsumerClient('$Default', stack.hub?.connectionString ?? '');
    const subscription = client.subscribe({
      processEvents: async (events) => void received.push(...events.map(({ body }) => body)),
      processError: async () => undefined,
    });
    await until(() => stack.hub?.receivers().length === 2);
    const lift = await applyFault(stack, 'hub', 'stuck');
    await stack.hub?.publish('"a call"');
    await stack.hub?.publish('"another"');
    await sleep(100);
    expect(received).toEqual([]);
    await lift();
    await until(() => received.length === 2);
    await applyFault(stack, 'hub', 'dropped');
    await until(() => stack.hub?.receivers().length === 0);
    await subscription.close();
    await client.close();
  });

  /** Nothing is wrong with any part. */
  async function expectWell(): Promise<void> {
    const well = Object.entries(PROBES).map(async ([part, probe]) => [part, await probe(LONG_MS)]);
    expect(Object.fromEntries(await Promise.all(well))).toEqual(WELL);
    expect(stack.graph?.faults.list()).toEqual([]);
  }

  const entry = (atMs: number, forMs: number, part: FaultPart, kind: string) => ({ atMs, forMs, part, kind });

  test('a schedule applies each fault and lifts it, and leaves nothing behind', async () => {
    const entries = [
      entry(0, 900, 'storage', 'refused'),
      entry(150, 300, 'graph', 'down'),
      entry(300, 900, 'twilio', 'refused'),
      entry(600, 0, 'hub', 'dropped'),
      entry(1_000, 100, 'host', 'killed'),
    ];
    const seenDuring: Record<string, string> = {};
    const changes = await runSchedule(stack, readSchedule(JSON.stringify({ seed: 1, entries })), {
      onChange({ what, part }) {
        if (what === 'lifted') return;
        void PROBES[part as keyof typeof WELL](LONG_MS).then((outcome) =>
          Object.assign(seenDuring, { [part]: outcome }),
        );
      },
    });
    for (const { part, kind } of entries) {
      const ofPart = changes.filter((change) => change.part === part);
      expect(ofPart.map(({ what, kind }) => `${what} ${kind}`)).toEqual([`applied ${kind}`, `lifted ${kind}`]);
    }
    for (const { part, atMs, what } of changes) {
      const planned = entries.find((one) => one.part === part);
      expect(atMs).toBeGreaterThanOrEqual((planned?.atMs ?? 0) + (what === 'lifted' ? (planned?.forMs ?? 0) : 0) - 1);
    }
    expect(seenDuring).toMatchObject({ storage: 'ECONNREFUSED', graph: '503', twilio: 'ECONNREFUSED', host: '503' });
    await expectWell();
  });

  test('an abort lifts what is in force, and applies nothing more', async () => {
    const stop = new AbortController();
    const entries = [
      entry(0, 60_000, 'storage', 'hanging'),
      entry(0, 60_000, 'host', 'paused'),
      entry(0, 60_000, 'notifications', 'lost'),
      entry(30_000, 60_000, 'graph', 'down'),
    ];
    const changes = await runSchedule(
      stack,
      { seed: 1, entries },
      {
        signal: stop.signal,
        onChange: () => void setTimeout(() => stop.abort(), 100),
      },
    );
    expect(changes.filter(({ what }) => what === 'applied')).toHaveLength(3);
    expect(changes.filter(({ what }) => what === 'lifted')).toHaveLength(3);
    await expectWell();
  });

  test('a fault that cannot be applied ends the run, with its name, and the others are lifted', async () => {
    const entries = [entry(0, 60_000, 'storage', 'down'), entry(50, 1, 'host-2', 'killed')];
    await expect(runSchedule(stack, { seed: 1, entries })).rejects.toThrow(
      'host-2 killed: There is no host 2: the stack runs 1',
    );
    await expectWell();
  });

  test('one part has one fault at a time: the next takes its place, and lifting the first does not end it', async () => {
    const first = await applyFault(stack, 'twilio', 'refused');
    const second = await applyFault(stack, 'twilio', 'down');
    expect(await PROBES.twilio(LONG_MS)).toBe('503');
    await first();
    expect(await PROBES.twilio(LONG_MS)).toBe('503');
    await second();
    await expectWell();
  });

  test('a fault for some seconds ends by itself', async () => {
    await setFault(stack, 'graph', 'down', 0.2);
    expect(await PROBES.graph(LONG_MS)).toBe('503');
    await until(() => stack.graph?.faults.list().length === 0);
    await expectWell();
  });

  test('a part or kind that does not exist is refused with all there are', async () => {
    await expect(setFault(stack, 'twilio', 'melting', 1)).rejects.toThrow(
      /no fault "twilio melting".*host-storage: down.*twilio: down, failing/,
    );
  });
});
