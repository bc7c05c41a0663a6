import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInToStack } from '../../cli/stackSignIn.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { bundle } from '../../scripts/bundle.ts';
import { createLogger } from '../../shared/log.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { takeProductStorage, takeStorageAccount } from './storage.ts';

const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

/** The embedded stack with what would be deployed, signed in and subscribed, in storage accounts of its own. */
export async function startTestStack(
  options: Partial<StackOptions> = {},
): Promise<{ stack: Stack; services: Services }> {
  const built = options.appDir ? null : await mkdtemp(join(tmpdir(), 'emergency-alerts-app-'));
  if (built) await bundle(built);
  // Nobody answers in most tests: with steps that follow, work would be open for long.
  const env = { ROSTER_FILE: 'local/oneStepRoster.json', ...options.env };
  const storage = { host: takeStorageAccount(), product: await takeProductStorage() };
  const stack = await startStack({ appDir: built ?? '', storage, deliverAfterMs: 1, ...options, env });
  const { stop } = stack;
  stack.stop = async () => {
    await stop();
    if (built) await rm(built, { recursive: true, force: true });
  };
  const services = await createServices(readSettings(stack.settings), silent);
  await signInToStack(stack, services);
  return { stack, services };
}
