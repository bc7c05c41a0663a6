import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  jwk: { n?: string; e?: string };
}

/** The keys the sign-in service signs with, newest last. */
export interface SigningKeys {
  /** A JWT (RS256) of these claims, by the newest key. */
  signJwt(claims: Readonly<Record<string, unknown>>): string;
  /** The public halves of all of them, as the service publishes them. */
  published(): Record<string, unknown>[];
  /** Another key signs from now on. The service does so without a word, about daily. */
  rotate(): void;
}

export function createSigningKeys(): SigningKeys {
  const later: SigningKey[] = [];

  return {
    signJwt(claims) {
      const { kid, privateKey } = later.at(-1) ?? firstKey();
      const signed = `${encode({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    published: () =>
      [firstKey(), ...later].map(({ kid, jwk: { n, e } }) => ({ kty: 'RSA', use: 'sig', kid, x5t: kid, n, e })),
    rotate: () => {
      later.push(newKey());
    },
  };
}

let first: SigningKey | null = null;

/** Made when it is needed, and once in a process: that takes a moment. */
function firstKey(): SigningKey {
  first ??= newKey();
  return first;
}

function newKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { kid, privateKey, jwk: publicKey.export({ format: 'jwk' }) };
}

/** One part of a JWT. */
export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
