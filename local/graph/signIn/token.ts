import { requireUser } from '../directory.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { RefreshToken } from '../model.ts';
import type { State } from '../state.ts';
import { takeAuthorizationCode } from './authorize.ts';
import { readScopes, requireClient } from './deviceCode.ts';
import { requireTenant } from './discovery.ts';
import { SignInRefusal } from './signInRefusal.ts';
import { issueTokens } from './tokens.ts';

/** RFC 8628's name, and the short one that MSAL sends and Entra takes too. */
const DEVICE_GRANTS = ['urn:ietf:params:oauth:grant-type:device_code', 'device_code'];

/** The operation a request to the token endpoint means, for faults. */
export function tokenOperationOf(body: string): string {
  const grant = new URLSearchParams(body).get('grant_type') ?? '';
  if (grant === 'refresh_token') {
    return 'signIn.token.refresh';
  }
  if (grant === 'authorization_code') {
    return 'signIn.token.authorizationCode';
  }
  return DEVICE_GRANTS.includes(grant) ? 'signIn.token.deviceCode' : 'signIn.token';
}

/** `POST /{tenant}/oauth2/v2.0/token` with the grants of a public client: device code, authorization code and refresh token. */
export function redeem(state: State, request: WireRequest): Reply {
  requireTenant(state, request);
  const form = new URLSearchParams(request.body);
  requireClient(state, form);
  return { status: 200, json: redeemGrant(state, form) };
}

function redeemGrant(state: State, form: URLSearchParams): Record<string, unknown> {
  const grant = form.get('grant_type');
  if (grant === null) {
    throw new SignInRefusal(90014, "'grant_type'");
  }
  if (grant === 'refresh_token') {
    return refresh(state, form);
  }
  if (grant === 'authorization_code') {
    const { userId, scopes } = takeAuthorizationCode(state, form);
    return issueTokens(state, requireUser(state, userId), scopes, readClientInfo(form));
  }
  if (DEVICE_GRANTS.includes(grant)) {
    return redeemDeviceCode(state, form);
  }
  throw new SignInRefusal(70003, `'${grant}'`);
}

function redeemDeviceCode(state: State, form: URLSearchParams): Record<string, unknown> {
  const signIn = state.deviceSignIns.get(form.get('device_code') ?? '');
  if (signIn === undefined) {
    throw new SignInRefusal(70018);
  }
  if (signIn.status === 'redeemed') {
    throw new SignInRefusal(70000, 'The device code has already been used.');
  }
  if (state.now() >= signIn.expiresAt) {
    throw new SignInRefusal(70020);
  }
  if (signIn.status === 'declined') {
    throw new SignInRefusal(65004);
  }
  if (signIn.status === 'pending' || signIn.userId === null) {
    throw new SignInRefusal(70016);
  }
  signIn.status = 'redeemed';
  return issueTokens(state, requireUser(state, signIn.userId), signIn.scopes, readClientInfo(form));
}

function refresh(state: State, form: URLSearchParams): Record<string, unknown> {
  const token = requireRefreshToken(state, form.get('refresh_token'));
  const scopes = readScopes(state, form);
  return issueTokens(state, requireUser(state, token.userId), scopes, readClientInfo(form));
}

function requireRefreshToken(state: State, value: string | null): RefreshToken {
  if (value === null) {
    throw new SignInRefusal(90014, "'refresh_token'");
  }
  const token = state.refreshTokens.get(value);
  if (token === undefined) {
    throw new SignInRefusal(70000);
  }
  if (token.isRevoked) {
    throw new SignInRefusal(50173, `The grant was issued on '${token.issuedAt.toISOString()}'.`);
  }
  if (state.now() >= token.expiresAt) {
    throw new SignInRefusal(700082, `The token was issued on ${token.issuedAt.toISOString()}.`);
  }
  return token;
}

function readClientInfo(form: URLSearchParams): { clientInfo: boolean } {
  return { clientInfo: form.get('client_info') === '1' };
}

/** As an administrator's "revoke sessions": refresh tokens end, access tokens live out their hour. */
export function revokeRefreshTokens(state: State): void {
  for (const token of state.refreshTokens.values()) {
    token.isRevoked = true;
  }
}

/** Ends every access token now. */
export function expireAccessTokens(state: State): void {
  for (const token of state.accessTokens.values()) {
    token.expiresAt = state.now();
  }
}
