import { errorCodeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { GraphSettings } from '../settings.ts';
import type { SignInStore } from '../store/signInStore.ts';
import { type BegunSignIn, beginAuthorizationCode, finishAuthorizationCode } from './authorizationCodeSignIn.ts';
import { type DeviceCodeOptions, signInByDeviceCode } from './deviceCodeSignIn.ts';
import { toSignInError } from './msalFailure.ts';
import { type SignedInAccount, type SignInContext, toSignedInAccount } from './signInContext.ts';
import { SignInError } from './signInError.ts';
import { createTokenSource, EARLY_MS, type HeldToken, readStoredAccount, toHeld } from './storedSignIn.ts';

/** The delegated sign-in of the service account. All methods throw {@link SignInError} and nothing else. */
export interface SignIn {
  /**
   * An access token for Graph; a new one with `forceRefresh`, for when Graph refused the last. Calls at the same time
   * share one exchange with the sign-in service.
   */
  getAccessToken(options?: { forceRefresh?: boolean }): Promise<string>;
  /** Signs the account in on another device, and keeps the sign-in; it replaces the one before. */
  startDeviceCode(options: DeviceCodeOptions): Promise<{ account: SignedInAccount }>;
  /** Begins a sign-in in a browser, for tenants that block device codes. */
  beginAuthorizationCode(options: { replaceUnreadable: boolean }): Promise<BegunSignIn>;
  /** Ends it with the address on which the browser ended, and keeps the sign-in; it replaces the one before. */
  finishAuthorizationCode(answer: { sealed: string; address: string }): Promise<{ account: SignedInAccount }>;
  /** The service account, if it is signed in. Asks only the storage. */
  account(): Promise<SignedInAccount | null>;
  /** Forgets the sign-in, also one that cannot be read. */
  signOut(): Promise<void>;
}

export interface SignInOptions {
  /** Limit for one request to the sign-in service; 10 s by default. */
  timeoutMs?: number;
  now?: () => Date;
  log?: Pick<Logger, 'warn'>;
}

/** Sends nothing until it is used. MSAL is loaded with the first token that is not in memory. */
export function createSignIn(settings: GraphSettings, store: SignInStore, options: SignInOptions = {}): SignIn {
  const { timeoutMs = 10_000, now = () => new Date(), log } = options;
  const onUnsaved = (why: unknown) =>
    log?.warn('The refreshed sign-in could not be stored', { error: errorCodeOf(why) });
  const context: SignInContext = { settings, store, timeoutMs, now, onUnsaved };
  const tokens = createHeldTokens(context);

  return {
    getAccessToken: ({ forceRefresh = false } = {}) => tokens.get(forceRefresh),
    startDeviceCode: (deviceCode) =>
      orSignInError(async () => {
        const { account, result } = await signInByDeviceCode(context, deviceCode);
        tokens.hold(toHeld(result, now()));
        return { account: toSignedInAccount(account) };
      }),
    beginAuthorizationCode: (begin) => orSignInError(() => beginAuthorizationCode(context, begin)),
    finishAuthorizationCode: (answer) =>
      orSignInError(async () => {
        const { account, result } = await finishAuthorizationCode(context, answer);
        tokens.hold(toHeld(result, now()));
        return { account: toSignedInAccount(account) };
      }),
    account: () =>
      orSignInError(async () => {
        const account = await readStoredAccount(context);
        return account && toSignedInAccount(account);
      }),
    signOut: () =>
      orSignInError(async () => {
        tokens.hold(null);
        await store.remove();
      }),
  };
}

async function orSignInError<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (caught) {
    throw toSignInError(caught);
  }
}

/** How long a call waits for the new token while the old one lives. */
const PATIENCE_MS = 1_000;
/** How long the old token is used without another attempt, after one that failed. */
const PAUSE_AFTER_FAILURE_MS = 30_000;
/** A `Retry-After` beyond this is not believed: an emergency may come any moment. */
const LONGEST_WAIT_MS = 60_000;

/** The access token of this process, and the one exchange that replaces it. */
function createHeldTokens(context: SignInContext) {
  const acquire = createTokenSource(context);
  let held: HeldToken | null = null;
  let exchange: { isForced: boolean; token: Promise<string> } | null = null;
  let failed: { error: SignInError; until: number } | null = null;

  const nowMs = () => context.now().getTime();
  const aliveFor = (ms: number) => (held !== null && held.expiresAt - nowMs() > ms ? held.token : null);

  async function refresh(isForced: boolean): Promise<string> {
    try {
      const fresh = await acquire(isForced);
      hold(fresh);
      return fresh.token;
    } catch (caught) {
      const error = toSignInError(caught);
      const pauseMs = error.retryAfterMs ?? (aliveFor(0) === null ? 0 : PAUSE_AFTER_FAILURE_MS);
      failed = error.kind === 'temporary' ? { error, until: nowMs() + Math.min(pauseMs, LONGEST_WAIT_MS) } : null;
      throw error;
    }
  }

  /** One at a time. A forced one does not make do with what an earlier one may take from the cache. */
  function exchangeOnce(isForced: boolean): Promise<string> {
    if (exchange && (exchange.isForced || !isForced)) return exchange.token;
    const before = exchange?.token.catch(() => undefined);
    const begun = { isForced, token: before ? before.then(() => refresh(isForced)) : refresh(isForced) };
    const end = () => {
      if (exchange === begun) exchange = null;
    };
    // Both ways: a failure that nobody waits for any more must not end the process.
    begun.token.then(end, end);
    exchange = begun;
    return begun.token;
  }

  function hold(token: HeldToken | null): void {
    held = token;
    failed = null;
  }

  async function get(isForced: boolean): Promise<string> {
    const early = isForced ? null : aliveFor(EARLY_MS);
    if (early !== null) return early;
    const old = isForced ? null : aliveFor(0);
    if (failed && nowMs() < failed.until) {
      if (old !== null) return old;
      if (failed.error.retryAfterMs !== null) {
        throw new SignInError('throttled', 'temporary', { cause: failed.error, retryAfterMs: failed.until - nowMs() });
      }
    }
    const fresh = exchangeOnce(isForced);
    return old === null ? fresh : withPatience(fresh, old);
  }

  return { get, hold };
}

/** The new token, or the old one where the new one takes long or its failure passes. */
async function withPatience(fresh: Promise<string>, old: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const later = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(old), PATIENCE_MS);
  });
  try {
    return await Promise.race([fresh, later]);
  } catch (caught) {
    if (toSignInError(caught).kind === 'temporary') return old;
    throw caught;
  } finally {
    clearTimeout(timer);
  }
}
