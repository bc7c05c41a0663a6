import { authTokensOf, type FormParameters, refusalOfSignature } from '../messaging/twilio/webhookSignature.ts';
import type { Services } from './services.ts';
import { answer, readBytes, type WebhookRequest, type WebhookResponse } from './webhookRequest.ts';

/** What a door for Twilio takes of a request: an `HttpRequest` of the Functions library is one. */
export interface TwilioRequest extends WebhookRequest {
  /** Whole, with the query as it was sent: Twilio signs it. */
  url: string;
}

/** A request of Twilio's own about our account, or the answer to what is none. */
export type TwilioReading = { parameters: FormParameters } | { refused: WebhookResponse };

/** An SMS of 1,600 characters, each of them three bytes that are written in nine, and what Twilio says beside. */
const MAX_BODY_BYTES = 32 * 1024;

/**
 * Reads a form that Twilio posted to the address `path` of ours. Nothing of what is no form, too long, not signed by
 * Twilio for this address, or about another account is believed, kept or logged: only a word says why. Nothing is
 * asked of the storage.
 */
export async function readTwilioRequest(
  { settings, log }: Services,
  request: TwilioRequest,
  path: string,
): Promise<TwilioReading> {
  const refuse = (status: number, reason: string) => {
    log.warn('Request to a door for Twilio refused', { door: path, reason });
    return { refused: answer(status, reason) };
  };
  const { twilio, publicUrl } = settings;
  if (!twilio || publicUrl === null) return refuse(403, 'notConfigured');
  if (!isForm(request.headers.get('content-type'))) return refuse(415, 'contentType');
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  if (bytes === null) return refuse(413, 'size');

  const parameters = parametersIn(bytes.toString('utf8'));
  const signature = request.headers.get('x-twilio-signature');
  const url = `${publicUrl}${path}${queryOf(request.url)}`;
  const refusal = refusalOfSignature(authTokensOf(twilio), { signature, url, parameters });
  if (refusal) return refuse(403, refusal);
  return parameters.AccountSid === twilio.accountSid ? { parameters } : refuse(403, 'account');
}

/** The value of a parameter; `null` when it is missing or there are several. */
export function parameterOf(parameters: FormParameters, name: string): string | null {
  const value = parameters[name];
  return typeof value === 'string' ? value : null;
}

function isForm(contentType: string | null): boolean {
  return /^application\/x-www-form-urlencoded(\s*;|$)/i.test(contentType?.trim() ?? '');
}

/** As it was sent: other characters for the same values would be another signature. */
function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start).replace(/#.*$/, '');
}

function parametersIn(form: string): FormParameters {
  // Whatever a sender names a parameter, it is one: also `__proto__`.
  const parameters: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(form)) {
    const known = parameters[name];
    parameters[name] = known === undefined ? value : [known, value].flat();
  }
  return parameters;
}
