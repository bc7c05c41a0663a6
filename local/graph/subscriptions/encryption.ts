import { X509Certificate } from 'node:crypto';
import { badRequest, invalidCertificate, invalidSubscription, notKnown } from '../graphRefusal.ts';
import type { Encryption, Target } from '../model.ts';
import { optionalText, requiredText } from './rules.ts';

const MAX_CERTIFICATE_ID = 128;
const KEY_BITS = { least: 2_048, most: 4_096 };

/** How a new subscription wants its resource data; `null`: it wants none, which emergency call events do not know. */
export function readEncryption(body: Readonly<Record<string, unknown>>, target: Target): Encryption | null {
  const wanted = body.includeResourceData ?? false;
  if (typeof wanted !== 'boolean') {
    throw badRequest('Cannot convert the value of property includeResourceData to a boolean.');
  }
  if (wanted) {
    return readCertificate(body);
  }
  if (target.kind === 'emergencyEvents') {
    throw invalidSubscription('includeResourceData must be true for this resource.');
  }
  if (namesCertificate(body)) {
    throw notKnown('an encryption certificate without includeResourceData');
  }
  return null;
}

/** The certificate and its id. Throws 400 unless they are what "Managing encryption keys" asks for. */
export function readCertificate(body: Readonly<Record<string, unknown>>): Encryption {
  const certificate = requiredText(body, 'encryptionCertificate');
  const certificateId = requiredText(body, 'encryptionCertificateId');
  if (certificateId.length > MAX_CERTIFICATE_ID) {
    throw invalidSubscription(`encryptionCertificateId is longer than ${MAX_CERTIFICATE_ID} characters.`);
  }
  requireRsa(toX509(certificate));
  return { certificate, certificateId };
}

export function namesCertificate(body: Readonly<Record<string, unknown>>): boolean {
  return ['encryptionCertificate', 'encryptionCertificateId'].some((name) => optionalText(body, name) !== null);
}

function toX509(certificate: string): X509Certificate {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(certificate) && certificate.length % 4 === 0;
  const der = Buffer.from(certificate, 'base64');
  // Node would read PEM too. Graph asks for the Base64 content alone.
  if (!isBase64 || der[0] !== 0x30) {
    throw invalidCertificate();
  }
  try {
    return new X509Certificate(der);
  } catch {
    throw invalidCertificate();
  }
}

/** Graph looks at the public key alone: not at the issuer, and, as far as is known, not at the dates. */
function requireRsa({ publicKey }: X509Certificate): void {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa') {
    throw invalidCertificate('the key must be of type RSA.');
  }
  if (bits < KEY_BITS.least || bits > KEY_BITS.most) {
    throw invalidCertificate(`the key must have ${KEY_BITS.least} to ${KEY_BITS.most} bits.`);
  }
}
