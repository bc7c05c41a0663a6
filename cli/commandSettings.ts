import { readFile } from 'node:fs/promises';
import type { TokenCredential } from '@azure/identity';
import { createCredential } from '../shared/azureCredential.ts';
import { readSettings, type SettingFault, type Settings, type SettingsReading } from '../shared/settings.ts';
import { type AzdEnvironment, appSettingsOf, readAzdEnvironment } from './azdEnvironment.ts';
import { cloudOf } from './doctor/cloud.ts';
import { resolveKeyVaultReferences, type UnreadReference } from './doctor/keyVaultReferences.ts';
import { type RunningStack, readRunningStack } from './stackFile.ts';

/** Where the settings of a command come from; the environment of the process stands above each. */
export type SettingsSource =
  | { kind: 'deployment'; environment: AzdEnvironment }
  | { kind: 'stack' }
  | { kind: 'file' }
  | { kind: 'process' };

export interface CommandReading extends SettingsReading {
  source: SettingsSource;
  /** As they were read, secrets among them. */
  env: Readonly<Record<string, string | undefined>>;
  /** Of a deployment: settings that could not be read from its Key Vault, and how many stand there. */
  keyVault: { unread: readonly UnreadReference[]; references: number };
  /** Of a deployment: settings in whose place the environment of this process stands. */
  overridden: readonly string[];
}

export interface ReadingOptions {
  env?: Readonly<Record<string, string | undefined>>;
  folder?: string;
  /** Who asks the Key Vault. */
  credential?: TokenCredential;
}

/**
 * The settings of a command: see {@link readCommandReading}. Throws with every fault of the features named, in words
 * for an administrator.
 */
export async function readCommandSettings(features: readonly (keyof Settings)[]): Promise<Settings> {
  const { settings, faults } = await readCommandReading();
  if (features.some((feature) => settings[feature] === null)) {
    const lines = faults.map(({ name, problem }) => `  ${name} ${problem}`);
    throw new Error(`These settings must be mended first:\n${lines.join('\n')}`);
  }
  return settings;
}

/**
 * The environment of the process above one of these, the first that is there: the azd environment that `AZURE_ENV_NAME`
 * names; `local.settings.json` and a stack that runs in this folder; the default azd environment. They are never mixed:
 * half a deployment and half a stack would text real people of pretend calls. With what is wrong, for a command that
 * shows it.
 */
export async function readCommandReading(options: ReadingOptions = {}): Promise<CommandReading> {
  const { env: own = process.env, folder = '.' } = options;
  const { source, values } = await findValues(own, folder);
  const above = withoutEmpty(own, source);
  const { settings, unread, references } = await resolveIn(source, { ...values, ...above }, options);
  // The identity of the stack's app, where a stack runs: it is asked for the tokens of its own vault.
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']) {
    if (settings[name] !== undefined) process.env[name] = settings[name];
  }
  const reading = readSettings(settings);
  const faults = reading.faults.map((fault) => inWords(fault, unread));
  const isOther = (name: string) => name in above && above[name] !== values[name];
  const overridden = source.kind === 'deployment' ? Object.keys(values).filter(isOther) : [];
  return { ...reading, faults, source, env: settings, keyVault: { unread, references }, overridden };
}

async function findValues(
  env: NonNullable<ReadingOptions['env']>,
  folder: string,
): Promise<{ source: SettingsSource; values: Record<string, string> }> {
  const ofDeployment = (environment: AzdEnvironment) => ({
    source: { kind: 'deployment' as const, environment },
    values: appSettingsOf(environment),
  });
  const named = env.AZURE_ENV_NAME ? await readAzdEnvironment(env, folder) : null;
  if (named) return ofDeployment(named);
  const [file, stack] = [await readLocalSettings(folder), await readLiveStack(folder)];
  if (stack) return { source: { kind: 'stack' }, values: { ...stack.settings, ...file } };
  if (file) return { source: { kind: 'file' }, values: file };
  const standard = await readAzdEnvironment(env, folder);
  return standard ? ofDeployment(standard) : { source: { kind: 'process' }, values: {} };
}

/** In a hook azd gives the process every input, empty ones too: those say nothing about the deployment. */
function withoutEmpty(env: NonNullable<ReadingOptions['env']>, { kind }: SettingsSource): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || (kind === 'deployment' && value === '') ? [] : [[name, value]],
    ),
  );
}

/** Asks the Key Vault only for a deployment: elsewhere a reference has nobody who resolves it. */
function resolveIn(source: SettingsSource, settings: Record<string, string>, { credential }: ReadingOptions) {
  if (source.kind !== 'deployment') return { settings, unread: [], references: 0 };
  return resolveKeyVaultReferences(settings, credential ?? createCredential(null), cloudOf(settings.GRAPH_BASE_URL));
}

function inWords(fault: SettingFault, unread: readonly UnreadReference[]): SettingFault {
  const found = unread.find(({ name }) => name === fault.name);
  if (!found) return fault;
  const where =
    found.secret === null ? 'its Key Vault reference is not one' : `${found.secret} cannot be read from here`;
  return { ...fault, problem: `is in the Key Vault, and ${where} (${found.code})` };
}

/** `null` where none runs, also when one ended without clearing up. */
async function readLiveStack(folder: string): Promise<RunningStack | null> {
  const stack = folder === '.' ? await readRunningStack().catch(() => null) : null;
  return stack && isAlive(stack.pid) ? stack : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (caught) {
    // It is there, and somebody else's.
    return (caught as { code?: string }).code === 'EPERM';
  }
}

async function readLocalSettings(folder: string): Promise<Record<string, string> | null> {
  try {
    const { Values } = JSON.parse(await readFile(`${folder}/local.settings.json`, 'utf8'));
    return Values ?? {};
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return null;
    throw new Error('local.settings.json cannot be read as JSON', { cause: caught });
  }
}
