import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundle } from '../../scripts/bundle.ts';

/**
 * `package`: what is deployed; `unbundled`: the same source as single files, through node_modules; `empty`: one function
 * that does nothing, through node_modules; `emptyBundled`: the same, bundled as the package is.
 */
export const APP_NAMES = ['package', 'unbundled', 'empty', 'emptyBundled'] as const;
export type AppName = (typeof APP_NAMES)[number];

export interface MeasuredApp {
  name: AppName;
  appDir: string;
  /** The HTTP function that is invoked. */
  functionName: string;
}

/** Below node_modules, so that what an app imports is found there. */
const FOLDER = 'node_modules/.cache/cold-start';

const EMPTY_APP = `import { app } from '@azure/functions';
app.http('empty', { methods: ['POST'], authLevel: 'anonymous', handler: async () => ({ body: 'empty' }) });
`;

/** Makes each of {@link APP_NAMES}. */
export async function makeApps(): Promise<MeasuredApp[]> {
  await rm(FOLDER, { recursive: true, force: true });
  const apps = APP_NAMES.map((name) => ({
    name,
    appDir: join(FOLDER, name),
    functionName: name.startsWith('empty') ? 'empty' : 'receiveNotifications',
  }));
  await bundle(join(FOLDER, 'package'));
  await transpile(join(FOLDER, 'unbundled'));
  await mkdir(join(FOLDER, 'empty'), { recursive: true });
  await writeFile(join(FOLDER, 'empty/main.mjs'), EMPTY_APP);
  await writeFile(join(FOLDER, 'empty/package.json'), JSON.stringify({ type: 'module', main: 'main.mjs' }));
  await bundle(join(FOLDER, 'emptyBundled'), join(FOLDER, 'empty/main.mjs'));
  return apps;
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
