import { asRecord } from './azureRest.ts';

/** What an access token says it may do. */
export interface TokenClaims {
  /** Delegated permissions. */
  scopes: string[];
  /** Application permissions. */
  roles: string[];
}

/**
 * Reads the permissions in an access token without checking it, for a person to look at; `null` for one that is no JWT.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function readTokenClaims(token: string): TokenClaims | null {
  try {
    const [, payload = ''] = token.split('.');
    const { scp, roles } = asRecord(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return {
      scopes: typeof scp === 'string' ? scp.split(' ').filter((scope) => scope !== '') : [],
      roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    };
  } catch {
    return null;
  }
}
