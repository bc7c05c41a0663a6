import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SharedAccessKey {
  name: string;
  key: string;
}

export type SasTokenReading = { isValid: true; path: string; expiresAt: Date } | { isValid: false; reason: string };

/**
 * Checks a shared access signature as published by Event Hubs ("Generate SAS token"):
 * `SharedAccessSignature sr=<uri>&sig=<signature>&se=<expiry>&skn=<key name>`, the signature being the Base64 of
 * HMAC-SHA256 with the key over `<encoded uri>\n<expiry>`. `now` is the machine's clock, by which clients make tokens.
 */
export function readSasToken(token: string, sharedKey: SharedAccessKey, now: Date): SasTokenReading {
  const [scheme, fieldsText] = token.split(' ', 2);
  const fields = new Map((fieldsText ?? '').split('&').map((field) => splitField(field)));
  const [resource, signature, expiry, keyName] = ['sr', 'sig', 'se', 'skn'].map((name) => fields.get(name));
  if (scheme !== 'SharedAccessSignature' || !resource || !signature || !expiry || !keyName || !/^\d+$/.test(expiry)) {
    return refuse('MalformedToken: The token is not a shared access signature with sr, sig, se and skn.');
  }
  const expected = createHmac('sha256', sharedKey.key).update(`${resource}\n${expiry}`).digest();
  const given = Buffer.from(decodeURIComponent(signature), 'base64');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (decodeURIComponent(keyName) !== sharedKey.name || !isSigned) {
    return refuse('InvalidSignature: The token has an invalid signature.');
  }
  const expiresAt = new Date(Number(expiry) * 1000);
  if (expiresAt <= now) {
    return refuse(`ExpiredToken: The token is expired. Expiration time: '${expiresAt.toISOString()}'.`);
  }
  const path = pathOfResource(decodeURIComponent(resource));
  return path === null ? refuse('InvalidAudience: The audience is no address.') : { isValid: true, path, expiresAt };
}

/** `sb://host/Hub/ConsumerGroups/$Default/` as `hub/consumergroups/$default`; `null` when it is no address. */
export function pathOfResource(resource: string): string | null {
  const [, path] = /^[a-z]+:\/\/[^/]+\/?(.*)$/i.exec(resource) ?? [];
  return path === undefined ? null : normalizePath(path);
}

export function normalizePath(path: string): string {
  return path.toLowerCase().replace(/^\/+|\/+$/g, '');
}

/** A right to a path is one to everything below it. */
export function isPathWithin(path: string, granted: string): boolean {
  return granted === '' || path === granted || path.startsWith(`${granted}/`);
}

function splitField(field: string): [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at), field.slice(at + 1)];
}

function refuse(reason: string): SasTokenReading {
  return { isValid: false, reason };
}
