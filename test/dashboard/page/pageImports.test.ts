import { build } from 'esbuild';

interface Input {
  imports: { path: string; external?: boolean }[];
}

/** Every file that a browser gets, and what it imports; what is imported as a type only is not there. */
async function inputsOf(entryPoint: string): Promise<Record<string, Input>> {
  const { metafile } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    packages: 'external',
    loader: { '.png': 'empty' },
    metafile: true,
    logLevel: 'silent',
  });
  return metafile.inputs;
}

let inputs: Record<string, Input>;
beforeAll(async () => {
  inputs = await inputsOf('dashboard/main.tsx');
});

test('the page runs nothing but its own files and three packages: of the product it knows types only', () => {
  const files = Object.keys(inputs);
  expect(files.length).toBeGreaterThan(60);
  expect(files.filter((file) => !file.startsWith('dashboard/'))).toEqual([]);
  const packages = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path.split('/')[0]),
  );
  expect([...new Set(packages)].sort()).toEqual(['@preact', 'leaflet', 'preact']);
});

test('no file of the page imports itself, over whichever others', () => {
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (inputs[from]?.imports ?? []).some(({ path }) => {
      if (path === to) return true;
      if (seen.has(path)) return false;
      seen.add(path);
      return reaches(path, to, seen);
    });
  expect(Object.keys(inputs).filter((file) => reaches(file, file, new Set()))).toEqual([]);
});
