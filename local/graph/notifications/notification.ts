import type { ChangeType, Subscription } from '../model.ts';

/** One entry of a change notification collection, without resource data. */
export interface ChangeNotification {
  subscriptionId: string;
  subscriptionExpirationDateTime: string;
  tenantId: string;
  clientState: string | null;
  changeType: ChangeType;
  resource: string;
  resourceData: { id: string; '@odata.type': string; '@odata.id': string };
}

/** What changed, as Graph names it. */
export interface Change {
  changeType: ChangeType;
  id: string;
  odataType: '#Microsoft.Graph.chatMessage' | '#Microsoft.Graph.chat';
  resource: string;
}

export function toNotification(tenantId: string, subscription: Subscription, change: Change): ChangeNotification {
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime.toISOString(),
    tenantId,
    clientState: subscription.clientState,
    changeType: change.changeType,
    resource: change.resource,
    resourceData: { id: change.id, '@odata.type': change.odataType, '@odata.id': change.resource },
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
