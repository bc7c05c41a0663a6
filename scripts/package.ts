import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { count, type DeployedFile, MOST_BYTES, makeDeployable } from './deployable.ts';

const { out, folder, roster } = new Command('npm run package --')
  .description('Makes what is deployed: the folder from which azd deploys, and the same as a zip.')
  .option('--out <file>', 'the zip', 'dist.zip')
  .option('--folder <dir>', 'the folder, which is made anew', 'dist')
  .option('--roster <file>', 'goes in as roster.json, if it is there', 'roster.json')
  .parse()
  .opts<{ out: string; folder: string; roster: string }>();

try {
  const { zip, files, people } = await makeDeployable({ dir: folder, rosterFile: roster });
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, zip);
  process.stdout.write(`${toTable(files)}\n\n`);
  process.stdout.write(
    people === null
      ? `There is no ${roster}: the last-resort numbers of the settings (LAST_RESORT_NUMBERS) are all that is told.\n`
      : `roster.json is inside, with ${people} ${people === 1 ? 'person' : 'people'}.\n`,
  );
  process.stdout.write(`${out}: ${count(zip.length)} bytes, of ${count(MOST_BYTES)} at most\n`);
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 1;
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
