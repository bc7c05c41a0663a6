import { countInversions } from '../../cli/bench/inversions.ts';

test.each([
  ['nothing', [], 0],
  ['as they were made', [0, 1, 2, 3], 0],
  ['two neighbours swapped', [0, 2, 1, 3], 1],
  ['the last one first', [3, 0, 1, 2], 3],
  ['all the wrong way round', [3, 2, 1, 0], 6],
  ['told twice in a row', [0, 0, 1], 0],
])('%s', (_, told, pairs) => {
  expect(countInversions(told)).toBe(pairs);
});
