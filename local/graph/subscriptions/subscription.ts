import { type Caller, requireRole, requireScope } from '../authorization.ts';
import { subscriptionNotFound } from '../graphRefusal.ts';
import type { Subscription, Target } from '../model.ts';
import { READ_CHATS, READ_EMERGENCY_EVENTS, READ_MESSAGES } from '../permissions.ts';
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
  const found = liveSubscriptions(state).find((one) => one.id === id && isOwn(state, caller, one));
  if (found === undefined) {
    throw subscriptionNotFound();
  }
  return found;
}

/**
 * By "List subscriptions": for a user, what this app made for that user; for an app that asks for itself, what it made
 * for itself or any user.
 */
export function isOwn(state: State, caller: Caller, { applicationId, creatorId }: Subscription): boolean {
  const isOfApp = applicationId === applicationOf(state, caller);
  return isOfApp && (caller.kind === 'app' || creatorId === caller.user.id);
}

/** The app that asks: the managed identity, or the one that users sign in to. */
export function applicationOf({ managedIdentity, clientId }: State, caller: Caller): string {
  return caller.kind === 'app' ? managedIdentity.clientId : clientId;
}

/** Throws 403 unless the caller may subscribe to this, by the table of "Create subscription". */
export function requirePermission(caller: Caller, { kind }: Target): void {
  if (kind === 'emergencyEvents') {
    requireRole(caller, READ_EMERGENCY_EVENTS);
  } else {
    requireScope(caller, kind === 'chats' ? READ_CHATS : READ_MESSAGES);
  }
}

/** The subscription resource. Only the answer to its creation holds the clientState; none holds the certificate. */
export function toWireSubscription(subscription: Subscription, clientState: string | null): Record<string, unknown> {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.applicationId,
    changeType: subscription.changeType,
    clientState,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: subscription.expirationDateTime.toISOString(),
    creatorId: subscription.creatorId,
    includeResourceData: subscription.encryption !== null,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: null,
    encryptionCertificateId: subscription.encryption?.certificateId ?? null,
    notificationUrlAppId: null,
  };
}
