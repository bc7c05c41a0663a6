import type { ChangeNotification, Outgoing } from './notification.ts';
import type { Webhooks } from './webhooks.ts';

/** Takes a batch for one address there; tells `onLost` of what does not arrive. Never rejects. */
export type Carry = (url: string, batch: readonly Outgoing[], onLost: (reason: LossOnTheWay) => void) => Promise<void>;

export type LossOnTheWay = 'hubRefused' | 'webhookRefused' | 'closed';

export interface CarrierOptions {
  publish: (eventBody: string, partitionKey?: string) => Promise<void>;
  webhooks: Webhooks;
  /** The validation token for an app. */
  tokenFor: (applicationId: string) => string;
}

export function isHub(url: string): boolean {
  return /^EventHub:/i.test(url);
}

/** The two ways of a notification: into the hub, or by POST to the subscriber. */
export function createCarriers({ publish, webhooks, tokenFor }: CarrierOptions): Carry {
  return async (url, batch, onLost) => {
    const value = batch.map(({ notification }) => notification);
    if (!isHub(url)) {
      const tokens = tokensFor(batch, tokenFor);
      const collection = { value, ...(tokens.length > 0 ? { validationTokens: tokens } : {}) };
      await webhooks.send(url, JSON.stringify(collection), onLost);
      return;
    }
    try {
      await publish(JSON.stringify({ value }));
    } catch {
      onLost('hubRefused');
    }
  };
}

/** One for each app that something rich is for; none where nothing is, and none through Event Hubs, as documented. */
function tokensFor(batch: readonly Outgoing[], tokenFor: (applicationId: string) => string): string[] {
  const isRich = (notification: ChangeNotification) => notification.encryptedContent !== undefined;
  const apps = batch.filter(({ notification }) => isRich(notification)).map(({ applicationId }) => applicationId);
  return [...new Set(apps)].map(tokenFor);
}
