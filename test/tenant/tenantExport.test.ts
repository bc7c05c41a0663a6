import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTenantExport } from '../../cli/bench/tenantExport.ts';
import { readExportDirectory } from '../../cli/tenant/tenantSource.ts';
import { createLineReader, toLines } from '../../shared/tenant/configLines.ts';

const SIZE = { sites: 3, subnets: 20, accessPoints: 30, ports: 100 };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenant-export-'));
});
afterEach(() => rm(dir, { recursive: true }));

const written = async (name: string, seed: number) => {
  await writeTenantExport(join(dir, name), SIZE, seed);
  return readFile(join(dir, name, 'Get-CsOnlineLisLocation.json'), 'utf8');
};

test('the generated tenant is of the size asked for, and is read without a fault', async () => {
  await written('a', 1);
  const { networks, networkSites, networkSubnets } = await readExportDirectory(join(dir, 'a'));
  const { subnets, wirelessAccessPoints, ports } = networks;
  const counts = { sites: networkSites.length, subnets: subnets.length, accessPoints: wirelessAccessPoints.length };
  expect({ ...counts, ports: ports.length }).toEqual(SIZE);
  expect(networkSubnets).toHaveLength(SIZE.subnets);
});

test('the same seed gives the same tenant, another one another', async () => {
  const first = await written('a', 1);
  expect(await written('b', 1)).toBe(first);
  expect(await written('c', 2)).not.toBe(first);
});

test('what is written as lines is read as it was, however many lines a list takes', async () => {
  await writeTenantExport(dir, { ...SIZE, ports: 5_000 }, 1);
  const config = await readExportDirectory(dir);
  const lines = [...toLines(config)];
  expect(lines.filter((line) => line.startsWith('["ports"'))).toHaveLength(3);
  const reader = createLineReader();
  for (const line of lines) reader.take(line);
  expect(reader.config()).toEqual(config);
});

test.each([
  ['a list that there is not', '["phones",[]]'],
  ['what every object has', '["constructor",[]]'],
  ['objects that are no list', '["ports",{}]'],
  ['no list', '{"ports":[]}'],
  ['half a line', '["ports",['],
])('a line that names %s is refused', (_, line) => {
  const reader = createLineReader();
  reader.take('{"formatVersion":1}');
  expect(() => reader.take(line)).toThrow(SyntaxError);
});

test('no line at all is no configuration', () => {
  expect(() => createLineReader().config()).toThrow('A configuration has a manifest');
});
