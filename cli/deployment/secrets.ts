import type { TokenCredential } from '@azure/identity';
import { keyVaultCodeOf } from '../../shared/graph/keyVault.ts';
import type { Settings } from '../../shared/settings.ts';
import type { CertificateVault } from '../certificateVault.ts';
import type { Terminal } from '../signInCommand.ts';
import { ProgramError } from './runProgram.ts';
import { ensureTokenCacheKey, isYetToCome, TOKEN_CACHE_KEY_SECRET } from './tokenCacheKey.ts';

export interface SecretsWork {
  vaultUrl: string;
  credential: TokenCredential;
  /** `null` where nothing is encrypted. */
  certificate: CertificateVault | null;
  /** Has the function app read its secrets anew. Throws {@link ProgramError}. */
  refreshApp(): Promise<void>;
  sleep(ms: number): Promise<unknown>;
}

/**
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected:
 * up to ten minutes.
 */
const PATIENCE_MS = 12 * 60_000;
const PAUSE_MS = 15_000;

/** Whether anything comes encrypted: emergency call events always do, chat messages where the settings say so. */
export function needsCertificate({ eventSource, subscription }: Settings): boolean {
  return eventSource !== null || subscription?.chatResourceData === 'encrypted';
}

/**
 * Makes what a template cannot make and what must never be made twice: the key of the stored sign-in and the first
 * encryption certificate. Returns the exit code: 0, or 1 with what is in the way, in an administrator's words.
 */
export async function secretsCommand(
  work: SecretsWork,
  terminal: Pick<Terminal, 'write' | 'writeError' | 'now'>,
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<0 | 1> {
  const say = (line: string) => terminal.write(`${line}\n`);
  try {
    const isKeyNew = await ensureKey(work, terminal, isDryRun);
    await ensureCertificate(work, terminal, isDryRun);
    if (isKeyNew && !isDryRun) await refresh(work, say);
    if (isDryRun) say('Nothing was made: this was a dry run.');
    return 0;
  } catch (caught) {
    terminal.writeError(`${failureText(caught, work.vaultUrl)}\n`);
    return 1;
  }
}

/** In the words that are shown. */
class RefusedError extends Error {}

async function ensureKey(
  work: SecretsWork,
  terminal: Pick<Terminal, 'write' | 'now'>,
  isDryRun: boolean,
): Promise<boolean> {
  const { vaultUrl, credential } = work;
  const state = await withPatience(work, terminal, () => ensureTokenCacheKey(vaultUrl, credential, { isDryRun }));
  const name = `Key of the stored sign-in (${TOKEN_CACHE_KEY_SECRET})`;
  if (state === 'unusable') {
    throw new RefusedError(
      `${name}: what is in the vault is disabled, or not 32 bytes in Base64. It is not replaced, since a sign-in that is stored could not be read any more. Enable the right version: Azure portal > Key vaults > ${new URL(vaultUrl).hostname} > Secrets > ${TOKEN_CACHE_KEY_SECRET}`,
    );
  }
  const made = isDryRun ? 'would be made' : 'made';
  terminal.write(`${name}: ${state === 'made' ? made : 'it is there, and is kept'}.\n`);
  return state === 'made';
}

async function ensureCertificate(
  work: SecretsWork,
  terminal: Pick<Terminal, 'write' | 'now'>,
  isDryRun: boolean,
): Promise<void> {
  const { certificate } = work;
  if (certificate === null) {
    terminal.write('Encryption certificate: not needed, since nothing comes encrypted.\n');
    return;
  }
  const done = await withPatience(work, terminal, async () => {
    if ((await certificate.list()).some(({ enabled }) => enabled)) return 'it is there, and is kept';
    if (isDryRun) return 'would be made';
    const { expiresAt } = await certificate.create();
    return `made${expiresAt === null ? '' : `, valid until ${expiresAt.toISOString().slice(0, 10)}`}`;
  });
  terminal.write(`Encryption certificate (${certificate.name}): ${done}.\n`);
}

/** Tries until the rights are there, and says what it waits for. */
async function withPatience<T>(
  { sleep }: SecretsWork,
  { write, now }: Pick<Terminal, 'write' | 'now'>,
  attempt: () => Promise<T>,
): Promise<T> {
  const endsAt = now().getTime() + PATIENCE_MS;
  let hasSaid = false;
  for (;;) {
    try {
      return await attempt();
    } catch (caught) {
      if (!isYetToCome(caught) || now().getTime() + PAUSE_MS > endsAt) throw caught;
    }
    if (!hasSaid) write('Waiting for the rights on the new vault; Azure says that this can take ten minutes …\n');
    hasSaid = true;
    await sleep(PAUSE_MS);
  }
}

/**
 * An app setting that points to a secret is read when the app is configured, and again after a day: the app was
 * configured before this secret was there. https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#rotation
 */
async function refresh({ refreshApp }: SecretsWork, say: (line: string) => void): Promise<void> {
  try {
    await refreshApp();
    say('The function app was told to read its secrets anew.');
  } catch (caught) {
    if (!(caught instanceof ProgramError)) throw caught;
    say(`The function app could not be told to read its secrets anew. ${caught.message}`);
    say('If the sign-in does not work later, restart it: Azure portal > the function app > Restart.');
  }
}

function failureText(caught: unknown, vaultUrl: string): string {
  if (caught instanceof RefusedError) return caught.message;
  const code = keyVaultCodeOf(caught);
  const vault = new URL(vaultUrl).hostname;
  const { name, message } = (caught ?? {}) as { name?: unknown; message?: unknown };
  if (/(CredentialUnavailable|AggregateAuthentication|Authentication(Required)?)Error$/.test(`${name}`)) {
    return 'Azure gives you no token for the vault. Sign in to its tenant: az login --tenant <tenant>. Then: azd provision';
  }
  if (/ForbiddenByFirewall|ForbiddenByConnection/.test(code)) {
    return `${vault} lets nobody in from here (${code}). Run this from inside its network, or let your address in: Azure portal > the vault > Networking. Then: npm run deployment -- secrets`;
  }
  if (isYetToCome(caught)) {
    return `${vault} still refuses after ${PATIENCE_MS / 60_000} minutes (${code}). You need the roles Key Vault Secrets Officer and Key Vault Certificates Officer on it: Azure portal > the vault > Access control (IAM). Then: npm run deployment -- secrets`;
  }
  if (/ObjectIsDeletedButRecoverable|409 Conflict/.test(code)) {
    return `What is to be made is in ${vault} already, deleted but not gone (${code}). Bring it back: az keyvault secret recover --vault-name ${vault.split('.')[0]} --name ${TOKEN_CACHE_KEY_SECRET}. Then: npm run deployment -- secrets`;
  }
  // Key Vault's own words on a creation that it began and gave up; they are for this terminal only.
  const why = name === 'Error' ? `${message}` : code;
  return `${vault} did not do it (${why}). Nothing is lost; try again: npm run deployment -- secrets`;
}
