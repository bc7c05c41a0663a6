import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a program answers to arguments that hold this text; the first that fits is taken. */
export interface Answer {
  to: string;
  stdout?: unknown;
  stderr?: string;
  code?: number;
}

export interface FakePrograms {
  folder: string;
  /** Makes a program that gives these answers, and refuses all else as the Azure CLI does. */
  put(name: string, answers: readonly Answer[]): void;
  remove(name: string): void;
  /** The value of PATH under which they are found, and nothing else of that name. */
  path: string;
  cleanUp(): void;
}

export function createFakePrograms(): FakePrograms {
  const folder = mkdtempSync(join(tmpdir(), 'deployment-programs-'));
  return {
    folder,
    path: [folder, '/usr/bin', '/bin'].join(delimiter),
    put(name, answers) {
      const files = join(folder, `${name}.answers`);
      mkdirSync(files, { recursive: true });
      const cases = answers.map(({ to, stdout = '', stderr = '', code = 0 }, index) => {
        const file = join(files, `${index}`);
        writeFileSync(`${file}.out`, typeof stdout === 'string' ? stdout : JSON.stringify(stdout));
        writeFileSync(`${file}.err`, stderr);
        return `  *'${to}'*) cat '${file}.out'; cat '${file}.err' >&2; exit ${code} ;;`;
      });
      const lines = [
        '#!/bin/sh',
        `printf '%s\\n' "$*" >> '${join(folder, `${name}.log`)}'`,
        'case "$*" in',
        ...cases,
        `  *) printf "ERROR: '%s' is misspelled or not recognized by the system.\\n" "$*" >&2; exit 2 ;;`,
        'esac',
      ];
      writeFileSync(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o755 });
    },
    remove: (name) => rmSync(join(folder, name), { force: true }),
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const SUBSCRIPTION_ID = '33334444-dddd-5555-eeee-6666ffff7777';
const TENANT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';
export const PRINCIPAL_ID = '44445555-eeee-6666-ffff-777700008888';

/** As Entra writes one, apart from the signature: nobody here may rely on that. */
export function tokenOf(oid: string, tid = TENANT_ID): string {
  const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part({ aud: 'https://management.azure.com', oid, tid })}.signature`;
}

const ROLE = (id: string, name: string, scope = `/subscriptions/${SUBSCRIPTION_ID}`) => ({
  condition: null,
  principalId: PRINCIPAL_ID,
  principalName: 'adelev@contoso.com',
  principalType: 'User',
  roleDefinitionId: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
  roleDefinitionName: name,
  scope,
  type: 'Microsoft.Authorization/roleAssignments',
});
export const roles = {
  owner: ROLE('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner'),
  contributor: ROLE('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor'),
  reader: ROLE('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader'),
  rbacOfGroup: ROLE(
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    '/providers/Microsoft.Management/managementGroups/contoso',
  ),
  ownerOfGroupOnly: ROLE(
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    'Owner',
    `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/other`,
  ),
  custom: ROLE('99990000-aaaa-bbbb-cccc-ddddeeeeffff', 'Contoso Deployer'),
};

export const directoryRoles = {
  global: { displayName: 'Global Administrator', roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' },
  privileged: { displayName: 'Privileged Role Administrator', roleTemplateId: 'e8611ab8-c189-46e8-94e1-60213ab1f814' },
  application: { displayName: 'Application Administrator', roleTemplateId: '9b895d92-2cd3-44c7-9d02-a6d2d5ea5ac3' },
  cloudApplication: {
    displayName: 'Cloud Application Administrator',
    roleTemplateId: '158c047a-c907-4556-b7ef-446551a6b5f7',
  },
};

const PROVIDERS = [
  'Microsoft.Authorization',
  'Microsoft.EventHub',
  'microsoft.insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
];
export const providers = (...missing: string[]) => [
  ...PROVIDERS.filter((name) => !missing.includes(name)).map((name) => [name, 'Registered']),
  ...missing.map((name) => [name, 'NotRegistered']),
];

/** The shapes are those of Azure CLI 2.8x; a row of `changes` stands in for the one with the same `to`. */
export function azureAnswers(changes: readonly Answer[] = []): Answer[] {
  const standard: Answer[] = [
    {
      to: 'account show',
      stdout: {
        environmentName: 'AzureCloud',
        homeTenantId: TENANT_ID,
        id: SUBSCRIPTION_ID,
        isDefault: true,
        managedByTenants: [],
        name: 'Contoso Production',
        state: 'Enabled',
        tenantId: TENANT_ID,
        user: { name: 'adelev@contoso.com', type: 'user' },
      },
    },
    {
      to: 'account get-access-token',
      stdout: {
        accessToken: tokenOf(PRINCIPAL_ID),
        expiresOn: '2099-01-01 00:00:00.000000',
        expires_on: 4_070_908_800,
        subscription: SUBSCRIPTION_ID,
        tenant: TENANT_ID,
        tokenType: 'Bearer',
      },
    },
    { to: 'role assignment list', stdout: [roles.owner] },
    { to: 'microsoft.graph.directoryRole', stdout: { value: [directoryRoles.global] } },
    { to: '/v1.0/users/', stdout: { id: '22223333-cccc-4444-dddd-5555eeee6666', accountEnabled: true } },
    {
      to: '/v1.0/domains',
      stdout: {
        value: [
          { id: 'contoso.onmicrosoft.com', isVerified: true },
          { id: 'contoso.com', isVerified: true },
          { id: 'contoso.example', isVerified: false },
        ],
      },
    },
    { to: 'provider list', stdout: providers() },
    { to: 'provider register', stdout: '' },
    { to: 'list-flexconsumption-locations', stdout: [{ name: 'eastus2' }, { name: 'northeurope' }] },
    { to: 'keyvault list-deleted', stdout: [] },
  ];
  return standard.map((answer) => changes.find(({ to }) => to === answer.to) ?? answer);
}

export const developerAnswers = (oid = PRINCIPAL_ID): Answer[] => [
  { to: 'auth token', stdout: { token: tokenOf(oid), expiresOn: '2099-01-01T00:00:00Z' } },
];

/** What `azd env set` was told; nothing of it is wrong. */
export const INPUTS: Readonly<Record<string, string>> = {
  AZURE_ENV_NAME: 'contoso',
  AZURE_LOCATION: 'eastus2',
  AZURE_SUBSCRIPTION_ID: SUBSCRIPTION_ID,
  SERVICE_ACCOUNT: 'emergency@contoso.com',
  TENANT_DOMAIN: 'contoso.onmicrosoft.com',
  TWILIO_ACCOUNT_SID: `AC${'0123456789abcdef'.repeat(2)}`,
  TWILIO_FROM: '+14255550100',
  LAST_RESORT_NUMBERS: '+14255550111',
  ALARM_EMAILS: 'it-oncall@contoso.com, alexw@contoso.com',
  ROSTER_FILE: 'roster.example.json',
};
