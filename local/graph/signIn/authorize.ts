import { createHash, randomBytes } from 'node:crypto';
import type { Reply, WireRequest } from '../http.ts';
import type { State } from '../state.ts';
import { readScopes, requireClient } from './deviceCode.ts';
import { requireTenant } from './discovery.ts';
import { SignInRefusal } from './signInRefusal.ts';

/** Entra's codes live ten minutes. */
const CODE_MS = 600_000;

/**
 * `GET /{tenant}/oauth2/v2.0/authorize`, for who is signed in in that browser already: the service account. Sends the
 * browser back with a code; without PKCE (S256), or to an address that the app has not registered, it refuses.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function authorize(state: State, request: WireRequest): Reply {
  requireTenant(state, request);
  const query = new URLSearchParams(request.rawQuery);
  requireClient(state, query);
  const redirectUri = query.get('redirect_uri') ?? '';
  const isWellFormed = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
  const challenge = query.get('code_challenge') ?? '';
  if (redirectUri !== emptyPageOf(state) || !isWellFormed || challenge === '') throw new SignInRefusal(70000);
  const code = randomBytes(48).toString('base64url');
  state.authorizationCodes.set(code, {
    ...{ challenge, redirectUri, scopes: readScopes(state, query), userId: state.serviceAccountId },
    expiresAt: new Date(state.now().getTime() + CODE_MS),
  });
  const answer = new URLSearchParams({ code, state: query.get('state') ?? '' });
  return { status: 302, headers: { location: `${redirectUri}?${answer}` } };
}

/** `GET /common/oauth2/nativeclient`: nothing is to be seen there, the address is the answer. */
export function showEmptyPage(): Reply {
  return {
    status: 200,
    html: '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Signed in</title></head><body></body></html>',
    headers: { 'content-security-policy': "default-src 'none'" },
  };
}

/** What a code stands for; a code is good once, and only with the secret that its challenge was made of (RFC 7636, 4.6). */
export function takeAuthorizationCode(
  state: State,
  form: URLSearchParams,
): { userId: string; scopes: readonly string[] } {
  const code = form.get('code') ?? '';
  const known = state.authorizationCodes.get(code);
  state.authorizationCodes.delete(code);
  const made = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const isGood = known && state.now() < known.expiresAt && form.get('redirect_uri') === known.redirectUri;
  if (!isGood || made !== known.challenge) throw new SignInRefusal(70000);
  return known;
}

function emptyPageOf({ host }: State): string {
  return `http://${host}/common/oauth2/nativeclient`;
}
