import { readFile } from 'node:fs/promises';
import { readSettings, type Settings } from '../shared/settings.ts';
import { readRunningStack } from './stackFile.ts';

/**
 * The settings of a command: the environment, else `local.settings.json`, else those of a stack that runs in this
 * folder. Throws with every fault of the features named, in words for an administrator.
 */
export async function readCommandSettings(features: readonly (keyof Settings)[]): Promise<Settings> {
  const file = await readLocalSettings();
  const stack = await readRunningStack().catch(() => null);
  const env = { ...stack?.settings, ...file, ...process.env };
  const { settings, faults } = readSettings(env);
  if (features.some((feature) => settings[feature] === null)) {
    const lines = faults.map(({ name, problem }) => `  ${name} ${problem}`);
    throw new Error(`These settings must be mended first:\n${lines.join('\n')}`);
  }
  return settings;
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
