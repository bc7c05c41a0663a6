import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { CertificateClient } from '@azure/keyvault-certificates';
import { SecretClient } from '@azure/keyvault-secrets';
import { issueCertificate } from '../../local/keyvault/issueCertificate.ts';
import { type KeyVault, startKeyVault } from '../../local/keyvault/server.ts';

const NAME = 'event-encryption';
const START = new Date(Date.UTC(2026, 5, 1, 9));
const POLICY = {
  key_props: { exportable: true, kty: 'RSA', key_size: 2_048, reuse_key: false },
  secret_props: { contentType: 'application/x-pem-file' },
  x509_props: { subject: 'CN=Contoso', validity_months: 6 },
  issuer: { name: 'Self' },
};

const keyPair = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let vault: KeyVault;
beforeEach(async () => {
  vault = await startKeyVault({ now: () => START, isAccepted: (token) => token === 'good', pendingPolls: 1 });
});
afterEach(() => vault.close());

const options = {
  allowInsecureConnection: true,
  disableChallengeResourceVerification: true,
  retryOptions: { maxRetries: 0 },
};
const credentialOf = (token: string) => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});
const secrets = (token = 'good') => new SecretClient(vault.vaultUrl, credentialOf(token), options);
const certificates = () => new CertificateClient(vault.vaultUrl, credentialOf('good'), options);

interface WireAnswer {
  value?: unknown;
  error?: { code: string };
  status?: string;
  csr?: string;
  request_id?: string;
}

async function raw(method: string, path: string, body?: unknown, token: string | null = 'good') {
  const response = await fetch(`${vault.vaultUrl}${path}`, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: (await response.json()) as WireAnswer };
}
const VERSION = 'api-version=2025-07-01';

describe('who may come in', () => {
  test('without a token: the challenge that says what to get one for', async () => {
    const { status, headers, json } = await raw('GET', `/secrets?${VERSION}`, undefined, null);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer authorization="https://login.microsoftonline.com/common", resource="https://vault.azure.net"',
    );
    expect(json.error?.code).toBe('Unauthorized');
    expect([vault.requests(), vault.refusals()]).toEqual([[], []]);
  });

  test('with a token that is not accepted: refused, and remembered', async () => {
    await expect(secrets('stolen').getSecret('x')).rejects.toMatchObject({ statusCode: 401 });
    expect(vault.refusals().at(-1)).toBe('GET /secrets/x/: the token is not accepted');
    expect(JSON.stringify(vault.refusals())).not.toContain('stolen');
  });
});

describe('Microsoft’s clients', () => {
  test('a certificate is created by an operation that is polled; its secret holds the key', async () => {
    const poller = await certificates().beginCreateCertificate(
      NAME,
      {
        issuerName: 'Self',
        subject: 'CN=Contoso',
        keyType: 'RSA',
        keySize: 2_048,
        reuseKey: false,
        exportable: true,
        contentType: 'application/x-pem-file',
        validityInMonths: 6,
        lifetimeActions: [{ action: 'AutoRenew', lifetimePercentage: 80 }],
      },
      { intervalInMs: 1 },
    );
    const made = await poller.pollUntilDone();
    expect(made.policy).toMatchObject({ subject: 'CN=Contoso', validityInMonths: 6, issuerName: 'Self' });
    expect(made.properties).toMatchObject({ enabled: true, createdOn: START });
    const x509 = new X509Certificate(Buffer.from(made.cer ?? []));
    expect(x509.subject).toBe('CN=Contoso');
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(made.properties.x509ThumbprintString?.toUpperCase()).toBe(x509.fingerprint.replaceAll(':', ''));
    expect(made.properties.expiresOn).toEqual(new Date(x509.validTo));

    const { version = '' } = made.properties;
    const secret = await secrets().getSecret(NAME, { version });
    expect(secret.properties).toMatchObject({ contentType: 'application/x-pem-file', managed: true });
    expect(secret.value).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----/,
    );
    expect(vault.requests().filter(({ operation }) => operation === 'certificates.getOperation')).toHaveLength(2);
    expect(vault.refusals()).toEqual([]);
  });

  test('a secret is set as a new version, which is the newest', async () => {
    const first = await secrets().setSecret('key', 'one', { contentType: 'text/plain' });
    expect(first).toMatchObject({
      value: 'one',
      properties: { enabled: true, createdOn: START, contentType: 'text/plain' },
    });
    await secrets().setSecret('key', 'two');
    expect(await secrets().getSecret('key')).toMatchObject({ value: 'two' });
    const { version = '' } = first.properties;
    expect(await secrets().getSecret('key', { version })).toMatchObject({ value: 'one' });
    expect((await raw('PUT', `/secrets/a_b?${VERSION}`, { value: 'x' })).status).toBe(400);
    expect((await raw('PUT', `/secrets/key?${VERSION}`, {})).status).toBe(400);
  });

  test('versions are listed and disabled; the secret of a disabled one is refused, the newest is got by name', async () => {
    const old = await vault.createCertificateVersion(NAME, { keyPair });
    const current = await vault.createCertificateVersion(NAME, { keyPair });
    const updated = await certificates().updateCertificateProperties(NAME, old.version, { enabled: false });
    expect(updated.properties.enabled).toBe(false);
    const listed: Record<string, boolean | undefined> = {};
    for await (const one of certificates().listPropertiesOfCertificateVersions(NAME)) {
      listed[one.version ?? ''] = one.enabled;
    }
    expect(listed).toEqual({ [old.version]: false, [current.version]: true });
    await expect(secrets().getSecret(NAME, { version: old.version })).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: 'SecretDisabled' } } },
    });
    expect((await secrets().getSecret(NAME)).properties.version).toBe(current.version);
  });

  test('more secrets than fit on a page come all, each once, with its end', async () => {
    for (let i = 0; i < 60; i += 1) vault.setSecret(`secret-${i}`, 'x', i === 0 ? { expiresAt: START } : {});
    vault.setSecret('secret-0', 'newer', { expiresAt: new Date(START.getTime() + 1_000) });
    const found = new Map<string, Date | undefined>();
    for await (const { name, expiresOn } of secrets().listPropertiesOfSecrets()) found.set(name, expiresOn);
    expect(found.size).toBe(60);
    expect(found.get('secret-0')).toEqual(new Date(START.getTime() + 1_000));
    expect(found.get('secret-1')).toBeUndefined();
  });

  test('a name without versions: listing it is no error, getting it is', async () => {
    for await (const _ of secrets().listPropertiesOfSecretVersions('nothing')) throw new Error('There is one');
    for await (const _ of certificates().listPropertiesOfCertificateVersions('nothing'))
      throw new Error('There is one');
    await expect(secrets().getSecret('nothing')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    await expect(certificates().getCertificate('nothing')).rejects.toMatchObject({ code: 'CertificateNotFound' });
  });
});

describe('the operation that creates a certificate, on the wire', () => {
  const create = (policy: unknown) => raw('POST', `/certificates/${NAME}/create?${VERSION}`, { policy });
  const pending = () => raw('GET', `/certificates/${NAME}/pending?${VERSION}`);

  test('202 and a signing request, in progress, completed with its target; one at a time', async () => {
    const begun = await create(POLICY);
    const id = `${vault.vaultUrl}/certificates/${NAME}/pending`;
    expect(begun).toMatchObject({ status: 202, json: { id, status: 'inProgress', cancellation_requested: false } });
    // The DER of a PKCS #10 request begins with a SEQUENCE.
    expect(Buffer.from(begun.json.csr ?? '', 'base64')[0]).toBe(0x30);
    expect(await create(POLICY)).toMatchObject({ status: 409, json: { error: { code: 'Conflict' } } });
    expect((await pending()).json.status).toBe('inProgress');
    expect((await raw('GET', `/certificates/${NAME}/versions?${VERSION}`)).json.value).toEqual([]);
    const target = `${vault.vaultUrl}/certificates/${NAME}`;
    expect((await pending()).json).toMatchObject({ status: 'completed', target, request_id: begun.json.request_id });
    expect((await create(undefined)).status).toBe(202);
  });

  const change = (part: keyof typeof POLICY, values: object) => ({ ...POLICY, [part]: { ...POLICY[part], ...values } });
  test.each([
    ['no policy, nor one from before', undefined, 400],
    ['a policy that is no object', 'PEM', 400],
    ['no subject', change('x509_props', { subject: undefined }), 400],
    ['a key of 1,024 bits', change('key_props', { key_size: 1_024 }), 501],
    ['an elliptic curve', change('key_props', { kty: 'EC' }), 501],
    ['an issuer of its own', change('issuer', { name: 'DigiCert' }), 501],
    ['extended key usage', change('x509_props', { ekus: ['1.3.6.1.5.5.7.3.1'] }), 501],
    ['another form', change('secret_props', { contentType: 'text/plain' }), 501],
  ])('%s is refused', async (_, policy, status) => {
    expect((await create(policy)).status).toBe(status);
    expect(vault.refusals()).toHaveLength(status === 501 ? 1 : 0);
  });
});

describe('what it was never taught it refuses loudly', () => {
  test.each([
    ['PUT', `/secrets/a?${VERSION}`, { value: 'a', attributes: { exp: 1 } }],
    ['PUT', `/secrets/a?${VERSION}`, { value: 'a', tags: { a: 'b' } }],
    ['DELETE', `/certificates/a?${VERSION}`, undefined],
    ['GET', `/keys?${VERSION}`, undefined],
    ['GET', '/secrets', undefined],
    ['PATCH', `/certificates/a/b?${VERSION}`, { policy: {} }],
    ['PATCH', `/certificates/a/b?${VERSION}`, { attributes: { enabled: true, exp: 1 } }],
  ])('%s %s %j', async (method, path, body) => {
    expect(await raw(method, path, body)).toMatchObject({ status: 501, json: { error: { code: 'NotImplemented' } } });
    expect(vault.refusals()).toEqual([expect.stringContaining('The look-alike of Key Vault does not know')]);
  });
});

describe('told to fail', () => {
  test('a status, so many times, for the requests that are meant', async () => {
    vault.setSecret('a', '1');
    vault.setSecret('b', '2');
    const effect = { kind: 'status', status: 429, retryAfterSeconds: 7 } as const;
    vault.faults.add({ operation: 'secrets.get', containing: '/a', times: 1, effect });
    expect((await secrets().getSecret('b')).value).toBe('2');
    const refused = await raw('GET', `/secrets/a?${VERSION}`);
    expect([refused.status, refused.headers.get('retry-after'), refused.json.error?.code]).toEqual([
      429,
      '7',
      'Throttled',
    ]);
    expect((await secrets().getSecret('a')).value).toBe('1');
  });

  test('silence, until it is closed', async () => {
    vault.faults.add({ operation: '*', effect: { kind: 'hang' } });
    const asked = secrets()
      .getSecret('a')
      .then(
        () => 'answered',
        () => 'broken off',
      );
    while (vault.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vault.close();
    expect(await asked).toBe('broken off');
  });

  test.each([
    [{ operation: 'keys', effect: { kind: 'hang' } }, /No operation is called "keys"/],
    [{ operation: '*', times: 0, effect: { kind: 'hang' } }, /times must be a whole number above 0/],
    [{ operation: 'secrets', effect: { kind: 'creationFails', code: 'x', message: 'y' } }, /Only certificates.create/],
  ] as const)('a fault that cannot come is refused: %j', (fault, words) => {
    expect(() => vault.faults.add(fault)).toThrow(words);
  });
});

describe('certificates for tests', () => {
  test('what the public part encrypts the private key decrypts; the thumbprint and the months are right', async () => {
    const issued = await issueCertificate({ name: 'Contoso', validFrom: START, validityInMonths: 3 });
    const x509 = new X509Certificate(Buffer.from(issued.certificate, 'base64'));
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    const sealed = publicEncrypt({ key: x509.publicKey, ...oaep }, Buffer.from('data key'));
    expect(privateDecrypt({ key: issued.privateKey, ...oaep }, sealed).toString()).toBe('data key');
    expect([issued.validFrom, issued.expiresAt]).toEqual([START, new Date(Date.UTC(2026, 8, 1, 9))]);
    expect(issued.thumbprint).toBe(x509.fingerprint.replaceAll(':', ''));
  });

  test('PKCS #12 is one that TLS can use', async () => {
    const { version } = await vault.createCertificateVersion(NAME, { form: 'PKCS12', keyPair });
    const secret = await secrets().getSecret(NAME, { version });
    expect(secret.properties.contentType).toBe('application/x-pkcs12');
    const pfx = Buffer.from(secret.value ?? '', 'base64');
    expect(() => createSecureContext({ pfx, passphrase: '' })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow(/mac verify failure/);
  });
});
