import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { createOwnerId, isOwnerDead, partitionsToClaim } from '../../local/host/partitionOwnership.ts';

const claim = (owners: Record<string, string>, ...partitions: string[]) =>
  partitionsToClaim('me', new Map(Object.entries(owners)), partitions);

test.each([
  ['all that nobody owns', {}, ['0', '1', '2']],
  ['nothing when it has its share', { 0: 'me', 1: 'Adele' }, []],
  ['nothing when it has more than its share', { 0: 'me', 1: 'me', 2: 'Adele' }, []],
  ['what is free, up to the larger share', { 0: 'Adele' }, ['1', '2']],
  ['what is free before it takes from another', { 0: 'Adele', 1: 'Adele' }, ['2']],
])('an owner of three partitions or two claims %s', (_, owners, expected) => {
  const partitions = Object.keys(owners).length === 2 && expected.length === 0 ? ['0', '1'] : ['0', '1', '2'];
  expect(claim(owners, ...partitions)).toEqual(expected);
});

test('it takes from who has the most, and no more than makes it even', () => {
  const owners = { 0: 'Adele', 1: 'Adele', 2: 'Adele', 3: 'Megan', 4: 'Megan', 5: 'Adele' };
  const stolen = claim(owners, '0', '1', '2', '3', '4', '5');
  expect(stolen).toHaveLength(2);
  expect(stolen.every((partition) => ['0', '1', '2', '5'].includes(partition))).toBe(true);
});

test('it takes nothing from one that has a single partition', () => {
  expect(claim({ 0: 'Adele', 1: 'Megan' }, '0', '1')).toEqual([]);
});

describe('an owner is dead', () => {
  test('when its process on this machine has ended', async () => {
    const child = spawn(process.execPath, ['--version']);
    const owner = { ownerId: `${hostname()}/${child.pid}/1` };
    await once(child, 'exit');
    expect(isOwnerDead(owner)).toBe(true);
  });

  test('not while it lives', () => {
    expect(isOwnerDead({ ownerId: createOwnerId() })).toBe(false);
  });

  test('not as far as one can know, when it is on another machine', () => {
    expect(isOwnerDead({ ownerId: 'another-machine/999999999/1' })).toBe(false);
  });
});
