import type { Client, Context, GraphClientError, Middleware } from '@microsoft/microsoft-graph-client';
import { toError } from '../errors.ts';
import type { TenantSettings } from '../settings.ts';
import { retryAfterMsOf } from './retryAfter.ts';
import type { SignIn } from './signIn.ts';
import { SignInError } from './signInError.ts';

export interface GraphRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version, beginning with a slash; ids and query values are encoded already. */
  path: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** For all of it, a token that must be got first included; 2 s by default. */
  timeoutMs?: number;
}

/** `code` is Graph's own, or a word of ours: it may be logged. */
export type GraphAnswer =
  | { outcome: 'answered'; status: number; body: unknown; code: string; retryAfterMs: number | null }
  | { outcome: 'notAnswered'; code: 'timeout' | 'network' }
  | { outcome: 'signInFailed'; error: SignInError };

export interface GraphClient {
  /** Sends once, and once more with a new token after 401. Never throws for what Graph or the network did. */
  request(request: GraphRequest): Promise<GraphAnswer>;
  /** The path of a `@odata.nextLink`; `null` unless it leads to this Graph, for the token must go nowhere else. */
  pathOfLink(link: unknown): string | null;
}

const DEFAULT_TIMEOUT_MS = 2_000;
const VERSION = 'v1.0';

type Library = typeof import('./graphLibrary.ts');

/**
 * Graph's own client with a chain of two: authentication, then fetch. It repeats nothing: time budgets are the caller's.
 * Loaded with the first request; where that fails there is no answer, as when Graph gives none.
 */
export function createGraphClient(
  { graphBaseUrl }: Pick<TenantSettings, 'graphBaseUrl'>,
  signIn: Pick<SignIn, 'getAccessToken'>,
): GraphClient {
  const createClient = ({ Client, GraphClientError }: Library) =>
    Client.initWithMiddleware({
      baseUrl: graphBaseUrl,
      defaultVersion: VERSION,
      middleware: [createAuthentication(signIn, GraphClientError), sendByFetch],
    });
  let client: Client | undefined;

  return {
    async request({ method, path, body, headers = {}, timeoutMs = DEFAULT_TIMEOUT_MS }) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const library = await import('./graphLibrary.ts');
        client ??= createClient(library);
        const request = client
          .api(path)
          .headers({ ...headers })
          .option('signal', signal)
          .responseType(library.ResponseType.RAW);
        const response: Response = await send(request, method, body);
        return await toAnswer(response);
      } catch (caught) {
        const cause = (caught as Partial<GraphClientError> | undefined)?.customError ?? caught;
        if (cause instanceof SignInError) return { outcome: 'signInFailed', error: cause };
        return { outcome: 'notAnswered', code: signal.aborted ? 'timeout' : 'network' };
      }
    },

    pathOfLink(link) {
      const url = typeof link === 'string' && URL.canParse(link) ? new URL(link) : null;
      const isOurs = url?.origin === graphBaseUrl && url.pathname.startsWith(`/${VERSION}/`);
      return url && isOurs ? url.pathname.slice(VERSION.length + 1) + url.search : null;
    },
  };
}

function send(request: ReturnType<Client['api']>, method: GraphRequest['method'], body: unknown): Promise<Response> {
  switch (method) {
    case 'GET':
      return request.get();
    case 'POST':
      return request.post(body);
    case 'PATCH':
      return request.patch(body);
    case 'DELETE':
      return request.delete();
  }
}

async function toAnswer(response: Response): Promise<GraphAnswer> {
  const text = await response.text();
  const body = text === '' ? null : parse(text);
  const retryAfterMs = retryAfterMsOf(response.headers, new Date());
  return { outcome: 'answered', status: response.status, body, code: codeOf(response.status, body), retryAfterMs };
}

/** `undefined` for what is not JSON: it is not Graph's. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The status and Graph's `error.code` (https://learn.microsoft.com/graph/errors), where that is a plain word. */
function codeOf(status: number, body: unknown): string {
  const code = (body as { error?: { code?: unknown } } | null | undefined)?.error?.code;
  return typeof code === 'string' && /^[\w.]{1,80}$/.test(code) ? `${status} ${code}` : String(status);
}

/** The first link of the chain. After 401 it gets a new token and sends once more. */
function createAuthentication(
  signIn: Pick<SignIn, 'getAccessToken'>,
  ClientError: typeof GraphClientError,
): Middleware {
  let next: Middleware | undefined;
  const attempt = async (context: Context, forceRefresh: boolean): Promise<void> => {
    const token = await within(context.options?.signal, signIn.getAccessToken({ forceRefresh })).catch(
      (caught: unknown) => {
        // The client passes on nothing but this class as it was thrown.
        const error = new ClientError(toError(caught).message);
        error.customError = caught;
        throw error;
      },
    );
    context.options = {
      ...context.options,
      headers: { ...(context.options?.headers as Record<string, string>), Authorization: `Bearer ${token}` },
    };
    await next?.execute(context);
  };
  return {
    setNext: (following) => {
      next = following;
    },
    async execute(context) {
      await attempt(context, false);
      if (context.response?.status === 401) {
        await context.response.body?.cancel();
        await attempt(context, true);
      }
    },
  };
}

/** The last link. A redirect is refused: Graph sends none here, and the token must go nowhere else. */
const sendByFetch: Middleware = {
  async execute(context) {
    context.response = await fetch(context.request, { ...context.options, redirect: 'error' });
  },
};

/** The exchange for a token goes on for others when this request has no more time for it. */
function within<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
