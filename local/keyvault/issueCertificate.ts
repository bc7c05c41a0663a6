import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

export interface IssueOptions {
  /** The common name. */
  name?: string;
  /** Bits of the RSA key; 2,048 without. */
  keySize?: number;
  /** Instead of a new one, which takes a quarter of a second. */
  keyPair?: KeyPair;
  validFrom?: Date;
  validityInMonths?: number;
}

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** A self-signed certificate with its private key, in every form that somebody asks for. */
export interface IssuedCertificate {
  privateKey: KeyObject;
  /** PKCS #8. */
  privateKeyPem: string;
  certificatePem: string;
  /** Base64 of the DER of the public part: what Graph takes as `encryptionCertificate`. */
  certificate: string;
  /** SHA-1 of the DER, 40 capital hexadecimal digits. */
  thumbprint: string;
  validFrom: Date;
  expiresAt: Date;
}

const generate = promisify(generateKeyPair);

/** Issues a certificate without a vault. */
export async function issueCertificate(options: IssueOptions = {}): Promise<IssuedCertificate> {
  const { name = 'event-encryption', keySize = 2_048, validFrom = new Date(), validityInMonths = 12 } = options;
  const { publicKey, privateKey } = options.keyPair ?? (await generate('rsa', { modulusLength: keySize }));
  const expiresAt = new Date(validFrom);
  expiresAt.setUTCMonth(expiresAt.getUTCMonth() + validityInMonths);

  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  // A positive number of 16 bytes: https://datatracker.ietf.org/doc/html/rfc5280#section-4.1.2.2
  made.serialNumber = `4${randomBytes(16).toString('hex').slice(1)}`;
  made.validity.notBefore = validFrom;
  made.validity.notAfter = expiresAt;
  made.setSubject([{ name: 'commonName', value: name }]);
  made.setIssuer([{ name: 'commonName', value: name }]);
  made.setExtensions([
    { name: 'keyUsage', critical: true, keyEncipherment: true, dataEncipherment: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  made.sign(toForge(privateKey), forge.md.sha256.create());

  const certificatePem = forge.pki.certificateToPem(made);
  const x509 = new X509Certificate(certificatePem);
  return {
    privateKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem,
    certificate: x509.raw.toString('base64'),
    thumbprint: x509.fingerprint.replaceAll(':', ''),
    validFrom: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
  };
}

/** Base64 of PKCS #12 without a password, as Key Vault gives it. */
export function toPkcs12({ privateKeyPem, certificatePem }: IssuedCertificate): string {
  const certificate = forge.pki.certificateFromPem(certificatePem);
  const asn1 = forge.pkcs12.toPkcs12Asn1(toForge(createPrivateKey(privateKeyPem)), certificate, '', {
    algorithm: '3des',
  });
  return forge.util.encode64(forge.asn1.toDer(asn1).getBytes());
}

/** Base64 of the PKCS #10 request for the same key and name. */
export function toSigningRequest({ privateKey, certificatePem }: IssuedCertificate): string {
  const certificate = forge.pki.certificateFromPem(certificatePem);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = certificate.publicKey;
  request.setSubject(certificate.subject.attributes);
  request.sign(toForge(privateKey), forge.md.sha256.create());
  return forge.util.encode64(forge.asn1.toDer(forge.pki.certificationRequestToAsn1(request)).getBytes());
}

function toForge(privateKey: KeyObject): forge.pki.rsa.PrivateKey {
  return forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
}
