import { errorCodeOf } from '../errors.ts';
import { decryptResourceData } from '../graph/resourceData.ts';
import type { Services } from './services.ts';

/**
 * `later`: the key cannot be had now, or its certificate is not known yet, which may be a new one; `refused`: it is not
 * what Graph encrypted for the certificate that it names.
 */
export type Decryption =
  | { outcome: 'content'; content: unknown }
  | { outcome: 'later'; code: string; isUnknown: boolean }
  | { outcome: 'refused'; reason: string };

/** Decrypts what came with a notification. A certificate that is not known may be a new one: the vault is asked again. */
export async function decrypt(services: Services, encryptedContent: unknown): Promise<Decryption> {
  const { certificates } = services;
  if (!certificates) return { outcome: 'later', code: 'not configured', isUnknown: false };
  try {
    const known = decryptResourceData(encryptedContent, await certificates.all());
    const data =
      known.outcome === 'unknownCertificate'
        ? decryptResourceData(encryptedContent, await certificates.all({ refresh: true }))
        : known;
    switch (data.outcome) {
      case 'decrypted':
        await noteSeen(services, data.certificateId);
        return { outcome: 'content', content: data.content };
      case 'unknownCertificate':
        return { outcome: 'later', code: UNKNOWN, isUnknown: true };
      case 'refused':
        return { outcome: 'refused', reason: data.reason };
    }
  } catch (caught) {
    services.log.error('The keys of encrypted notifications cannot be had', { error: errorCodeOf(caught) });
    return { outcome: 'later', code: errorCodeOf(caught), isUnknown: false };
  }
}

const UNKNOWN = 'encrypted for a certificate that is not known';
const NOTED_EACH_MS = 60 * 60_000;

/** A certificate that is still seen must be kept. Nobody's alert waits for this note. */
async function noteSeen({ store, certificatesSeen, now, log }: Services, certificateId: string): Promise<void> {
  const noted = certificatesSeen.get(certificateId);
  const at = now();
  if (noted !== undefined && at.getTime() - noted < NOTED_EACH_MS) return;
  certificatesSeen.set(certificateId, at.getTime());
  store.watermarks.set(`certificate:${certificateId}`, at).catch((caught: unknown) => {
    certificatesSeen.delete(certificateId);
    log.warn('It could not be noted that a certificate is in use', { error: errorCodeOf(caught) });
  });
}
