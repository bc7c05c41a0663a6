import { readFileSync } from 'node:fs';
import { readSettings } from '../../shared/settings.ts';
import { blockAfter, changed, type Infra, jsonOf, keysOf, readInfra, textOf } from './infraFiles.ts';
import { recordFunctions } from './registeredFunctions.ts';
import { settingsRead } from './settingsRead.ts';

jest.mock('@azure/functions', () => recordFunctions());

const infra = readInfra();

/** What a deployment fills in that was given no more than what azd asks for. */
const LEAST: Readonly<Record<string, string>> = {
  alertQueueServiceUri: 'https://stcalls.queue.core.windows.net/',
  alertTableServiceUri: 'https://stcalls.table.core.windows.net/',
  applicationInsightsConnectionString: 'InstrumentationKey=00001111-aaaa-2222-bbbb-3333cccc4444',
  authorityHost: 'https://login.microsoftonline.com/',
  clientId: '11112222-bbbb-3333-cccc-4444dddd5555',
  eventHubName: 'teams-events',
  eventHubsHost: 'evhns-contoso.servicebus.windows.net',
  hostBlobServiceUri: 'https://sthost.blob.core.windows.net/',
  hostQueueServiceUri: 'https://sthost.queue.core.windows.net/',
  hostTableServiceUri: 'https://sthost.table.core.windows.net/',
  keyVaultName: 'kv-contoso',
  lastResortNumbers: '+14255550111',
  lifecycleNotificationUrl: 'https://func-contoso.azurewebsites.net/api/graph/lifecycle',
  managedIdentityClientId: '22223333-cccc-4444-dddd-5555eeee6666',
  serviceAccount: 'emergency@contoso.com',
  tenantDomain: 'contoso.com',
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  twilioAccountSid: `AC${'0'.repeat(32)}`,
  twilioFrom: '+14255550100',
};

const SECRETS: Readonly<Record<string, string>> = {
  'token-cache-key': Buffer.alloc(32).toString('base64'),
  'twilio-auth-token': 'a pretend token',
  'twilio-api-key-secret': 'a pretend secret',
};

/** The environment of the function app: as Bicep fills it in, and as App Service resolves what refers to the vault. */
function environmentOf(tree: Infra, values: Readonly<Record<string, string>>): Record<string, string> {
  const templates = Object.entries(jsonOf<Record<string, string>>(tree, 'appSettings.json'));
  const filled = templates.map(([name, text]) => [name, text.replaceAll(/\{(\w+)\}/g, (_, key) => values[key] ?? '')]);
  return Object.fromEntries(
    filled
      .filter(([, value]) => value !== '')
      .map(([name = '', value = '']) => [
        name,
        value.replace(/^@Microsoft\.KeyVault\(.*SecretName=(.+)\)$/, (_, secret) => SECRETS[secret] ?? ''),
      ]),
  );
}

const faultsOf = (tree: Infra, values = LEAST) =>
  readSettings(environmentOf(tree, values)).faults.map(({ name, problem }) => `${name} ${problem}`);

test('with the least that azd asks for, no setting that the code requires is missing', () => {
  expect(faultsOf(infra)).toEqual([]);
  const { settings } = readSettings(environmentOf(infra, LEAST));
  expect(settings).toMatchObject({
    graph: { serviceAccount: 'emergency@contoso.com', authorityHost: 'https://login.microsoftonline.com' },
    subscription: {
      notificationUrl:
        'EventHub:https://evhns-contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
    },
    storage: { clientId: LEAST.managedIdentityClientId },
    eventHub: { fullyQualifiedNamespace: LEAST.eventHubsHost },
    twilio: { credentials: { kind: 'authToken' }, sender: { kind: 'number' } },
    encryptionCertificate: null,
  });
});

test.each([
  ['TENANT_ID'],
  ['CLIENT_ID'],
  ['SERVICE_ACCOUNT'],
  ['TOKEN_CACHE_KEY'],
  ['NOTIFICATION_URL'],
  ['TWILIO_ACCOUNT_SID'],
  ['TWILIO_AUTH_TOKEN'],
  ['TWILIO_FROM'],
  ['AlertStorage__tableServiceUri'],
  ['AlertStorage__queueServiceUri'],
  ['EventHubConnection__fullyQualifiedNamespace'],
])('without %s the code says that it is missing', (name) => {
  const missing = name.startsWith('EventHubConnection') ? 'EventHubConnection' : name;
  const tree = changed(infra, 'appSettings.json', new RegExp(`^ *"${name}": .*\n`, 'm'), '');
  expect(faultsOf(tree)).toContain(`${missing} is missing`);
});

test('with both sources and an API key it knows those as well', () => {
  const values = {
    ...LEAST,
    emergencyCallingPolicies: 'Main Campus, Warehouse',
    encryptionCertificate: 'https://kv-contoso.vault.azure.net/certificates/encryption-certificate',
    twilioApiKeySid: `SK${'0'.repeat(32)}`,
    twilioApiKeySecret: '@Microsoft.KeyVault(VaultName=kv-contoso;SecretName=twilio-api-key-secret)',
  };
  expect(faultsOf(infra, values)).toEqual([]);
  expect(readSettings(environmentOf(infra, values)).settings).toMatchObject({
    eventSource: { policyNames: ['Main Campus', 'Warehouse'] },
    encryptionCertificate: { name: 'encryption-certificate' },
    managedIdentityClientId: LEAST.managedIdentityClientId,
    twilio: { credentials: { kind: 'apiKey' } },
  });
});

/** What the code could read and a deployment does not set. */
const NOT_SET: Readonly<Record<string, string>> = {
  TWILIO_AUTH_TOKEN_SECONDARY: 'set by hand for the hours in which the token changes',
  AlertStorage: 'an account without keys has no connection string',
  EMAIL_CONNECTION_STRING: 'the managed identity needs no key',
  EventHubConnection: 'nor has a namespace without keys',
  ROSTER_FILE: 'the roster is deployed beside the functions, under its own name',
  TWILIO_BASE_URL: 'there is one Twilio',
};

const settingsNotSet = (tree: Infra) =>
  settingsRead().filter((name) => !(name in NOT_SET) && !(name in jsonOf<object>(tree, 'appSettings.json')));

test('every setting that the code reads is set, but for those that have a reason, which the guide explains', () => {
  expect(settingsNotSet(infra)).toEqual([]);
  const guide = readFileSync('docs/guide.md', 'utf8');
  expect(Object.keys(NOT_SET).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  expect(Object.keys(NOT_SET).filter((name) => !settingsRead().includes(name))).toEqual([]);
});

test.each(['LEGAL_HOLD', 'HEARTBEAT_URL', 'EXTRA_EMERGENCY_PHRASES'])('%s is not forgotten', (name) => {
  const tree = changed(infra, 'appSettings.json', new RegExp(`,?\n *"${name}": [^\n]*?(?=,?\n)`), '');
  expect(settingsNotSet(tree)).toEqual([name]);
});

/** https://learn.microsoft.com/azure/azure-functions/functions-app-settings, .../functions-reference#configure-an-identity-based-connection */
const OF_THE_HOST =
  /^(APPLICATIONINSIGHTS_(CONNECTION_STRING|AUTHENTICATION_STRING)|OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID)$/;
/** Only this function may ever be switched off: it does nothing without its setting. .../azure-functions/disable-function */
const OF_A_SWITCH = /^AzureWebJobs[._]heartbeat[._]Disabled$/;
const OF_A_CONNECTION = /^(\w+?)__(fullyQualifiedNamespace|(blob|queue|table)ServiceUri|credential|clientId)$/;

async function unknownSettings(tree: Infra): Promise<string[]> {
  const { registered } = (await import('@azure/functions')) as unknown as ReturnType<typeof recordFunctions>;
  await import('../../functions/main.ts');
  const connections = ['AzureWebJobsStorage', ...registered.map(({ options }) => options.connection)];
  return Object.keys(jsonOf<object>(tree, 'appSettings.json')).filter(
    (name) =>
      !settingsRead().includes(name) &&
      !OF_THE_HOST.test(name) &&
      !OF_A_SWITCH.test(name) &&
      !connections.includes(OF_A_CONNECTION.exec(name)?.[1] ?? ''),
  );
}

test('no setting is set that neither the code nor the host reads', async () => {
  expect(await unknownSettings(infra)).toEqual([]);
  // Flex Consumption refuses or ignores it: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
  const old = changed(infra, 'appSettings.json', '{', '{ "FUNCTIONS_WORKER_RUNTIME": "node",');
  expect(await unknownSettings(old)).toEqual(['FUNCTIONS_WORKER_RUNTIME']);
  const off = changed(infra, 'appSettings.json', '{', '{ "AzureWebJobs.notifyOnCall.Disabled": "true",');
  expect(await unknownSettings(off)).toEqual(['AzureWebJobs.notifyOnCall.Disabled']);
  const renamed = changed(infra, 'appSettings.json', 'AlertStorage__credential', 'AlertsStorage__credential');
  expect(await unknownSettings(renamed)).toEqual(['AlertsStorage__credential']);
});

/** Names in braces that Bicep gives no value, and values that no setting asks for. */
function placeholderFaults(tree: Infra): string[] {
  const text = textOf(tree, 'appSettings.json');
  const asked = new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  const given = keysOf(blockAfter(textOf(tree, 'main.bicep'), 'placeholders: {'));
  return [
    ...[...asked].filter((name) => !given.includes(name)).map((name) => `${name} has no value`),
    ...given.filter((name) => !asked.has(name)).map((name) => `${name} is not asked for`),
  ];
}

test('Bicep fills in every name in braces, and no other', () => {
  expect(placeholderFaults(infra)).toEqual([]);
  expect(placeholderFaults(changed(infra, 'appSettings.json', '{legalHold}', '{legal}'))).toEqual([
    'legal has no value',
    'legalHold is not asked for',
  ]);
  expect(placeholderFaults(changed(infra, 'main.bicep', /^ *clientId: .*\n/m, ''))).toEqual(['clientId has no value']);
});

test('what is filled in here is what Bicep knows', () => {
  const given = keysOf(blockAfter(textOf(infra, 'main.bicep'), 'placeholders: {'));
  expect(Object.keys(LEAST).filter((name) => !given.includes(name))).toEqual([]);
});

/** Names of secrets that settings refer to and nothing makes. */
function secretsNotMade(tree: Infra): string[] {
  const texts = [textOf(tree, 'appSettings.json'), textOf(tree, 'main.bicep')].join('\n');
  const referred = [...texts.matchAll(/SecretName=([\w-]+)\)/g)].map(([, name = '']) => name);
  const made = [...textOf(tree, 'modules/keyVault.bicep').matchAll(/^ {4}name: '([\w-]+)'/gm)].map(([, name]) => name);
  // The page that says when they are wanted says how they are made.
  const page = readFileSync('docs/integrations.md', 'utf8');
  const ofTheAdministrator = [...page.matchAll(/keyvault secret set .*--name ([\w-]+)/g)].map(([, name]) => name);
  const madeByHook = /TOKEN_CACHE_KEY_SECRET = '([\w-]+)'/.exec(
    readFileSync('cli/deployment/tokenCacheKey.ts', 'utf8'),
  );
  expect(referred).toHaveLength(5);
  return referred.filter((name) => ![...made, madeByHook?.[1], ...ofTheAdministrator].includes(name));
}

test('secrets are only referred to, and each is made by Bicep, by the hook, or by hand', () => {
  expect(secretsNotMade(infra)).toEqual([]);
  expect(secretsNotMade(changed(infra, 'modules/keyVault.bicep', "'twilio-auth-token'", "'twilio-token'"))).toEqual([
    'twilio-auth-token',
  ]);
  expect(secretsNotMade(changed(infra, 'appSettings.json', 'token-cache-key', 'cache-key'))).toEqual(['cache-key']);
});
