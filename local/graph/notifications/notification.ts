import type { ChangeType, Subscription } from '../model.ts';
import { type EncryptedContent, encryptContent } from './encryptedContent.ts';

/** One entry of a change notification collection. */
export interface ChangeNotification {
  subscriptionId: string;
  subscriptionExpirationDateTime: string;
  tenantId: string;
  clientState: string | null;
  changeType: ChangeType;
  resource: string;
  resourceData: { id: string; '@odata.type': string; '@odata.id': string };
  /** In Microsoft's example of an emergency call event, beside the `tenantId`. */
  organizationId?: string;
  /** Only to those who subscribed with `includeResourceData`. */
  encryptedContent?: EncryptedContent;
}

/** A notification, where it goes, and the app that is told. */
export interface Outgoing {
  notification: ChangeNotification;
  url: string;
  applicationId: string;
}

/** What changed, as Graph names it. */
export interface Change {
  changeType: ChangeType;
  id: string;
  odataType: '#Microsoft.Graph.chatMessage' | '#Microsoft.Graph.chat' | '#microsoft.graph.emergencyCallEvent';
  resource: string;
  /** The resource as JSON text, for subscriptions with resource data. */
  content: (subscription: Subscription) => string;
}

export function toNotification(tenantId: string, subscription: Subscription, change: Change): ChangeNotification {
  const { encryption } = subscription;
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime.toISOString(),
    tenantId,
    clientState: subscription.clientState,
    changeType: change.changeType,
    resource: change.resource,
    resourceData: { id: change.id, '@odata.type': change.odataType, '@odata.id': change.resource },
    ...(subscription.target.kind === 'emergencyEvents' ? { organizationId: tenantId } : {}),
    ...(encryption === null ? {} : { encryptedContent: encryptContent(change.content(subscription), encryption) }),
  };
}

/** The message by which Graph tries whether it can reach the hub; everything in it is `NA`. */
export function toValidationEvent(requestId: string): string {
  const value = {
    subscriptionId: 'NA',
    subscriptionExpirationDateTime: 'NA',
    clientState: 'NA',
    changeType: `Validation: Testing client application reachability for subscription Request-Id: ${requestId}`,
    resource: 'NA',
    resourceData: { '@odata.type': 'NA', '@odata.id': 'NA', id: 'NA' },
  };
  return JSON.stringify({ value: [value] });
}
