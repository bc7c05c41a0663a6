import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAzdEnv } from '../../cli/azdEnvironment.ts';
import { readCommandReading } from '../../cli/commandSettings.ts';
import { appPermissionCheck } from '../../cli/doctor/appPermissionCheck.ts';
import { azureRolesCheck } from '../../cli/doctor/azureRolesCheck.ts';
import { azureSignInCheck } from '../../cli/doctor/azureSignInCheck.ts';
import { cloudOf } from '../../cli/doctor/cloud.ts';
import { createContext } from '../../cli/doctor/createContext.ts';
import { keyVaultCheck } from '../../cli/doctor/keyVaultCheck.ts';
import { twilioSenderCheck } from '../../cli/doctor/twilioSenderCheck.ts';
import { type DoctorReport, doctorCommand } from '../../cli/doctorCommand.ts';
import { type KeyVault, startKeyVault } from '../../local/keyvault/server.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { takeProductStorage } from '../harness/storage.ts';

const TENANT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';
const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const SECRET = 'auth-token-of-nobody';
const GROUP = '/subscriptions/0000/resourceGroups/rg-prod';
const HUB = `${GROUP}/providers/Microsoft.EventHub/namespaces/evhns-prod/eventhubs/teams-events`;
const STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stalertsprod`;
const HOST_STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/sthostprod`;
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-prod`;
const INSIGHTS = `${GROUP}/providers/Microsoft.Insights/components/appi-prod`;
/** Ids of built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const SENDER = '2b629674-e913-4c01-ae53-ef4638d8f975';
const RECEIVER = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde';
const TABLES = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3';

let folder: string;
let vault: KeyVault;
let twilio: Twilio;
let azure: Server;
let origin: string;
let storage: string;
/** What Azure answers: mended before each test. */
let world: {
  changeTracking: boolean;
  /** `<principal> <scope> <role>`. */
  roles: string[];
  references: Record<string, string>;
  permissions: string[];
  /** Paths that hold this text are refused. */
  refuse: string | null;
};

const READY = () => ({
  changeTracking: true,
  roles: [
    `tracking ${HUB} ${SENDER}`,
    `identity ${HUB} ${SENDER}`,
    `identity ${HUB} ${RECEIVER}`,
    `identity ${STORAGE} ${TABLES}`,
    `identity ${HOST_STORAGE} ${TABLES}`,
    `identity ${HOST_STORAGE} b7e6dc6d-f1e8-4753-8033-0f276bb0955b`,
    `identity ${INSIGHTS} 3913510d-42f4-4e42-8a64-420c390055eb`,
    `identity ${STORAGE} 974c5e8b-45b9-4653-ba55-5f855dd0fb88`,
    `identity ${VAULT} 4633458b-17de-408a-b874-0445c86b69e6`,
  ],
  references: { TWILIO_AUTH_TOKEN: 'Resolved', TOKEN_CACHE_KEY: 'Resolved' },
  permissions: ['f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e'],
  refuse: null,
});

beforeAll(async () => {
  storage = await takeProductStorage();
  vault = await startKeyVault();
  twilio = await startTwilio({ accountSid: ACCOUNT_SID, authToken: SECRET, numbers: ['+14255550100'] });
  vault.setSecret('twilio-auth-token', SECRET);
  azure = createServer((request, response) => {
    const [status, body] = answer(decodeURIComponent(request.url ?? ''));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => azure.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(azure.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await vault.close();
  await twilio.close();
  azure.closeAllConnections();
  await new Promise((resolve) => azure.close(resolve));
});
beforeEach(async () => {
  world = READY();
  folder = await mkdtemp(join(tmpdir(), 'azd-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Azure Resource Manager and the directory, as far as they are asked. */
function answer(url: string): [number, unknown] {
  if (world.refuse !== null && url.includes(world.refuse)) return [403, { error: { code: 'AuthorizationFailed' } }];
  const [, principal] =
    /^\/subscriptions\/0000\/resourceGroups\/rg-prod\/providers\/Microsoft\.Authorization\/roleAssignments\?api-version=2022-04-01&\$filter=principalId eq '(\w+)'$/.exec(
      url,
    ) ?? [];
  if (principal) {
    const held = world.roles.map((one) => one.split(' ')).filter(([who]) => who === principal);
    const roleOf = (id: unknown) => `/subscriptions/0000/providers/Microsoft.Authorization/roleDefinitions/${id}`;
    return [200, { value: held.map(([, scope, id]) => ({ properties: { scope, roleDefinitionId: roleOf(id) } })) }];
  }
  if (/Microsoft\.Web\/sites\/func-prod\/config\/configreferences\/appsettings\?/.test(url)) {
    const value = Object.entries(world.references).map(([name, status]) => ({ name, properties: { status } }));
    return [200, { value, nextLink: null }];
  }
  if (url.startsWith("/v1.0/servicePrincipals(appId='0bf30f3b-4a52-48df-9a82-234910c4a086')")) {
    return world.changeTracking ? [200, { id: 'tracking' }] : [404, { error: { code: 'Request_ResourceNotFound' } }];
  }
  if (url.startsWith('/v1.0/servicePrincipals/identity/appRoleAssignments')) {
    return [200, { value: world.permissions.map((appRoleId) => ({ appRoleId })) }];
  }
  return [400, { error: { code: 'UnknownPath' } }];
}

const appSettings = () => ({
  TENANT_ID,
  GRAPH_BASE_URL: origin,
  AlertStorage: storage,
  NOTIFICATION_URL: 'EventHub:https://evhns-prod.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
  EMERGENCY_CALLING_POLICIES: 'Global',
  TWILIO_ACCOUNT_SID: ACCOUNT_SID,
  TWILIO_AUTH_TOKEN: `@Microsoft.KeyVault(SecretUri=${vault.vaultUrl}/secrets/twilio-auth-token)`,
  TWILIO_FROM: '+14255550100',
  TWILIO_BASE_URL: twilio.baseUrl,
});

const OUTPUTS = {
  AZURE_SUBSCRIPTION_ID: '0000',
  AZURE_RESOURCE_GROUP: 'rg-prod',
  AZURE_FUNCTION_APP_NAME: 'func-prod',
  AZURE_KEY_VAULT_NAME: 'kv-prod',
  AZURE_EVENT_HUBS_NAMESPACE: 'evhns-prod',
  AZURE_STORAGE_ACCOUNT_NAME: 'stalertsprod',
  AZURE_MANAGED_IDENTITY_PRINCIPAL_ID: 'identity',
};

/** godotenv.Marshal: https://github.com/joho/godotenv; azd writes its files with it. */
function marshalled(values: Record<string, string>): string {
  const escaped = (value: string) =>
    value
      .replace(/[\\"!$`]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r');
  return Object.entries(values)
    .map(([name, value]) => `${name}=${/^[1-9]\d*$/.test(value) ? value : `"${escaped(value)}"`}`)
    .join('\n')
    .concat('\n');
}

async function writeEnvironment(name = 'prod', settings: object | string = appSettings(), isDefault = true) {
  await mkdir(join(folder, '.azure', name), { recursive: true });
  const APP_SETTINGS = typeof settings === 'string' ? settings : JSON.stringify(settings);
  await writeFile(join(folder, '.azure', name, '.env'), marshalled({ ...OUTPUTS, AZURE_ENV_NAME: name, APP_SETTINGS }));
  const config = { version: 1, defaultEnvironment: name };
  if (isDefault) await writeFile(join(folder, '.azure', 'config.json'), JSON.stringify(config));
}

const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const read = (env: Record<string, string> = {}, by = credential) => readCommandReading({ env, folder, credential: by });

describe('settings of a deployment', () => {
  test('are those of the default azd environment, secrets read from its Key Vault', async () => {
    await writeEnvironment();
    const { settings, source, keyVault } = await read();
    expect(source).toMatchObject({ kind: 'deployment', environment: { name: 'prod', values: OUTPUTS } });
    expect(settings.twilio?.credentials).toEqual({ kind: 'authToken', authToken: SECRET });
    expect(settings.tenant?.tenantId).toBe(TENANT_ID);
    expect(keyVault).toEqual({ unread: [], references: 1 });
  });

  test.each<[string, string, RegExp, string | null]>([
    [
      'a secret that is not there',
      'SecretUri={vault}/secrets/none',
      /cannot be read from here \(404/,
      'secret none of 127.0.0.1',
    ],
    [
      'a vault that does not answer',
      'SecretUri=http://127.0.0.1:1/secrets/x',
      /cannot be read from here \(/,
      'secret x of 127.0.0.1',
    ],
    ['no reference at all', 'VaultName=x', /is not one \(InvalidSyntax\)/, null],
    ['an address of something else', 'SecretUri={vault}/keys/x', /is not one \(InvalidSyntax\)/, null],
  ])('%s is named, and stops no other part', async (_, inner, problem, secret) => {
    const reference = `@Microsoft.KeyVault(${inner.replace('{vault}', vault.vaultUrl)})`;
    await writeEnvironment('prod', { ...appSettings(), TWILIO_AUTH_TOKEN: reference });
    const { settings, faults, keyVault } = await read();
    expect(keyVault.unread).toEqual([
      { name: 'TWILIO_AUTH_TOKEN', secret, code: expect.any(String), isNoToken: false },
    ]);
    expect(faults.filter(({ name }) => name === 'TWILIO_AUTH_TOKEN').map((fault) => fault.problem)).toEqual([
      expect.stringMatching(problem),
    ]);
    expect(settings.twilio).toBeNull();
    expect(settings.tenant).not.toBeNull();
    expect(settings.storage).not.toBeNull();
  });

  test('AZURE_ENV_NAME chooses, and the environment of the process stands above; what is empty there says nothing', async () => {
    await writeEnvironment();
    await writeEnvironment('test', { ...appSettings(), SMS_DETAIL: 'minimal' }, false);
    const env = { AZURE_ENV_NAME: 'test', TWILIO_FROM: '+14255550101', TENANT_ID, SMS_DETAIL: '' };
    const { source, settings, overridden } = await read(env);
    expect(overridden).toEqual(['TWILIO_FROM']);
    expect(source).toMatchObject({ kind: 'deployment', environment: { name: 'test' } });
    expect(settings.twilio?.sender).toEqual({ kind: 'number', from: '+14255550101' });
    expect(settings.smsDetail).toBe('minimal');
  });

  test('are never mixed with local.settings.json, which comes first unless the environment is named', async () => {
    await writeEnvironment();
    await writeFile(join(folder, 'local.settings.json'), JSON.stringify({ Values: { TENANT_ID } }));
    const local = await read();
    expect(local.source).toEqual({ kind: 'file' });
    expect(local.settings.storage).toBeNull();
    expect((await read({ AZURE_ENV_NAME: 'prod' })).source.kind).toBe('deployment');
  });

  test('in a hook they are what azd gives the process, before any file is written', async () => {
    const { source, settings } = await read({ AZURE_ENV_NAME: 'new', APP_SETTINGS: JSON.stringify(appSettings()) });
    expect(source).toMatchObject({ kind: 'deployment', environment: { name: 'new' } });
    expect(settings.twilio).not.toBeNull();
  });

  test.each<[string, () => Promise<void>, Record<string, string>, RegExp]>([
    [
      'an environment that is not there',
      async () => undefined,
      { AZURE_ENV_NAME: 'none' },
      /no azd environment "none"/,
    ],
    [
      'a path for a name',
      async () => undefined,
      { AZURE_ENV_NAME: '../../etc' },
      /is not the name of an azd environment/,
    ],
    [
      'settings that are no JSON',
      () => writeEnvironment('prod', '{"A":"b'),
      {},
      /APP_SETTINGS .* cannot be read as JSON/,
    ],
    ['no settings yet', () => writeEnvironment('prod', ''), {}, /has no APP_SETTINGS: run `azd provision`/],
  ])('%s is said in words', async (_, prepare, env, words) => {
    await prepare();
    await expect(read(env)).rejects.toThrow(words);
  });

  test('without a deployment, stack or file there are none', async () => {
    expect((await read()).source).toEqual({ kind: 'process' });
  });
});

test.each([
  ['A="x"', { A: 'x' }],
  ['A=5', { A: '5' }],
  ['A=""', { A: '' }],
  ['A=', { A: '' }],
  ['# word\n\nA="{\\"b\\":\\"c\\\\\\"d\\"}"', { A: '{"b":"c\\"d"}' }],
  ['A="\\$x \\`y\\` \\!"', { A: '$x `y` !' }],
  ['A="1\\n2\\r3\\\\n"', { A: '1\n2\r3\\n' }],
])('an azd file: %j', (text, values) => {
  expect(parseAzdEnv(text)).toEqual(values);
});

test.each(['A="x', 'A="x" y', '=x', 'A', 'A="x\\"'])('an azd file that cannot be read: %j', (text) => {
  expect(() => parseAzdEnv(`B="1"\n${text}`)).toThrow(/^Line 2 of the azd environment cannot be read$/);
});

test.each([
  ['https://graph.microsoft.com', 'https://management.azure.com', 'vault.azure.net'],
  ['https://graph.microsoft.us', 'https://management.usgovcloudapi.net', 'vault.usgovcloudapi.net'],
  ['https://dod-graph.microsoft.us/', 'https://management.usgovcloudapi.net', 'vault.usgovcloudapi.net'],
  [undefined, 'https://management.azure.com', 'vault.azure.net'],
])('the cloud of %s', (graph, resourceManager, vaultDomain) => {
  expect(cloudOf(graph)).toEqual({ resourceManager, vaultDomain });
});

describe('a deployment from outside', () => {
  const checks = [azureSignInCheck, keyVaultCheck, appPermissionCheck, azureRolesCheck, twilioSenderCheck];

  async function run({ by = credential, json = true, env = {} } = {}) {
    await writeEnvironment();
    const context = await createContext(await read(env, by), { credential: by, resourceManager: origin });
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    const code = await doctorCommand(context, { write, columns: 100, hasColours: false }, { json, checks });
    return { code, text };
  }
  const parts = ({ text }: { text: string }) => (JSON.parse(text) as DoctorReport).parts;

  test('all is well: rights and references are looked up in Azure', async () => {
    const shown = await run();
    expect(parts(shown).map(({ part, state, detail }) => [part, state, detail])).toEqual([
      ['Azure sign-in', 'ok', 'Azure gives you tokens'],
      ['Key Vault', 'ok', '1 of 1 references read here, 2 of 2 by the function app'],
      ['app permission', 'ok', 'CallEvents-Emergency.Read.All is granted'],
      ['Azure roles', 'ok', '9 of 9 that are needed are assigned'],
      ['Twilio sender', 'ok', 'the number is in the account and sends SMS'],
    ]);
    expect(shown.code).toBe(0);
    expect(shown.text).not.toContain(SECRET);
  });

  test('the first line names the deployment, and what only a person sees stands at the end', async () => {
    const { text } = await run({ json: false });
    expect(text).toMatch(/^The deployment "prod" \(resource group rg-prod\)/);
    const env = { TWILIO_FROM: '+14255550101' };
    expect((await run({ json: false, env })).text.split('\n')[0]).toMatch(
      /, with TWILIO_FROM of this shell in the place of its own$/,
    );
    expect(text).toMatch(/^ {2}PS> Get-CsTeamsEmergencyCallingPolicy \| fl Identity, NotificationGroup/m);
  });

  test.each<[string, string, RegExp, () => void]>([
    [
      'Graph may not send into the hub',
      'Azure roles',
      /^Microsoft Graph Change Tracking lacks the role Azure Event Hubs Data Sender on the Event Hub/,
      () => {
        world.roles = world.roles.filter((one) => !one.startsWith('tracking '));
      },
    ],
    [
      'Change Tracking is not in the tenant',
      'Azure roles',
      /^The tenant has no service principal of Microsoft Graph Change Tracking/,
      () => {
        world.changeTracking = false;
      },
    ],
    [
      'our identity may not receive',
      'Azure roles',
      /^The managed identity lacks the role Azure Event Hubs Data Receiver on the Event Hub/,
      () => {
        world.roles = world.roles.filter((one) => !one.endsWith(RECEIVER));
      },
    ],
    [
      "the tables of the product are not the host's",
      'Azure roles',
      /^The managed identity lacks the role Storage Table Data Contributor on the storage account of the product/,
      () => {
        world.roles = world.roles.filter((one) => one !== `identity ${STORAGE} ${TABLES}`);
      },
    ],
    [
      "the tables of the host are not the product's",
      'Azure roles',
      /^The managed identity lacks the role Storage Table Data Contributor on the storage account of the Functions host/,
      () => {
        world.roles = world.roles.filter((one) => one !== `identity ${HOST_STORAGE} ${TABLES}`);
      },
    ],
    [
      'our identity may not read secrets',
      'Azure roles',
      /^The managed identity lacks the role Key Vault Secrets User on the Key Vault/,
      () => {
        world.roles = world.roles.filter((one) => !one.includes(VAULT));
      },
    ],
    [
      'the permission on Graph',
      'app permission',
      /no permission CallEvents-Emergency/,
      () => {
        world.permissions = ['another'];
      },
    ],
    [
      'a reference that the app cannot read',
      'Key Vault',
      /^The function app cannot read TOKEN_CACHE_KEY .* \(AccessToKeyVaultDenied\)/,
      () => {
        world.references.TOKEN_CACHE_KEY = 'AccessToKeyVaultDenied';
      },
    ],
  ])('%s: "%s" is named and nothing else', async (_, part, what, breakIt) => {
    breakIt();
    const shown = await run();
    const found = parts(shown).filter(({ findings }) => findings.length > 0);
    expect(found.map((one) => [one.part, ...one.findings.map((finding) => finding.what)])).toEqual([
      [part, expect.stringMatching(what)],
    ]);
    expect(shown.code).toBe(2);
  });

  test('a role at the resource group serves everywhere in it, and one elsewhere does not', async () => {
    const receives = (scope: string) => [`identity ${scope} ${RECEIVER}`];
    const others = world.roles.filter((one) => !one.endsWith(RECEIVER));
    const verdicts = [];
    for (const scope of [
      GROUP,
      '/',
      '/subscriptions/0000',
      `${GROUP}-other`,
      HUB.replace('evhns-prod', 'evhns-prod2'),
    ]) {
      world.roles = [...others, ...receives(scope)];
      verdicts.push((await run()).code);
    }
    expect(verdicts).toEqual([0, 0, 0, 2, 2]);
  });

  test('a secret that you may not read is no fault of the deployment, and what needs it is not said to be well', async () => {
    vault.faults.add({ operation: '*', effect: { kind: 'status', status: 403, innerCode: 'ForbiddenByRbac' } });
    const shown = await run();
    vault.faults.clear();
    expect(parts(shown).map(({ part, state }) => [part, state])).toEqual([
      ['Azure sign-in', 'ok'],
      ['Key Vault', 'warning'],
      ['app permission', 'ok'],
      ['Azure roles', 'ok'],
      ['Twilio sender', 'unknown'],
    ]);
    expect(parts(shown)[1]?.findings[0]?.todo).toMatch(/Key Vault Secrets User on the Key Vault kv-prod/);
    expect(parts(shown)[4]?.detail).toBe('not looked at: see "settings" and "Key Vault"');
    expect(shown.code).toBe(3);
  });

  test('whoever may not look is told what it takes, and nothing is said to be well', async () => {
    world.refuse = 'Microsoft.Authorization';
    const shown = await run();
    const roles = parts(shown).find(({ part }) => part === 'Azure roles');
    expect(roles).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('refuses (403 AuthorizationFailed)'),
    });
    expect(roles?.findings[0]?.todo).toMatch(/role Reader/);
    expect(shown.code).toBe(3);
  });

  test('outputs that the azd environment has not are named', async () => {
    await writeEnvironment();
    const reading = await read({ AZURE_ENV_NAME: 'new', APP_SETTINGS: JSON.stringify(appSettings()) });
    const context = await createContext(reading, { credential, resourceManager: origin });
    for (const check of [keyVaultCheck, appPermissionCheck, azureRolesCheck]) {
      await expect(check.look(context)).rejects.toMatchObject({
        message: expect.stringMatching(/^The azd environment has no AZURE_\w+$/),
        todo: 'Run: azd env refresh.',
      });
    }
  });

  test('whoever is not signed in to Azure is told so once, and nothing is said to be well that was not seen', async () => {
    const failure = Object.assign(new Error(`no ${SECRET}`), { name: 'CredentialUnavailableError' });
    const by = { getToken: () => Promise.reject(failure) };
    const shown = await run({ by });
    const told = parts(shown).flatMap(({ findings }) => findings);
    expect(told.map(({ what, todo }) => [what, todo])).toEqual([
      ['Azure gives you no token here.', expect.stringMatching(/^Sign in .*az login/)],
    ]);
    const blind = parts(shown).filter(({ detail }) => detail === 'not looked at: see "Azure sign-in"');
    expect(blind.map(({ part, state }) => [part, state])).toEqual([
      ['Key Vault', 'unknown'],
      ['app permission', 'unknown'],
      ['Azure roles', 'unknown'],
    ]);
    expect(shown.code).toBe(3);
    expect(shown.text).not.toContain(SECRET);
  });
});
