import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { join } from 'node:path';
import { costTables } from '../../cli/cost/costTables.ts';
import { DEFAULT_DEPLOYMENT, monthlyCost, totalOf } from '../../cli/cost/monthlyCost.ts';
import { readPace } from '../../cli/cost/pace.ts';
import { type CostInputs, readCostInputs } from '../../cli/cost/prices.ts';
import { replaceBlock } from '../../cli/cost/replaceBlock.ts';
import { heartbeat } from '../../shared/pipeline/heartbeat.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { purge } from '../../shared/pipeline/purge.ts';
import { reconcile } from '../../shared/pipeline/reconcile.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { runTimer } from '../../shared/pipeline/timers.ts';
import { startRecordingProxy } from '../harness/recordingProxy.ts';
import { dials911 } from '../harness/world.ts';
import { startWatchedWorld } from '../pipeline/watchWorld.ts';

/** https://nodejs.org/api/diagnostics_channel.html#http */
const REQUESTS = 'http.client.request.start';
const FOLDER = join(__dirname, '../..');
const inputs = readCostInputs(FOLDER);
const pace = readPace(FOLDER);

test('docs/cost.md shows what `npm run cost` prints', () => {
  const page = readFileSync(join(FOLDER, 'docs/cost.md'), 'utf8');
  // If this fails: npm run cost -- --write
  expect(page).toBe(replaceBlock(page, costTables(inputs, pace)));
});

test('a page without a place for the tables is refused', () => {
  expect(() => replaceBlock('# Cost\n', 'tables')).toThrow('docs/cost.md has no place for the tables');
});

test.each([
  ['a month of one Basic throughput unit', 'Event Hubs, throughput unit', 730 * 0.015],
  ['two instances of half a GB for 730 hours', 'Functions, always ready', 2 * 0.5 * 730 * 3_600 * 0.000004],
])('%s costs what the list says', (_, meter, usd) => {
  const line = monthlyCost(inputs, pace, DEFAULT_DEPLOYMENT).find((one) => one.meter === meter);
  expect(line?.usd).toBeCloseTo(usd, 6);
});

test('an idle queue is asked as often as host.json says', () => {
  const { counted } = inputs;
  const alone = Object.fromEntries(
    Object.keys(counted.requests).map((name) => [name, { table: 0, queue: 0, vault: 0 }]),
  );
  const quiet = { ...inputs, counted: { ...counted, requests: alone } };
  const lineOf = (queuePollMs: number) =>
    monthlyCost(quiet, { ...pace, queuePollMs }, DEFAULT_DEPLOYMENT).find(({ meter }) => meter === 'Queues');
  // Twice a second for 730 hours, in tens of thousands.
  expect(lineOf(500)?.quantity).toBeCloseTo((2 * 730 * 3_600) / 10_000, 6);
  expect(lineOf(1_000)?.quantity).toBeCloseTo((730 * 3_600) / 10_000, 6);
});

test('what is free is taken off once, and never more than there is', () => {
  const price = { usd: 2, unit: 'GB', asOf: '2026-01-01', where: 'here', source: 'https://contoso.com/', seenIn: 'it' };
  const withPrice = (free: number): CostInputs => ({
    ...inputs,
    prices: { ...inputs.prices, logGigabyte: { ...price, free } },
  });
  const logs = (free: number) =>
    monthlyCost(withPrice(free), pace, DEFAULT_DEPLOYMENT).find(({ meter }) => meter === 'Logs');
  const quantity = logs(1_000)?.quantity ?? 0;
  expect(logs(1_000)?.usd).toBe(0);
  expect(logs(1)?.usd).toBeCloseTo((quantity - 1) * 2, 6);
});

test('the schedules are those of the functions', () => {
  expect(pace.runsADay).toMatchObject({ sweep: 2_880, reconcileChats: 2_880, watch: 288, purge: 1 });
  expect(pace.notedTimers).toEqual(expect.arrayContaining(['watch', 'purge', 'renewSubscriptions']));
  expect(pace.notedTimers).not.toContain('sweep');
  // Off without HEARTBEAT_URL.
  expect(pace.runsADay).not.toHaveProperty('heartbeat');
});

test.each([0, 1_000])('with %d calls the default takes no more than 30 dollars of Azure a month', (calls) => {
  expect(totalOf(monthlyCost(inputs, pace, { ...DEFAULT_DEPLOYMENT, calls }))).toBeLessThanOrEqual(30);
});

test.each([
  ['a price', { ...inputs, prices: {} }, 'says nothing of eventHubsBasicUnitHour'],
  ['the length of a run', { ...inputs, assumed: { ...inputs.assumed, secondsOfRun: {} } }, 'says nothing of'],
  ['the requests of a run', { ...inputs, counted: { ...inputs.counted, requests: {} } }, 'says nothing of'],
])('without %s there is no total', (_, broken, reason) => {
  expect(() => totalOf(monthlyCost(broken, pace, DEFAULT_DEPLOYMENT))).toThrow(reason);
});

test('the requests that are counted are those that the code makes', async () => {
  const measured = await countRequests();
  for (const [name, count] of Object.entries(measured)) {
    const stated = inputs.counted.requests[name];
    // Never too few, and not so many that the figure says nothing any more.
    const isRight = (service: keyof Count) => {
      const said = stated?.[service] ?? -1;
      return said >= count[service] && said <= count[service] * 1.25 + 1;
    };
    if (!isRight('table') || !isRight('queue') || !isRight('vault')) {
      throw new Error(`docs/cost.json: ${name} makes the requests ${JSON.stringify(count)}`);
    }
  }
  expect(Object.keys(inputs.counted.requests).sort()).toEqual(Object.keys(measured).sort());
});

type Count = Record<'table' | 'queue' | 'vault', number>;

/** Of each timer while nobody calls, of the canaries of one watch as they arrive, and of one call with both sources. */
async function countRequests(): Promise<Record<string, Count>> {
  const world = await startWatchedWorld({}, { events: true });
  const proxy = await startRecordingProxy(world.env.AlertStorage, 0);
  const vaultHost = new URL(world.vault?.vaultUrl ?? 'http://none').host;
  const counts: Record<string, Count> = {};
  let vault = 0;
  const onRequest = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    if (request.getHeader('host') === vaultHost) vault += 1;
  };
  subscribe(REQUESTS, onRequest);
  try {
    world.services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    const { services } = world;
    const count = async (name: string, run: () => Promise<unknown>) => {
      proxy.requests.splice(0);
      vault = 0;
      await run();
      const queue = proxy.requests.filter(({ what }) => what.includes('/alert-work')).length;
      counts[name] = { table: proxy.requests.length - queue, queue, vault };
    };
    const timers = { sweep, renewSubscriptions, purge };
    // What is asked once for a process is asked in the first round.
    for (let round = 0; round < 3; round += 1) {
      for (const [name, run] of Object.entries(timers)) await count(name, () => runTimer(services, name, run));
      await count('reconcileChats', () => reconcile(services));
      await count('watch', () => world.watch(services));
      await count('canaries', () => ingestNotifications(services, world.hub.splice(0)));
      await count('heartbeat', () => heartbeat(services));
      world.advance(300_000);
    }
    await count('call', async () => {
      await world.graph.emergency.placeEmergencyCall(dials911);
      await ingestNotifications(services, world.hub.splice(0));
      await world.work();
    });
    return counts;
  } finally {
    unsubscribe(REQUESTS, onRequest);
    await proxy.close();
    await world.stop();
  }
}
