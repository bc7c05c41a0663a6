import { randomBytes } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { keyVaultCodeOf, keyVaultOptions } from '../../shared/graph/keyVault.ts';

/** Where the app settings look for it. */
export const TOKEN_CACHE_KEY_SECRET = 'token-cache-key';
/** AES-256. */
const KEY_BYTES = 32;

/** `disabled`: it is there and cannot be read; another one would make the stored sign-in unreadable for good. */
export type KeyState = 'made' | 'kept' | 'disabled';

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
  const versions: { createdAt: number; isEnabled: boolean }[] = [];
  for await (const { createdOn, enabled } of client.listPropertiesOfSecretVersions(TOKEN_CACHE_KEY_SECRET)) {
    versions.push({ createdAt: createdOn?.getTime() ?? 0, isEnabled: enabled !== false });
  }
  const [newest] = versions.sort((a, b) => b.createdAt - a.createdAt);
  if (newest !== undefined) return newest.isEnabled ? 'kept' : 'disabled';
  if (!isDryRun) {
    const value = randomBytes(KEY_BYTES).toString('base64');
    await client.setSecret(TOKEN_CACHE_KEY_SECRET, value, { contentType: 'Base64 of 32 bytes (AES-256)' });
  }
  return 'made';
}

/** Rights that were just assigned, and a vault that was just created: both are there for all in some minutes. */
export function isYetToCome(caught: unknown): boolean {
  const code = keyVaultCodeOf(caught);
  return /^403 (ForbiddenByRbac|Forbidden)$/.test(code) || /ENOTFOUND|EAI_AGAIN/.test(code);
}
