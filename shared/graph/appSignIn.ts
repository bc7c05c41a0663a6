import type { AccessToken, TokenCredential } from '@azure/identity';
import type { TenantSettings } from '../settings.ts';
import type { SignIn } from './signIn.ts';
import { SignInError } from './signInError.ts';

export interface AppSignInOptions {
  /** Limit for one request for a token; 10 s by default. */
  timeoutMs?: number;
  now?: () => Date;
}

/** A token is replaced this long before it expires. */
const EARLY_MS = 5 * 60_000;
/** How long the old token is used without another attempt, after one attempt. */
const PAUSE_MS = 30_000;

/**
 * The app's own tokens for Graph, as the managed identity. A token is shared by all until half its life is over; then
 * the old one still serves while a new one is got, so that an identity service that is out of order for an hour costs
 * nothing. Throws {@link SignInError} and nothing else.
 *
 * `forceRefresh` asks again, but the library and Azure may answer with the same token for a day: a permission that has
 * just been granted can take that long.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations#limitation-of-using-managed-identities-for-authorization
 */
export function createAppSignIn(
  { graphBaseUrl }: Pick<TenantSettings, 'graphBaseUrl'>,
  credential: TokenCredential,
  { timeoutMs = 10_000, now = () => new Date() }: AppSignInOptions = {},
): Pick<SignIn, 'getAccessToken'> {
  const scope = `${new URL(graphBaseUrl).origin}/.default`;
  let held: (AccessToken & { refreshAt: number }) | null = null;
  let exchange: Promise<string> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;

  async function acquire(): Promise<string> {
    askedAt = now().getTime();
    const token = await withinTime(timeoutMs, (abortSignal) => credential.getToken(scope, { abortSignal }));
    const early = token.expiresOnTimestamp - EARLY_MS;
    held = { ...token, refreshAt: Math.min(early, token.refreshAfterTimestamp ?? early) };
    return token.token;
  }

  /** One at a time, shared by everybody. */
  function exchangeOnce(): Promise<string> {
    exchange ??= acquire().finally(() => {
      exchange = null;
    });
    return exchange;
  }

  return {
    async getAccessToken({ forceRefresh = false } = {}) {
      const nowMs = now().getTime();
      if (held === null || forceRefresh || nowMs >= held.expiresOnTimestamp) return exchangeOnce();
      const isDue = nowMs >= held.refreshAt && Math.abs(nowMs - askedAt) >= PAUSE_MS;
      if (!isDue) return held.token;
      const old = held.token;
      const fresh = exchangeOnce();
      // While the old one lives nobody waits for the new one, and its failure is told when the old one has ended.
      fresh.catch(() => undefined);
      return old;
    },
  };
}

/** The token, or the {@link SignInError} for whatever went wrong. */
async function withinTime(
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<AccessToken | null>,
): Promise<AccessToken> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(failure('timeout', 'temporary'));
      controller.abort();
    }, timeoutMs);
  });
  try {
    const token = await Promise.race([ask(controller.signal), late]);
    if (token === null) throw failure('noToken', 'temporary');
    return token;
  } catch (caught) {
    throw caught instanceof SignInError ? caught : fromIdentity(caught);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The identity library puts everything into one class and the reason into its message, which may hold addresses and
 * ids. MSAL's error beneath it knows the HTTP status, where there was an answer with a reason in it.
 */
function fromIdentity(caught: unknown): SignInError {
  const { name, cause } = (caught ?? {}) as { name?: unknown; cause?: unknown };
  const { status, errorCode, message } = (cause ?? {}) as { status?: unknown; errorCode?: unknown; message?: unknown };
  const aadsts = /AADSTS\d{4,8}/.exec(typeof message === 'string' ? message : '')?.[0];
  if (typeof status === 'number') {
    const isTemporary = status === 408 || status === 429 || status >= 500;
    return failure(aadsts ?? String(status), isTemporary ? 'temporary' : 'configuration', caught);
  }
  if (errorCode === 'network_error') return failure('network', 'temporary', caught);
  // A chain of credentials that all said they cannot be used, or none at all: nobody is there to ask.
  const isNobody =
    cause === undefined && ['CredentialUnavailableError', 'AggregateAuthenticationError'].includes(`${name}`);
  return isNobody ? failure('noIdentity', 'configuration', caught) : failure('noToken', 'temporary', caught);
}

const EXPLANATIONS = {
  temporary: 'The identity of the app gets no token from Azure at the moment: it is tried again.',
  configuration:
    'Azure gives the identity of the app no token: check that the managed identity is assigned to the function app, and MANAGED_IDENTITY_CLIENT_ID.',
};

function failure(reason: string, kind: 'temporary' | 'configuration', cause?: unknown): SignInError {
  const code = `appIdentity ${reason}`;
  return new SignInError(code, kind, { cause, message: `${EXPLANATIONS[kind]} (${code})` });
}
