import type { AccountInfo, AuthenticationResult, PublicClientApplication } from '@azure/msal-node';
import { createMsalApplication, scopesFor } from './msalApplication.ts';
import { fromMsal, toSignInError } from './msalFailure.ts';
import { isServiceAccount, type SignInContext } from './signInContext.ts';
import { SignInError } from './signInError.ts';
import { createSignInNetwork } from './signInNetwork.ts';
import { type CacheSlot, createCachePlugin, openTokenCache } from './tokenCache.ts';

export interface HeldToken {
  token: string;
  /** In milliseconds of the context's clock. */
  expiresAt: number;
}

/** A token is replaced this long before it expires. MSAL does the same. */
export const EARLY_MS = 5 * 60_000;

/**
 * A sign-in that Microsoft refused is not tried again before this: the same request over and over is refused for that
 * alone (AADSTS50196), which would hide the reason.
 */
const PAUSE_AFTER_REFUSAL_MS = 60_000;

/**
 * Gets access tokens with the stored sign-in: from its cache where the token lives long enough, else from the sign-in
 * service. A new sign-in is noticed with the next call.
 */
export function createTokenSource(context: SignInContext): (isForced: boolean) => Promise<HeldToken> {
  let refused: { signInId: string; error: SignInError; until: number } | null = null;

  async function acquire(isForced: boolean): Promise<HeldToken> {
    const slot = await readSlot(context);
    if (!slot) throw new SignInError('notSignedIn', 'required');
    const { signInId } = slot.row.value;
    const nowMs = context.now().getTime();
    if (refused?.signInId === signInId && nowMs < refused.until) throw refused.error;
    try {
      return await acquireFrom(context, slot, isForced);
    } catch (caught) {
      const error = toSignInError(caught);
      if (error.kind !== 'temporary') refused = { signInId, error, until: nowMs + PAUSE_AFTER_REFUSAL_MS };
      throw error;
    }
  }

  return async (isForced) => {
    try {
      return await acquire(isForced);
    } catch (caught) {
      const error = toSignInError(caught);
      const wasReplaced = error.kind !== 'temporary' && refused !== null && (await isOther(context, refused.signInId));
      if (!wasReplaced) throw error;
      return acquire(isForced);
    }
  };
}

/** Somebody signed in anew while the old sign-in was being refused. */
async function isOther({ store }: SignInContext, signInId: string): Promise<boolean> {
  const row = await store.read();
  return row !== null && row.value.signInId !== signInId;
}

async function acquireFrom(context: SignInContext, slot: CacheSlot, isForced: boolean): Promise<HeldToken> {
  const { settings, timeoutMs, now } = context;
  const network = createSignInNetwork(settings.authorityHost, timeoutMs, now);
  const app = await createMsalApplication(settings, network.client, createCachePlugin(slot, context));
  const account = await findServiceAccount(app, context);
  if (!account) throw new SignInError('wrongAccount', 'required');
  const acquire = async (forceRefresh: boolean) => {
    try {
      return toHeld(await app.acquireTokenSilent({ account, scopes: scopesFor(settings), forceRefresh }), now());
    } catch (caught) {
      throw fromMsal(caught, network);
    }
  };
  const token = await acquire(isForced);
  // MSAL goes by the machine's clock; `now` may be ahead of it.
  return isForced || token.expiresAt - now().getTime() > EARLY_MS ? token : acquire(true);
}

/** The account of the stored sign-in, or `null` where there is none or another one. Asks only the storage. */
export async function readStoredAccount(context: SignInContext): Promise<AccountInfo | null> {
  const slot = await readSlot(context);
  if (!slot) return null;
  const network = createSignInNetwork(context.settings.authorityHost, context.timeoutMs, context.now);
  const app = await createMsalApplication(context.settings, network.client, createCachePlugin(slot, context));
  return findServiceAccount(app, context);
}

async function readSlot({ store, settings }: SignInContext): Promise<CacheSlot | null> {
  const row = await store.read();
  return row && { row, cache: openTokenCache(row.value.sealed, settings.tokenCacheKey) };
}

async function findServiceAccount(
  app: PublicClientApplication,
  { settings }: SignInContext,
): Promise<AccountInfo | null> {
  const accounts = await app.getTokenCache().getAllAccounts();
  return accounts.find((account) => isServiceAccount(account, settings)) ?? null;
}

/** A new token lives from `now` on; how long is told by MSAL in times of the machine's clock. */
export function toHeld({ accessToken, expiresOn, fromCache }: AuthenticationResult, now: Date): HeldToken {
  const expiresAt = expiresOn?.getTime() ?? 0;
  return { token: accessToken, expiresAt: fromCache ? expiresAt : now.getTime() + expiresAt - Date.now() };
}
