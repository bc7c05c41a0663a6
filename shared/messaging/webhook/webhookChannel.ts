import type { WebhookSettings } from '../../settings.ts';
import type { Channel } from '../channel.ts';
import { post } from '../httpResult.ts';
import { alertData, newsData } from './callData.ts';
import { cloudEvent, eventIdOf } from './cloudEvent.ts';
import { signatureOf } from './standardWebhook.ts';

const TIMEOUT_MS = 10_000;

/**
 * CloudEvents 1.0 in structured JSON, signed by the Standard Webhooks scheme. A repeated event has the id of the first,
 * so that a receiver can leave it out. `to` is only the name of the place: the address may hold a secret.
 */
export function createWebhookChannel(
  settings: WebhookSettings,
  { timeoutMs = TIMEOUT_MS, now = () => new Date() }: { timeoutMs?: number; now?: () => Date } = {},
): Channel {
  const url = new URL(settings.url);
  return {
    name: 'webhook',
    compose: (alert, style) => [JSON.stringify(alertData(alert, style))],
    composeNews: (news) => [JSON.stringify(newsData(news))],
    send: async (message) => {
      const id = eventIdOf(message);
      const body = JSON.stringify(cloudEvent(message));
      const timestamp = String(Math.floor(now().getTime() / 1_000));
      const headers = {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(settings.secrets, { id, timestamp, body }),
      };
      return post('the webhook', { url, headers, body, timeoutMs }, ({ statusCode }) => ({
        outcome: 'accepted',
        providerMessageId: id,
        status: `HTTP ${statusCode}`,
      }));
    },
    // A receiver cannot be asked; it knows a repeated event by its id.
    find: async () => null,
  };
}
