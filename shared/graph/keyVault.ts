import { errorCodeOf } from '../errors.ts';

/**
 * Options for a Key Vault client. A vault on this machine is a look-alike: it speaks plain HTTP, and its challenge names
 * the resource of the real ones, which is then no part of its own name.
 */
export function keyVaultOptions(vaultUrl: string) {
  const { protocol, hostname } = new URL(vaultUrl);
  const isLocal = protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);
  return {
    retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 500 },
    ...(isLocal ? { allowInsecureConnection: true, disableChallengeResourceVerification: true } : {}),
  };
}

/** `code` may be logged; the message holds nothing else. */
export class KeyVaultError extends Error {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`Key Vault gave no certificates (${code})`, { cause });
    this.name = 'KeyVaultError';
    this.code = code;
  }
}

/** HTTP status and Key Vault's finest word for it, such as `403 ForbiddenByRbac`; else how there was no answer. */
export function keyVaultCodeOf(caught: unknown): string {
  if (caught instanceof KeyVaultError) return caught.code;
  const { name, statusCode, code, details } = (caught ?? {}) as Record<string, unknown>;
  if (name === 'AbortError') return 'timeout';
  if (typeof statusCode !== 'number') return errorCodeOf(caught);
  const words = [innerCodeOf(details), code].find((word) => typeof word === 'string' && /^\w{1,60}$/.test(word));
  return words === undefined ? String(statusCode) : `${statusCode} ${words}`;
}

/** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
function innerCodeOf(details: unknown): unknown {
  const { error } = (details ?? {}) as { error?: { innererror?: { code?: unknown }; innerError?: { code?: unknown } } };
  return (error?.innererror ?? error?.innerError)?.code;
}
