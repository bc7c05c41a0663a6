import { generateKeyPairSync } from 'node:crypto';
import { type CertificateAction, certificateCommand } from '../../cli/certificateCommand.ts';
import { createCertificateVault } from '../../cli/certificateVault.ts';
import { type KeyVault, startKeyVault } from '../../local/keyvault/server.ts';
import { createEncryptionCertificates } from '../../shared/graph/encryptionCertificates.ts';
import type { KnownSubscription } from '../../shared/graph/subscriptionPlan.ts';

const NAME = 'event-encryption';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.UTC(2026, 5, 1, 9);
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let clockMs: number;
const now = () => new Date(clockMs);
let vault: KeyVault;
let subscriptions: KnownSubscription[];
let seen: Map<string, Date>;

beforeEach(async () => {
  clockMs = START;
  subscriptions = [];
  seen = new Map();
  vault = await startKeyVault({ now });
});
afterEach(async () => {
  expect(vault.refusals()).toEqual([]);
  await vault.close();
});

const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const use = {
  subscriptions: async () => subscriptions,
  lastSeen: async (certificateId: string) => seen.get(certificateId) ?? null,
};

async function run(action: CertificateAction, changes: Partial<typeof use> = {}, by = credential) {
  const written = { out: '', err: '' };
  const certificate = createCertificateVault({ vaultUrl: vault.vaultUrl, name: NAME }, by, { pollMs: 1 });
  const code = await certificateCommand(
    action,
    certificate,
    { ...use, ...changes },
    {
      write: (text) => {
        written.out += text;
      },
      writeError: (text) => {
        written.err += text;
      },
      now,
    },
  );
  return { code, ...written };
}

/** A version made that many days after the start, and the clock set there. */
function makeOnDay(day: number) {
  clockMs = START + day * DAY_MS;
  return vault.createCertificateVersion(NAME, { keyPair });
}

function subscription(certificateId: string | null, changes: Partial<KnownSubscription> = {}): KnownSubscription {
  return {
    resource: "communications/calls/getEmergencyEventsByPolicy(policyName='Redmond')",
    changeType: 'updated',
    notificationUrl: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/notifications?tenantId=contoso.com',
    lifecycleNotificationUrl: null,
    includeResourceData: true,
    lifeMinutes: 1_440,
    state: 'active',
    subscriptionId: 'b3d2cf5f-0000-4000-8000-000000000001',
    clientState: 'a secret of the subscription',
    encryptionCertificateId: certificateId,
    createdAt: now().toISOString(),
    renewedAt: null,
    expiresAt: new Date(clockMs + DAY_MS).toISOString(),
    confirmedAt: now().toISOString(),
    ...changes,
  };
}

/** What the functions would read; a busy machine is no failure of the vault. */
const readCertificates = () =>
  createEncryptionCertificates({ vaultUrl: vault.vaultUrl, name: NAME }, credential, {
    requestTimeoutMs: 60_000,
    totalTimeoutMs: 60_000,
  }).all();
const isEnabled = async (version: string) => {
  return (await readCertificates()).some(({ certificateId }) => certificateId === `${NAME}/${version}`);
};

describe('list', () => {
  test('each version, the newest first: made, expires, enabled, last seen, in use by whom', async () => {
    const old = await makeOnDay(0);
    const disabled = await makeOnDay(10);
    vault.setEnabled(NAME, disabled.version, false);
    const current = await makeOnDay(200);
    clockMs = START + 370 * DAY_MS;
    seen.set(old.certificateId, new Date(Date.UTC(2026, 11, 20, 7, 5)));
    subscriptions = [subscription(current.certificateId), subscription(null, { subscriptionId: 'without-data' })];
    const { code, out, err } = await run({ name: 'list' });
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      [`Certificate ${NAME} in ${vault.vaultUrl}`],
      ['version', 'made', 'expires', 'enabled', 'last seen (UTC)', 'in use by'],
      [current.version, '2026-12-18', '2027-12-18', 'yes', 'never', 'b3d2cf5f-0000-4000-8000-000000000001'],
      [disabled.version, '2026-06-11', '2027-06-11', 'no', 'never', '-'],
      [old.version, '2026-06-01', '2027-06-01 (over)', 'yes', '2026-12-20 07:05', '-'],
      [''],
    ]);
    expect(out).not.toContain('secret');
  });

  test('without any version: says how to make one', async () => {
    const { code, out } = await run({ name: 'list' });
    expect(code).toBe(0);
    expect(out).toMatch(/It has no version yet\. .*npm run certificate -- rotate\n$/);
  });
});

describe('rotate', () => {
  test('the first version: it can be used at once, and the words say when it is', async () => {
    const { code, out, err } = await run({ name: 'rotate' });
    expect([code, err]).toEqual([0, '']);
    const id = /^New version (event-encryption\/[0-9a-f]{32}), valid until 2027-06-01\.\n/.exec(out)?.[1];
    expect(out).toContain('renewSubscriptions runs every 5 minutes');
    const [newest, ...others] = await readCertificates();
    expect(others).toEqual([]);
    expect(newest).toMatchObject({ certificateId: id, createdAt: now() });
    expect(newest?.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2_048);
  });

  test('the version before stays enabled, also one in the form that nobody can use', async () => {
    const old = await makeOnDay(0);
    await vault.createCertificateVersion(NAME, { keyPair, form: 'PKCS12' });
    clockMs += DAY_MS;
    await run({ name: 'rotate' });
    const all = await readCertificates();
    expect(all).toHaveLength(2);
    expect(all[1]?.certificateId).toBe(old.certificateId);
    expect(vault.requests().some(({ operation }) => operation === 'certificates.update')).toBe(false);
  });

  test('a creation that Key Vault begins and does not end well is told', async () => {
    const effect = { kind: 'creationFails', code: 'PolicyViolation', message: 'Not allowed by a policy.' } as const;
    await makeOnDay(0);
    vault.faults.add({ operation: 'certificates.create', effect });
    const { code, out, err } = await run({ name: 'rotate' });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(`${vault.vaultUrl} did not do it: Not allowed by a policy.\n`);
  });
});

describe('retire', () => {
  test('shows what it would disable, and changes nothing without --yes', async () => {
    const old = await makeOnDay(0);
    const current = await makeOnDay(1);
    clockMs = START + 3 * DAY_MS;
    const { code, out } = await run({ name: 'retire', yes: false });
    expect(code).toBe(0);
    expect(out).toContain(`Kept       ${current.certificateId}: it is the newest that is enabled.\n`);
    expect(out).toContain(`To disable ${old.certificateId}\n`);
    expect(out).toMatch(/Nothing was changed\..*npm run certificate -- retire --yes\n$/);
    expect(await isEnabled(old.version)).toBe(true);
  });

  test('with --yes it disables them, and not the newest', async () => {
    const [a, b] = [await makeOnDay(0), await makeOnDay(1)];
    const current = await makeOnDay(2);
    clockMs = START + 4 * DAY_MS;
    const { code, out } = await run({ name: 'retire', yes: true });
    expect(code).toBe(0);
    expect(out).toContain(`Disabled   ${a.certificateId}\n`);
    expect(out).toContain(`Disabled   ${b.certificateId}\n`);
    expect(await Promise.all([a, b, current].map(({ version }) => isEnabled(version)))).toEqual([false, false, true]);
    expect((await run({ name: 'retire', yes: true })).out).toMatch(/There is nothing to put away\.\n$/);
  });

  test.each<[string, (old: string) => void, RegExp]>([
    [
      'Graph encrypts with it',
      (old) => subscriptions.push(subscription(old)),
      /Graph encrypts with it \(subscription b3d2/,
    ],
    [
      'a subscription to it may just have been made',
      (old) => subscriptions.push(subscription(old, { state: 'creating', subscriptionId: null, expiresAt: null })),
      /Graph encrypts with it \(subscription being created\)/,
    ],
    [
      'it was seen yesterday',
      (old) => seen.set(old, new Date(clockMs - 2 * DAY_MS + 1)),
      /it was last seen 2026-06-0\d \d\d:\d\d UTC/,
    ],
    [
      'the version after it is new',
      () => {
        clockMs = START + 3 * DAY_MS - 1;
      },
      /the version after it is less than 2 days old/,
    ],
  ])('an old version is kept while %s', async (_, arrange, reason) => {
    const old = await makeOnDay(0);
    await makeOnDay(1);
    clockMs = START + 5 * DAY_MS;
    arrange(old.certificateId);
    const { out } = await run({ name: 'retire', yes: true });
    expect(out).toMatch(new RegExp(`Kept +${old.certificateId}: ${reason.source}`));
    expect(await isEnabled(old.version)).toBe(true);
  });

  test.each<[string, (old: string) => void]>([
    [
      'its subscription has expired',
      (old) => subscriptions.push(subscription(old, { expiresAt: now().toISOString() })),
    ],
    ['its subscription is gone', (old) => subscriptions.push(subscription(old, { state: 'gone' }))],
    ['it was last seen 2 days ago', (old) => seen.set(old, new Date(clockMs - 2 * DAY_MS))],
  ])('and no longer, when %s', async (_, arrange) => {
    const old = await makeOnDay(0);
    await makeOnDay(1);
    clockMs = START + 5 * DAY_MS;
    arrange(old.certificateId);
    await run({ name: 'retire', yes: true });
    expect(await isEnabled(old.version)).toBe(false);
  });

  test('the newest that is enabled is kept, though a newer one is disabled', async () => {
    const current = await makeOnDay(0);
    const disabled = await makeOnDay(1);
    vault.setEnabled(NAME, disabled.version, false);
    clockMs = START + 9 * DAY_MS;
    await run({ name: 'retire', yes: true });
    expect(await isEnabled(current.version)).toBe(true);
  });

  test('while the storage does not say what is in use, nothing is disabled', async () => {
    const old = await makeOnDay(0);
    await makeOnDay(1);
    clockMs = START + 9 * DAY_MS;
    const failing = async () => {
      throw Object.assign(new Error('AlexW@contoso.com at contoso.table.core.windows.net'), { statusCode: 403 });
    };
    for (const changes of [{ subscriptions: failing }, { lastSeen: failing }]) {
      expect(await run({ name: 'retire', yes: true }, changes)).toEqual({
        code: 1,
        out: '',
        err: 'The storage of the product did not say what is in use (Error 403). Nothing was changed.\n',
      });
    }
    expect(await isEnabled(old.version)).toBe(true);
  });
});

describe('what Key Vault refuses is told in words for an administrator', () => {
  test.each([
    [{ kind: 'status', status: 401 }, /does not accept your sign-in \(401 Unauthorized\).*az login --tenant/],
    [{ kind: 'status', status: 403 }, /refuses \(403 Forbidden\): you need the role Key Vault Certificates Officer/],
    [{ kind: 'status', status: 404 }, /There is no such thing as certificate event-encryption/],
    [{ kind: 'status', status: 409 }, /is being made already \(409/],
    [{ kind: 'status', status: 500 }, /did not do it \(500 InternalServerError\)\. Nothing is lost; try again\./],
    [{ kind: 'reset' }, /cannot be reached \(RestError ECONNRESET\)/],
  ] as const)('%j', async (effect, words) => {
    vault.faults.add({ operation: 'certificates', effect });
    for (const action of [{ name: 'list' }, { name: 'rotate' }, { name: 'retire', yes: true }] as const) {
      const { code, out, err } = await run(action);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(words);
    }
  });

  test('nobody is signed in to Azure', async () => {
    const getToken = async () => {
      throw Object.assign(new Error('az is not installed'), { name: 'AggregateAuthenticationError' });
    };
    const { code, err } = await run({ name: 'list' }, {}, { getToken });
    expect([code, err]).toEqual([
      1,
      'Azure gives you no token here. Sign in to the tenant of the vault with: az login --tenant <tenant>\n',
    ]);
  });
});
