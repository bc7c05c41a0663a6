import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { retryAfterMsOf } from './retryAfter.ts';
import type { SignInAnswer } from './signInError.ts';

/** MSAL's way to the sign-in service, and what came back last: MSAL itself drops most of a refusal. */
export interface SignInNetwork {
  client: INetworkModule;
  lastAnswer(): SignInAnswer | null;
}

/**
 * Each request ends within `timeoutMs`. MSAL takes no authority but https; where `authorityHost` is http (only on this
 * machine, says the schema of the settings), its addresses are mapped back.
 */
export function createSignInNetwork(authorityHost: string, timeoutMs: number, now: () => Date): SignInNetwork {
  const httpsOrigin = authorityHost.replace(/^http:/, 'https:');
  let last: SignInAnswer | null = null;

  async function send<T>(method: 'GET' | 'POST', url: string, options?: NetworkRequestOptions) {
    const signal = AbortSignal.timeout(timeoutMs);
    const target = url.startsWith(`${httpsOrigin}/`) ? authorityHost + url.slice(httpsOrigin.length) : url;
    try {
      const response = await fetch(target, {
        method,
        headers: options?.headers ?? {},
        ...(method === 'POST' ? { body: options?.body ?? '' } : {}),
        redirect: 'error',
        signal,
      });
      const body = withError(toObject(await response.text()), response.status);
      last = {
        status: response.status,
        error: toWord(body.error),
        aadsts: aadstsOf(body),
        retryAfterMs: retryAfterMsOf(response.headers, now()),
      };
      const headers = Object.fromEntries(response.headers);
      return { status: response.status, headers, body } as unknown as NetworkResponse<T>;
    } catch (caught) {
      last = { status: null, error: signal.aborted ? 'timeout' : 'network', aadsts: null, retryAfterMs: null };
      throw caught;
    }
  }

  return {
    client: {
      sendGetRequestAsync: (url, options) => send('GET', url, options),
      sendPostRequestAsync: (url, options) => send('POST', url, options),
    },
    lastAnswer: () => last,
  };
}

function toObject(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : null;
  } catch {
    return null;
  }
}

/** MSAL takes an answer without `error` for tokens, whatever its status: a proxy's page must not pass for them. */
function withError(body: Record<string, unknown> | null, status: number): Record<string, unknown> {
  if (body === null) return { error: 'unexpected_answer', error_description: `HTTP ${status}, not JSON` };
  const isRefusal = status >= 400 && typeof body.error !== 'string';
  return isRefusal ? { ...body, error: 'unexpected_answer', error_description: `HTTP ${status}` } : body;
}

/** Only a word as the RFC has them may become a code, since codes are logged. */
function toWord(error: unknown): string | null {
  if (error === undefined) return null;
  return typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'unexpected_answer';
}

function aadstsOf(body: Record<string, unknown>): number | null {
  const [first] = Array.isArray(body.error_codes) ? body.error_codes : [];
  if (Number.isInteger(first)) return first;
  const described = /^AADSTS(\d{4,9})\b/.exec(String(body.error_description ?? ''))?.[1];
  return described === undefined ? null : Number(described);
}
