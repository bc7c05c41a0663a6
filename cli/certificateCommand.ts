import { errorCodeOf } from '../shared/errors.ts';
import { keyVaultCodeOf } from '../shared/graph/keyVault.ts';
import type { KnownSubscription } from '../shared/graph/subscriptionPlan.ts';
import type { CertificateVault, VaultVersion } from './certificateVault.ts';
import type { Terminal } from './signInCommand.ts';

export type CertificateAction = { name: 'list' } | { name: 'rotate' } | { name: 'retire'; yes: boolean };

/** What the command looks at besides the vault. */
export interface CertificateUse {
  subscriptions(): Promise<readonly KnownSubscription[]>;
  /** When a notification was last decrypted with it; `null` if never. */
  lastSeen(certificateId: string): Promise<Date | null>;
}

interface UsedVersion extends VaultVersion {
  lastSeen: Date | null;
  /** Ids of the subscriptions for which Graph encrypts with it now, or may do so. */
  usedBy: string[];
  /** When a newer version was made; `null` for the newest. */
  supersededAt: Date | null;
}

/** The storage did not answer. The message is for an administrator. */
class UseUnknownError extends Error {
  constructor(cause: unknown) {
    super(`The storage of the product did not say what is in use (${errorCodeOf(cause)}). Nothing was changed.`, {
      cause,
    });
    this.name = 'UseUnknownError';
  }
}

const DAY_MS = 24 * 60 * 60_000;
/** A notification may wait in the hub or for a second attempt; so long an old version stays after it was last needed. */
const KEPT_MS = 2 * DAY_MS;

/** Runs one action and returns the exit code: 0, or 1 with what went wrong in an administrator's words. */
export async function certificateCommand(
  action: CertificateAction,
  vault: CertificateVault,
  use: CertificateUse,
  terminal: Pick<Terminal, 'write' | 'writeError' | 'now'>,
): Promise<0 | 1> {
  const write = (line: string) => terminal.write(`${line}\n`);
  try {
    switch (action.name) {
      case 'list':
        await list(vault, use, terminal.now(), write);
        return 0;
      case 'rotate':
        await rotate(vault, write);
        return 0;
      case 'retire':
        await retire(vault, use, { now: terminal.now(), yes: action.yes }, write);
        return 0;
    }
  } catch (caught) {
    terminal.writeError(`${failureText(caught, vault)}\n`);
    return 1;
  }
}

async function list(vault: CertificateVault, use: CertificateUse, now: Date, write: (line: string) => void) {
  const versions = await readVersions(vault, use, now);
  write(`Certificate ${vault.name} in ${vault.vaultUrl}`);
  if (versions.length === 0) {
    write('It has no version yet. Make the first one with: npm run certificate -- rotate');
    return;
  }
  const rows = versions.map(({ version, createdAt, expiresAt, enabled, lastSeen, usedBy }) => [
    version,
    dayOf(createdAt),
    expiresAt === null ? 'never' : `${dayOf(expiresAt)}${expiresAt <= now ? ' (over)' : ''}`,
    enabled ? 'yes' : 'no',
    lastSeen === null ? 'never' : minuteOf(lastSeen),
    usedBy.length === 0 ? '-' : usedBy.join(' '),
  ]);
  for (const line of table([['version', 'made', 'expires', 'enabled', 'last seen (UTC)', 'in use by'], ...rows])) {
    write(line);
  }
}

async function rotate(vault: CertificateVault, write: (line: string) => void) {
  const { certificateId, expiresAt } = await vault.create();
  write(`New version ${certificateId}${expiresAt === null ? '' : `, valid until ${dayOf(expiresAt)}`}.`);
  write('Subscriptions take it up by themselves: renewSubscriptions runs every 5 minutes and renews at once.');
  write('The versions before stay enabled, since notifications encrypted with them may still come.');
  write('In a few days, put those away with: npm run certificate -- retire');
}

async function retire(
  vault: CertificateVault,
  use: CertificateUse,
  { now, yes }: { now: Date; yes: boolean },
  write: (line: string) => void,
) {
  const versions = (await readVersions(vault, use, now)).filter(({ enabled }) => enabled);
  const reasons = versions.map((version) => ({ version, reason: whyKept(version, now) }));
  for (const { version, reason } of reasons)
    if (reason !== null) write(said('Kept', `${version.certificateId}: ${reason}`));
  const ended = reasons.filter(({ reason }) => reason === null).map(({ version }) => version);
  if (ended.length === 0) {
    write('There is nothing to put away.');
    return;
  }
  for (const { version, certificateId } of ended) {
    if (yes) await vault.disable(version);
    write(said(yes ? 'Disabled' : 'To disable', certificateId));
  }
  write(
    yes
      ? 'It can be undone: enable the version in Key Vault again.'
      : 'Nothing was changed. What was encrypted with these versions cannot be read afterwards, dead letters neither: replay those first (npm run dead-letters). Then: npm run certificate -- retire --yes',
  );
}

function said(what: 'Kept' | 'To disable' | 'Disabled', about: string): string {
  return `${what.padEnd('To disable'.length)} ${about}`;
}

/** `null` when it can be put away. */
function whyKept({ lastSeen, usedBy, supersededAt }: UsedVersion, now: Date): string | null {
  const isRecent = (time: Date) => now.getTime() - time.getTime() < KEPT_MS;
  if (supersededAt === null) return 'it is the newest that is enabled.';
  if (usedBy.length > 0) return `Graph encrypts with it (subscription ${usedBy.join(', ')}).`;
  if (lastSeen !== null && isRecent(lastSeen))
    return `it was last seen ${minuteOf(lastSeen)} UTC, less than 2 days ago.`;
  if (isRecent(supersededAt)) return 'the version after it is less than 2 days old.';
  return null;
}

async function readVersions(vault: CertificateVault, use: CertificateUse, now: Date): Promise<UsedVersion[]> {
  const versions = await vault.list();
  const [subscriptions, seen] = await Promise.all([
    use.subscriptions(),
    Promise.all(versions.map(({ certificateId }) => use.lastSeen(certificateId))),
  ]).catch((caught: unknown) => {
    throw new UseUnknownError(caught);
  });
  const live = subscriptions.filter((one) => isLive(one, now));
  const enabled = versions.filter((one) => one.enabled);
  return versions.map((version, index) => ({
    ...version,
    lastSeen: seen[index] ?? null,
    usedBy: live
      .filter(({ encryptionCertificateId }) => encryptionCertificateId === version.certificateId)
      .map(({ subscriptionId }) => subscriptionId ?? 'being created'),
    supersededAt: enabled[enabled.indexOf(version) - 1]?.createdAt ?? null,
  }));
}

/** One that is being created may be there already; one that Graph knows no more is not. */
function isLive({ state, expiresAt }: KnownSubscription, now: Date): boolean {
  return state === 'creating' || (state === 'active' && (expiresAt === null || Date.parse(expiresAt) > now.getTime()));
}

function failureText(caught: unknown, { vaultUrl, name }: CertificateVault): string {
  if (caught instanceof UseUnknownError) return caught.message;
  const { statusCode, name: errorName } = (caught ?? {}) as { statusCode?: unknown; name?: unknown };
  const code = keyVaultCodeOf(caught);
  if (`${errorName}`.match(/^(CredentialUnavailable|AggregateAuthentication|Authentication(Required)?)Error$/)) {
    return 'Azure gives you no token here. Sign in to the tenant of the vault with: az login --tenant <tenant>';
  }
  switch (statusCode) {
    case 401:
      return `${vaultUrl} does not accept your sign-in (${code}): sign in to the tenant of the vault with: az login --tenant <tenant>`;
    case 403:
      return `${vaultUrl} refuses (${code}): you need the role Key Vault Certificates Officer on it, and its firewall must let you in.`;
    case 404:
      return `There is no such thing as certificate ${name} in ${vaultUrl} (${code}).`;
    case 409:
      return `A version of ${name} is being made already (${code}). Look again in a minute: npm run certificate -- list`;
    case undefined:
      // Key Vault's own words on a creation that it began and gave up; they are for this terminal only.
      if (errorName === 'Error') return `${vaultUrl} did not do it: ${(caught as Error).message}`;
      return `${vaultUrl} cannot be reached (${code}): check ENCRYPTION_CERTIFICATE, the network and the firewall of the vault.`;
    default:
      return `${vaultUrl} did not do it (${code}). Nothing is lost; try again.`;
  }
}

/** Columns parted by two spaces. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function minuteOf(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ');
}
