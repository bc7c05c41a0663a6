import { createHash, createHmac } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import type { EmailSettings } from '../../settings.ts';
import { composeAlertTable } from '../alertTable.ts';
import type { Channel, DeliveryReference, OutgoingMessage, SendResult } from '../channel.ts';
import { exchange, type HttpAnswer } from '../httpExchange.ts';
import { post } from '../httpResult.ts';
import { emailContent } from './emailContent.ts';

/** https://learn.microsoft.com/rest/api/communication/email/email/send */
const API_VERSION = '2023-03-31';
const SCOPE = 'https://communication.azure.com/.default';
const TIMEOUT_MS = 10_000;
/** The service has given up: the message is to be sent again. */
const LOST = new Set(['Failed', 'Canceled']);

/** Where a recipient answers, and in what language (BCP 47) the mail says so. */
interface Link {
  url: string;
  language: string;
}

/**
 * E-mail through Azure Communication Services, with a key or the managed identity's token. The service names what it
 * took by an id that we choose, made of the delivery and the words: with it a message in doubt can be asked for.
 */
export function createEmailChannel(
  settings: EmailSettings,
  credential: TokenCredential,
  { timeoutMs = TIMEOUT_MS, linkOf }: { timeoutMs?: number; linkOf?: (reference: DeliveryReference) => Link } = {},
): Channel {
  const urlOf = (path: string) => new URL(`${path}?api-version=${API_VERSION}`, settings.endpoint);
  const authorize = (method: string, url: URL, body: string) =>
    settings.accessKey === null ? withToken(credential, timeoutMs) : signed(settings.accessKey, method, url, body);
  return {
    name: 'email',
    compose: (alert, style) => [composeAlertTable(alert, style)],
    send: async (message) => {
      const url = urlOf('/emails:send');
      const id = operationIdOf(message);
      const body = JSON.stringify({
        senderAddress: settings.from,
        // Made for each sending, and never stored: whoever has it can answer.
        content: emailContent(message.body, message.reference && linkOf ? linkOf(message.reference) : null),
        recipients: { to: [{ address: message.to }] },
        // No picture that counts who opened it.
        userEngagementTrackingDisabled: true,
      });
      const authorization = await authorize('POST', url, body).catch(() => null);
      if (authorization === null) return NO_TOKEN;
      const headers = { 'content-type': 'application/json', 'operation-id': id, ...authorization };
      return post('the mail service', { url, headers, body, timeoutMs }, (answer) => acceptedAs(answer));
    },
    find: async (message) => {
      const url = urlOf(`/emails/operations/${operationIdOf(message)}`);
      const headers = await authorize('GET', url, '');
      const answer = await exchange({ method: 'GET', url, headers, body: null, timeoutMs });
      if (answer.statusCode === 404) return null;
      if (answer.statusCode !== 200) throw new Error(`The mail service answered ${answer.statusCode}`);
      const known = acceptedAs(answer);
      if (known.outcome !== 'accepted') throw new Error('The mail service named no operation');
      return LOST.has(known.status) ? null : { providerMessageId: known.providerMessageId, status: known.status };
    },
  };
}

const NO_TOKEN: SendResult = {
  outcome: 'temporary',
  code: 'noToken',
  reason: 'the identity got no token for the mail service',
  retryAfterMs: null,
};

/** A UUID (RFC 9562, version 8) of the delivery and its words. */
function operationIdOf({ to, body, reference }: OutgoingMessage): string {
  const { callId, alertKey, recipientId } = reference ?? {};
  const hash = createHash('sha256')
    .update(JSON.stringify([callId, alertKey, recipientId, to, body]))
    .digest('hex');
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return [...parts, hash.slice(20, 32)].join('-');
}

/** Success without an id is the word of something that is not the service. */
function acceptedAs({ content }: HttpAnswer): SendResult {
  const { id, status } = operationIn(content);
  return typeof id === 'string' && id !== ''
    ? { outcome: 'accepted', providerMessageId: id, status: String(status) }
    : { outcome: 'doubtful', code: 'unreadable answer', reason: 'the answer names no operation' };
}

function operationIn(content: string): { id?: unknown; status?: unknown } {
  try {
    const answer: unknown = JSON.parse(content);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

async function withToken(credential: TokenCredential, timeoutMs: number): Promise<Record<string, string>> {
  const token = await credential.getToken(SCOPE, { abortSignal: AbortSignal.timeout(timeoutMs) });
  if (token === null) throw new Error('The identity has no token');
  return { authorization: `Bearer ${token.token}` };
}

/** https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial */
async function signed(accessKey: string, method: string, url: URL, body: string): Promise<Record<string, string>> {
  const date = new Date().toUTCString();
  const hash = createHash('sha256').update(body).digest('base64');
  const text = `${method}\n${url.pathname}${url.search}\n${date};${url.host};${hash}`;
  const signature = createHmac('sha256', Buffer.from(accessKey, 'base64')).update(text).digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}
