import { constants, createCipheriv, createHmac, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { Encryption } from '../model.ts';

export interface EncryptedContent {
  data: string;
  dataSignature: string;
  dataKey: string;
  encryptionCertificateId: string;
  encryptionCertificateThumbprint: string;
}

/**
 * Resource data under a key of its own, by "Set up change notifications that include resource data": AES-256-CBC whose
 * initialization vector is the beginning of the key, HMAC-SHA256 over the result, the key by RSA-OAEP with SHA-1.
 */
export function encryptContent(content: string, { certificate, certificateId }: Encryption): EncryptedContent {
  const x509 = new X509Certificate(Buffer.from(certificate, 'base64'));
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    dataKey: publicEncrypt({ key: x509.publicKey, ...padding }, key).toString('base64'),
    encryptionCertificateId: certificateId,
    encryptionCertificateThumbprint: x509.fingerprint.replaceAll(':', ''),
  };
}
