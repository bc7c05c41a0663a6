import { createPublicKey, type KeyObject } from 'node:crypto';

export type FoundKey =
  | { outcome: 'key'; key: KeyObject }
  | { outcome: 'unknown' }
  | { outcome: 'unavailable'; code: string };

export interface SigningKeys {
  /** The key that the sign-in service publishes under this id. Never throws. */
  find(keyId: string): Promise<FoundKey>;
}

export interface SigningKeyOptions {
  /** Of the JSON Web Key Set. */
  url: string;
  tenantId: string;
  /** How long one request for the keys may take. */
  fetchTimeoutMs: number;
  now: () => Date;
}

/** How often an unknown id, which anybody can make up, may cause a request. */
const REFRESH_PAUSE_MS = 60_000;
/** The same while no keys are to be had for it: what Graph sends meanwhile waits for them. */
const FAILED_PAUSE_MS = 1_000;
/** Keys are withdrawn, too: https://learn.microsoft.com/entra/identity-platform/signing-key-rollover has them read daily. */
const MAX_AGE_MS = 24 * 60 * 60_000;

/**
 * The keys with which the sign-in service signs for one tenant, read from a JSON Web Key Set (RFC 7517) when they are
 * first asked for, once a day, and when an id is not among them. Keys that are known serve on while the service is away.
 */
export function createSigningKeys(options: SigningKeyOptions): SigningKeys {
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let failure: string | null = null;
  let underWay: Promise<void> | null = null;

  async function fetchOnce(): Promise<void> {
    attemptedAt = options.now().getTime();
    try {
      keys = readKeys(await fetchJson(options), options.tenantId);
      fetchedAt = attemptedAt;
      failure = null;
    } catch (caught) {
      failure = codeOf(caught);
    } finally {
      underWay = null;
    }
  }

  function mayFetch(keyId: string, at: number): boolean {
    if (keys.has(keyId) && at - fetchedAt < MAX_AGE_MS) return false;
    const pauseMs = failure !== null && !keys.has(keyId) ? FAILED_PAUSE_MS : REFRESH_PAUSE_MS;
    return underWay !== null || at - attemptedAt >= pauseMs;
  }

  return {
    async find(keyId) {
      if (mayFetch(keyId, options.now().getTime())) {
        underWay ??= fetchOnce();
        await underWay;
      }
      const key = keys.get(keyId);
      if (key) return { outcome: 'key', key };
      return failure === null ? { outcome: 'unknown' } : { outcome: 'unavailable', code: failure };
    },
  };
}

async function fetchJson({ url, fetchTimeoutMs }: SigningKeyOptions): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetchTimeoutMs) });
  if (response.ok) return response.json();
  await response.body?.cancel();
  throw Object.assign(new Error('The keys were not given'), { statusCode: response.status });
}

/** Throws where there is no key at all: a broken answer must not take the place of good keys. */
function readKeys(json: unknown, tenantId: string): Map<string, KeyObject> {
  const list = json !== null && typeof json === 'object' && 'keys' in json ? json.keys : null;
  const read = new Map((Array.isArray(list) ? list : []).flatMap((item) => readKey(item, tenantId)));
  if (read.size === 0) throw new SyntaxError('The answer holds no key');
  return read;
}

/**
 * Under /common there are keys of other issuers as well; `issuer` says whose a key is
 * (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer).
 */
function readKey(item: unknown, tenantId: string): [string, KeyObject][] {
  const { kid, kty, issuer } = (item ?? {}) as { kid?: unknown; kty?: unknown; issuer?: unknown };
  if (typeof kid !== 'string' || kty !== 'RSA') return [];
  const isOfTenant = issuer === undefined || /\{tenantid\}/i.test(String(issuer)) || String(issuer).includes(tenantId);
  if (!isOfTenant) return [];
  try {
    return [[kid, createPublicKey({ key: item as NonNullable<unknown>, format: 'jwk' })]];
  } catch {
    return [];
  }
}

/** Name, status and code, and nothing of the answer; `fetch` hides the code of a broken connection in the cause. */
function codeOf(caught: unknown): string {
  const { name, statusCode, cause } = Object(caught) as { name?: unknown; statusCode?: unknown; cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  return [name, statusCode, code].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
}
