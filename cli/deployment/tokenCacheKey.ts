import { randomBytes } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { keyVaultCodeOf, keyVaultOptions } from '../../shared/graph/keyVault.ts';

/** Where the app settings look for it. */
export const TOKEN_CACHE_KEY_SECRET = 'token-cache-key';
/** AES-256. */
const KEY_BYTES = 32;

/** `unusable`: disabled, or no key; another one would make a sign-in that is stored unreadable for good. */
export type KeyState = 'made' | 'kept' | 'unusable';

/**
 * Makes the key with which the stored sign-in is encrypted, where the vault has none. One that is there is never
 * replaced, and none is ever shown. Throws what the Azure library throws.
 */
export async function ensureTokenCacheKey(
  vaultUrl: string,
  credential: TokenCredential,
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<KeyState> {
  const client = new SecretClient(vaultUrl, credential, keyVaultOptions(vaultUrl));
  // Not the list of its versions: what refuses that does not say why.
  const found = await lookAtKey(client);
  if (found !== null) return found;
  if (!isDryRun) {
    const value = randomBytes(KEY_BYTES).toString('base64');
    await client.setSecret(TOKEN_CACHE_KEY_SECRET, value, { contentType: 'Base64 of 32 bytes (AES-256)' });
  }
  return 'made';
}

async function lookAtKey(client: SecretClient): Promise<KeyState | null> {
  try {
    const { value = '' } = await client.getSecret(TOKEN_CACHE_KEY_SECRET);
    return Buffer.from(value, 'base64').length === KEY_BYTES ? 'kept' : 'unusable';
  } catch (caught) {
    const code = keyVaultCodeOf(caught);
    if (code === '404 SecretNotFound') return null;
    if (code === '403 SecretDisabled') return 'unusable';
    throw caught;
  }
}

/** Rights that were just assigned, and a vault that was just created: both are there for all in some minutes. */
export function isYetToCome(caught: unknown): boolean {
  const code = keyVaultCodeOf(caught);
  return /^403 (ForbiddenByRbac|Forbidden)$/.test(code) || /ENOTFOUND|EAI_AGAIN/.test(code);
}
