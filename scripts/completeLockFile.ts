import { readFile, writeFile } from 'node:fs/promises';

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

interface LockFile {
  packages: Record<string, LockedPackage>;
}

const FILE = 'package-lock.json';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * A lock file names the packages of every platform, so that `npm ci` installs the same everywhere. npm leaves out those
 * that it could not look up when the file was written, and then refuses its own file ("Missing … from lock file"). This
 * adds what is missing: a platform's package stands in its parent's `optionalDependencies` with its exact version, and
 * its name says what it is for. Prints what it added; with `--check` it only says so, and exits with 1.
 */
const lock = JSON.parse(await readFile(FILE, 'utf8')) as LockFile;
const missing = Object.entries(lock.packages).flatMap(([path, parent]) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name, version]) => !isLocked(path, name) && /^\d+\.\d+\.\d+\S*$/.test(version))
    .map(([name, version]) => [`node_modules/${name}`, toLocked(name, version, parent)] as const),
);
if (missing.length > 0 && process.argv.includes('--check')) {
  process.stdout.write(`${FILE} lacks ${missing.length} packages of other platforms: run npm run lock\n`);
  process.exitCode = 1;
} else if (missing.length > 0) {
  const packages = Object.entries(lock.packages).concat(missing.map(([path, entry]) => [path, entry]));
  lock.packages = Object.fromEntries(packages.sort(([a], [b]) => a.localeCompare(b, 'en')));
  await writeFile(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${missing.length} packages of other platforms added to ${FILE}\n`);
}

function isLocked(parentPath: string, name: string): boolean {
  return `${parentPath}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages;
}

function toLocked(name: string, version: string, { dev }: LockedPackage): LockedPackage {
  const words = name.split('/').pop()?.split('-') ?? [];
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name} does not say which platform it is for`);
  return {
    version,
    cpu,
    ...(dev ? { dev } : {}),
    ...(os.includes('linux') && libc.length > 0 ? { libc } : {}),
    optional: true,
    os,
  };
}
