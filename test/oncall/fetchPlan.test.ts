import { mustTellWithoutDetails, nextFetchAt } from '../../shared/oncall/fetchPlan.ts';

const RECEIVED = new Date('2026-03-01T08:00:00Z');
const after = (ms: number) => new Date(RECEIVED.getTime() + ms);
const plan = (attempts: number, retryAfterMs: number | null, now: Date) =>
  (nextFetchAt({ receivedAt: RECEIVED, attempts }, retryAfterMs, now)?.getTime() ?? Number.NaN) - RECEIVED.getTime();

test.each([
  [9_999, false],
  [10_000, true],
])('%s ms after the notification people must be told without details: %s', (ms, expected) => {
  expect(mustTellWithoutDetails({ receivedAt: RECEIVED, attempts: 3 }, after(ms))).toBe(expected);
});

test.each<[string, number, number | null, number, number]>([
  ['a second after the first failure', 0, null, 500, 1_500],
  ['twice as long after each', 2, null, 4_000, 8_000],
  ['but never past the tenth second', 3, null, 7_000, 10_000],
  ['not even if Graph asks for more time', 0, 60_000, 1_000, 10_000],
  ['after that, at most a minute apart', 12, null, 100_000, 160_000],
  ['even if Graph asks for a year', 0, 365 * 86_400_000, 100_000, 160_000],
])('asked again %s', (_, attempts, retryAfterMs, nowMs, expectedMs) => {
  expect(plan(attempts, retryAfterMs, after(nowMs))).toBe(expectedMs);
});

test('given up after a day', () => {
  const day = 24 * 60 * 60 * 1_000;
  expect(nextFetchAt({ receivedAt: RECEIVED, attempts: 900 }, null, after(day))).toBeNull();
  expect(nextFetchAt({ receivedAt: RECEIVED, attempts: 900 }, null, after(day - 1))).not.toBeNull();
});
