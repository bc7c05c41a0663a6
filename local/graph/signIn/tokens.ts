import { randomBytes, randomInt } from 'node:crypto';
import { isGraph } from '../identity/managedIdentity.ts';
import type { User } from '../model.ts';
import type { State } from '../state.ts';
import { encode } from './signingKeys.ts';

/** Entra gives access tokens a life of 60 to 90 minutes, 75 on average. */
const ACCESS_TOKEN_SECONDS = { least: 3_600, most: 5_400 };
const REFRESH_TOKEN_DAYS = 90;
const DAY_MS = 86_400_000;

/** What the token endpoint answers. `clientInfo`: only when the client asked with `client_info=1`, as MSAL does. */
export function issueTokens(
  state: State,
  user: User,
  scopes: readonly string[],
  { clientInfo }: { clientInfo: boolean },
): Record<string, unknown> {
  const seconds = randomInt(ACCESS_TOKEN_SECONDS.least, ACCESS_TOKEN_SECONDS.most + 1);
  const names = scopes.map(toScopeName);
  return {
    token_type: 'Bearer',
    scope: scopes.filter((scope) => scope !== 'offline_access').join(' '),
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: issueAccessToken(state, user, names, seconds),
    ...(names.includes('offline_access') ? { refresh_token: issueRefreshToken(state, user) } : {}),
    ...(names.includes('openid') ? { id_token: idToken(state, user, seconds) } : {}),
    ...(clientInfo ? { client_info: encode({ uid: user.id, utid: state.tenantId }) } : {}),
  };
}

/** `https://graph.microsoft.com/Chat.Read` and `Chat.Read` are the same permission. */
export function toScopeName(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1);
}

function issueAccessToken(state: State, user: User, scopes: readonly string[], seconds: number): string {
  const audience = 'https://graph.microsoft.com';
  const value = unsigned({ ...commonClaims(state, user.id, seconds), aud: audience, scp: scopes.join(' ') });
  const expiresAt = new Date(state.now().getTime() + seconds * 1000);
  state.accessTokens.set(value, { kind: 'delegated', userId: user.id, scopes, audience, expiresAt });
  return value;
}

/** A token of the managed identity, for the resource it names. Roles are those on Graph. */
export function issueAppToken(state: State, resource: string): { value: string; expiresAt: Date } {
  const { clientId, servicePrincipalId, roles, tokenSeconds } = state.managedIdentity;
  const common = commonClaims(state, servicePrincipalId, tokenSeconds);
  const granted = isGraph(state.host, resource) ? { roles } : {};
  const value = unsigned({ ...common, aud: resource, appid: clientId, idtyp: 'app', ...granted });
  const expiresAt = new Date(state.now().getTime() + tokenSeconds * 1000);
  state.accessTokens.set(value, { kind: 'application', roles, audience: resource, expiresAt });
  return { value, expiresAt };
}

/** Every use gives a new one; the old one goes on working until its own end, as with Entra. */
function issueRefreshToken(state: State, user: User): string {
  const value = `1.${randomBytes(48).toString('base64url')}`;
  const issuedAt = state.now();
  const expiresAt = new Date(issuedAt.getTime() + REFRESH_TOKEN_DAYS * DAY_MS);
  state.refreshTokens.set(value, { userId: user.id, issuedAt, expiresAt, isRevoked: false });
  return value;
}

function idToken(state: State, user: User, seconds: number): string {
  return unsigned({
    ...commonClaims(state, user.id, seconds),
    aud: state.clientId,
    name: user.displayName,
    preferred_username: user.userPrincipalName,
    sub: Buffer.from(`${user.id}.${state.clientId}`).toString('base64url'),
    ver: '2.0',
  });
}

function commonClaims(state: State, objectId: string, seconds: number): Record<string, unknown> {
  const now = Math.floor(state.now().getTime() / 1000);
  const issuer = `https://${state.host}/${state.tenantId}/v2.0`;
  return { iss: issuer, iat: now, nbf: now, exp: now + seconds, oid: objectId, tid: state.tenantId };
}

/** Three parts as a JWT has, but the third is chance: only this server can tell a token of its own. */
function unsigned(claims: Record<string, unknown>): string {
  return [encode({ typ: 'JWT', alg: 'RS256' }), encode(claims), randomBytes(32).toString('base64url')].join('.');
}
