import type { Caller } from '../authorization.ts';
import { READ_CHATS, READ_MESSAGES } from '../authorization.ts';
import { subscriptionNotFound } from '../graphRefusal.ts';
import type { Subscription, Target } from '../model.ts';
import type { State } from '../state.ts';

/** What is not past its expiry. What is, is gone. */
export function liveSubscriptions(state: State): Subscription[] {
  for (const [id, subscription] of state.subscriptions) {
    if (state.now() >= subscription.expirationDateTime) {
      state.subscriptions.delete(id);
    }
  }
  return [...state.subscriptions.values()];
}

/** The caller's own live subscription. Throws 404 for any other. */
export function ownSubscription(state: State, caller: Caller, id: string): Subscription {
  const found = liveSubscriptions(state).find((one) => one.id === id && one.creatorId === caller.user.id);
  if (found === undefined) {
    throw subscriptionNotFound();
  }
  return found;
}

/** The permissions that suffice, least privileged first, by the table of "Create subscription". */
export function scopesFor(target: Target): readonly string[] {
  return target.kind === 'chats' ? READ_CHATS : READ_MESSAGES;
}

/** The subscription resource. Only the answer to its creation holds the clientState. */
export function toWireSubscription(
  state: State,
  subscription: Subscription,
  clientState: string | null,
): Record<string, unknown> {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: state.clientId,
    changeType: subscription.changeType,
    clientState,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: subscription.expirationDateTime.toISOString(),
    creatorId: subscription.creatorId,
    includeResourceData: false,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationUrlAppId: null,
  };
}
