import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { makeDeployable } from './deployable.ts';
import { toReport } from './packageReport.ts';

const { out, folder, roster } = new Command('npm run package --')
  .description('Makes what is deployed: the folder from which azd deploys, and the same as a zip.')
  .option('--out <file>', 'the zip', 'dist.zip')
  .option('--folder <dir>', 'the folder, which is made anew', 'dist')
  .option('--roster <file>', 'goes in as roster.json, if it is there', 'roster.json')
  .parse()
  .opts<{ out: string; folder: string; roster: string }>();

try {
  const deployable = await makeDeployable({ dir: folder, rosterFile: roster });
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, deployable.zip);
  process.stdout.write(`${toReport(deployable)}\n${out} is written.\n`);
} catch (caught) {
  process.stderr.write(`${caught instanceof Error ? caught.message : String(caught)}\n`);
  process.exitCode = 1;
}
