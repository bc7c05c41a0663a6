import type { Twilio } from 'twilio';
import type { TwilioSettings } from '../../settings.ts';
import { askTwilio } from './twilioHttp.ts';

/**
 * Twilio's own client, over connections of ours: with a limit for the whole of each request, to the origin in the
 * settings where there is one, and without repeating anything by itself. Loaded when it is first needed, since loading
 * it is a good part of a cold start.
 */
export async function createTwilioClient(settings: TwilioSettings, timeoutMs: number): Promise<Twilio> {
  const { default: twilio } = await import('twilio');
  const { accountSid, credentials, baseUrl } = settings;
  const httpClient = new twilio.RequestClient({ autoRetry: false });
  httpClient.request = ({ method, uri, username, password, headers, params, data }) =>
    askTwilio({
      method: method.toUpperCase(),
      url: withQuery(rebased(uri, baseUrl), params),
      headers: { ...headers, authorization: basic(username, password) },
      body: data ? formOf(data).toString() : null,
      timeoutMs,
    });
  const [username, password] =
    credentials.kind === 'apiKey' ? [credentials.sid, credentials.secret] : [accountSid, credentials.authToken];
  return twilio(username, password, { accountSid, httpClient, autoRetry: false });
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
