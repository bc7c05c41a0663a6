import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Makes a folder with all that is deployed, and nothing else. One bundle; what is imported lazily (Twilio's client, MSAL, the
 * managed identity) lies in files of its own, since a cold start is mostly the loading of modules.
 */
export async function bundle(out = 'dist'): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const result = await build({
    entryPoints: { main: 'functions/main.ts' },
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['@azure/functions-core'],
    // CommonJS packages inside the bundle call `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
    },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    legalComments: 'linked',
    logLevel: 'warning',
  });

  const foreign = Object.keys(result.metafile.inputs).filter((input) => /^(local|cli|test|scripts)\//.test(input));
  if (foreign.length > 0) {
    throw new Error(`Deployed code imports what must not be deployed: ${foreign.join(', ')}`);
  }

  const { name, version, engines } = JSON.parse(await readFile('package.json', 'utf8'));
  await writeFile(
    `${out}/package.json`,
    `${JSON.stringify({ name, version, private: true, type: 'module', main: 'main.mjs', engines }, null, 2)}\n`,
  );
  await cp('host.json', `${out}/host.json`);
}
