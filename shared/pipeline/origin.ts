import { errorCodeOf } from '../errors.ts';
import { type ClientStateCheck, checkClientState } from '../graph/clientState.ts';
import type { Services } from './services.ts';

/**
 * Whether a notification carries the secret of one of our subscriptions. Where the subscriptions cannot be read it
 * counts as ours: doubt is on the side of telling. Never throws.
 */
export async function originOf(
  services: Services,
  notification: { subscriptionId: string | null; clientState: string | null },
): Promise<ClientStateCheck> {
  try {
    return checkClientState(notification, await services.store.subscriptions.list());
  } catch (caught) {
    services.log.error('Subscriptions cannot be read, the notification counts as ours', { error: errorCodeOf(caught) });
    return 'match';
  }
}
