import type { Connection } from 'rhea';
import { isPathWithin, pathOfResource, readSasToken, type SharedAccessKey } from './sasToken.ts';

/** What each connection has proved that it may do. */
export interface Claims {
  /** Takes a token for an audience (an address); `null` when it was good, else why not. */
  put(connection: Connection, audience: string, token: string): string | null;
  /** Whether the connection holds a claim to this path that has not expired. */
  covers(connection: Connection, path: string): boolean;
}

interface Claim {
  path: string;
  expiresAt: Date;
}

export function createClaims(sharedKey: SharedAccessKey): Claims {
  const claims = new WeakMap<Connection, Claim[]>();
  return {
    put(connection, audience, token) {
      const reading = readSasToken(token, sharedKey, new Date());
      if (!reading.isValid) {
        return reading.reason;
      }
      const path = pathOfResource(audience);
      if (path === null || !isPathWithin(path, reading.path)) {
        return 'InvalidAudience: The authorization token audience does not match the resource.';
      }
      const claim = { path: path, expiresAt: reading.expiresAt };
      claims.set(connection, [...(claims.get(connection) ?? []), claim]);
      return null;
    },
    covers(connection, path) {
      const now = new Date();
      const held = claims.get(connection) ?? [];
      return held.some((claim) => claim.expiresAt > now && isPathWithin(path, claim.path));
    },
  };
}
