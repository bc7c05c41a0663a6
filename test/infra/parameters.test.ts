import { readFileSync } from 'node:fs';
import {
  bicepOf,
  blockAfter,
  changed,
  type Infra,
  jsonOf,
  keysOf,
  parametersOf,
  readInfra,
  textOf,
} from './infraFiles.ts';

const infra = readInfra();

type Values = Record<string, { value: string | Record<string, string> }>;
const valuesOf = (tree: Infra) => jsonOf<{ parameters: Values }>(tree, 'main.parameters.json').parameters;

/** What does not fit between main.bicep and the file through which azd gives it values. */
function faultsOf(tree: Infra): string[] {
  const main = textOf(tree, 'main.bicep');
  const values = valuesOf(tree);
  const parameters = parametersOf(main);
  const names = parameters.map(({ name }) => name);
  const settings = keysOf(blockAfter(main, 'type optionalSettings = {'));
  const options = values.settings?.value ?? {};
  return [
    ...names.filter((name) => !(name in values)).map((name) => `${name} cannot be set`),
    ...Object.keys(values)
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is no parameter`),
    ...settings.filter((name) => !(name in Object(options))).map((name) => `settings.${name} cannot be set`),
    ...Object.keys(options)
      .filter((name) => !settings.includes(name))
      .map((name) => `settings.${name} is no setting`),
    ...parameters.flatMap(({ name, standard, isSecure }) => {
      const value = values[name]?.value;
      if (typeof value !== 'string') return [];
      const [, variable, preset = ''] = /^\$\{([A-Z_]+)(?:=(.+))?\}$/.exec(value) ?? [];
      if (variable === undefined) return [`${name} is not read from the azd environment`];
      const isSame = preset === (standard ?? '').replaceAll("'", '');
      return [
        ...(isSame ? [] : [`${name} has two defaults`]),
        ...(isSecure && preset !== '' ? [`${name} has a default in a file`] : []),
      ];
    }),
  ];
}

test('azd can set every parameter, and names no other', () => {
  expect(faultsOf(infra)).toEqual([]);
});

test.each([
  ['main.parameters.json', /^ *"logDailyCapGb".*\n/m, '', 'logDailyCapGb cannot be set'],
  ['main.parameters.json', '"tenantDomain"', '"domain"', 'domain is no parameter'],
  ['main.parameters.json', '=Basic', '=Standard', 'eventHubsTier has two defaults'],
  ['main.parameters.json', /\$\{TENANT_DOMAIN\}/, 'contoso.com', 'tenantDomain is not read from the azd environment'],
  ['main.parameters.json', '"legalHold"', '"hold"', 'settings.legalHold cannot be set'],
  [
    'main.bicep',
    'param instanceMemoryMB int = 512',
    'param instanceMemoryMB int = 2048',
    'instanceMemoryMB has two defaults',
  ],
  [
    'main.parameters.json',
    '{TWILIO_AUTH_TOKEN}',
    '{TWILIO_AUTH_TOKEN=secret}',
    'twilioAuthToken has a default in a file',
  ],
])('in %s, %s replaced would be noticed', (file, from, to, fault) => {
  expect(faultsOf(changed(infra, file, from, to))).toContain(fault);
});

test('azd asks for what a deployment cannot do without, and for nothing else', () => {
  const asked = parametersOf(textOf(infra, 'main.bicep')).filter(({ standard }) => standard === null);
  expect(asked.map(({ name }) => name)).toEqual([
    'environmentName',
    'location',
    'serviceAccount',
    'tenantDomain',
    'twilioAccountSid',
    'twilioAuthToken',
    'lastResortNumbers',
    'alarmEmails',
    'settings',
  ]);
  const seldom = Object.values(valuesOf(infra).settings?.value ?? {});
  expect(seldom.filter((value) => !/^\$\{[A-Z_0-9]+\}$/.test(value))).toEqual([]);
});

test('every parameter is described; those of main.bicep are bounded; secrets are secure', () => {
  const all = bicepOf(infra).flatMap(({ file, text }) => parametersOf(text).map((one) => ({ file, ...one })));
  expect(all.length).toBeGreaterThan(60);
  expect(all.filter(({ isDescribed }) => !isDescribed).map(({ file, name }) => `${file} ${name}`)).toEqual([]);
  const loose = all.filter(
    ({ file, isBounded, isSecure, name }) => file === 'main.bicep' && !isBounded && !isSecure && name !== 'settings',
  );
  expect(loose.map(({ name }) => name)).toEqual([]);
  const secrets = all.filter(({ name, type }) => type === 'string' && /(AuthToken|Secret)$/.test(name));
  expect(secrets.length).toBe(4);
  expect(secrets.filter(({ isSecure }) => !isSecure)).toEqual([]);
});

test('a sentence stands above each module', () => {
  const main = infra.get('main.bicep') ?? '';
  const modules = [...main.matchAll(/^(.*)\nmodule (\w+) /gm)];
  expect(modules.length).toBeGreaterThan(8);
  expect(modules.filter(([, above = '']) => !/^\/\/ [A-Z].*\.$/.test(above)).map(([, , name]) => name)).toEqual([]);
});

/** What hooks and commands read; azd adds AZURE_ENV_NAME and AZURE_SUBSCRIPTION_ID itself. */
test('the outputs are what hooks and commands read from the azd environment', () => {
  const outputs = [...textOf(infra, 'main.bicep').matchAll(/^output (\w+) /gm)].map(([, name]) => name);
  expect(outputs).toEqual([
    'APP_SETTINGS',
    'AZURE_EVENT_HUBS_NAMESPACE',
    'AZURE_FUNCTION_APP_NAME',
    'AZURE_FUNCTION_APP_URL',
    'AZURE_KEY_VAULT_NAME',
    'AZURE_LOCATION',
    'AZURE_MANAGED_IDENTITY_CLIENT_ID',
    'AZURE_MANAGED_IDENTITY_PRINCIPAL_ID',
    'AZURE_RESOURCE_GROUP',
    'AZURE_STORAGE_ACCOUNT_NAME',
    'AZURE_TENANT_ID',
    'CHANGE_TRACKING_PRINCIPAL_ID',
    'CLIENT_ID',
    'PAGE_CLIENT_ID',
  ]);
});

/** Nothing can be reached with a key, nothing without TLS 1.2, and nothing deleted is gone at once. */
const CLOSED: readonly [file: string, line: RegExp][] = [
  ['modules/eventHubs.bicep', /^ {4}disableLocalAuth: true$/m],
  ['modules/eventHubs.bicep', /^ {4}minimumTlsVersion: '1\.2'$/m],
  ['modules/storage.bicep', /^ {2}allowSharedKeyAccess: false$/m],
  ['modules/storage.bicep', /^ {2}allowBlobPublicAccess: false$/m],
  ['modules/storage.bicep', /^ {2}minimumTlsVersion: 'TLS1_2'$/m],
  ['modules/storage.bicep', /^ {2}supportsHttpsTrafficOnly: true$/m],
  ['modules/storage.bicep', /(^ {2}properties: accountProperties$[\s\S]*){2}/m],
  ['modules/keyVault.bicep', /^ {4}enableRbacAuthorization: true$/m],
  ['modules/keyVault.bicep', /^ {4}enablePurgeProtection: true$/m],
  ['modules/keyVault.bicep', /^ {4}enableSoftDelete: true$/m],
  ['modules/monitoring.bicep', /^ {4}DisableLocalAuth: true$/m],
  ['modules/functionApp.bicep', /^ {4}httpsOnly: true$/m],
  ['modules/functionApp.bicep', /^ {6}minTlsVersion: '1\.2'$/m],
  ['modules/functionApp.bicep', /^ {6}ftpsState: 'Disabled'$/m],
  ['modules/functionApp.bicep', /^ {4}keyVaultReferenceIdentity: managedIdentityId$/m],
  ['modules/functionApp.bicep', /(^ {4}properties: \{ allow: false \}$[\s\S]*){2}/m],
];

test.each(CLOSED)('%s holds %s', (file, line) => {
  expect(textOf(infra, file)).toMatch(line);
});

test.each([
  ['modules/eventHubs.bicep', /^ {6}partitionCount: 2$/m, 'docs/runbooks/hub-silent.md', 'each of the two partitions'],
  ['modules/monitoring.bicep', /^ {4}retentionInDays: 30$/m, 'docs/data-flow.md', 'Log Analytics | logs | 30 days |'],
  ['modules/keyVault.bicep', /^ {4}softDeleteRetentionInDays: 7$/m, 'docs/deploy.md', 'deleted but kept for 7 days'],
  [
    'modules/functionApp.bicep',
    /^ {6}runtime: \{ name: 'node', version: '24' \}$/m,
    '.github/workflows/tests.yml',
    '"24"',
  ],
])('%s holds %s, as %s says', (file, line, page, words) => {
  expect(textOf(infra, file)).toMatch(line);
  expect(readFileSync(page, 'utf8')).toContain(words);
});

/** What depends on an input or on another module, so that a wrong word would be seen in Azure only. */
test.each([
  ['outbound-only closes the app', /^ {4}publicNetworkAccess: outboundOnly \? 'Disabled' : 'Enabled'$/m],
  ['and Graph is not told to call it', /^ {6}lifecycleNotificationUrl: outboundOnly \? '' : 'https:/m],
  ['no address, no heartbeat', /^ {6}heartbeatDisabled: empty\(settings\.heartbeatUrl\) \? 'true' : ''$/m],
  ['no key, no reference to its secret', /^ {6}twilioApiKeySecret: empty\(twilioApiKeySid\)\n {8}\? ''$/m],
  ['the app starts with its rights', /^module functionApp '(?:.*\n)+? {2}dependsOn: \[roleAssignments\]\n\}$/m],
  // https://github.com/microsoftgraph/msgraph-bicep-types/issues/193
  [
    'the directory has time to learn of the identity',
    /^module graph '(?:.*\n)+? {2}dependsOn: \[eventHubs, [\w, ]+\]\n\}$/m,
  ],
])('main.bicep: %s', (_, line) => {
  expect(textOf(infra, 'main.bicep')).toMatch(line);
});

test('no template reads a key', () => {
  const readsKeys = (tree: Infra) =>
    bicepOf(tree)
      .filter(({ text }) => /\blist(\w*)\(/.test(text))
      .map(({ file }) => file);
  expect(readsKeys(infra)).toEqual([]);
  const tree = changed(
    infra,
    'modules/storage.bicep',
    'output hostAccountName string = host.name',
    'output key string = host.listKeys().keys[0].value',
  );
  expect(readsKeys(tree)).toEqual(['modules/storage.bicep']);
});
