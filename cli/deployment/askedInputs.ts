import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What azd asked for, because nobody had set it. It keeps the answers by the name of the parameter, and gives a hook only
 * what was set: https://github.com/Azure/azure-dev/blob/main/cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go
 * (`ensureParameters`). Here they have the names of the inputs. Secrets stand there as references, and are left out.
 */
export async function readAskedInputs(environmentName: string, folder = '.'): Promise<Record<string, string>> {
  const { infra } = await readJson<{ infra?: { parameters?: Record<string, unknown> } }>(
    join(folder, '.azure', environmentName, 'config.json'),
  );
  const { parameters } = await readJson<{ parameters?: Record<string, { value?: unknown }> }>(
    join(folder, 'infra', 'main.parameters.json'),
  );
  return Object.fromEntries(
    Object.entries(infra?.parameters ?? {}).flatMap(([parameter, answer]): [string, string][] => {
      const input = /^\$\{(\w+)/.exec(`${parameters?.[parameter]?.value}`)?.[1];
      return input === undefined || typeof answer !== 'string' || answer.startsWith('vault://')
        ? []
        : [[input, answer]];
    }),
  );
}

/** Without anything in it where there is no such file. */
async function readJson<T extends object>(path: string): Promise<Partial<T>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return {};
    throw new Error(`${path} cannot be read as JSON`, { cause: caught });
  }
}
