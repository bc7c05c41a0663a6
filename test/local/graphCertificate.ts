import {
  constants,
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import forge from 'node-forge';

/** One `encryptedContent`, as Microsoft documents it. */
export interface Encrypted {
  data: string;
  dataSignature: string;
  dataKey: string;
  encryptionCertificateId: string;
  encryptionCertificateThumbprint: string;
}

/** A self-signed certificate of a new key, and what only its owner can read. */
export function makeCertificate() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = certify(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  return {
    certificate,
    thumbprint: new X509Certificate(Buffer.from(certificate, 'base64')).fingerprint.replaceAll(':', ''),
    /** The content, by the steps of "Decrypting resource data"; throws when the signature is not that of the data. */
    decrypt({ data, dataSignature, dataKey }: Encrypted): string {
      const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
      const key = privateDecrypt({ key: privateKey, ...padding }, Buffer.from(dataKey, 'base64'));
      const bytes = Buffer.from(data, 'base64');
      if (createHmac('sha256', key).update(bytes).digest('base64') !== dataSignature) {
        throw new Error('The signature is not that of the data');
      }
      const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
      return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
    },
  };
}

/** A certificate whose public key has so many bits; nobody has the private one. */
export function certificateOfBits(bits: number): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = 0x80 | (modulus[0] ?? 0);
  modulus[modulus.length - 1] = 1 | (modulus.at(-1) ?? 0);
  const [n, e] = [modulus.toString('hex'), '10001'].map((hex) => new forge.jsbn.BigInteger(hex, 16));
  if (!n || !e) throw new Error('A key has two numbers');
  return certify(forge.pki.publicKeyToPem(forge.pki.setRsaPublicKey(n, e)));
}

function certify(publicKeyPem: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKeyPem);
  cert.serialNumber = '01';
  cert.setSubject([{ name: 'commonName', value: 'contoso.com' }]);
  cert.setIssuer([{ name: 'commonName', value: 'contoso.com' }]);
  cert.sign(
    forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    forge.md.sha256.create(),
  );
  return Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(cert)).getBytes(), 'binary').toString('base64');
}
