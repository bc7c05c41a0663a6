import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { startEventHubs } from '../../local/eventhubs/server.ts';
import { type StorageProxy, startStorageProxy } from '../../local/faults/storageProxy.ts';
import { startFleet } from '../../local/host/fleet.ts';
import type { HostExit, HostOptions, RunningHost } from '../../local/host/start.ts';
import { openStorageAccount } from '../../local/host/storageAccount.ts';
import { startStack } from '../../local/stack.ts';
import { takeStorageAccount } from '../harness/storage.ts';
import { createFolder, endHosts, type HostUnderTest, hostApp, until } from './hostUnderTest.ts';

afterEach(endHosts);

const runs = (host: HostUnderTest, name: string) => host.invocations()[name]?.started ?? 0;
const refusals = ({ lines }: HostUnderTest) =>
  lines.filter(({ message }) => message.startsWith('Unable to acquire Singleton lock')).length;

/** The least that a blob can be leased for, and the least that the real host lets pass before it asks again. */
const SINGLETON = { listenerLockPeriod: '00:00:15', listenerLockRecoveryPollingInterval: '00:00:15' };
const LEASE_MS = 15_000;
const OFTEN = { name: 'often', schedule: '*/3 * * * * *' };

function startTimers(storage: string, options: Partial<HostOptions> = {}): Promise<HostUnderTest> {
  const env = { AzureWebJobsStorage: storage, TIMERS: JSON.stringify([OFTEN]) };
  return hostApp('timers.mjs', { singleton: SINGLETON }, { env, waitForOwnershipExpiry: true, ...options });
}

/** Two hosts, of which the first has the timer, as the second has found. */
async function startPair(storage = takeStorageAccount()) {
  const began = performance.now();
  const first = await startTimers(storage);
  const second = await startTimers(storage);
  await until(() => refusals(second) === 1);
  return { storage, began, first, second };
}

describe('of two hosts one runs a timer', () => {
  /** Each waits for a lease to lapse: they do so at the same time. */
  test('for as long as it renews its lock; then the other, once it has lapsed', async () => {
    await Promise.all([killed(), paused(), renewed()]);
  }, 60_000);

  async function killed(): Promise<void> {
    const { began, first, second } = await startPair();
    await until(() => runs(first, 'often') > 0);
    expect(runs(second, 'often')).toBe(0);
    await first.kill();
    await until(() => runs(second, 'often') > 0);
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE_MS);
  }

  async function paused(): Promise<void> {
    const { began, first, second } = await startPair();
    first.pause();
    const before = runs(first, 'often');
    await until(() => runs(second, 'often') > 0);
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE_MS);
    first.resume();
    // It does what was due before it hears that its lock is lost, as the real host does; then it shuts down.
    expect((await first.exited).reason).toMatch(/singleton lock of 'often' is lost: .* 409 LeaseIdMismatch/);
    expect(runs(first, 'often') - before).toBeLessThanOrEqual(1);
    const since = runs(second, 'often');
    await until(() => runs(second, 'often') > since);
  }

  async function renewed(): Promise<void> {
    const direct = takeStorageAccount();
    const proxy = await startStorageProxy(direct);
    try {
      const { first, second } = await startPair(proxy.connectionString);
      await disturbRenewals(proxy);
      await until(() => refusals(second) === 2);
      const since = runs(first, 'often');
      await until(() => runs(first, 'often') > since);
      expect(runs(second, 'often')).toBe(0);
      expect(proxy.counts()).toMatchObject({ busy: 1, drop: 1 });
    } finally {
      await proxy.close();
    }
  }

  /** The first renewal finds the service busy, the next loses its connection. */
  async function disturbRenewals(proxy: StorageProxy): Promise<void> {
    for (const kind of ['busy', 'drop'] as const) {
      await proxy.add({ kind, service: 'blob', method: 'PUT', path: /comp=lease/, times: 1 });
    }
  }

  test('one that stops gives its lock up at once', async () => {
    const { storage, first, second } = await startPair();
    await first.stop();
    await second.stop();
    const next = await startTimers(storage);
    await until(() => runs(next, 'often') > 0);
    expect(refusals(next)).toBe(0);
  });

  test('without waiting, the lock of a dead host is taken, that of a living one is not', async () => {
    const { storage, first } = await startPair();
    const eager = { waitForOwnershipExpiry: false };
    const other = await startTimers(storage, eager);
    await until(() => refusals(other) === 1);
    await first.kill();
    const next = await startTimers(storage, eager);
    await until(() => runs(next, 'often') > 0);
    expect(runs(other, 'often')).toBe(0);
  });

  test('the lock is a lease where the real host has it', async () => {
    const storage = takeStorageAccount();
    await startTimers(storage, { hostId: 'alerts' });
    const account = openStorageAccount(storage);
    const path = 'azure-webjobs-hosts/locks/alerts/Host.Functions.often.Listener';
    const { headers } = await account.send('blob', { method: 'HEAD', path });
    account.close();
    expect(headers).toMatchObject({ 'x-ms-lease-state': 'leased', 'x-ms-lease-duration': 'fixed' });
  });
});

describe('two hosts share a hub', () => {
  test('one that joins takes its half, and one that stops leaves it at once', async () => {
    const hub = await startEventHubs({ hubName: 'calls', partitionCount: 4 });
    const storage = takeStorageAccount();
    const env = { AzureWebJobsStorage: storage, HubConnection: hub.connectionString };
    // Nothing expires while the test runs.
    const eventHubs = {
      loadBalancingUpdateInterval: '00:00:00.200',
      partitionOwnershipExpirationInterval: '01:00:00',
    };
    const start = () => hostApp('eventhub.mjs', { extensions: { eventHubs } }, { env, waitForOwnershipExpiry: true });
    const partitionsOf = async (host: HostUnderTest) => {
      const account = openStorageAccount(storage);
      const query = { restype: 'container', comp: 'list', include: 'metadata' };
      const { text } = await account.send('blob', { method: 'GET', path: 'azure-webjobs-eventhub', query });
      account.close();
      return text.match(new RegExp(`<ownerid>[^<]*/${host.pid}/`, 'gi'))?.length ?? 0;
    };
    try {
      const first = await start();
      await until(async () => (await partitionsOf(first)) === 4);
      const second = await start();
      await until(async () => (await partitionsOf(first)) === 2 && (await partitionsOf(second)) === 2);
      await first.stop();
      await until(async () => (await partitionsOf(second)) === 4);
      for (const partitionId of ['0', '1', '2', '3']) await hub.publish('"a call"', { partitionId });
      await until(() => (second.invocations().ingest?.succeeded ?? 0) >= 4);
    } finally {
      await endHosts();
      await hub.close();
    }
  });
});

describe('the hosts of a stack', () => {
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test('are processes of their own behind one door, can be killed one by one, and all end with it', async () => {
    const appDir = await createFolder({ 'host.json': '{"version":"2.0"}' });
    const main = relative(appDir, resolve('test/local/apps/http.mjs'));
    await writeFile(join(appDir, 'package.json'), JSON.stringify({ main }));
    const storage = { host: takeStorageAccount(), product: takeStorageAccount() };
    const stack = await startStack({ appDir, env: {}, storage, hosts: 2 });
    const { url } = stack.frontDoor;
    const answer = async () => (await fetch(`${url}/api/echo/0`)).text();
    const pids: number[] = [];
    try {
      pids.push(...stack.hosts.map(({ pid }) => pid));
      expect(new Set(pids).size).toBe(2);
      await answer();
      await answer();
      expect(stack.hosts.map((host) => host.invocations().literal?.started)).toEqual([1, 1]);

      await stack.hosts[1]?.kill();
      for (let i = 0; i < 4; i += 1) expect(await answer()).toBe('the literal');
      await stack.restartHost(0);
      expect(stack.host.pid).toBe(pids[0]);
      await stack.restartHost(1);
      pids.push(stack.hosts[1]?.pid ?? 0);
      expect(pids.filter(isAlive)).toEqual([pids[0], pids[2]]);
      await expect(stack.restartHost(2)).rejects.toThrow('There is no host 2');
      stack.host.pause();
    } finally {
      await stack.stop();
    }
    expect(pids.filter(isAlive)).toEqual([]);
    await stack.restartHost(1);
    expect(stack.hosts.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('a fleet', () => {
  /** Hosts that end when the test says so; the second start fails as often as that. */
  function createHosts(failures = 0) {
    const started: { index: number; end(exit: Partial<HostExit>): void }[] = [];
    let left = failures;
    const start = async (index: number) => {
      if (started.length > 0 && left > 0) {
        left -= 1;
        throw new Error('Storage is away');
      }
      let end: (exit: HostExit) => void = () => undefined;
      const exited = new Promise<HostExit>((resolve) => {
        end = resolve;
      });
      started.push({ index, end: (exit) => end({ code: null, signal: null, reason: null, ...exit }) });
      const stop = async () => end({ code: 0, signal: null, reason: 'The host was stopped' });
      return { exited, stop, httpUrl: `http://127.0.0.1/${started.length}` } as unknown as RunningHost;
    };
    return { started, start };
  }

  test('replaces a host that ended by itself, and tries until it starts', async () => {
    const { started, start } = createHosts(1);
    const fleet = await startFleet(1, start);
    started[0]?.end({ code: 1, reason: 'The singleton lock is lost' });
    await until(() => started.length === 2);
    await until(() => fleet.urls().length === 1);
    expect(fleet.urls()).toEqual(['http://127.0.0.1/2']);
    await fleet.stop();
  });

  test.each([
    ['killed', { signal: 'SIGKILL' }],
    ['told to stop', { code: 0 }],
  ] as const)('leaves one that was %s until it is asked for another', async (_, exit) => {
    const { started, start } = createHosts();
    const fleet = await startFleet(2, start);
    started[0]?.end(exit);
    await until(() => fleet.urls().length === 1);
    // Longer than a replacement takes: a control that ends by itself is there again.
    started[1]?.end({ code: 1 });
    await until(() => started.length === 3);
    expect(started.map(({ index }) => index)).toEqual([0, 1, 1]);
    await fleet.restart(0);
    expect(fleet.urls()).toEqual(['http://127.0.0.1/4', 'http://127.0.0.1/3']);
    await fleet.stop();
    expect(fleet.urls()).toEqual([]);
  });

  test('does not start at all when one of its hosts does not', async () => {
    const { started, start } = createHosts(1);
    await expect(startFleet(2, start)).rejects.toThrow('Storage is away');
    expect(started).toHaveLength(1);
  });
});
