import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { costTables } from './cost/costTables.ts';
import { readPace } from './cost/pace.ts';
import { readCostInputs } from './cost/prices.ts';
import { replaceBlock } from './cost/replaceBlock.ts';

const FOLDER = join(import.meta.dirname, '..');
const PAGE = join(FOLDER, 'docs/cost.md');

const { write = false } = new Command('npm run cost --')
  .description(
    'What a month costs in Azure, from the prices in docs/cost.json and what the code does while nobody calls.',
  )
  .option('--write', 'puts the tables into docs/cost.md')
  .parse()
  .opts<{ write?: boolean }>();

const tables = costTables(readCostInputs(FOLDER), readPace(FOLDER));
if (write) writeFileSync(PAGE, replaceBlock(readFileSync(PAGE, 'utf8'), tables));
else process.stdout.write(tables);
