import { createHmac } from 'node:crypto';
import type { Services } from '../../shared/pipeline/services.ts';
import type { TwilioRequest } from '../../shared/pipeline/twilioRequest.ts';

export const PUBLIC_URL = 'https://alerts.contoso.com';
export const SECOND_TOKEN = 'second-auth-token-of-the-test';

/** The same services, reachable by Twilio under {@link PUBLIC_URL}; or without an address, for outbound only. */
export function reachable(services: Services, publicUrl: string | null = PUBLIC_URL): Services {
  const { twilio } = services.settings;
  if (!twilio) throw new Error('Twilio is not set up');
  return {
    ...services,
    settings: { ...services.settings, publicUrl, twilio: { ...twilio, secondaryAuthToken: SECOND_TOKEN } },
  };
}

/** What Twilio posts, and what of it somebody has changed on the way. */
export interface Post {
  /** Path and query. */
  path: string;
  parameters: Record<string, string>;
  token: string;
  /** What is sent under the signature of the rest. */
  sent?: { path?: string; body?: string | AsyncIterable<Uint8Array>; headers?: Record<string, string | null> };
}

/** Signed by the published rule (https://www.twilio.com/docs/usage/webhooks/webhooks-security). */
export function twilioPost({ path, parameters, token, sent = {} }: Post): TwilioRequest {
  const signed = Object.keys(parameters)
    .sort()
    .reduce((text, name) => `${text}${name}${parameters[name]}`, `${PUBLIC_URL}${path}`);
  const headers = new Headers({
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': createHmac('sha1', token).update(signed, 'utf8').digest('base64'),
  });
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  // Behind Azure's front end the app is reached under another address than the one that Twilio was given.
  const url = `http://10.0.0.4:8080${sent.path ?? path}`;
  const body = sent.body ?? new URLSearchParams(parameters).toString();
  return { url, query: new URL(url).searchParams, headers, body: typeof body === 'string' ? chunks(body) : body };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}
