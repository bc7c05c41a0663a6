import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCertificateVault } from '../../cli/certificateVault.ts';
import { ProgramError } from '../../cli/deployment/runProgram.ts';
import { needsCertificate, type SecretsWork, secretsCommand } from '../../cli/deployment/secrets.ts';
import { type KeyVault, startKeyVault } from '../../local/keyvault/server.ts';
import { readSettings } from '../../shared/settings.ts';
import { type Answer, azureAnswers, createFakePrograms, SUBSCRIPTION_ID } from './deploymentPrograms.ts';

const START = Date.UTC(2026, 5, 1, 9);
const MINUTE_MS = 60_000;
const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };

let clockMs: number;
let vault: KeyVault;
let refreshes: number;
beforeEach(async () => {
  clockMs = START;
  refreshes = 0;
  vault = await startKeyVault({ now: () => new Date(clockMs) });
});
afterEach(async () => {
  expect(vault.refusals()).toEqual([]);
  await vault.close();
});

async function run(changes: Partial<SecretsWork> = {}, options: { isDryRun?: boolean } = {}) {
  const written = { out: '', err: '' };
  const work: SecretsWork = {
    vaultUrl: vault.vaultUrl,
    credential,
    certificate: null,
    refreshApp: async () => {
      refreshes += 1;
    },
    sleep: async (ms) => {
      clockMs += ms;
    },
    ...changes,
  };
  const terminal = {
    write: (text: string) => {
      written.out += text;
    },
    writeError: (text: string) => {
      written.err += text;
    },
    now: () => new Date(clockMs),
  };
  const code = await secretsCommand(work, terminal, options);
  return { code, ...written };
}

const certificate = () =>
  createCertificateVault({ vaultUrl: vault.vaultUrl, name: 'encryption-certificate' }, credential, { pollMs: 1 });
const done = (operation: string) => vault.requests().filter((one) => one.operation === operation && one.status < 300);

/** As the function app reads it. */
async function storedKey(): Promise<string> {
  const response = await fetch(`${vault.vaultUrl}/secrets/token-cache-key?api-version=2025-07-01`, {
    headers: { authorization: 'Bearer token' },
  });
  return ((await response.json()) as { value: string }).value;
}

test('the key is made once, has 32 bytes, is not shown, and is kept at the second run', async () => {
  const first = await run();
  const key = await storedKey();
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(first).toEqual({
    code: 0,
    err: '',
    out: [
      'Key of the stored sign-in (token-cache-key): made.',
      'Encryption certificate: not needed, since nothing comes encrypted.',
      'The function app was told to read its secrets anew.',
      '',
    ].join('\n'),
  });
  const second = await run();
  expect(second.out).toContain('Key of the stored sign-in (token-cache-key): it is there, and is kept.\n');
  expect([second.code, second.err, await storedKey()]).toEqual([0, '', key]);
  expect(done('secrets.set')).toHaveLength(1);
  // Nothing is new, so nobody has to read anything.
  expect(refreshes).toBe(1);
  expect(first.out + second.out).not.toContain(key);
});

test('two vaults get two keys', async () => {
  await run();
  const one = await storedKey();
  await vault.close();
  vault = await startKeyVault();
  await run();
  expect(await storedKey()).not.toBe(one);
});

test('a dry run makes nothing', async () => {
  const { code, out } = await run({ certificate: certificate() }, { isDryRun: true });
  expect(out).toMatch(/token-cache-key\): would be made\..*encryption-certificate\): would be made\..*dry run\.\n$/s);
  expect([code, refreshes, done('secrets.set'), done('certificates.create')]).toEqual([0, 0, [], []]);
});

test('the certificate is made where something comes encrypted, and kept at the second run', async () => {
  const first = await run({ certificate: certificate() });
  expect(first.out).toContain('Encryption certificate (encryption-certificate): made, valid until 2027-06-01.\n');
  const second = await run({ certificate: certificate() });
  expect(second.out).toContain('Encryption certificate (encryption-certificate): it is there, and is kept.\n');
  expect([first.code, second.code, done('certificates.create').length]).toEqual([0, 0, 1]);
});

test.each<[string, Record<string, string>, boolean]>([
  ['nothing is encrypted', {}, false],
  ['a policy is named', { EMERGENCY_CALLING_POLICIES: 'Global' }, true],
  ['chat messages are encrypted', { CHAT_RESOURCE_DATA: 'encrypted' }, true],
  ['chat messages are not', { CHAT_RESOURCE_DATA: 'none', EMERGENCY_CALLING_POLICIES: ' ' }, false],
])('whether a certificate is needed: %s', (_, env, expected) => {
  const NOTIFICATION_URL =
    'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com';
  expect(needsCertificate(readSettings({ NOTIFICATION_URL, ...env }).settings)).toBe(expected);
});

const refusal = (innerCode: string, times?: number) => ({
  operation: '*',
  ...(times === undefined ? {} : { times }),
  effect: { kind: 'status' as const, status: 403, innerCode },
});

test('waits for rights that Azure has yet to know of, and says so once', async () => {
  // The client asks a second time by itself only for what may pass.
  vault.faults.add(refusal('ForbiddenByRbac', 5));
  const { code, out, err } = await run({ certificate: certificate() });
  expect([code, err]).toEqual([0, '']);
  expect(out.match(/Waiting for the rights on the new vault/g)).toHaveLength(1);
  expect(out).toContain('(token-cache-key): made.');
  expect(clockMs - START).toBe(5 * 15_000);
});

test('gives up in words when the rights do not come', async () => {
  vault.faults.add(refusal('ForbiddenByRbac'));
  const { code, err } = await run();
  expect(code).toBe(1);
  expect(err).toMatch(
    /^127\.0\.0\.1 still refuses after 12 minutes \(403 ForbiddenByRbac\)\. You need the roles Key Vault Secrets Officer and Key Vault Certificates Officer/,
  );
  expect(clockMs - START).toBeLessThanOrEqual(12 * MINUTE_MS);
  expect(clockMs - START).toBeGreaterThan(11 * MINUTE_MS);
});

describe('what waiting does not mend is told at once', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'a firewall',
      () => vault.faults.add(refusal('ForbiddenByFirewall')),
      /lets nobody in from here \(403 ForbiddenByFirewall\).*Networking/,
    ],
    ['no public access', () => vault.faults.add(refusal('ForbiddenByConnection')), /lets nobody in from here/],
    [
      'a key that was deleted and is not gone',
      () =>
        vault.faults.add({
          operation: 'secrets.set',
          effect: { kind: 'status', status: 409, innerCode: 'ObjectIsDeletedButRecoverable' },
        }),
      /deleted but not gone.*az keyvault secret recover --vault-name \S+ --name token-cache-key/,
    ],
    [
      'a sign-in that is not accepted',
      () => vault.faults.add({ operation: '*', effect: { kind: 'status', status: 401 } }),
      /did not do it \(401 Unauthorized\)/,
    ],
    [
      'a connection that breaks',
      () => vault.faults.add({ operation: '*', effect: { kind: 'reset' } }),
      /did not do it \(RestError ECONNRESET\)\. Nothing is lost; try again/,
    ],
    [
      'a key that was disabled',
      () => {
        const { version } = vault.setSecret('token-cache-key', 'a');
        vault.setEnabled('token-cache-key', version, false);
      },
      /is disabled, or not 32 bytes in Base64\. It is not replaced/,
    ],
    ['what is no key', () => void vault.setSecret('token-cache-key', 'c2hvcnQ='), /is not replaced/],
  ])('%s', async (_, break_, words) => {
    break_();
    const { code, err } = await run();
    expect([code, clockMs]).toEqual([1, START]);
    expect(err).toMatch(words);
    expect(done('secrets.set')).toEqual([]);
  });

  test('nobody is signed in to Azure', async () => {
    const getToken = async () => {
      throw Object.assign(new Error('az is not installed'), { name: 'AggregateAuthenticationError' });
    };
    const { code, err } = await run({ credential: { getToken } });
    expect([code, err]).toEqual([
      1,
      'Azure gives you no token for the vault. Sign in to its tenant: az login --tenant <tenant>. Then: azd provision\n',
    ]);
  });
});

test('an app that cannot be told to read anew is no failure, but is told', async () => {
  const refreshApp = async () => {
    throw new ProgramError('refused', '"az rest" says: Forbidden.');
  };
  const { code, out } = await run({ refreshApp });
  expect(code).toBe(0);
  expect(out).toMatch(
    /could not be told to read its secrets anew\. "az rest" says: Forbidden\.\nIf the sign-in does not work later, restart it/,
  );
});

describe('the hook after provisioning, as azd runs it', () => {
  const programs = createFakePrograms();
  afterAll(() => programs.cleanUp());
  const APP = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg-contoso/providers/Microsoft.Web/sites/func-7kq3`;

  /** The values of the deployment are in the environment of the process; Azure gives tokens through its CLI. */
  async function hook(answers: readonly Answer[]) {
    programs.put('az', [...answers, ...azureAnswers()]);
    const child = spawn(join('scripts', 'hooks', 'postprovision.sh'), [], {
      env: {
        PATH: `${dirname(process.execPath)}:${programs.path}`,
        AZURE_ENV_NAME: 'contoso',
        AZURE_SUBSCRIPTION_ID: SUBSCRIPTION_ID,
        AZURE_RESOURCE_GROUP: 'rg-contoso',
        AZURE_FUNCTION_APP_NAME: 'func-7kq3',
        APP_SETTINGS: JSON.stringify({
          ENCRYPTION_CERTIFICATE: `${vault.vaultUrl}/certificates/encryption-certificate`,
          TOKEN_CACHE_KEY: '@Microsoft.KeyVault(VaultName=kv-7kq3;SecretName=token-cache-key)',
        }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      written.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      written.err += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, ...written };
  }

  test('makes the key with the token of the Azure CLI, and has the function app read it', async () => {
    const { code, out, err } = await hook([
      { to: `--url ${APP}/config/configreferences/appsettings/refresh`, stdout: '' },
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /token-cache-key\): made\.\n.*not needed.*\nThe function app was told to read its secrets anew\.\n$/,
    );
    expect(Buffer.from(await storedKey(), 'base64')).toHaveLength(32);
    expect(readFileSync(join(programs.folder, 'az.log'), 'utf8')).toContain(`rest --method post --url ${APP}/config/`);
    expect(out).not.toContain(await storedKey());
  });

  test('stops azd where nobody is signed in', async () => {
    const { code, err } = await hook([
      { to: 'get-access-token', stderr: "ERROR: Please run 'az login' to setup account.", code: 1 },
    ]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^Azure gives you no token for the vault\. Sign in to its tenant/),
    ]);
    expect(vault.requests()).toEqual([]);
  });
});
