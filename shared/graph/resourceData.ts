import {
  createDecipheriv,
  createHmac,
  constants as crypto,
  type KeyObject,
  privateDecrypt,
  timingSafeEqual,
} from 'node:crypto';

/** The private half of one version of the encryption certificate. */
export interface DecryptionKey {
  /** What Graph was given as `encryptionCertificateId`. */
  certificateId: string;
  privateKey: KeyObject;
}

/** `reason` is a fixed text without any content: it may be logged. */
export type ResourceData =
  | { outcome: 'decrypted'; content: unknown; certificateId: string }
  /** The id that was named; `null` where it can be none of ours. */
  | { outcome: 'unknownCertificate'; certificateId: string | null }
  | { outcome: 'refused'; reason: string };

/** Base64 characters. An event of the hub is 1 MB at most, a notification sent by HTTPS not much more. */
const MAX_DATA_LENGTH = 4 * 1024 * 1024;
/** RSA of 4,096 bits, the most that Graph takes, with room to spare. */
const MAX_KEY_LENGTH = 4_096;
/** Graph's own limit of `encryptionCertificateId`, and the characters that ours have. */
const CERTIFICATE_ID = /^[\w./-]{1,128}$/;
const AES_KEY_BYTES = 32;
const IV_BYTES = 16;

/**
 * Decrypts the `encryptedContent` of a change notification, after its signature has been found right. That the sender is
 * Graph does not follow from it, for everybody may have the public key. Never throws.
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#decrypting-resource-data-from-change-notifications
 */
export function decryptResourceData(encryptedContent: unknown, keys: readonly DecryptionKey[]): ResourceData {
  const sealed = readSealed(encryptedContent);
  if (typeof sealed === 'string') return refused(sealed);

  const key = keys.find(({ certificateId }) => certificateId === sealed.certificateId);
  if (!key) return { outcome: 'unknownCertificate', certificateId: sealed.certificateId };

  const dataKey = orNull(() =>
    privateDecrypt(
      { key: key.privateKey, padding: crypto.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      sealed.wrappedKey,
    ),
  );
  if (dataKey === null) return refused('data key cannot be decrypted');
  if (dataKey.length !== AES_KEY_BYTES) return refused('data key has the wrong length');

  const signature = createHmac('sha256', dataKey).update(sealed.data).digest();
  if (sealed.signature.length !== signature.length || !timingSafeEqual(sealed.signature, signature)) {
    return refused('signature does not match');
  }

  const plain = orNull(() => {
    const decipher = createDecipheriv('aes-256-cbc', dataKey, dataKey.subarray(0, IV_BYTES));
    return Buffer.concat([decipher.update(sealed.data), decipher.final()]);
  });
  if (plain === null) return refused('data cannot be decrypted');
  const parsed = orNull(() => ({ content: JSON.parse(toText(plain)) as unknown }));
  return parsed === null
    ? refused('content is not JSON')
    : { outcome: 'decrypted', content: parsed.content, certificateId: key.certificateId };
}

interface Sealed {
  data: Buffer;
  signature: Buffer;
  wrappedKey: Buffer;
  certificateId: string | null;
}

/** The parts as bytes, or why they are none. */
function readSealed(encryptedContent: unknown): Sealed | string {
  if (typeof encryptedContent !== 'object' || encryptedContent === null) return 'encrypted content is missing';
  const fields = encryptedContent as Record<string, unknown>;
  const data = fromBase64(fields.data, MAX_DATA_LENGTH);
  if (data === null) return 'data is not Base64, or too large';
  const signature = fromBase64(fields.dataSignature, MAX_KEY_LENGTH);
  if (signature === null) return 'signature is not Base64';
  const wrappedKey = fromBase64(fields.dataKey, MAX_KEY_LENGTH);
  if (wrappedKey === null) return 'data key is not Base64';
  const id = fields.encryptionCertificateId;
  const certificateId = typeof id === 'string' && CERTIFICATE_ID.test(id) ? id : null;
  return { data, signature, wrappedKey, certificateId };
}

/**
 * Exactly what RFC 4648 section 4 writes for these bytes, at least one. `Buffer.from` alone skips what it does not
 * know, so that a changed character could go unseen.
 */
function fromBase64(value: unknown, maxLength: number): Buffer | null {
  if (typeof value !== 'string' || value === '' || value.length > maxLength) return null;
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? bytes : null;
}

/** A byte that is not UTF-8 costs one character: the signature is right, and the rest may be somebody's address. */
function toText(bytes: Buffer): string {
  return new TextDecoder().decode(bytes);
}

function orNull<T>(step: () => T): T | null {
  try {
    return step();
  } catch {
    return null;
  }
}

function refused(reason: string): ResourceData {
  return { outcome: 'refused', reason };
}
