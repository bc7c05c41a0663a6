import type { Jwt, JwtPayload, VerifyOptions } from 'jsonwebtoken';
import { toError } from '../errors.ts';
import { createSigningKeys } from './signingKeys.ts';

/** `reason` names the check that failed; neither it nor `code` holds anything of a token. */
export type TokenCheck =
  | { outcome: 'valid' }
  | { outcome: 'refused'; reason: TokenRefusal }
  | { outcome: 'unavailable'; code: string };

export type TokenRefusal =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'expired'
  | 'early'
  | 'audience'
  | 'issuer'
  | 'tenant'
  | 'publisher';

export interface ValidationTokens {
  /** Whether `validationTokens` holds at least one token and each of them proves that Graph sent it to us. Never throws. */
  check(tokens: unknown): Promise<TokenCheck>;
}

export interface ValidationTokenOptions {
  /** Origin of the sign-in service, without a path. */
  authorityHost: string;
  tenantId: string;
  /** Ids of our applications: of each that subscribes. */
  audiences: readonly string[];
  /** How long one request for the keys may take; 2 s when left out, for Graph waits for 3 s. */
  keysTimeoutMs?: number;
  now?: () => Date;
}

/** "Microsoft Graph Change Tracking": the application that sends change notifications, in every cloud and tenant. */
const PUBLISHER_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const CLOCK_TOLERANCE_SECONDS = 300;

/**
 * Checks the tokens of rich notifications as
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#how-to-validate asks: signature (RS256, by
 * a key of the sign-in service), times, our application, our tenant, and Graph as the one the token was issued to.
 * Without the keys nothing can be said: `unavailable`.
 */
export function createValidationTokens(options: ValidationTokenOptions): ValidationTokens {
  const { authorityHost, keysTimeoutMs = 2_000, now = () => new Date() } = options;
  const tenantId = options.tenantId.toLowerCase();
  const issuers = issuersOf(authorityHost, tenantId);
  const audience = options.audiences.map((id) => id.toLowerCase()) as [string, ...string[]];
  const url = `${authorityHost}/common/discovery/v2.0/keys`;
  const keys = createSigningKeys({ url, tenantId, fetchTimeoutMs: keysTimeoutMs, now });

  async function checkOne(token: unknown): Promise<TokenCheck> {
    const { default: jwt } = await import('jsonwebtoken');
    const header = typeof token === 'string' ? headerOf(() => jwt.decode(token, { complete: true })) : null;
    if (typeof token !== 'string' || header === null) return refused('malformed');
    if (header.alg !== 'RS256') return refused('algorithm');
    if (typeof header.kid !== 'string') return refused('key');
    const found = await keys.find(header.kid);
    if (found.outcome === 'unavailable') return found;
    if (found.outcome === 'unknown') return refused('key');
    const times = { clockTimestamp: Math.floor(now().getTime() / 1_000), clockTolerance: CLOCK_TOLERANCE_SECONDS };
    const rules: VerifyOptions = { algorithms: ['RS256'], audience, issuer: [issuers.v1, issuers.v2], ...times };
    try {
      return checkClaims(jwt.verify(token, found.key, rules), tenantId, issuers);
    } catch (caught) {
      return refused(reasonOf(toError(caught)));
    }
  }

  return {
    async check(tokens) {
      if (!Array.isArray(tokens) || tokens.length === 0) return refused('missing');
      for (const token of tokens) {
        const result = await checkOne(token);
        if (result.outcome !== 'valid') return result;
      }
      return { outcome: 'valid' };
    },
  };
}

/**
 * Version 1 tokens name the same issuer worldwide and in Azure Government, version 2 tokens the sign-in service of
 * their cloud (https://learn.microsoft.com/answers/questions/1190472/what-are-the-token-issuers-for-the-sovereign-cloud).
 * A sign-in service on this machine, the only one without https, stands for the worldwide one.
 */
export function issuersOf(authorityHost: string, tenantId: string): { v1: string; v2: string } {
  const cloud = authorityHost.startsWith('https:') ? authorityHost : 'https://login.microsoftonline.com';
  return { v1: `https://sts.windows.net/${tenantId}/`, v2: `${cloud}/${tenantId}/v2.0` };
}

/** What the library does not look at. Who a token was issued to is `appid` in version 1 and `azp` in version 2. */
function checkClaims(claims: JwtPayload | string, tenantId: string, issuers: { v1: string }): TokenCheck {
  const { exp, iss, tid, appid, azp } = claims as JwtPayload;
  if (exp === undefined) return refused('expired');
  if (tid !== tenantId) return refused('tenant');
  return (iss === issuers.v1 ? appid : azp) === PUBLISHER_APP_ID ? { outcome: 'valid' } : refused('publisher');
}

function headerOf(decode: () => Jwt | null): Jwt['header'] | null {
  try {
    return decode()?.header ?? null;
  } catch {
    return null;
  }
}

/** In the order in which the library checks; it tells its refusals apart by name, or by text alone. */
const REASONS: readonly (readonly [RegExp, TokenRefusal])[] = [
  [/^TokenExpiredError/, 'expired'],
  [/^NotBeforeError/, 'early'],
  [/algorithm/, 'algorithm'],
  [/signature/, 'signature'],
  [/audience/, 'audience'],
  [/issuer/, 'issuer'],
];

function reasonOf(error: Error): TokenRefusal {
  return REASONS.find(([pattern]) => pattern.test(`${error.name} ${error.message}`))?.[1] ?? 'malformed';
}

function refused(reason: TokenRefusal): TokenCheck {
  return { outcome: 'refused', reason };
}
