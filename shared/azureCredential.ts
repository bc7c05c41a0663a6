import type { AccessToken, TokenCredential } from '@azure/identity';

/**
 * Who asks Azure. In the function app the managed identity: App Service says where to ask for its tokens
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference), and no other
 * credential must ever stand in for it. Elsewhere, that is for the commands, the administrator who is signed in to the
 * Azure CLI, the Azure Developer CLI or Azure PowerShell; `DefaultAzureCredential` would first look for an identity of the
 * machine, for seconds, and might find one that nobody thought of.
 *
 * `clientId` is that of a user-assigned identity. Nothing is loaded or asked before the first token.
 */
export function createCredential(
  clientId: string | null,
  env: Readonly<Record<string, string | undefined>> = process.env,
): TokenCredential {
  const isManaged = Boolean(env.IDENTITY_ENDPOINT ?? env.MSI_ENDPOINT);
  let loading: Promise<TokenCredential> | null = null;
  return {
    getToken: async (scopes, options) => {
      loading ??= isManaged ? loadManagedIdentity(clientId) : loadAdministrator();
      return (await loading).getToken(scopes, options);
    },
  };
}

/** The endpoint is on the same machine: it answers at once or not at all, and the caller's time is short. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 500 };

async function loadManagedIdentity(clientId: string | null): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return new ManagedIdentityCredential({ ...(clientId === null ? {} : { clientId }), retryOptions: RETRIES });
}

async function loadAdministrator(): Promise<TokenCredential> {
  const { AzureCliCredential, AzureDeveloperCliCredential, AzurePowerShellCredential, ChainedTokenCredential } =
    await import('@azure/identity');
  return new ChainedTokenCredential(
    new AzureCliCredential(),
    new AzureDeveloperCliCredential(),
    new AzurePowerShellCredential(),
  );
}

/** A token is replaced this long before it expires; while no other can be had it serves until shortly before. */
const EARLY_MS = 2 * 60_000;
const LAST_MS = 10_000;

/**
 * For the storage clients: they renew a token in the background shortly before it expires, and nobody catches what that
 * throws, which ends the process with every invocation in it. So this keeps the tokens itself and says that each is
 * about to expire: every request then asks, and waits only when there is none that lives.
 */
export function withoutBackgroundRenewal(credential: TokenCredential): TokenCredential {
  const held = new Map<string, AccessToken>();
  return {
    async getToken(scopes, options) {
      const key = JSON.stringify([scopes, options?.tenantId, options?.claims]);
      const known = held.get(key);
      const leftMs = (known?.expiresOnTimestamp ?? 0) - Date.now();
      const token =
        known && leftMs > EARLY_MS
          ? known
          : await credential.getToken(scopes, options).catch((caught: unknown) => {
              if (known && leftMs > LAST_MS) return known;
              throw caught;
            });
      if (token === null) return null;
      held.set(key, token);
      return { ...token, expiresOnTimestamp: Date.now() };
    },
  };
}
