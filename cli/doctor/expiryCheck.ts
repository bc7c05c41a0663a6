import { createEncryptionCertificates } from '../../shared/graph/encryptionCertificates.ts';
import { KeyVaultError } from '../../shared/graph/keyVault.ts';
import { DAY_MS } from '../../shared/watch/duration.ts';
import { CannotLookError, isNoToken, NoTokenError } from './cannotLook.ts';
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  type DoctorFinding,
  NOT_USED,
  SEE_SETTINGS,
} from './check.ts';
import { cloudOf } from './cloud.ts';

/** As the watch has them: time for a change through the usual channels, and time for one that jumps the queue. */
const WARNING_MS = 30 * DAY_MS;
const CRITICAL_MS = 7 * DAY_MS;

/** When certificates and secrets of the vault end, by their attributes, and whether one is there to encrypt with. */
export const expiryCheck: Check = {
  part: 'expiry',
  async look(context): Promise<CheckResult> {
    const { reading, services, credential, deployment, machineNow } = context;
    const { encryptionCertificate: certificate, eventSource } = reading.settings;
    const isWanted = eventSource !== null || reading.settings.subscription?.chatResourceData === 'encrypted';
    if (isWanted && !certificate) return SEE_SETTINGS;
    const vaultUrl = certificate?.vaultUrl ?? vaultOf(context);
    if (!vaultUrl) return NOT_USED;
    const now = services?.now() ?? new Date(machineNow());
    const vault = createEncryptionCertificates({ vaultUrl, name: certificate?.name ?? 'none' }, credential, {
      now: () => now,
    });
    try {
      const ends = await vault.expiries();
      const isThere = certificate === null || (await vault.all()).some(({ expiresAt }) => expiresAt > now);
      const [next] = ends.sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
      return {
        detail: next ? `${next.name} ${endText(next.expiresAt, now)}` : 'nothing in the vault ends',
        findings: [isThere ? null : noCertificate(), ...ends.map((one) => ending(one, certificate?.name ?? null, now))],
      };
    } catch (caught) {
      if (!(caught instanceof KeyVaultError)) throw caught;
      if (!context.isApp && isNoToken(caught.cause)) throw new NoTokenError(caught);
      if (/^no(Enabled|Usable)Version$/.test(caught.code))
        return { detail: 'no certificate', findings: [noCertificate()] };
      if (context.isApp)
        return { detail: `the vault does not answer (${caught.code})`, findings: [silentVault(caught.code)] };
      const todo = `Give yourself the role Key Vault Secrets User on ${deployment?.AZURE_KEY_VAULT_NAME ?? 'the vault'}; look at its firewall and at az login.`;
      throw new CannotLookError(`The Key Vault does not answer you (${caught.code})`, todo, caught);
    }
  },
};

/** Also without encryption there are secrets in it. */
function vaultOf({ deployment, reading }: DoctorContext): string | null {
  const { AZURE_KEY_VAULT_NAME: name } = deployment ?? {};
  return name ? `https://${name}.${cloudOf(reading.settings.tenant?.graphBaseUrl).vaultDomain}` : null;
}

function endText(expiresAt: Date, now: Date): string {
  const days = Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS);
  return expiresAt <= now ? 'has expired' : `ends in ${days} day${days === 1 ? '' : 's'}`;
}

function ending(
  { name, expiresAt }: { name: string; expiresAt: Date },
  certificate: string | null,
  now: Date,
): DoctorFinding | null {
  const left = expiresAt.getTime() - now.getTime();
  if (left > WARNING_MS) return null;
  const isCertificate = name === certificate;
  return {
    id: `expiry:${name}`,
    severity: left > CRITICAL_MS ? 'warning' : 'critical',
    what: `The ${isCertificate ? 'certificate' : 'secret'} ${name} ${endText(expiresAt, now)}.`,
    why: isCertificate
      ? 'Graph makes no subscription with an expired certificate: emergency call events end.'
      : 'What signs in with it is refused from then on.',
    todo: isCertificate
      ? 'Run: npm run certificate -- rotate.'
      : 'Renew it in the Key Vault, and restart the function app.',
  };
}

function noCertificate(): DoctorFinding {
  return {
    id: 'noCertificate',
    severity: 'critical',
    what: 'The Key Vault has no certificate that is enabled and has not expired.',
    why: 'Graph gives emergency call events only encrypted: without one there are none.',
    todo: 'Run: npm run certificate -- rotate.',
  };
}

function silentVault(code: string): DoctorFinding {
  return {
    id: 'vault',
    severity: 'critical',
    what: `The Key Vault does not answer the app (${code}).`,
    why: 'Notifications that come encrypted cannot be read.',
    todo: 'Role Key Vault Secrets User for the managed identity, the firewall of the vault, and ENCRYPTION_CERTIFICATE.',
  };
}
