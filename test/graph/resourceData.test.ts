import {
  constants,
  createCipheriv,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { decryptResourceData } from '../../shared/graph/resourceData.ts';

const ID = 'event-encryption/0f8fad5bd9cb469fa16570867728950e';
const EVENT = { id: 'call-1', emergencyCallEvent: { callEventType: 'callStarted', policyName: 'Redmond' } };

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEYS = [
  { certificateId: 'event-encryption/older', privateKey: other.privateKey },
  { certificateId: ID, privateKey: ours.privateKey },
];

interface SealOptions {
  dataKey?: Buffer;
  /** What is encrypted, padding included, where it must not be the JSON with its PKCS #7 padding. */
  padded?: Buffer;
  iv?: Buffer;
  publicKey?: KeyObject;
  padding?: { oaepHash?: string; padding?: number };
}

/** Graph's side, as Microsoft describes it. */
function seal(content: string, options: SealOptions = {}) {
  const { dataKey = randomBytes(32), padded, iv = dataKey.subarray(0, 16) } = options;
  const aesKey = Buffer.concat([dataKey, Buffer.alloc(32)]).subarray(0, 32);
  const cipher = createCipheriv('aes-256-cbc', aesKey, iv).setAutoPadding(padded === undefined);
  const data = Buffer.concat([cipher.update(padded ?? content), cipher.final()]);
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1', ...options.padding };
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', dataKey).update(data).digest('base64'),
    dataKey: publicEncrypt({ key: options.publicKey ?? ours.publicKey, ...oaep }, dataKey).toString('base64'),
    encryptionCertificateId: ID,
    encryptionCertificateThumbprint: '4A3B1D0E6F7C8B9A0D1E2F3A4B5C6D7E8F901234',
  };
}

const sealed = seal(JSON.stringify(EVENT));
const refused = (reason: string) => ({ outcome: 'refused', reason });

describe('what Graph encrypted is read', () => {
  test('a known answer, made by another program', () => {
    const known = JSON.parse(readFileSync('test/fixtures/resource-data/known-answer.json', 'utf8'));
    const privateKey = createPrivateKey({ key: known.privateKey, format: 'jwk' });
    const result = decryptResourceData(known.encryptedContent, [{ certificateId: ID, privateKey }]);
    expect(result).toEqual({ outcome: 'decrypted', content: known.content, certificateId: ID });
    expect(known.content.emergencyCallEvent.callerInfo.phoneNumber).toBe('+14255550101');
  });

  test('the key is chosen by the certificate that is named, wherever it stands', () => {
    const expected = { outcome: 'decrypted', content: EVENT, certificateId: ID };
    expect(decryptResourceData(sealed, KEYS)).toEqual(expected);
    expect(decryptResourceData(sealed, [...KEYS].reverse())).toEqual(expected);
  });

  test.each([
    ['letters outside ASCII', '{"street":"Plaça Reial 1, 地下室"}', { street: 'Plaça Reial 1, 地下室' }],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['exactly one block, so that all padding is a block of its own', '{"a":"12345678"}', { a: '12345678' }],
    ['null', 'null', null],
  ])('%s', (_, text, content) => {
    expect(decryptResourceData(seal(text), KEYS)).toMatchObject({ outcome: 'decrypted', content });
  });

  test('one byte that is not UTF-8 costs that byte, not the location', () => {
    const bytes = Buffer.concat([Buffer.from('{"street":"Stra'), Buffer.from([0xdf]), Buffer.from('e 1"}')]);
    const padded = Buffer.concat([bytes, Buffer.alloc(16 - (bytes.length % 16), 16 - (bytes.length % 16))]);
    expect(decryptResourceData(seal('', { padded }), KEYS)).toMatchObject({ content: { street: 'Stra\ufffde 1' } });
  });
});

/** The same Base64 with the byte at `index` changed. */
function changeByte(base64: string, index: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = (index + bytes.length) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('one changed byte is refused', () => {
  test.each([
    ['data', 0, 'signature does not match'],
    ['data', -1, 'signature does not match'],
    ['dataSignature', 0, 'signature does not match'],
    ['dataSignature', -1, 'signature does not match'],
    ['dataKey', 1, 'data key cannot be decrypted'],
    ['dataKey', -1, 'data key cannot be decrypted'],
  ] as const)('%s, byte %d', (field, index, reason) => {
    const changed = { ...sealed, [field]: changeByte(sealed[field], index) };
    expect(decryptResourceData(changed, KEYS)).toEqual(refused(reason));
  });

  test('of the certificate id: there is no such certificate', () => {
    const encryptionCertificateId = ID.replace('e', 'f');
    expect(decryptResourceData({ ...sealed, encryptionCertificateId }, KEYS)).toEqual({
      outcome: 'unknownCertificate',
      certificateId: encryptionCertificateId,
    });
  });

  test('of the certificate id, so that it names another of ours', () => {
    const named = { ...sealed, encryptionCertificateId: 'event-encryption/older' };
    expect(decryptResourceData(named, KEYS)).toEqual(refused('data key cannot be decrypted'));
  });

  test('anywhere', () => {
    const field = fc.constantFrom('data' as const, 'dataSignature' as const, 'dataKey' as const);
    fc.assert(
      fc.property(field, fc.nat(1_000), (name, index) => {
        const changed = { ...sealed, [name]: changeByte(sealed[name], index) };
        expect(decryptResourceData(changed, KEYS).outcome).toBe('refused');
      }),
    );
  });
});

describe('keys that do not fit', () => {
  test('the private key of another certificate under the same id', () => {
    const keys = [{ certificateId: ID, privateKey: other.privateKey }];
    expect(decryptResourceData(sealed, keys)).toEqual(refused('data key cannot be decrypted'));
  });

  test('the data key of another item', () => {
    const neighbour = seal(JSON.stringify({ id: 'call-2' }));
    const swapped = { ...sealed, dataKey: neighbour.dataKey };
    expect(decryptResourceData(swapped, KEYS)).toEqual(refused('signature does not match'));
    const both = { ...swapped, dataSignature: neighbour.dataSignature };
    expect(decryptResourceData(both, KEYS)).toEqual(refused('signature does not match'));
  });

  test.each([
    ['OAEP with SHA-256', { oaepHash: 'sha256' }],
    ['PKCS #1 v1.5', { padding: constants.RSA_PKCS1_PADDING }],
  ])('a data key wrapped by %s', (_, padding) => {
    expect(decryptResourceData(seal('{}', { padding }), KEYS)).toEqual(refused('data key cannot be decrypted'));
  });

  test.each([16, 31, 33])('a data key of %d bytes, rightly signed', (length) => {
    const short = seal('{}', { dataKey: randomBytes(length), iv: randomBytes(16) });
    expect(decryptResourceData(short, KEYS)).toEqual(refused('data key has the wrong length'));
  });

  test('no key at all, and a key of another kind', () => {
    expect(decryptResourceData(sealed, [])).toEqual({ outcome: 'unknownCertificate', certificateId: ID });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = [{ certificateId: ID, privateKey }];
    expect(decryptResourceData(sealed, keys)).toEqual(refused('data key cannot be decrypted'));
  });
});

describe('rightly signed, and yet nothing to read', () => {
  test.each([
    ['padding that is none', { padded: Buffer.concat([Buffer.from('{"a":1}'), Buffer.alloc(9, 0)]) }],
    ['padding longer than a block', { padded: Buffer.alloc(16, 17) }],
  ])('%s', (_, options) => {
    expect(decryptResourceData(seal('', options), KEYS)).toEqual(refused('data cannot be decrypted'));
  });

  test('data that is no whole number of blocks', () => {
    const dataKey = randomBytes(32);
    const data = randomBytes(20);
    const odd = {
      ...seal('{}', { dataKey }),
      data: data.toString('base64'),
      dataSignature: createHmac('sha256', dataKey).update(data).digest('base64'),
    };
    expect(decryptResourceData(odd, KEYS)).toEqual(refused('data cannot be decrypted'));
  });

  test.each(['', 'NA', '{"a":', '<html>', '{"a":1}{"b":2}'])('%j is not JSON', (text) => {
    expect(decryptResourceData(seal(text), KEYS)).toEqual(refused('content is not JSON'));
  });

  test('another initialization vector than the beginning of the key spoils the first block', () => {
    expect(decryptResourceData(seal('{"a":1}', { iv: Buffer.alloc(16) }), KEYS).outcome).toBe('refused');
  });
});

describe('what is no encrypted content', () => {
  test.each([[undefined], [null], ['text'], [911], [true]])('%j', (value) => {
    expect(decryptResourceData(value, KEYS)).toEqual(refused('encrypted content is missing'));
  });

  const withoutPadding = sealed.dataSignature.replace(/=+$/, '');
  // 32 bytes leave two bits of the last character unused: RFC 4648 section 3.5 wants them to be zero.
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const lastLetter = letters.charAt(letters.indexOf(withoutPadding.slice(-1)) + 1);
  test.each([
    ['missing', undefined],
    ['null', null],
    ['a number', 911],
    ['a list', [sealed.dataSignature]],
    ['empty', ''],
    ['cut short', sealed.dataSignature.slice(0, -3)],
    ['without its padding', withoutPadding],
    ['with unused bits set', `${withoutPadding.slice(0, -1)}${lastLetter}=`],
    ['with a space in it', `${sealed.dataSignature.slice(0, 8)} ${sealed.dataSignature.slice(8)}`],
    ['with a line break behind it', `${sealed.dataSignature}\n`],
    ['in the alphabet for URLs', Buffer.alloc(32, 0xfb).toString('base64').replaceAll('+', '-')],
    ['with something behind its end', `${sealed.dataSignature}AAAA`],
  ])('a field that is %s', (_, value) => {
    const outcome = (field: string) => decryptResourceData({ ...sealed, [field]: value }, KEYS);
    expect(outcome('data')).toEqual(refused('data is not Base64, or too large'));
    expect(outcome('dataSignature')).toEqual(refused('signature is not Base64'));
    expect(outcome('dataKey')).toEqual(refused('data key is not Base64'));
  });

  test.each([
    ['data', -4],
    ['data', -24],
    ['dataSignature', -4],
    ['dataKey', -4],
  ] as const)('%s cut short to whole Base64', (field, end) => {
    const cut = sealed[field].slice(0, end);
    expect(decryptResourceData({ ...sealed, [field]: cut }, KEYS).outcome).toBe('refused');
  });

  test('data beyond the limit is not even decoded', () => {
    const data = 'A'.repeat(5 * 1024 * 1024);
    expect(decryptResourceData({ ...sealed, data }, KEYS)).toEqual(refused('data is not Base64, or too large'));
  });

  test.each([
    ['missing', undefined],
    ['a number', 1],
    ['an object', {}],
    ['longer than Graph takes', 'a'.repeat(129)],
    ['with a line break', 'event\nencryption'],
  ])('a certificate id that is %s names none, and is not passed on', (_, encryptionCertificateId) => {
    const result = decryptResourceData({ ...sealed, encryptionCertificateId }, KEYS);
    expect(result).toEqual({ outcome: 'unknownCertificate', certificateId: null });
  });
});

test('nothing makes it throw', () => {
  const field = fc.oneof(fc.jsonValue(), fc.base64String(), fc.constant(sealed.data), fc.constant(sealed.dataKey));
  const content = fc.record(
    { data: field, dataSignature: field, dataKey: field, encryptionCertificateId: fc.oneof(fc.constant(ID), field) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(content, fc.jsonValue(), fc.anything()), (value) => {
      expect(['refused', 'unknownCertificate']).toContain(decryptResourceData(value, KEYS).outcome);
    }),
    { numRuns: 500 },
  );
});
