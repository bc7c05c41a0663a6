import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bicepOf, changed, type Infra, jsonOf, readInfra, textOf } from './infraFiles.ts';

const infra = readInfra();

interface Assignment {
  to: string;
  role: string;
  on: string;
  why: string;
}
interface Roles {
  roles: Record<string, string>;
  assignments: Assignment[];
}

/**
 * What each client needs at least, by the pages that describe it. `in` is where the code makes the client or names the
 * connection; what the Functions host itself needs stands nowhere in the code.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#grant-permission-to-the-identity
 */
const NEEDS: readonly { client: string; role: string; on: string; in?: [file: string, words: string] }[] = [
  {
    client: 'Event Hubs trigger',
    role: 'Azure Event Hubs Data Receiver',
    on: 'eventHub',
    in: ['functions/ingestNotifications.ts', "connection: 'EventHubConnection'"],
  },
  {
    client: 'EventHubProducerClient',
    role: 'Azure Event Hubs Data Sender',
    on: 'eventHub',
    in: ['shared/pipeline/canarySender.ts', 'new EventHubProducerClient('],
  },
  { client: 'the host: locks, timers, checkpoints, package', role: 'Storage Blob Data Owner', on: 'hostStorage' },
  { client: 'the host: diagnostic events', role: 'Storage Table Data Contributor', on: 'hostStorage' },
  {
    client: 'TableClient',
    role: 'Storage Table Data Contributor',
    on: 'productStorage',
    in: ['shared/store/storageClients.ts', 'new TableClient('],
  },
  {
    client: 'QueueClient',
    role: 'Storage Queue Data Contributor',
    on: 'productStorage',
    in: ['shared/store/storageClients.ts', 'new QueueClient('],
  },
  {
    client: 'queue trigger',
    role: 'Storage Queue Data Contributor',
    on: 'productStorage',
    in: ['functions/notifyOnCall.ts', "connection: 'AlertStorage'"],
  },
  {
    client: 'SecretClient',
    role: 'Key Vault Secrets User',
    on: 'keyVault',
    in: ['shared/graph/encryptionCertificates.ts', 'new SecretClient('],
  },
  { client: 'the host: telemetry', role: 'Monitoring Metrics Publisher', on: 'applicationInsights' },
];

const given = (tree: Infra, to: string) =>
  jsonOf<Roles>(tree, 'roles.json')
    .assignments.filter((one) => one.to === to)
    .map(({ role, on }) => `${role} on ${on}`)
    .sort();

test('the app has every role that a client of the code needs, and no more', () => {
  const needed = NEEDS.map(({ role, on }) => `${role} on ${on}`);
  expect(given(infra, 'app')).toEqual([...new Set(needed)].sort());
});

test.each(NEEDS.flatMap(({ client, in: place }) => (place ? [[client, ...place] as const] : [])))(
  '%s is where the table says',
  (_, file, words) => {
    expect(readFileSync(file, 'utf8')).toContain(words);
  },
);

test('the code makes no client of an Azure service that the table does not know', () => {
  const files = ['functions', 'shared'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const made = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const fromAzure = [
        ...text.matchAll(
          /\{([^{}]*)\} =?\s*(?:from|await import\()\s*\(?'@azure\/(?!functions|identity|msal-node|core-)/g,
        ),
      ];
      const names = fromAzure.flatMap(([, list = '']) => list.match(/\b\w+Client\b/g) ?? []);
      return names.filter((name) => new RegExp(`new ${name}\\(|\\b${name}\\.from`).test(text));
    });
  expect([...new Set(made)].sort()).toEqual(['EventHubProducerClient', 'QueueClient', 'SecretClient', 'TableClient']);
});

test('Graph may send to the hub and do nothing else', () => {
  expect(given(infra, 'changeTracking')).toEqual(['Azure Event Hubs Data Sender on eventHub']);
});

test('the administrator has what the commands need, and reads no hub', () => {
  expect(given(infra, 'administrator')).toEqual([
    'Azure Event Hubs Data Sender on eventHub', // deployment: canaryTrip.ts
    'Key Vault Certificates Officer on keyVault', // certificate, deployment: certificateVault.ts
    'Key Vault Secrets Officer on keyVault', // deployment: tokenCacheKey.ts; commandSettings.ts reads
    'Storage Queue Data Contributor on productStorage', // dead-letters replay; status
    'Storage Table Data Contributor on productStorage', // sign-in; status, dead-letters, capture
  ]);
});

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
test.each([
  ['Azure Event Hubs Data Receiver', 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'],
  ['Azure Event Hubs Data Sender', '2b629674-e913-4c01-ae53-ef4638d8f975'],
  ['Key Vault Certificates Officer', 'a4417e6f-fecd-4de8-b567-7b0420556985'],
  ['Key Vault Secrets Officer', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'],
  ['Key Vault Secrets User', '4633458b-17de-408a-b874-0445c86b69e6'],
  ['Monitoring Metrics Publisher', '3913510d-42f4-4e42-8a64-420c390055eb'],
  ['Storage Blob Data Owner', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'],
  ['Storage Queue Data Contributor', '974c5e8b-45b9-4653-ba55-5f855dd0fb88'],
  ['Storage Table Data Contributor', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'],
])('%s has the id that Azure gives it', (role, id) => {
  expect(jsonOf<Roles>(infra, 'roles.json').roles[role]).toBe(id);
});

/** What stands between the list and Azure: each fault by its name. */
function faultsOf(tree: Infra): string[] {
  const { roles, assignments } = jsonOf<Roles>(tree, 'roles.json');
  const bicep = textOf(tree, 'modules/roleAssignments.bicep');
  const main = textOf(tree, 'main.bicep');
  const blocks = bicep
    .split(/^resource /m)
    .filter((block) => block.includes("'Microsoft.Authorization/roleAssignments@"));
  const loops = blocks.map((block) => ({
    on: /filter\(assignments, assignment => assignment\.on == '(\w+)'\)/.exec(block)?.[1],
    scope: /^ {4}scope: ([\w:]+)$/m.exec(block)?.[1] ?? '',
    name: /^ {4}name: guid\(([\w:]+)\.id, item\.properties\.principalId, item\.properties\.roleDefinitionId\)$/m.exec(
      block,
    )?.[1],
    isWhole: block.includes('properties: item.properties'),
  }));
  const isMade = ({ on }: Assignment) => loops.filter((loop) => loop.on === on).length === 1;
  const expected = [
    'app: identity.outputs.principalId',
    'changeTracking: senderPrincipalId',
    "administrator: administratorRoles ? deployer().objectId : ''",
  ];
  return [
    ...assignments.filter(({ role }) => !(role in roles)).map(({ role }) => `no id for ${role}`),
    ...assignments.filter(({ why }) => why.length < 10).map(({ role }) => `no reason for ${role}`),
    ...Object.keys(roles)
      .filter((role) => !assignments.some((one) => one.role === role))
      .map((role) => `${role} is assigned to nobody`),
    ...assignments.filter((one) => !isMade(one)).map(({ on }) => `nothing assigns on ${on}`),
    ...loops.filter(({ scope, name }) => scope !== name).map(({ on }) => `the name on ${on} is not of its scope`),
    ...loops
      .filter(({ on, scope }) => !scope.startsWith(`${on}`) && scope !== 'eventHubs::hub')
      .map(({ on, scope }) => `${on} is assigned on ${scope}`),
    ...loops.filter(({ isWhole }) => !isWhole).map(({ on }) => `on ${on} something else is assigned`),
    ...expected.filter((line) => !main.includes(line)).map((line) => `main.bicep does not say ${line}`),
    ...bicepOf(tree)
      .filter(
        ({ file, text }) =>
          file !== 'modules/roleAssignments.bicep' && text.includes('Microsoft.Authorization/roleAssignments'),
      )
      .map(({ file }) => `${file} assigns roles of its own`),
  ];
}

test('Bicep assigns exactly the list, each on its own resource and under a name of scope, principal and role', () => {
  expect(faultsOf(infra)).toEqual([]);
});

const BICEP = 'modules/roleAssignments.bicep';
test.each<[what: string, tree: () => Infra, fault: string]>([
  [
    'a role without an id',
    () => changed(infra, 'roles.json', /"Storage Blob Data Owner": /, '"Storage Blob Data Reader": '),
    'no id for Storage Blob Data Owner',
  ],
  [
    'a resource nobody assigns on',
    () => changed(infra, BICEP, "== 'keyVault'", "== 'vault'"),
    'nothing assigns on keyVault',
  ],
  [
    'a wider scope',
    () => changed(infra, BICEP, 'scope: keyVault', 'scope: resourceGroup()'),
    'the name on keyVault is not of its scope',
  ],
  [
    'another account',
    () =>
      changed(
        changed(infra, BICEP, 'scope: productStorage', 'scope: hostStorage'),
        BICEP,
        'guid(productStorage',
        'guid(hostStorage',
      ),
    'productStorage is assigned on hostStorage',
  ],
  [
    'a name that is not unique',
    () => changed(infra, BICEP, 'guid(hostStorage.id, ', 'guid('),
    'the name on hostStorage is not of its scope',
  ],
  [
    'another principal',
    () => changed(infra, 'main.bicep', 'app: identity.outputs.principalId', 'app: deployer().objectId'),
    'main.bicep does not say app: identity.outputs.principalId',
  ],
  [
    'an assignment elsewhere',
    () =>
      changed(
        infra,
        'modules/keyVault.bicep',
        'output name',
        "resource more 'Microsoft.Authorization/roleAssignments@2022-04-01' = {}\noutput name",
      ),
    'modules/keyVault.bicep assigns roles of its own',
  ],
])('%s would be noticed', (_, tree, fault) => {
  expect(faultsOf(tree())).toContain(fault);
});

test('one role less or more in the list would be noticed', () => {
  const less = changed(infra, 'roles.json', '"Key Vault Secrets User",\n', '"Key Vault Secrets Officer",\n');
  expect(given(less, 'app')).not.toEqual(given(infra, 'app'));
});
