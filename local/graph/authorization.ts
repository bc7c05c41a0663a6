import { requireUser } from './directory.ts';
import { appOnMe, forbidden, invalidToken, missingRole, missingScope, notKnown } from './graphRefusal.ts';
import { header, type WireRequest } from './http.ts';
import { isGraph } from './identity/managedIdentity.ts';
import type { User } from './model.ts';
import type { State } from './state.ts';

/** An app that asks for a signed-in user, with delegated permissions. */
export interface UserCaller {
  kind: 'user';
  user: User;
  scopes: readonly string[];
}

/** An app that asks for itself, with application permissions: here always the managed identity. */
export interface AppCaller {
  kind: 'app';
  roles: readonly string[];
}

export type Caller = UserCaller | AppCaller;

/** Checks the bearer token: known, for Graph, not expired by the look-alike's clock. Throws the 401 that Graph answers. */
export function authenticate(state: State, request: WireRequest): Caller {
  const match = /^Bearer\s+(\S+)$/i.exec(header(request, 'authorization') ?? '');
  const value = match?.[1];
  if (value === undefined) {
    throw invalidToken('missing');
  }
  const token = state.accessTokens.get(value);
  if (token === undefined) {
    throw invalidToken('unknown');
  }
  if (!isGraph(state.host, token.audience)) {
    throw invalidToken('audience');
  }
  if (state.now() >= token.expiresAt) {
    throw invalidToken('expired');
  }
  return token.kind === 'delegated'
    ? { kind: 'user', user: requireUser(state, token.userId), scopes: token.scopes }
    : { kind: 'app', roles: token.roles };
}

/** As {@link authenticate}, for what only a user may do here. Throws 403 unless one of the scopes is in the token. */
export function authenticateUser(state: State, request: WireRequest, anyOf: readonly string[]): UserCaller {
  const caller = authenticate(state, request);
  if (caller.kind === 'app' && request.path.startsWith('/v1.0/me')) {
    throw appOnMe();
  }
  requireScope(caller, anyOf);
  return caller;
}

/** Throws 403 unless one of the scopes, least privileged first, is in the token; an app would need the role instead. */
export function requireScope(caller: Caller, anyOf: readonly string[]): asserts caller is UserCaller {
  if (caller.kind === 'app') {
    const needed = anyOf.map((scope) => `${scope}.All`);
    throw needed.some((role) => caller.roles.includes(role))
      ? notKnown('application permissions to chats')
      : missingRole(needed, caller.roles);
  }
  if (!anyOf.some((scope) => caller.scopes.includes(scope))) {
    throw missingScope(anyOf, caller.scopes);
  }
}

/** Throws 403 unless an app asks for itself, with this role. What is "not supported" for a user is forbidden to one. */
export function requireRole(caller: Caller, role: string): asserts caller is AppCaller {
  if (caller.kind === 'user') {
    throw forbidden();
  }
  if (!caller.roles.includes(role)) {
    throw missingRole([role], caller.roles);
  }
}

/** `/users/{id or UPN}/…` with a delegated token: only the signed-in user's own. */
export function requireSelf(caller: UserCaller, idOrUpn: string | undefined): void {
  const own = [caller.user.id, caller.user.userPrincipalName].map((name) => name.toLowerCase());
  if (idOrUpn !== undefined && !own.includes(idOrUpn.toLowerCase())) {
    throw forbidden();
  }
}
