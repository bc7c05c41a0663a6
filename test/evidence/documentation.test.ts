import { readFileSync } from 'node:fs';
import { CALL_COLUMNS } from '../../shared/evidence/callRow.ts';
import { DELIVERY_COLUMNS } from '../../shared/evidence/deliveryRow.ts';
import { TEST_COLUMNS } from '../../shared/evidence/lastTests.ts';

const page = readFileSync('docs/evidence.md', 'utf8');
const columns = [...new Set<string>([...CALL_COLUMNS, ...DELIVERY_COLUMNS, ...TEST_COLUMNS])];

test('every column is explained', () => {
  expect(columns.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('no column is explained that does not exist', () => {
  const firstCells = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell ?? '');
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !columns.includes(`${name}`))).toEqual([]);
});
