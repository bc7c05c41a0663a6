import { count, type Deployable, type DeployedFile, MOST_BYTES } from './deployable.ts';

/** What the package holds, file by file, and whether people are in it. */
export function toReport({ zip, files, people }: Deployable): string {
  const roster =
    people === null
      ? 'There is no roster: the last-resort numbers of the settings (LAST_RESORT_NUMBERS) are all that is told.'
      : `The roster is inside, with ${people} ${people === 1 ? 'person' : 'people'}.`;
  return `${toTable(files)}\n\n${roster}\nThe zip has ${count(zip.length)} bytes, of ${count(MOST_BYTES)} at most.`;
}

function toTable(files: readonly DeployedFile[]): string {
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const rows = [
    ['file', 'bytes', 'zipped'],
    ...files.map(({ name, bytes, zippedBytes }) => [name, count(bytes), count(zippedBytes)]),
    ['total', count(sum(files.map(({ bytes }) => bytes))), count(sum(files.map(({ zippedBytes }) => zippedBytes)))],
  ];
  const width = Math.max(...files.map(({ name }) => name.length));
  return rows
    .map(([name = '', bytes = '', zipped = '']) => `${name.padEnd(width)}${bytes.padStart(12)}${zipped.padStart(12)}`)
    .join('\n');
}
