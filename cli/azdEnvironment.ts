import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `azd` knows of one deployment. */
export interface AzdEnvironment {
  name: string;
  /** Its inputs, and the outputs of `infra/main.bicep`. */
  values: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment that `AZURE_ENV_NAME` names, else the default one of `.azure/config.json`; `null` where there is
 * neither. In a hook azd gives the values to the process too, and those are newer. Throws in an administrator's words
 * for an environment that is named and cannot be read.
 */
export async function readAzdEnvironment(env: Env, folder = '.'): Promise<AzdEnvironment | null> {
  const name = env.AZURE_ENV_NAME || (await readDefaultName(folder));
  if (!name) return null;
  // It becomes part of a path. https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables
  if (!/^[\w().-]{1,64}$/.test(name) || /^\.+$/.test(name)) {
    throw new Error('AZURE_ENV_NAME is not the name of an azd environment');
  }
  const stored = await readText(join(folder, '.azure', name, '.env'));
  if (stored === null && !env.APP_SETTINGS) {
    throw new Error(`There is no azd environment "${name}" in this folder: see the names with \`azd env list\``);
  }
  const given = Object.entries(env).flatMap(([key, value]) => (value && isOfAzd(key) ? [[key, value]] : []));
  return { name, values: { ...parseAzdEnv(stored ?? ''), ...Object.fromEntries(given), AZURE_ENV_NAME: name } };
}

/** The app settings that the deployment gave the function app: secrets stand in it as Key Vault references only. */
export function appSettingsOf({ name, values }: AzdEnvironment): Record<string, string> {
  const { APP_SETTINGS: json } = values;
  if (!json) {
    throw new Error(`The azd environment "${name}" has no APP_SETTINGS: run \`azd provision\`, or \`azd env refresh\``);
  }
  const settings = asRecord(parseJson(json, `APP_SETTINGS of the azd environment "${name}"`));
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value ?? '')]));
}

/** The outputs; of the inputs, those in which a secret may stand are nobody's business here. */
function isOfAzd(name: string): boolean {
  return /^(AZURE_[A-Z_]+|APP_SETTINGS|CLIENT_ID|PAGE_CLIENT_ID)$/.test(name) && !name.includes('SECRET');
}

async function readDefaultName(folder: string): Promise<string | null> {
  const text = await readText(join(folder, '.azure', 'config.json'));
  if (text === null) return null;
  const { defaultEnvironment } = asRecord(parseJson(text, '.azure/config.json'));
  return typeof defaultEnvironment === 'string' && defaultEnvironment !== '' ? defaultEnvironment : null;
}

const LINE = /^(?:export )?(?<name>\w+)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^"].*)?)$/;

/**
 * The file as azd writes it, with `godotenv.Marshal`: whole numbers bare, all else in double quotes, in which a
 * backslash stands before each `\ " ! $` and backtick, and `\n`, `\r` for the ends of lines. `parseEnv` of Node and the
 * packages for such files leave the backslashes where they are, and Node ends a value at the first quotation mark in
 * it: no JSON survives that. Throws for a line of any other form.
 */
export function parseAzdEnv(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const pairs = lines.flatMap((line, index): [string, string][] => {
    if (line === '' || line.startsWith('#')) return [];
    const { name, quoted, bare } = LINE.exec(line)?.groups ?? {};
    if (name === undefined) throw new Error(`Line ${index + 1} of the azd environment cannot be read`);
    return [[name, quoted === undefined ? (bare ?? '') : unescaped(quoted)]];
  });
  return Object.fromEntries(pairs);
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => ({ n: '\n', r: '\r' })[character] ?? character);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text.
    throw new Error(`${what} cannot be read as JSON`);
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** `null` for a file that is not there. */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (caught) {
    const { code } = caught as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Error(`${path} cannot be read (${code})`, { cause: caught });
  }
}
