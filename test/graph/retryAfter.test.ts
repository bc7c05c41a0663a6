import { retryAfterMsOf } from '../../shared/graph/retryAfter.ts';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const read = (value: string | null) => retryAfterMsOf(new Headers(value === null ? {} : { 'Retry-After': value }), NOW);

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7_000],
  // The form of RFC 9110, one minute and half an hour ahead, and one in the past.
  ['Mon, 02 Mar 2026 09:01:00 GMT', 60_000],
  ['Mon, 02 Mar 2026 09:30:00 GMT', 1_800_000],
  ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
])('%s is %d ms', (value, ms) => {
  expect(read(value)).toBe(ms);
});

test.each([null, '', '-5', '1.5', '1e3', 'soon', '99999999999999'])('%s says nothing', (value) => {
  expect(read(value)).toBeNull();
});
