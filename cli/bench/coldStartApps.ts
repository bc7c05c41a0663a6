import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundle } from '../../scripts/bundle.ts';

export interface MeasuredApp {
  name: 'package' | 'unbundled' | 'empty';
  appDir: string;
  /** The HTTP function that is invoked. */
  functionName: string;
}

/** Below node_modules, so that what an app imports is found there. */
const FOLDER = 'node_modules/.cache/cold-start';

const EMPTY_APP = `import { app } from '@azure/functions';
app.http('empty', { methods: ['POST'], authLevel: 'anonymous', handler: async () => ({ body: 'empty' }) });
`;

/** Makes what is deployed, the same source as single files through node_modules, and an app with nothing in it. */
export async function makeApps(): Promise<MeasuredApp[]> {
  await rm(FOLDER, { recursive: true, force: true });
  const dirs = { package: join(FOLDER, 'package'), unbundled: join(FOLDER, 'unbundled'), empty: join(FOLDER, 'empty') };
  await bundle(dirs.package);
  await transpile(dirs.unbundled);
  await mkdir(dirs.empty, { recursive: true });
  await writeFile(join(dirs.empty, 'main.mjs'), EMPTY_APP);
  await writeFile(join(dirs.empty, 'package.json'), JSON.stringify({ type: 'module', main: 'main.mjs' }));
  return [
    { name: 'package', appDir: dirs.package, functionName: 'receiveNotifications' },
    { name: 'unbundled', appDir: dirs.unbundled, functionName: 'receiveNotifications' },
    { name: 'empty', appDir: dirs.empty, functionName: 'empty' },
  ];
}

/** One file of JavaScript for each of TypeScript, as a compiler would leave them. */
async function transpile(outdir: string): Promise<void> {
  const files = await Promise.all(
    ['functions', 'shared'].map(async (dir) =>
      (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.ts')).map((file) => join(dir, file)),
    ),
  );
  await build({
    entryPoints: files.flat(),
    outdir,
    outbase: '.',
    bundle: true,
    packages: 'external',
    plugins: [leaveImports],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  const packageJson = { type: 'module', main: 'functions/main.js' };
  await writeFile(join(outdir, 'package.json'), JSON.stringify(packageJson));
}

/** Each import stays one, of the file that was made of it. */
const leaveImports: Plugin = {
  name: 'leave-imports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? null : { path: path.replace(/\.ts$/, '.js'), external: true },
    );
  },
};
