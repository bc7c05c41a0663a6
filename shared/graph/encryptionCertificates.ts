import type { TokenCredential } from '@azure/identity';
import type { SecretClient } from '@azure/keyvault-secrets';
import type { Logger } from '../log.ts';
import { type EncryptionCertificate, readCertificateSecret } from './encryptionCertificate.ts';
import { KeyVaultError, keyVaultCodeOf, keyVaultOptions } from './keyVault.ts';

export type { EncryptionCertificate };

export interface EncryptionCertificates {
  /**
   * Every enabled version, the newest first, expired ones too: what was encrypted with one can still be read. From
   * memory once it was read; `refresh` asks the vault again, but not within 30 s of an answer or 5 s of a failure.
   * While the vault does not answer what is known stays. Throws a {@link KeyVaultError} when there is nothing.
   */
  all(options?: { refresh?: boolean }): Promise<readonly EncryptionCertificate[]>;
  /** Every enabled secret of the vault that ends one day, certificates among them. Throws a {@link KeyVaultError}. */
  expiries(): Promise<{ name: string; expiresAt: Date }[]>;
}

export interface EncryptionCertificatesOptions {
  now?: () => Date;
  log?: Pick<Logger, 'warn'>;
  /** Limit for one request; 2.5 s by default. */
  requestTimeoutMs?: number;
  /** Limit for all that one question takes; 5 s by default. */
  totalTimeoutMs?: number;
}

const PAUSE_AFTER_ANSWER_MS = 30_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;

/** The client is loaded, and the vault asked, with the first question. */
export function createEncryptionCertificates(
  settings: { vaultUrl: string; name: string },
  credential: TokenCredential,
  options: EncryptionCertificatesOptions = {},
): EncryptionCertificates {
  const { now = () => new Date(), log, requestTimeoutMs = 2_500, totalTimeoutMs = 5_000 } = options;
  const held = new Map<string, EncryptionCertificate>();
  const unusable = new Set<string>();
  let last: { at: number; failure: KeyVaultError | null } | null = null;
  let asking: Promise<void> | null = null;

  const inVault = <T>(question: (client: SecretClient, signal: AbortSignal) => Promise<T>): Promise<T> =>
    withinTime(totalTimeoutMs, async (signal) => {
      const { SecretClient } = await import('@azure/keyvault-secrets');
      // A new client each time: one that lives on renews its token behind the caller's back, and a failure of that
      // would end the process.
      return question(new SecretClient(settings.vaultUrl, credential, keyVaultOptions(settings.vaultUrl)), signal);
    });
  const limits = (abortSignal: AbortSignal) => ({ abortSignal, requestOptions: { timeout: requestTimeoutMs } });

  async function listEnabled(client: SecretClient, signal: AbortSignal) {
    const listed: { version: string; createdAt: Date | null }[] = [];
    for await (const { version, enabled, createdOn } of client.listPropertiesOfSecretVersions(
      settings.name,
      limits(signal),
    )) {
      if (version !== undefined && enabled !== false) listed.push({ version, createdAt: createdOn ?? null });
    }
    if (listed.length === 0) throw new KeyVaultError('noEnabledVersion');
    return listed;
  }

  async function read(client: SecretClient, version: string, createdAt: Date | null, signal: AbortSignal) {
    const certificateId = `${settings.name}/${version}`;
    const secret = await client.getSecret(settings.name, { version, ...limits(signal) });
    const { contentType = null } = secret.properties;
    const found = readCertificateSecret({ certificateId, contentType, value: secret.value ?? '', createdAt });
    if (!('unusable' in found)) {
      held.set(version, found);
      return;
    }
    unusable.add(version);
    log?.warn('A version of the encryption certificate cannot be used', { certificateId, reason: found.unusable });
  }

  /** Reads what is new and forgets what is not enabled any more. A version never changes. */
  async function ask(client: SecretClient, signal: AbortSignal): Promise<void> {
    const listed = await listEnabled(client, signal);
    const enabled = new Set(listed.map(({ version }) => version));
    for (const version of held.keys()) if (!enabled.has(version)) held.delete(version);
    const unread = listed.filter(({ version }) => !held.has(version) && !unusable.has(version));
    const results = await Promise.allSettled(
      unread.map(({ version, createdAt }) => read(client, version, createdAt, signal)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    if (held.size === 0) throw new KeyVaultError('noUsableVersion');
  }

  async function askAndNote(): Promise<void> {
    let failure: KeyVaultError | null = null;
    try {
      await inVault(ask);
    } catch (caught) {
      failure = caught as KeyVaultError;
      log?.warn('Key Vault did not give every encryption certificate', { error: failure.code, known: held.size });
    }
    last = { at: now().getTime(), failure };
  }

  function isPausing(): boolean {
    if (last === null) return false;
    const elapsed = now().getTime() - last.at;
    return elapsed >= 0 && elapsed < (last.failure === null ? PAUSE_AFTER_ANSWER_MS : PAUSE_AFTER_FAILURE_MS);
  }

  return {
    async all({ refresh = false } = {}) {
      if ((refresh || held.size === 0) && (asking !== null || !isPausing())) {
        asking ??= askAndNote().finally(() => {
          asking = null;
        });
        await asking;
      }
      if (held.size === 0) throw last?.failure ?? new KeyVaultError('noUsableVersion');
      return [...held.values()].sort(newestFirst);
    },

    expiries: () =>
      inVault(async (client, signal) => {
        const found: { name: string; expiresAt: Date }[] = [];
        for await (const { name, enabled, expiresOn } of client.listPropertiesOfSecrets(limits(signal))) {
          if (enabled !== false && expiresOn !== undefined) found.push({ name, expiresAt: expiresOn });
        }
        return found;
      }),
  };
}

/** Key Vault counts in seconds; of two made in the same one, the order at least stays. */
function newestFirst(a: EncryptionCertificate, b: EncryptionCertificate): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || b.certificateId.localeCompare(a.certificateId);
}

/** What was asked, or a {@link KeyVaultError}; when the time is over the question is broken off. */
async function withinTime<T>(timeoutMs: number, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new KeyVaultError('timeout'));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([question(controller.signal), late]);
  } catch (caught) {
    throw caught instanceof KeyVaultError ? caught : new KeyVaultError(keyVaultCodeOf(caught), caught);
  } finally {
    clearTimeout(timer);
  }
}
