import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type { MessageListInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { TwilioSettings } from '../../settings.ts';
import { askTwilio } from './twilioHttp.ts';

/**
 * The messages of the account over connections of ours: with a limit for the whole of each request, to the origin in the
 * settings where there is one, and without repeating anything by itself. Loaded without Twilio's other forty services:
 * they are half of a cold start.
 */
export async function createTwilioMessages(settings: TwilioSettings, timeoutMs: number): Promise<MessageListInstance> {
  const { BaseTwilio, RequestClient, Api } = await loadTwilio();
  const httpClient = overOurConnections(new RequestClient({ autoRetry: false }), settings, timeoutMs);
  const { accountSid } = settings;
  const client = new BaseTwilio.Client(...credentialsOf(settings), { accountSid, httpClient, autoRetry: false });
  return new Api(client).account.messages;
}

/** What {@link createTwilioMessages} loads. */
export async function loadTwilio() {
  const { default: BaseTwilio } = await import('twilio/lib/base/BaseTwilio.js');
  const { default: RequestClient } = await import('twilio/lib/base/RequestClient.js');
  const { default: Api } = await import('twilio/lib/rest/Api.js');
  return { BaseTwilio, RequestClient, Api };
}

/** The same HTTP client, which then sends by {@link askTwilio}. */
export function overOurConnections(
  client: RequestClient,
  { baseUrl }: TwilioSettings,
  timeoutMs: number,
): RequestClient {
  client.request = ({ method, uri, username, password, headers, params, data }) =>
    askTwilio({
      method: method.toUpperCase(),
      url: withQuery(rebased(uri, baseUrl), params),
      headers: { ...headers, authorization: basic(username, password) },
      body: data ? formOf(data).toString() : null,
      timeoutMs,
    });
  return client;
}

/** Twilio's basic authentication: the account, or a key of it. */
export function credentialsOf({ accountSid, credentials }: TwilioSettings): [username: string, password: string] {
  return credentials.kind === 'apiKey' ? [credentials.sid, credentials.secret] : [accountSid, credentials.authToken];
}

function rebased(uri: string, baseUrl: string | null): URL {
  const url = new URL(uri);
  return baseUrl === null ? url : new URL(`${url.pathname}${url.search}`, baseUrl);
}

function withQuery(url: URL, params: object | undefined): URL {
  formOf(params ?? {}).forEach((value, name) => {
    url.searchParams.append(name, value);
  });
  return url;
}

/** A list becomes one pair for each of its values, as Twilio's API takes it. */
function formOf(data: object): URLSearchParams {
  const pairs = Object.entries(data).flatMap(([name, value]) =>
    [value].flat().map((single): [string, string] => [name, String(single)]),
  );
  return new URLSearchParams(pairs);
}

function basic(username = '', password = ''): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
