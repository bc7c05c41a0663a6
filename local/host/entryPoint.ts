import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads the files that `main` of the app's package.json names (a pattern may name several), each as the ES module or
 * CommonJS file that it is. Throws what the app throws, and when `main` names no file.
 */
export async function loadEntryPoints(appDir: string, mainFile: string | null): Promise<void> {
  const packageJson = readPackageJson(appDir);
  const pattern = mainFile ?? packageJson.main;
  if (!pattern) throw new Error(`package.json in ${appDir} has no "main"`);
  const files = findFiles(appDir, pattern);
  if (files.length === 0) throw new Error(`"${pattern}" names no file in ${appDir}`);
  for (const file of files) {
    await loadFile(join(appDir, file), packageJson.type === 'module');
  }
}

interface PackageJson {
  main?: string;
  type?: string;
}

function readPackageJson(appDir: string): PackageJson {
  try {
    return JSON.parse(readFileSync(join(appDir, 'package.json'), 'utf8')) as PackageJson;
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return {};
    throw caught;
  }
}

async function loadFile(path: string, isModulePackage: boolean): Promise<void> {
  if (path.endsWith('.mjs') || (isModulePackage && !path.endsWith('.cjs'))) {
    await import(pathToFileURL(path).href);
  } else {
    createRequire(import.meta.url)(path);
  }
}

function findFiles(appDir: string, pattern: string): string[] {
  if (!/[*?{]/.test(pattern)) return existsSync(join(appDir, pattern)) ? [pattern] : [];
  const matcher = toRegExp(pattern.replace(/^\.\//, ''));
  return readdirSync(appDir, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => matcher.test(path))
    .sort();
}

/** `*`, `**`, `?` and `{a,b}`: what the templates of Azure Functions use. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|[*?{},]|[.+^$()|[\]\\]/g, (token) => {
    const known: Record<string, string> = {
      '**/': '(?:.*/)?',
      '*': '[^/]*',
      '?': '[^/]',
      '{': '(?:',
      '}': ')',
      ',': '|',
    };
    return known[token] ?? `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}
