import { readFile } from 'node:fs/promises';
import { readSettings, type Settings, type SettingsReading } from '../shared/settings.ts';
import { readRunningStack } from './stackFile.ts';

/**
 * The settings of a command: the environment, else `local.settings.json`, else those of a stack that runs in this
 * folder. Throws with every fault of the features named, in words for an administrator.
 */
export async function readCommandSettings(features: readonly (keyof Settings)[]): Promise<Settings> {
  const { settings, faults } = await readCommandReading();
  if (features.some((feature) => settings[feature] === null)) {
    const lines = faults.map(({ name, problem }) => `  ${name} ${problem}`);
    throw new Error(`These settings must be mended first:\n${lines.join('\n')}`);
  }
  return settings;
}

/** The same with whatever is wrong with it, for a command that shows it. */
export async function readCommandReading(): Promise<SettingsReading> {
  const file = await readLocalSettings();
  const stack = await readRunningStack().catch(() => null);
  const env: Record<string, string | undefined> = { ...stack?.settings, ...file, ...process.env };
  // The identity of the stack's app, where a stack runs: it is asked for the tokens of its own vault.
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']) {
    if (env[name] !== undefined) process.env[name] = env[name];
  }
  return readSettings(env);
}

async function readLocalSettings(): Promise<Record<string, string>> {
  try {
    const { Values } = JSON.parse(await readFile('local.settings.json', 'utf8'));
    return Values ?? {};
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return {};
    throw new Error('local.settings.json cannot be read as JSON', { cause: caught });
  }
}
