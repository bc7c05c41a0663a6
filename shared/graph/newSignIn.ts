import { randomUUID } from 'node:crypto';
import type { AccountInfo, AuthenticationResult, PublicClientApplication } from '@azure/msal-node';
import { isServiceAccount, type SignInContext } from './signInContext.ts';
import { SignInError } from './signInError.ts';
import { openTokenCache, sealTokenCache } from './tokenCache.ts';

/** A sign-in that somebody has just made, whichever way. */
export interface NewSignIn {
  account: AccountInfo;
  result: AuthenticationResult;
}

/**
 * A stored sign-in that cannot be read ends a new one before it begins: a wrong key on one machine must not overwrite
 * what all others use.
 */
export async function checkReplaceable({ store, settings }: SignInContext, replaceUnreadable: boolean): Promise<void> {
  const row = await store.read();
  if (row && !replaceUnreadable) openTokenCache(row.value.sealed, settings.tokenCacheKey);
}

/**
 * Keeps what somebody signed in to with an application whose tokens are in memory only. Of another account than the
 * service account nothing is kept: that throws.
 */
export async function keepNewSignIn(
  context: SignInContext,
  app: PublicClientApplication,
  result: AuthenticationResult | null,
): Promise<NewSignIn> {
  const account = result?.account;
  if (!result || !account) throw new SignInError('msal', 'temporary');
  if (!isServiceAccount(account, context.settings)) {
    throw new SignInError('wrongAccount', 'required', { signedInAs: account.username });
  }
  await keep(context, app.getTokenCache().serialize());
  return { account, result };
}

/** The newest sign-in counts: it replaces whatever others wrote meanwhile. */
async function keep({ store, settings, now }: SignInContext, cache: string): Promise<void> {
  const at = now().toISOString();
  const sealed = sealTokenCache(cache, settings.tokenCacheKey);
  const signIn = { signInId: randomUUID(), sealed, signedInAt: at, refreshedAt: at };
  for (;;) {
    const row = await store.read();
    const written = row ? await store.replace(row, signIn) : ((await store.insert(signIn)) ?? 'changed');
    if (written !== 'changed') return;
  }
}
