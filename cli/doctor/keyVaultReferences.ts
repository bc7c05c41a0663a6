import type { TokenCredential } from '@azure/identity';
import { keyVaultCodeOf, keyVaultOptions } from '../../shared/graph/keyVault.ts';
import { isNoToken } from './cannotLook.ts';

/** A setting that stands in a Key Vault, and could not be read by whoever asks. */
export interface UnreadReference {
  name: string;
  /** Vault and secret, as an administrator knows them; `null` for a reference that says neither. */
  secret: string | null;
  /** May be logged. */
  code: string;
  /** Azure gave no token with which to ask. */
  isNoToken: boolean;
}

export interface ResolvedSettings {
  /** An unread reference stays as it is: it counts as missing for whoever needs it. */
  settings: Record<string, string>;
  unread: UnreadReference[];
  /** How many references there were. */
  references: number;
}

interface SecretAddress {
  vaultUrl: string;
  name: string;
  version: string | null;
}

const REFERENCE = /^@Microsoft\.KeyVault\((.*)\)$/;
const TIMEOUT_MS = 10_000;

/**
 * Reads every `@Microsoft.KeyVault(…)` with the credential of whoever runs the command
 * (https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#understand-source-app-settings-from-key-vault).
 * One that cannot be read never stops the others. Each has `timeoutMs`.
 */
export async function resolveKeyVaultReferences(
  settings: Readonly<Record<string, string>>,
  credential: TokenCredential,
  { vaultDomain = 'vault.azure.net', timeoutMs = TIMEOUT_MS }: { vaultDomain?: string; timeoutMs?: number } = {},
): Promise<ResolvedSettings> {
  const references = Object.entries(settings).filter(([, value]) => value.startsWith('@Microsoft.KeyVault('));
  const resolved: Record<string, string> = { ...settings };
  const unread: UnreadReference[] = [];
  await Promise.all(
    references.map(async ([name, reference]) => {
      const address = parseReference(reference, vaultDomain);
      const secret = address && `secret ${address.name} of ${new URL(address.vaultUrl).hostname}`;
      try {
        if (!address) throw Object.assign(new Error('Not a reference'), { name: 'InvalidSyntax' });
        resolved[name] = await readSecret(address, credential, timeoutMs);
      } catch (caught) {
        unread.push({ name, secret, code: keyVaultCodeOf(caught), isNoToken: isNoToken(caught) });
      }
    }),
  );
  return { settings: resolved, unread, references: references.length };
}

/** Both forms that App Service takes; `null` for anything else. */
function parseReference(reference: string, vaultDomain: string): SecretAddress | null {
  const inner = REFERENCE.exec(reference.trim())?.[1] ?? '';
  const parts = new Map(
    inner.split(';').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );
  const uri = parts.get('secreturi');
  if (uri !== undefined) return parseSecretUri(uri);
  const [vault, name] = [parts.get('vaultname') ?? '', parts.get('secretname') ?? ''];
  const isComplete = /^[0-9A-Za-z-]{3,24}$/.test(vault) && /^[0-9A-Za-z-]{1,127}$/.test(name);
  if (!isComplete) return null;
  return { vaultUrl: `https://${vault}.${vaultDomain}`, name, version: parts.get('secretversion') || null };
}

function parseSecretUri(uri: string): SecretAddress | null {
  if (!URL.canParse(uri)) return null;
  const { origin, pathname } = new URL(uri);
  const { name, version } =
    /^\/secrets\/(?<name>[0-9A-Za-z-]{1,127})(?:\/(?<version>\w*))?\/?$/.exec(pathname)?.groups ?? {};
  return name === undefined ? null : { vaultUrl: origin, name, version: version || null };
}

async function readSecret({ vaultUrl, name, version }: SecretAddress, credential: TokenCredential, timeoutMs: number) {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  const client = new SecretClient(vaultUrl, credential, keyVaultOptions(vaultUrl));
  const { value } = await client.getSecret(name, {
    ...(version === null ? {} : { version }),
    abortSignal: AbortSignal.timeout(timeoutMs),
  });
  if (!value) throw Object.assign(new Error('Empty secret'), { name: 'EmptySecret' });
  return value;
}
