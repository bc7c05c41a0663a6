import { createHmac, randomUUID } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** How long Twilio waits for an answer. */
const TIMEOUT_MS = 15_000;

export type WebhookParameters = Record<string, string>;

export interface WebhookAnswer {
  /** `null` when there was none. */
  status: number | null;
  contentType: string;
  body: string;
}

export interface Webhooks {
  /** Posts a signed request. It never throws: whoever does not answer is an answer too. */
  post(url: string, parameters: WebhookParameters): Promise<WebhookAnswer>;
  /** Breaks off what is under way; nothing is posted any more. */
  close(): void;
}

/**
 * The `X-Twilio-Signature` of a form post, as published ("Validating requests are coming from Twilio"): Base64 of
 * HMAC-SHA1 with the auth token over the URL and then each parameter's name and value, sorted by name.
 */
function signatureOf(authToken: string, url: string, parameters: WebhookParameters): string {
  const names = Object.keys(parameters).sort();
  const signed = url + names.map((name) => name + parameters[name]).join('');
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

export function createWebhooks(authToken: string): Webhooks {
  const underWay = new Set<ClientRequest>();
  let isClosed = false;
  return {
    post(url, parameters) {
      return new Promise((resolve) => {
        const noAnswer = () => resolve({ status: null, contentType: '', body: '' });
        if (isClosed) {
          noAnswer();
          return;
        }
        const send = url.startsWith('https:') ? httpsRequest : httpRequest;
        const request = send(url, {
          method: 'POST',
          // A connection of its own, so that none is left open.
          agent: false,
          timeout: TIMEOUT_MS,
          headers: {
            'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
            'user-agent': 'TwilioProxy/1.1',
            'x-twilio-signature': signatureOf(authToken, url, parameters),
            'i-twilio-idempotency-token': randomUUID(),
          },
        });
        underWay.add(request);
        request.on('close', () => {
          underWay.delete(request);
          noAnswer();
        });
        request.on('timeout', () => request.destroy());
        request.on('error', noAnswer);
        request.on('response', (response) => readAnswer(response).then(resolve, noAnswer));
        request.end(new URLSearchParams(parameters).toString());
      });
    },
    close() {
      isClosed = true;
      for (const request of underWay) {
        request.destroy();
      }
    },
  };
}

async function readAnswer(response: IncomingMessage): Promise<WebhookAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
  }
  return {
    status: response.statusCode ?? null,
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
