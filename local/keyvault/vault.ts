import { randomBytes } from 'node:crypto';
import { type IssuedCertificate, type IssueOptions, issueCertificate, toPkcs12 } from './issueCertificate.ts';

export const PEM = 'application/x-pem-file';
export const PKCS12 = 'application/x-pkcs12';

/** One version of a secret; that of a certificate is one as well. Times are seconds since 1970, as on the wire. */
export interface SecretVersion {
  name: string;
  version: string;
  value: string;
  contentType: string | null;
  enabled: boolean;
  created: number;
  updated: number;
  notBefore: number | null;
  expires: number | null;
  /** Set where the version is that of a certificate. */
  issued: IssuedCertificate | null;
}

/** A certificate that is being created. */
export interface PendingCreation {
  requestId: string;
  csr: string;
  issued: IssuedCertificate;
  policy: CertificatePolicy;
  /** How often it is still said to be in progress. */
  pollsLeft: number;
  failure: { code: string; message: string } | null;
  isDone: boolean;
}

/** The parts of a policy that are known here, in the words of the wire. */
export interface CertificatePolicy {
  key_props: { exportable: boolean; kty: string; key_size: number; reuse_key: boolean };
  secret_props: { contentType: string };
  x509_props: { subject: string; validity_months: number };
  issuer: { name: string };
  lifetime_actions?: unknown;
}

export interface Vault {
  now(): Date;
  secrets: SecretVersion[];
  /** By name of the certificate. */
  policies: Map<string, CertificatePolicy>;
  pending: Map<string, PendingCreation>;
}

/** All versions of one name, the oldest first. Names are compared without regard to case. */
export function versionsOf(vault: Vault, name: string): SecretVersion[] {
  return vault.secrets.filter((one) => one.name.toLowerCase() === name.toLowerCase());
}

export function addCertificateVersion(
  vault: Vault,
  name: string,
  issued: IssuedCertificate,
  contentType: string,
): SecretVersion {
  const value = contentType === PEM ? `${issued.privateKeyPem}${issued.certificatePem}` : toPkcs12(issued);
  const notBefore = toSeconds(issued.validFrom);
  return addVersion(vault, { name, value, contentType, notBefore, expires: toSeconds(issued.expiresAt), issued });
}

export function addVersion(
  vault: Vault,
  secret: Pick<SecretVersion, 'name' | 'value' | 'contentType' | 'notBefore' | 'expires' | 'issued'>,
): SecretVersion {
  const now = toSeconds(vault.now());
  const version = randomBytes(16).toString('hex');
  const added = { ...secret, version, enabled: true, created: now, updated: now };
  vault.secrets.push(added);
  return added;
}

/** Key Vault lets a certificate be valid from ten minutes before it was made. */
export function issueFor(vault: Vault, name: string, options: IssueOptions): Promise<IssuedCertificate> {
  return issueCertificate({ name, validFrom: new Date(vault.now().getTime() - 600_000), ...options });
}

export function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}
