import { liveSchema } from '../../shared/dashboard/contract.ts';
import { startWorld, type World } from '../harness/world.ts';
import { callAt, fillTable } from './storedCalls.ts';
import { askPage } from './visitors.ts';

const MANY = 10_000;
const HOUR_MS = 60 * 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  // Of about a year, so that they lie in as many partitions as they would.
  const calls = Array.from({ length: MANY }, (_, i) => {
    const at = new Date(world.now().getTime() - (i + 1) * (50 * 60_000) - i);
    return callAt(at, {
      facts: { ...callAt(at).facts, location: i === MANY - 5 ? 'The far end' : `Building ${i}` },
    });
  });
  await fillTable(world.services, calls);
}, 60_000);
afterAll(() => world?.stop());

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The middle one of several: one that the machine held up says nothing. */
async function p50(path: string): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    // Longer than a look is shared.
    await new Promise((resolve) => setTimeout(resolve, 510));
    const began = performance.now();
    expect((await askPage(world.services, path)).status).toBe(200);
    took.push(performance.now() - began);
  }
  return median(took);
}

test.each(['live', 'calls'])(
  'with 10,000 calls in the table the first page of %s is there in under 300 ms',
  async (path) => {
    expect(await p50(path)).toBeLessThan(300);
  },
);

test('a page deep in the table, and one of a time long ago, cost as little', async () => {
  const long = new Date(world.now().getTime() - 5_000 * HOUR_MS).toISOString();
  expect(await p50(`calls?until=${long}`)).toBeLessThan(300);
});

test('a search ends after a bound, says so, and goes on where it ended until it has found it', async () => {
  let continuation: string | null = null;
  let requests = 0;
  const found: string[] = [];
  do {
    const next: string = continuation === null ? '' : `&continuation=${continuation}`;
    const { json } = await askPage(world.services, `calls?q=far%20end${next}`);
    expect(json.looked.rows).toBeLessThanOrEqual(2_000);
    expect(json.looked.isComplete).toBe(json.continuation === null);
    found.push(...json.calls.map(({ location }: { location: string }) => location));
    continuation = json.continuation;
    requests += 1;
  } while (continuation !== null);
  expect(found).toEqual(['The far end']);
  expect(requests).toBeGreaterThanOrEqual(MANY / 2_000);
});

test('a quiet poll reads one page of calls', async () => {
  await new Promise((resolve) => setTimeout(resolve, 510));
  const { calls } = world.services.store;
  const looked = jest.spyOn(calls, 'listPage');
  const first = await askPage(world.services, 'live');
  const count = looked.mock.calls.length;
  expect(count).toBeLessThanOrEqual(1);
  liveSchema.parse(first.json);
  // Who polls at the same moment shares it.
  await Promise.all(Array.from({ length: 10 }, () => askPage(world.services, 'live')));
  expect(looked.mock.calls.length).toBe(count);
  looked.mockRestore();
});
