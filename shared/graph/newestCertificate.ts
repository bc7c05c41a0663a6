import { errorCodeOf } from '../errors.ts';
import type { EncryptionCertificate } from './subscriptions.ts';

/** Where the certificates come from; newest first. */
export interface CertificateSource {
  /** With `refresh` the vault is asked again, for a version that may be new. */
  all(options?: { refresh?: boolean }): Promise<readonly (EncryptionCertificate & { expiresAt: Date })[]>;
}

/** `code` says why there is none: it may be logged. */
export type CertificateReading = { certificate: EncryptionCertificate } | { certificate: null; code: string };

/** The newest certificate that has not expired. Never throws. */
export async function newestCertificate(source: CertificateSource | null, now: Date): Promise<CertificateReading> {
  if (!source) return { certificate: null, code: 'notConfigured' };
  try {
    const certificates = await source.all({ refresh: true });
    const valid = certificates.find(({ expiresAt }) => expiresAt > now);
    if (valid) return { certificate: valid };
    return { certificate: null, code: certificates.length > 0 ? 'expired' : 'none' };
  } catch (caught) {
    return { certificate: null, code: errorCodeOf(caught) };
  }
}
