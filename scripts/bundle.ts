import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './buildPage.ts';

/**
 * Makes a folder with the code that is deployed, and nothing else. One bundle; what is imported lazily (Twilio's client,
 * MSAL, the managed identity) lies in files of its own, since a cold start is mostly the loading of modules. Not
 * minified, so that the lines of a stack trace can be read without the maps, which would double the size. The page lies
 * beside it, in a folder of its own.
 *
 * The same source gives the same bytes. Throws, and leaves no folder, when the code needs something that must not be
 * deployed: the embedded stack, the commands, the tests, or a development dependency.
 */
export async function bundle(out = 'dist', entry = 'functions/main.ts'): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const result = await build({
    entryPoints: { main: entry },
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The worker has the first; `debug` would colour its lines with the second, where some other package brought it along.
    external: ['@azure/functions-core', 'supports-color'],
    // CommonJS packages inside the bundle call `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
    },
    plugins: [withoutCrc64],
    metafile: true,
    legalComments: 'linked',
    logLevel: 'warning',
  });

  const foreign = await foreignOf(Object.keys(result.metafile.inputs));
  if (foreign.length > 0) {
    await rm(out, { recursive: true });
    throw new Error(`Deployed code imports what must not be deployed: ${foreign.join(', ')}`);
  }

  const { name, version, engines } = JSON.parse(await readFile('package.json', 'utf8'));
  await writeFile(
    `${out}/package.json`,
    `${JSON.stringify({ name, version, private: true, type: 'module', main: 'main.mjs', engines }, null, 2)}\n`,
  );
  await cp('host.json', `${out}/host.json`);
  await buildPage(`${out}/dashboard`);
}

/**
 * A checksum for blobs, compiled from C: 117 KB that the queue client never uses, and the bundler cannot know it. A part
 * of a cold start.
 */
const withoutCrc64: Plugin = {
  name: 'without-crc64',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]@azure[\\/]storage-common[\\/]dist[\\/]esm[\\/]crc64\.js$/ }, () => ({
      contents: "export default async () => { throw new Error('CRC-64 is not deployed'); };",
    }));
  },
};

/** Which of the files must not be deployed. The lock file says what is there for development only. */
async function foreignOf(files: readonly string[]): Promise<string[]> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return files.filter((file) => {
    // The folder of the packages may lie elsewhere, behind a link.
    const [, folder] = /^(?:.*?\/)??(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
    return folder === undefined ? /^(local|cli|test|scripts)\//.test(file) : packages[folder]?.dev !== undefined;
  });
}
