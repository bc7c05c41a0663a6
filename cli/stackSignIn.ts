import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../local/stack.ts';
import { observeSubscriptions } from '../shared/pipeline/observeSources.ts';
import type { Services } from '../shared/pipeline/services.ts';

const SUBSCRIPTION_TRIES = 10;
const BETWEEN_TRIES_MS = 300;

/**
 * Signs the service account in and subscribes to what tells of emergency calls. The pretend account approves by itself; with a real
 * sign-in service `onCode` tells the person what to do. Returns the account that signed in.
 */
export async function signInToStack(
  stack: Stack,
  services: Services,
  onCode: (code: { userCode: string; verificationUri: string }) => void = () => undefined,
): Promise<string> {
  if (!services.signIn) throw new Error('The settings for sign-in are missing');
  const { account } = await services.signIn.startDeviceCode({
    onCode: (code) => {
      if (stack.graph) stack.graph.devices.approve(code.userCode, stack.settings.SERVICE_ACCOUNT ?? '');
      else onCode(code);
    },
  });
  await subscribe(stack, services);
  return account.username;
}

/** A source that the timer of the host holds at this moment is left alone by the first try. */
async function subscribe(stack: Stack, services: Services): Promise<void> {
  for (let triesLeft = SUBSCRIPTION_TRIES; triesLeft > 0; triesLeft -= 1) {
    const fired = await stack.host.fire('renewSubscriptions');
    if (!fired.ok) throw new Error(`The subscription could not be made: ${fired.error}`);
    const { sources } = await observeSubscriptions(services);
    if (sources.every(({ grant }) => grant !== null)) return;
    await sleep(BETWEEN_TRIES_MS);
  }
}
