import type { TokenCredential } from '@azure/identity';
import { CertificateClient, type CertificatePolicy, type CertificateProperties } from '@azure/keyvault-certificates';
import { keyVaultOptions } from '../shared/graph/keyVault.ts';

/** One version of the certificate, as Key Vault describes it. */
export interface VaultVersion {
  version: string;
  /** `<name>/<version>`: what subscriptions and notifications call it. */
  certificateId: string;
  createdAt: Date;
  expiresAt: Date | null;
  enabled: boolean;
}

/** The certificate in the vault, for an administrator. Throws what the Azure library throws. */
export interface CertificateVault {
  vaultUrl: string;
  name: string;
  /** The newest first. */
  list(): Promise<VaultVersion[]>;
  /** Makes a new version and waits until it is there. */
  create(): Promise<VaultVersion>;
  disable(version: string): Promise<void>;
}

/**
 * PEM, since the functions read its private key without taking PKCS #12 apart. Azure makes the next version by itself
 * when most of the year is over; the functions take that up like any other.
 */
const POLICY: CertificatePolicy = {
  issuerName: 'Self',
  subject: 'CN=Encrypted notifications of Teams Emergency Alerts',
  keyType: 'RSA',
  keySize: 2_048,
  reuseKey: false,
  exportable: true,
  keyUsage: ['keyEncipherment', 'dataEncipherment'],
  contentType: 'application/x-pem-file',
  validityInMonths: 12,
  lifetimeActions: [{ action: 'AutoRenew', lifetimePercentage: 80 }],
};
const CREATION_TIMEOUT_MS = 120_000;

export function createCertificateVault(
  { vaultUrl, name }: { vaultUrl: string; name: string },
  credential: TokenCredential,
  { pollMs = 2_000 } = {},
): CertificateVault {
  const client = new CertificateClient(vaultUrl, credential, keyVaultOptions(vaultUrl));
  return {
    vaultUrl,
    name,
    async list() {
      const versions: VaultVersion[] = [];
      for await (const properties of client.listPropertiesOfCertificateVersions(name)) {
        versions.push(toVersion(name, properties));
      }
      return versions.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },
    async create() {
      const abortSignal = AbortSignal.timeout(CREATION_TIMEOUT_MS);
      const poller = await client.beginCreateCertificate(name, POLICY, { intervalInMs: pollMs, abortSignal });
      const made = await poller.pollUntilDone();
      const { error } = poller.getOperationState();
      if (error) throw error;
      return toVersion(name, made.properties);
    },
    async disable(version) {
      await client.updateCertificateProperties(name, version, { enabled: false });
    },
  };
}

function toVersion(name: string, { version = '', createdOn, expiresOn, enabled }: CertificateProperties): VaultVersion {
  return {
    version,
    certificateId: `${name}/${version}`,
    createdAt: createdOn ?? new Date(0),
    expiresAt: expiresOn ?? null,
    enabled: enabled !== false,
  };
}
