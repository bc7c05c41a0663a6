import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createMsalApplication, scopesFor } from './msalApplication.ts';
import { fromMsal } from './msalFailure.ts';
import { checkReplaceable, keepNewSignIn, type NewSignIn } from './newSignIn.ts';
import type { SignInContext } from './signInContext.ts';
import { fromSignInAnswer, SignInError } from './signInError.ts';
import { createSignInNetwork } from './signInNetwork.ts';
import { openTokenCache, sealTokenCache } from './tokenCache.ts';

/** A sign-in in a browser that has begun. */
export interface BegunSignIn {
  /** Where to sign in. */
  url: string;
  /** What only we know of it, encrypted: without it the code is worth nothing. */
  sealed: string;
}

interface Secret {
  state: string;
  verifier: string;
}

/**
 * Entra's own empty page for apps that have no address of their own: who signs in copies its address, which then holds
 * the code. https://learn.microsoft.com/entra/identity-platform/reply-url
 */
function redirectUriOf({ authorityHost }: SignInContext['settings']): string {
  return `${authorityHost.replace(/\/$/, '')}/common/oauth2/nativeclient`;
}

/**
 * Begins the authorization code flow with PKCE (https://www.rfc-editor.org/rfc/rfc7636, method S256), for tenants that
 * block device codes.
 */
export async function beginAuthorizationCode(
  context: SignInContext,
  { replaceUnreadable }: { replaceUnreadable: boolean },
): Promise<BegunSignIn> {
  await checkReplaceable(context, replaceUnreadable);
  const { settings, timeoutMs, now } = context;
  const secret: Secret = {
    state: randomBytes(24).toString('base64url'),
    verifier: randomBytes(32).toString('base64url'),
  };
  const app = await createMsalApplication(settings, createSignInNetwork(settings.authorityHost, timeoutMs, now).client);
  const url = await app.getAuthCodeUrl({
    scopes: scopesFor(settings),
    redirectUri: redirectUriOf(settings),
    responseMode: 'query',
    codeChallenge: createHash('sha256').update(secret.verifier).digest('base64url'),
    codeChallengeMethod: 'S256',
    state: secret.state,
    loginHint: settings.serviceAccount,
    prompt: 'select_account',
  });
  const { authorityHost } = settings;
  const httpsOrigin = authorityHost.replace(/^http:/, 'https:');
  return {
    url: url.startsWith(`${httpsOrigin}/`) ? authorityHost + url.slice(httpsOrigin.length) : url,
    sealed: sealTokenCache(JSON.stringify(secret), settings.tokenCacheKey),
  };
}

/** Ends it with the address on which the browser ended. */
export async function finishAuthorizationCode(
  context: SignInContext,
  { sealed, address }: { sealed: string; address: string },
): Promise<NewSignIn> {
  const { settings, timeoutMs, now } = context;
  const { state, verifier } = JSON.parse(openTokenCache(sealed, settings.tokenCacheKey)) as Secret;
  const code = codeOf(address, state);
  const network = createSignInNetwork(settings.authorityHost, timeoutMs, now);
  const app = await createMsalApplication(settings, network.client);
  const request = { code, scopes: scopesFor(settings), redirectUri: redirectUriOf(settings), codeVerifier: verifier };
  const result = await app.acquireTokenByCode(request).catch((caught) => {
    throw fromMsal(caught, network);
  });
  return keepNewSignIn(context, app, result);
}

/** What is copied may be the address, or what follows its question mark. */
function codeOf(address: string, state: string): string {
  const query = new URLSearchParams(address.trim().replace(/^[^?#]*[?#]/, ''));
  const error = query.get('error');
  if (error !== null) {
    const [, number] = /AADSTS(\d{1,9})/.exec(query.get('error_description') ?? '') ?? [];
    const aadsts = number === undefined ? null : Number(number);
    throw fromSignInAnswer({
      status: 400,
      error: /^\w{1,60}$/.test(error) ? error : 'refused',
      aadsts,
      retryAfterMs: null,
    });
  }
  const code = query.get('code');
  if (!code || !isSame(query.get('state') ?? '', state)) throw new SignInError('otherAddress', 'required');
  return code;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
