import { requireUser } from './directory.ts';
import { forbidden, invalidToken, missingScope } from './graphRefusal.ts';
import { header, type WireRequest } from './http.ts';
import type { User } from './model.ts';
import type { State } from './state.ts';

/** Who asks, and with which delegated permissions. */
export interface Caller {
  user: User;
  scopes: readonly string[];
}

/** Checks the bearer token: known, not expired by the look-alike's clock. Throws the 401 that Graph answers. */
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
  if (state.now() >= token.expiresAt) {
    throw invalidToken('expired');
  }
  return { user: requireUser(state, token.userId), scopes: token.scopes };
}

/** Throws 403 unless one of the scopes, least privileged first, is in the token. */
export function requireScope(caller: Caller, anyOf: readonly string[]): void {
  if (!anyOf.some((scope) => caller.scopes.includes(scope))) {
    throw missingScope(anyOf, caller.scopes);
  }
}

/** `/users/{id or UPN}/…` with a delegated token: only the signed-in user's own. */
export function requireSelf(caller: Caller, idOrUpn: string | undefined): void {
  const own = [caller.user.id, caller.user.userPrincipalName].map((name) => name.toLowerCase());
  if (idOrUpn !== undefined && !own.includes(idOrUpn.toLowerCase())) {
    throw forbidden();
  }
}

/** Delegated permissions by the tables of "List chats", "Get chat" and "List members". */
export const READ_CHATS = ['Chat.ReadBasic', 'Chat.Read', 'Chat.ReadWrite'];
/** Delegated permissions by the tables of "List messages in a chat" and "Get chatMessage". */
export const READ_MESSAGES = ['Chat.Read', 'Chat.ReadWrite'];
