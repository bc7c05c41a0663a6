import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { DecryptionKey } from './resourceData.ts';

/** One version of the Key Vault certificate with which Graph encrypts. `certificateId` is `<name>/<version>`. */
export interface EncryptionCertificate extends DecryptionKey {
  /** Base64 of the DER of the public part: Graph's `encryptionCertificate`. */
  certificate: string;
  /** SHA-1 of the DER, in capital hexadecimal digits. */
  thumbprint: string;
  createdAt: Date;
  expiresAt: Date;
}

/** The secret that Key Vault keeps beside each version of a certificate: its private key and the certificate. */
export interface CertificateSecret {
  certificateId: string;
  contentType: string | null;
  value: string;
  createdAt: Date | null;
}

/** What Graph takes: https://learn.microsoft.com/graph/change-notifications-with-resource-data#creating-a-subscription */
const KEY_BITS = { least: 2_048, most: 4_096 };

/**
 * Reads a certificate in PEM form. `unusable` says why it is none, without any of its content: Key Vault's own default is
 * PKCS #12, which Node cannot take apart.
 */
export function readCertificateSecret(secret: CertificateSecret): EncryptionCertificate | { unusable: string } {
  const { certificateId, contentType, value, createdAt } = secret;
  if (contentType === 'application/x-pkcs12') return { unusable: 'it is PKCS #12, and PEM is needed' };
  try {
    const privateKey = createPrivateKey(blocksOf(value, 'PRIVATE KEY')[0] ?? '');
    const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (privateKey.asymmetricKeyType !== 'rsa' || bits < KEY_BITS.least || bits > KEY_BITS.most) {
      return { unusable: `its key is not RSA of ${KEY_BITS.least} to ${KEY_BITS.most} bits` };
    }
    // Those of its issuers may stand beside it.
    const certificates = blocksOf(value, 'CERTIFICATE').map((pem) => new X509Certificate(pem));
    const certificate = certificates.find((one) => one.checkPrivateKey(privateKey));
    if (!certificate) return { unusable: 'it holds no certificate of its private key' };
    return {
      certificateId,
      privateKey,
      certificate: certificate.raw.toString('base64'),
      thumbprint: certificate.fingerprint.replaceAll(':', ''),
      createdAt: createdAt ?? new Date(certificate.validFrom),
      expiresAt: new Date(certificate.validTo),
    };
  } catch {
    // What the parser says may quote the key.
    return { unusable: 'it cannot be read as PEM' };
  }
}

/** https://datatracker.ietf.org/doc/html/rfc7468#section-3 */
function blocksOf(pem: string, label: string): string[] {
  return pem.match(new RegExp(`-----BEGIN (?:RSA )?${label}-----[^-]+-----END (?:RSA )?${label}-----`, 'g')) ?? [];
}
