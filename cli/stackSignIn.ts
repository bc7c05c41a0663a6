import type { Stack } from '../local/stack.ts';
import type { Services } from '../shared/pipeline/services.ts';

/**
 * Signs the service account in and subscribes to its messages. The pretend account approves by itself; with a real
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
  const fired = await stack.host.fire('renewSubscriptions');
  if (!fired.ok) throw new Error(`The subscription could not be made: ${fired.error}`);
  return account.username;
}
