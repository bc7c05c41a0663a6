import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ICachePlugin } from '@azure/msal-node';
import type { Row } from '../store/jsonTable.ts';
import type { StoredSignIn } from '../store/signInStore.ts';
import type { SignInContext } from './signInContext.ts';
import { SignInError } from './signInError.ts';

/*
 * A sealed cache: version (1 byte), key id (4), nonce (12), ciphertext, tag (16). The version and the key id are
 * authenticated. AES-256-GCM with a random nonce: https://csrc.nist.gov/pubs/sp/800/38/d/final.
 */
const VERSION = 1;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Compresses and encrypts the token cache with a key of 32 bytes. The same cache never looks the same twice. */
export function sealTokenCache(cache: string, key: Buffer): string {
  const header = headerFor(key);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
  const encrypted = Buffer.concat([cipher.update(gzipSync(cache)), cipher.final()]);
  return Buffer.concat([header, nonce, encrypted, cipher.getAuthTag()]).toString('base64');
}

/** Throws a {@link SignInError} `TOKEN_CACHE_KEY` for another key and for a damaged cache. */
export function openTokenCache(sealed: string, key: Buffer): string {
  const bytes = Buffer.from(sealed, 'base64');
  const header = bytes.subarray(0, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || !header.equals(headerFor(key))) {
    throw unreadable();
  }
  try {
    const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(header)
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const encrypted = bytes.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES);
    const cache = gunzipSync(Buffer.concat([decipher.update(encrypted), decipher.final()])).toString();
    asSections(cache);
    return cache;
  } catch (caught) {
    throw unreadable(caught);
  }
}

function unreadable(cause?: unknown): SignInError {
  return new SignInError('TOKEN_CACHE_KEY', 'configuration', { cause });
}

/** The key id tells a wrong key from a damaged cache; four bytes of its hash say nothing of 32 random bytes. */
function headerFor(key: Buffer): Buffer {
  const keyId = createHash('sha256').update('token cache key id').update(key).digest().subarray(0, 4);
  return Buffer.concat([Buffer.from([VERSION]), keyId]);
}

/** Joins two serialised caches of one sign-in: what both hold is taken from `ours`, nothing else is lost. */
export function mergeTokenCaches(stored: string, ours: string): string {
  const merged: Record<string, object> = { ...asSections(stored) };
  for (const [name, section] of Object.entries(asSections(ours))) {
    merged[name] = { ...merged[name], ...section };
  }
  return JSON.stringify(merged);
}

/** MSAL's own format: an object of objects. Throws for what it cannot be. */
function asSections(cache: string): Record<string, object> {
  const sections: unknown = JSON.parse(cache);
  if (typeof sections !== 'object' || sections === null) throw new TypeError('A token cache is an object');
  return sections as Record<string, object>;
}

export interface CacheSlot {
  /** As it was read last. */
  row: Row<StoredSignIn>;
  /** The decrypted cache of that row. */
  cache: string;
}

/**
 * Gives MSAL the cache that was read, and stores what MSAL changes. The ETag serialises the writers: who comes second
 * reads again, merges and repeats. A newer sign-in is never overwritten, a removed one never comes back. A cache that
 * could not be stored costs nothing but another refresh, since Entra leaves the older refresh token valid: it is told
 * to `onUnsaved` and the token that was got is used.
 * https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime
 */
export function createCachePlugin(slot: CacheSlot, context: SignInContext): ICachePlugin {
  return {
    async beforeCacheAccess({ tokenCache }) {
      tokenCache.deserialize(slot.cache);
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (!cacheHasChanged) return;
      try {
        await saveTokenCache(slot, tokenCache.serialize(), context);
      } catch (caught) {
        context.onUnsaved(caught);
      }
    },
  };
}

const MAX_ATTEMPTS = 5;

async function saveTokenCache(
  slot: CacheSlot,
  changed: string,
  { store, settings, now }: SignInContext,
): Promise<void> {
  const { tokenCacheKey } = settings;
  let { row } = slot;
  let cache = changed;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const sealed = sealTokenCache(cache, tokenCacheKey);
    const written = await store.replace(row, { ...row.value, sealed, refreshedAt: now().toISOString() });
    if (written !== 'changed') {
      slot.row = written;
      slot.cache = cache;
      return;
    }
    const newer = await store.read();
    if (newer?.value.signInId !== row.value.signInId) return;
    cache = mergeTokenCaches(openTokenCache(newer.value.sealed, tokenCacheKey), changed);
    row = newer;
  }
  throw new Error(`The sign-in was changed by others ${MAX_ATTEMPTS} times while it was being stored`);
}
