import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { type KeyVault, startKeyVault } from '../../local/keyvault/server.ts';
import {
  createEncryptionCertificates,
  type EncryptionCertificate,
  type EncryptionCertificatesOptions,
} from '../../shared/graph/encryptionCertificates.ts';
import { decryptResourceData } from '../../shared/graph/resourceData.ts';

const NAME = 'event-encryption';
const TENANT_ID = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
const MINUTE_MS = 60_000;

let vault: KeyVault;
let clockMs: number;
const now = () => new Date(clockMs);
const warnings: { message: string; fields: unknown }[] = [];

beforeEach(async () => {
  clockMs = Date.UTC(2026, 5, 1, 9);
  warnings.length = 0;
  vault = await startKeyVault({ now, tenantId: TENANT_ID, isAccepted: (token) => token === 'token-of-the-app' });
});
afterEach(async () => {
  expect(vault.refusals()).toEqual([]);
  await vault.close();
});

const asked: { scopes: string | string[]; tenantId: string | undefined }[] = [];
const credential = {
  getToken: async (scopes: string | string[], options?: { tenantId?: string }) => {
    asked.push({ scopes, tenantId: options?.tenantId });
    return { token: 'token-of-the-app', expiresOnTimestamp: Date.now() + 3_600_000 };
  },
};

const open = (options: EncryptionCertificatesOptions = {}, name = NAME) =>
  createEncryptionCertificates({ vaultUrl: vault.vaultUrl, name }, credential, {
    now,
    log: { warn: (message, fields) => warnings.push({ message, fields }) },
    // A busy machine is no failure of the vault.
    requestTimeoutMs: 60_000,
    totalTimeoutMs: 60_000,
    ...options,
  });
const pairs = [0, 1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2_048 }));
const shortPair = generateKeyPairSync('rsa', { modulusLength: 1_024 });
let count = 0;
/** A new version, a minute after the last. */
const make = async (options: Parameters<KeyVault['createCertificateVersion']>[1] = {}, name = NAME) => {
  clockMs += MINUTE_MS;
  count += 1;
  const [keyPair] = pairs.slice(count % pairs.length);
  return vault.createCertificateVersion(name, { ...(keyPair ? { keyPair } : {}), ...options });
};
const idsOf = (certificates: readonly EncryptionCertificate[]) =>
  certificates.map(({ certificateId }) => certificateId);
const requestsOf = (operation: string) => vault.requests().filter((one) => one.operation === operation).length;

describe('what the vault holds', () => {
  test('a version is what Graph takes, and its key is that of the certificate', async () => {
    const made = await make();
    const [found] = await open().all();
    expect(found).toMatchObject({
      certificateId: `${NAME}/${made.version}`,
      certificate: made.certificate,
      thumbprint: made.thumbprint,
      createdAt: now(),
      expiresAt: made.expiresAt,
    });
    expect(found?.thumbprint).toMatch(/^[0-9A-F]{40}$/);
    const x509 = new X509Certificate(Buffer.from(found?.certificate ?? '', 'base64'));
    expect(x509.checkPrivateKey(found?.privateKey ?? made.privateKey)).toBe(true);
    expect(asked.at(-1)).toEqual({ scopes: ['https://vault.azure.net/.default'], tenantId: TENANT_ID });
  });

  test('every enabled version, the newest first, an expired one too, a disabled one not', async () => {
    const expired = await make({ validFrom: new Date(Date.UTC(2024, 0, 1)), validityInMonths: 1 });
    const disabled = await make();
    const newest = await make();
    vault.setEnabled(NAME, disabled.version, false);
    expect(idsOf(await open().all())).toEqual([newest.certificateId, expired.certificateId]);
    expect(requestsOf('secrets.get')).toBe(2);
  });

  test.each([
    ['PKCS #12', 'it is PKCS #12, and PEM is needed'],
    ['no PEM', 'it cannot be read as PEM'],
    ['the key of another certificate', 'it holds no certificate of its private key'],
    ['no certificate', 'it holds no certificate of its private key'],
    ['a short key', 'its key is not RSA of 2048 to 4096 bits'],
  ])('a version with %s is reported by name and left out; the others count', async (what, reason) => {
    const good = await make();
    clockMs += MINUTE_MS;
    const others: Record<string, () => Promise<{ version: string }>> = {
      'PKCS #12': () => make({ form: 'PKCS12' }),
      'no PEM': async () => vault.setSecret(NAME, 'not a certificate at all'),
      'the key of another certificate': async () =>
        vault.setSecret(NAME, good.privateKeyPem + (await make({}, 'another')).certificatePem),
      'no certificate': async () => vault.setSecret(NAME, good.privateKeyPem),
      'a short key': () => make({ keyPair: shortPair }),
    };
    const bad = await others[what]?.();
    const certificates = open();
    expect(idsOf(await certificates.all())).toEqual([good.certificateId]);
    clockMs += MINUTE_MS;
    await certificates.all({ refresh: true });
    const fields = { certificateId: `${NAME}/${bad?.version}`, reason };
    expect(warnings).toEqual([{ message: 'A version of the encryption certificate cannot be used', fields }]);
    expect(JSON.stringify(warnings)).not.toMatch(/BEGIN|PRIVATE/);
  });

  test('more versions than fit on one page', async () => {
    const good = await make();
    for (let i = 0; i < 30; i += 1) {
      const { version } = vault.setSecret(NAME, 'older');
      vault.setEnabled(NAME, version, false);
    }
    clockMs += MINUTE_MS;
    const newest = await make();
    expect(idsOf(await open().all())).toEqual([newest.certificateId, good.certificateId]);
    expect(requestsOf('secrets.listVersions')).toBe(2);
  });
});

describe('asked again', () => {
  test('what was read stays in memory; callers at the same time share one question', async () => {
    await make();
    const certificates = open();
    await Promise.all([certificates.all(), certificates.all({ refresh: true }), certificates.all()]);
    await certificates.all();
    expect([requestsOf('secrets.listVersions'), requestsOf('secrets.get')]).toEqual([1, 1]);
  });

  test('a new version is found by a refresh, not sooner than 30 s after the last answer', async () => {
    const first = await make();
    const certificates = open();
    await certificates.all();
    const second = await make();
    clockMs = first.createdAt.getTime() + 29_999;
    expect(idsOf(await certificates.all({ refresh: true }))).toEqual([first.certificateId]);
    clockMs += 1;
    expect(idsOf(await certificates.all())).toEqual([first.certificateId]);
    expect(idsOf(await certificates.all({ refresh: true }))).toHaveLength(2);
    expect(idsOf(await certificates.all())).toContain(second.certificateId);
    expect([requestsOf('secrets.listVersions'), requestsOf('secrets.get')]).toEqual([2, 2]);
  });

  test('a version that was disabled is forgotten', async () => {
    const old = await make();
    const current = await make();
    const certificates = open();
    await certificates.all();
    vault.setEnabled(NAME, old.version, false);
    clockMs += 30_000;
    expect(idsOf(await certificates.all({ refresh: true }))).toEqual([current.certificateId]);
  });

  test('a clock that was set back does not stop it', async () => {
    await make();
    const certificates = open();
    await certificates.all();
    clockMs -= 24 * 60 * MINUTE_MS;
    await certificates.all({ refresh: true });
    expect(requestsOf('secrets.listVersions')).toBe(2);
  });
});

/** Lets `ms` pass at once, as soon as somebody waits in vain. It may not end before, whatever the machine is doing. */
async function passTime<T>(ms: number, step: () => Promise<T>, isWaiting: () => boolean): Promise<T> {
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'] });
  let isOver = false;
  const running = step().finally(() => {
    isOver = true;
  });
  running.catch(() => undefined);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  try {
    while (!isWaiting()) await turn();
    jest.advanceTimersByTime(ms - 1);
    await turn();
    expect(isOver).toBe(false);
    jest.advanceTimersByTime(1);
    return await running;
  } finally {
    jest.useRealTimers();
  }
}
const isHanging = () => vault.requests().at(-1)?.status === 0;
const LIMITS = { requestTimeoutMs: 2_500, totalTimeoutMs: 5_000 };

describe('a vault that does not answer', () => {
  test.each([
    [{ kind: 'status', status: 403 }, '403 Forbidden'],
    [{ kind: 'status', status: 404 }, '404 SecretNotFound'],
    [{ kind: 'status', status: 500 }, '500 InternalServerError'],
  ] as const)('%j: throws a code while there is nothing, and finds it soon after', async (effect, code) => {
    const made = await make();
    const certificates = open();
    vault.faults.add({ operation: 'secrets', effect });
    await expect(certificates.all()).rejects.toMatchObject({ name: 'KeyVaultError', code });
    vault.faults.clear();
    await expect(certificates.all()).rejects.toMatchObject({ code });
    clockMs += 5_000;
    expect(idsOf(await certificates.all())).toEqual([made.certificateId]);
  });

  test('silence ends after 2.5 s', async () => {
    const { certificateId } = await make();
    const certificates = open(LIMITS);
    vault.faults.add({ operation: 'secrets.listVersions', effect: { kind: 'hang' } });
    const failing = passTime(2_500, () => certificates.all(), isHanging);
    await expect(failing).rejects.toMatchObject({ name: 'KeyVaultError', code: 'timeout' });
    vault.faults.clear();
    clockMs += 5_000;
    expect(idsOf(await certificates.all())).toEqual([certificateId]);
  });

  test('what is known stays', async () => {
    const { certificateId } = await make();
    const certificates = open({ requestTimeoutMs: 2_500 });
    await certificates.all();
    clockMs += MINUTE_MS;
    vault.faults.add({ operation: 'secrets', times: 1, effect: { kind: 'hang' } });
    const asked = passTime(2_500, () => certificates.all({ refresh: true }), isHanging);
    expect(idsOf(await asked)).toEqual([certificateId]);
    clockMs += MINUTE_MS;
    vault.faults.add({ operation: 'secrets', effect: { kind: 'status', status: 503 } });
    expect(idsOf(await certificates.all({ refresh: true }))).toEqual([certificateId]);
    expect(warnings.map(({ fields }) => fields)).toEqual([
      { error: 'timeout', known: 1 },
      { error: '503 InternalServerError', known: 1 },
    ]);
  });

  test('one version that cannot be got does not hide the others, and is tried again after 5 s', async () => {
    const [a, b, c] = [await make(), await make(), await make()];
    vault.faults.add({ operation: 'secrets.get', containing: a.version, effect: { kind: 'status', status: 403 } });
    vault.faults.add({ operation: 'secrets.get', containing: b.version, effect: { kind: 'hang' } });
    const certificates = open({ requestTimeoutMs: 2_500 });
    const isWaiting = () => {
      const got = vault.requests().filter(({ operation }) => operation === 'secrets.get');
      return got.length === 3 && got.filter(({ status }) => status === 0).length === 1;
    };
    expect(idsOf(await passTime(2_500, () => certificates.all(), isWaiting))).toEqual([c.certificateId]);
    vault.faults.clear();
    clockMs += 5_000;
    const all = [c, b, a].map(({ certificateId }) => certificateId);
    expect(idsOf(await certificates.all({ refresh: true }))).toEqual(all);
  });

  test('a version that may not be read: the finest word that Key Vault has for it', async () => {
    await make();
    const effect = { kind: 'status', status: 403, innerCode: 'ForbiddenByRbac' } as const;
    vault.faults.add({ operation: 'secrets.get', effect });
    await expect(open().all()).rejects.toMatchObject({ code: '403 ForbiddenByRbac' });
  });

  test('an identity that gets no token in time: 5 s for all of it', async () => {
    await make();
    let isAsked = false;
    const getToken = () => {
      isAsked = true;
      return new Promise<never>(() => undefined);
    };
    const certificates = createEncryptionCertificates({ vaultUrl: vault.vaultUrl, name: NAME }, { getToken });
    const steps: (() => Promise<unknown>)[] = [() => certificates.all(), () => certificates.expiries()];
    for (const step of steps) {
      isAsked = false;
      await expect(passTime(5_000, step, () => isAsked)).rejects.toMatchObject({ code: 'timeout' });
    }
  });

  test('an identity that fails: its code, and not its message', async () => {
    const getToken = async () => {
      throw Object.assign(new Error('alexw@contoso.com is not allowed'), { name: 'CredentialUnavailableError' });
    };
    const certificates = createEncryptionCertificates({ vaultUrl: vault.vaultUrl, name: NAME }, { getToken });
    const failure: Error = await certificates.all().then(
      () => new Error('It did not fail'),
      (caught) => caught,
    );
    expect(failure.message).toBe('Key Vault gave no certificates (CredentialUnavailableError)');
  });

  test('no version at all, and none that is enabled', async () => {
    await expect(open().all()).rejects.toMatchObject({ code: 'noEnabledVersion' });
    const { version } = await make();
    vault.setEnabled(NAME, version, false);
    await expect(open().all()).rejects.toMatchObject({ code: 'noEnabledVersion' });
    await make({ form: 'PKCS12' });
    await expect(open().all()).rejects.toMatchObject({ code: 'noUsableVersion' });
  });

  test('the last enabled version is kept when somebody disables everything', async () => {
    const made = await make();
    const certificates = open();
    await certificates.all();
    vault.setEnabled(NAME, made.version, false);
    clockMs += 30_000;
    expect(idsOf(await certificates.all({ refresh: true }))).toEqual([made.certificateId]);
    expect(warnings.at(-1)?.fields).toEqual({ error: 'noEnabledVersion', known: 1 });
  });
});

test('the ends of all secrets: those that have one and are enabled, certificates among them, newest version each', async () => {
  await make({ validityInMonths: 1 });
  const certificate = await make();
  const twilioEnd = new Date(Date.UTC(2026, 8, 1));
  vault.setSecret('twilio-auth-token', 'secret', { expiresAt: twilioEnd });
  vault.setSecret('token-cache-key', 'secret');
  const { version } = vault.setSecret('not-used', 'secret', { expiresAt: twilioEnd });
  vault.setEnabled('not-used', version, false);
  const found = await open().expiries();
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({ name: NAME, expiresAt: certificate.expiresAt });
  expect(found).toContainEqual({ name: 'twilio-auth-token', expiresAt: twilioEnd });

  vault.faults.add({ operation: 'secrets.list', effect: { kind: 'status', status: 403 } });
  await expect(open().expiries()).rejects.toMatchObject({ code: '403 Forbidden' });
});

test('the keys of the vault are those of notifications', async () => {
  const made = await make();
  const result = decryptResourceData(
    { data: 'AAAA', dataSignature: 'AAAA', dataKey: 'AAAA', encryptionCertificateId: made.certificateId },
    await open().all(),
  );
  expect(result).toEqual({ outcome: 'refused', reason: 'data key cannot be decrypted' });
});
