import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookBefore } from '../../cli/deployment/before.ts';
import { renderBefore } from '../../cli/deployment/beforeReport.ts';
import type { Check } from '../../cli/deployment/check.ts';
import type { ProviderOptions } from '../../cli/deployment/providers.ts';
import { runProgram } from '../../cli/deployment/runProgram.ts';
import {
  type Answer,
  azureAnswers,
  createFakePrograms,
  developerAnswers,
  directoryRoles,
  INPUTS,
  PRINCIPAL_ID,
  providers,
  roles,
  SUBSCRIPTION_ID,
  tokenOf,
} from './deploymentPrograms.ts';

const programs = createFakePrograms();
const pathBefore = process.env.PATH;
beforeAll(() => {
  process.env.PATH = programs.path;
});
afterAll(() => {
  process.env.PATH = pathBefore;
  programs.cleanUp();
});
beforeEach(() => {
  programs.put('az', azureAnswers());
  programs.put('azd', developerAnswers());
});

type Env = Record<string, string>;
const look = (env: Env = {}, options: Partial<ProviderOptions> = {}) =>
  lookBefore({ run: runProgram, env: { ...INPUTS, ...env } }, { say: () => undefined, ...options });
const bad = (checks: readonly Check[]) =>
  checks.filter(({ state }) => state !== 'ok').map(({ name, state }) => `${name}: ${state}`);
/** What to do, and what to type, as one text. */
const problems = (checks: readonly Check[]) =>
  checks.flatMap((check) =>
    check.problems.map(({ what, why, mend, commands = [] }) => ({ what, why, mend: [mend, ...commands].join('\n') })),
  );

test('everything is right: each thing that was looked at is told as well, and nothing else', async () => {
  const checks = await look();
  expect(bad(checks)).toEqual([]);
  expect(renderBefore(checks, 100)).toMatchInlineSnapshot(`
"Before anything is created in Azure

Azure sign-in               OK       adelev@contoso.com, subscription "Contoso Production"
rights on the subscription  OK       Owner
rights in the directory     OK       app registrations and permissions of Microsoft Graph
tenant                      OK       the service account and the domain are there
resource providers          OK       all 7 are registered
region                      OK       eastus2 has Flex Consumption
names                       OK       each holds a token of subscription, environment and region; no
                                     deleted vault is in the way
inputs                      OK       present and well-formed
roster                      OK       2 people are told of calls

Nothing stands in the way.
"
`);
});

const refused = (to: string, stderr: string): Answer => ({ to, stderr, code: 1 });
/** What scripts/grant-permissions prints. */
const GRANTED = {
  GRAPH_EXTENSION: 'false',
  CLIENT_ID: PRINCIPAL_ID,
  PAGE_CLIENT_ID: PRINCIPAL_ID,
  CHANGE_TRACKING_PRINCIPAL_ID: PRINCIPAL_ID,
};
const DELETED_VAULT = {
  id: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.KeyVault/locations/eastus2/deletedVaults/kv-7kq3`,
  name: 'kv-7kq3',
  properties: {
    deletionDate: '2026-05-30T09:00:00+00:00',
    location: 'eastus2',
    purgeProtectionEnabled: true,
    scheduledPurgeDate: '2026-06-06T09:00:00+00:00',
    tags: { 'azd-env-name': 'contoso' },
    vaultId: `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg-contoso/providers/Microsoft.KeyVault/vaults/kv-7kq3`,
  },
  type: 'Microsoft.KeyVault/deletedVaults',
};
const deletedVault = (changes: object): Answer => ({
  to: 'keyvault list-deleted',
  stdout: [{ ...DELETED_VAULT, properties: { ...DELETED_VAULT.properties, ...changes } }],
});
const disabled = azureAnswers().find(({ to }) => to === 'account show')?.stdout as object;

describe('one thing that is wrong is named, with why and how to mend it, and no other', () => {
  test.each<[string, Answer, string, RegExp, RegExp]>([
    [
      'a subscription that is not enabled',
      { to: 'account show', stdout: { ...disabled, state: 'Warned' } },
      'Azure sign-in',
      /subscription "Contoso Production" is not enabled \(Warned\)/,
      /Azure portal > Subscriptions/,
    ],
    [
      'only a reader of the subscription',
      { to: 'role assignment list', stdout: [roles.reader] },
      'rights on the subscription',
      /adelev@contoso.com may not create resources or assign roles in .*\(Reader\)/,
      /Owner on the subscription/,
    ],
    [
      'a contributor, who may not assign roles',
      { to: 'role assignment list', stdout: [roles.contributor] },
      'rights on the subscription',
      /may not assign roles in .*\(Contributor\)/,
      /Role Based Access Control Administrator/,
    ],
    [
      'an owner of another resource group only',
      { to: 'role assignment list', stdout: [roles.ownerOfGroupOnly] },
      'rights on the subscription',
      /may not create resources or assign roles in .*\(no role\)/,
      /az login/,
    ],
    [
      'no directory role',
      { to: 'microsoft.graph.directoryRole', stdout: { value: [] } },
      'rights in the directory',
      /Cloud Application Administrator \(or Application Administrator\) and the directory role Privileged Role/,
      /scripts\/grant-permissions.*\nazd env set GRAPH_EXTENSION false\nazd provision$/s,
    ],
    [
      'a role that may not grant permissions of Microsoft Graph',
      { to: 'microsoft.graph.directoryRole', stdout: { value: [directoryRoles.application] } },
      'rights in the directory',
      /lacks the directory role Privileged Role Administrator\.$/,
      /azd auth login/,
    ],
    [
      'a role that may not make applications',
      { to: 'microsoft.graph.directoryRole', stdout: { value: [directoryRoles.privileged] } },
      'rights in the directory',
      /lacks the directory role Cloud Application Administrator \(or Application Administrator\)\.$/,
      /az login/,
    ],
    [
      'no such service account',
      refused(
        '/v1.0/users/',
        `ERROR: Not Found({"error":{"code":"Request_ResourceNotFound","message":"Resource 'emergency@contoso.com' does not exist"}})`,
      ),
      'tenant',
      /There is no account emergency@contoso\.com \(SERVICE_ACCOUNT\) in the tenant 00001111/,
      /with a Teams licence/,
    ],
    [
      'a service account that is blocked',
      { to: '/v1.0/users/', stdout: { id: PRINCIPAL_ID, accountEnabled: false } },
      'tenant',
      /blocked from signing in/,
      /Unblock sign-in/,
    ],
    [
      'a domain of others',
      { to: '/v1.0/domains', stdout: { value: [{ id: 'fabrikam.onmicrosoft.com', isVerified: true }] } },
      'tenant',
      /TENANT_DOMAIN is no verified domain/,
      /\nazd env set TENANT_DOMAIN fabrikam\.onmicrosoft\.com$/,
    ],
    [
      'a resource provider that is not registered',
      { to: 'provider list', stdout: providers('Microsoft.EventHub') },
      'resource providers',
      /^Not registered in the subscription: Microsoft\.EventHub\.$/,
      new RegExp(`az provider register --namespace Microsoft.EventHub --wait --subscription ${SUBSCRIPTION_ID}`),
    ],
    [
      'a region without Flex Consumption',
      { to: 'list-flexconsumption-locations', stdout: [{ name: 'North Europe' }, { name: 'westus3' }] },
      'region',
      /region eastus2 does not have the Flex Consumption plan/,
      /one of: northeurope, westus3/,
    ],
    [
      'a deleted vault of the same environment',
      { to: 'keyvault list-deleted', stdout: [DELETED_VAULT] },
      'names',
      /Key Vault kv-7kq3 of an earlier deployment .* is deleted, but not gone/,
      /before 2026-06-06.*\naz group create --name rg-contoso .*\naz keyvault recover --name kv-7kq3 --location eastus2$/s,
    ],
  ])('%s', async (_, answer, name, what, mend) => {
    programs.put('az', azureAnswers([answer]));
    const checks = await look();
    // Without a sign-in that can be used, nothing else is asked.
    expect(bad(checks).filter((line) => !line.endsWith('unknown') || name !== 'Azure sign-in')).toEqual([
      `${name}: problem`,
    ]);
    expect(problems(checks)).toEqual([
      { what: expect.stringMatching(what), why: expect.stringMatching(/\w.*\.$/), mend: expect.stringMatching(mend) },
    ]);
  });

  test.each<[string, Env, RegExp]>([
    ['', { SERVICE_ACCOUNT: '' }, /^SERVICE_ACCOUNT is missing\.$/],
    ['', { SERVICE_ACCOUNT: 'Emergency Alerts' }, /^SERVICE_ACCOUNT must be the UPN/],
    ['', { TENANT_DOMAIN: 'https://contoso.com/' }, /^TENANT_DOMAIN must be a domain/],
    ['', { TWILIO_ACCOUNT_SID: 'AC123' }, /^TWILIO_ACCOUNT_SID must be an account SID/],
    ['', { TWILIO_FROM: '' }, /^TWILIO_FROM is missing\.$/],
    ['', { TWILIO_FROM: '425 555 0100' }, /^TWILIO_FROM must be E\.164/],
    ['', { TWILIO_MESSAGING_SERVICE_SID: 'service' }, /^TWILIO_MESSAGING_SERVICE_SID must be/],
    ['', { LAST_RESORT_NUMBERS: '' }, /^LAST_RESORT_NUMBERS is missing\.$/],
    ['', { LAST_RESORT_NUMBERS: '+14255550111, 5550199' }, /^LAST_RESORT_NUMBERS must be E\.164/],
    ['', { ALARM_EMAILS: '' }, /^ALARM_EMAILS is missing\.$/],
    ['', { ALARM_EMAILS: 'it-oncall@contoso.com;alexw' }, /^ALARM_EMAILS must be e-mail addresses/],
    ['', { TEST_NUMBERS: '911' }, /^TEST_NUMBERS must not be a real emergency number\.$/],
    ['', { CHAT_RESOURCE_DATA: 'yes' }, /^CHAT_RESOURCE_DATA must be none or encrypted\.$/],
    ['', { AZURE_LOCATION: '' }, /^No region is chosen/],
    ['', { ROSTER_FILE: 'no-such-roster.json' }, /^There is no no-such-roster\.json\.$/],
    ['', { EXTRA_EMERGENCY_PHRASES_BASE64: 'W3s=' }, /^EXTRA_EMERGENCY_PHRASES must be JSON/],
    ['', { ...GRANTED, CHANGE_TRACKING_PRINCIPAL_ID: 'x' }, /^CHANGE_TRACKING_PRINCIPAL_ID must be a GUID/],
    [
      '',
      { ...GRANTED, PAGE_CLIENT_ID: '', AZURE_MANAGED_IDENTITY_PRINCIPAL_ID: PRINCIPAL_ID },
      /^GRAPH_EXTENSION is false, and of what the script answers these are missing: PAGE_CLIENT_ID\.$/,
    ],
  ])('%s%j', async (_, env, what) => {
    const checks = await look(env);
    const said = problems(checks).map((problem) => problem.what);
    const [first, ...others] = said;
    expect(first).toMatch(what);
    // A messaging service that cannot be used leaves no sender at all.
    expect(others.filter((line) => !('TWILIO_MESSAGING_SERVICE_SID' in env && line.startsWith('TWILIO_FROM')))).toEqual(
      [],
    );
    expect(JSON.stringify(problems(checks))).not.toMatch(/5550199|alexw|AC123/);
  });

  test('a messaging service instead of a number is as good', async () => {
    expect(bad(await look({ TWILIO_FROM: '', TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}` }))).toEqual([]);
  });

  test('each fault of the roster', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deployment-roster-'));
    try {
      const file = join(folder, 'roster.json');
      await writeFile(file, '{ "team": ');
      expect(problems(await look({ ROSTER_FILE: file })).map(({ what }) => what)).toEqual([
        `${file} cannot be read as JSON.`,
      ]);
      const person = { id: 'adele', name: 'Adele Vance', phone: '555' };
      await writeFile(
        file,
        JSON.stringify({ team: { name: 'IT', timeZone: 'Mars', members: ['adele'] }, people: [person] }),
      );
      const [zone, phone, ...others] = problems(await look({ ROSTER_FILE: file }));
      expect(zone?.what).toContain('team.timeZone: is not the IANA name');
      expect(phone).toMatchObject({
        what: expect.stringContaining('people[0].phone'),
        why: expect.stringContaining('nobody of it could be told'),
      });
      expect(others).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('without the extension: the first deployment begins without the ids, a later one has them', async () => {
  programs.put('az', azureAnswers([refused('microsoft.graph.directoryRole', 'nobody may be asked')]));
  expect(bad(await look({ GRAPH_EXTENSION: 'false' }))).toEqual(['rights in the directory: unknown']);
  expect(bad(await look(GRANTED))).toEqual([]);
  const AZURE_FUNCTION_APP_URL = 'https://func-7kq3.azurewebsites.net';
  const later = { GRAPH_EXTENSION: 'false', AZURE_FUNCTION_APP_URL, AZURE_MANAGED_IDENTITY_PRINCIPAL_ID: PRINCIPAL_ID };
  expect(problems(await look(later))[0]?.mend.split('\n')[1]).toBe(
    `scripts/grant-permissions.sh --service-account emergency@contoso.com --function-app-host-name func-7kq3.azurewebsites.net --managed-identity-principal-id ${PRINCIPAL_ID} --environment-name contoso`,
  );
});

describe('what does not stand in the way', () => {
  test.each<[string, Answer]>([
    [
      'from a group, and from a management group',
      { to: 'role assignment list', stdout: [roles.contributor, roles.rbacOfGroup] },
    ],
    [
      'of two directory roles',
      {
        to: 'microsoft.graph.directoryRole',
        stdout: { value: [directoryRoles.cloudApplication, directoryRoles.privileged] },
      },
    ],
    ['a deleted vault of another environment', deletedVault({ tags: { 'azd-env-name': 'fabrikam' } })],
    ['a deleted vault of another region', deletedVault({ location: 'northeurope' })],
  ])('%s', async (_, answer) => {
    programs.put('az', azureAnswers([answer]));
    expect(bad(await look())).toEqual([]);
  });
});

test('a deleted vault whose name is known from the last deployment; one that is not protected can be removed', async () => {
  programs.put('az', azureAnswers([deletedVault({ tags: {}, purgeProtectionEnabled: null })]));
  const [problem, ...others] = problems(await look({ AZURE_KEY_VAULT_NAME: 'kv-7kq3' }));
  expect(problem?.mend).toMatch(/\naz keyvault purge --name kv-7kq3 --location eastus2$/);
  expect(others).toEqual([]);
});

describe('what cannot be looked at is told, and holds nothing up', () => {
  test.each<[string, Answer, string]>([
    [
      'role assignments',
      refused('role assignment list', 'ERROR: (AuthorizationFailed) no'),
      'rights on the subscription',
    ],
    [
      'a role of the tenant’s own',
      { to: 'role assignment list', stdout: [roles.custom] },
      'rights on the subscription',
    ],
    ['directory roles', refused('microsoft.graph.directoryRole', 'ERROR: Forbidden({})'), 'rights in the directory'],
    ['the directory', refused('/v1.0/users/', 'ERROR: Forbidden({})'), 'tenant'],
    ['providers', refused('provider list', ''), 'resource providers'],
    ['an old Azure CLI', refused('list-flexconsumption-locations', 'ERROR: misspelled'), 'region'],
    ['no JSON', { to: 'keyvault list-deleted', stdout: 'Warning: beta' }, 'names'],
  ])('%s', async (_, answer, name) => {
    programs.put('az', azureAnswers([answer]));
    const checks = await look();
    expect(bad(checks)).toEqual([`${name}: unknown`]);
    expect(checks.find((check) => check.name === name)?.detail).toMatch(/not|cannot|did not/);
  });
});

describe('signed in', () => {
  const GONE = "ERROR: Please run 'az login' to setup account.";
  test.each<[string, () => void, Env, RegExp, RegExp]>([
    [
      'the Azure CLI is missing',
      () => programs.remove('az'),
      {},
      /^The Azure CLI \(az\) is not installed/,
      /install-azure-cli/,
    ],
    [
      'nobody',
      () => programs.put('az', azureAnswers([refused('account show', GONE)])),
      {},
      /^Nobody is signed in to the Azure CLI\.$/,
      /\naz login --tenant/,
    ],
    [
      'a sign-in that has expired',
      () =>
        programs.put(
          'az',
          azureAnswers([refused('account get-access-token', 'ERROR: AADSTS700082: The refresh token has expired')]),
        ),
      {},
      /^Nobody is signed in/,
      /az login/,
    ],
    [
      'who does not see the subscription',
      () =>
        programs.put(
          'az',
          azureAnswers([
            refused(
              'account show',
              `ERROR: The subscription of '${SUBSCRIPTION_ID}' doesn't exist in cloud 'AzureCloud'.`,
            ),
          ]),
        ),
      {},
      /does not see the subscription 33334444/,
      /azd env set AZURE_SUBSCRIPTION_ID/,
    ],
    [
      'another tenant',
      () => undefined,
      { AZURE_TENANT_ID: PRINCIPAL_ID },
      /belongs to the tenant 00001111.*names 44445555/,
      /AZURE_TENANT_ID/,
    ],
    [
      'no subscription',
      () => undefined,
      { AZURE_SUBSCRIPTION_ID: '' },
      /^No subscription is chosen/,
      /az account list/,
    ],
    ['no id', () => undefined, { AZURE_SUBSCRIPTION_ID: 'x; rm -rf /' }, /must be a GUID/, /az account list/],
    [
      'azd is missing',
      () => programs.remove('azd'),
      {},
      /^The Azure Developer CLI \(azd\) is not installed/,
      /install-azd/,
    ],
    [
      'nobody in azd',
      () =>
        programs.put('azd', [
          refused('auth token', 'ERROR: fetching token: not logged in, run `azd auth login` to login'),
        ]),
      {},
      /^Nobody is signed in to azd/,
      /\nazd auth login --tenant-id 00001111/,
    ],
    [
      'somebody else in azd',
      () => programs.put('azd', developerAnswers(SUBSCRIPTION_ID)),
      {},
      /two different people/,
      /\nazd auth login.*\naz login/,
    ],
  ])('%s: that is said alone, and the rest is not looked at', async (_, break_, env, what, mend) => {
    break_();
    const checks = await look(env);
    const asked = checks.slice(1, -2);
    expect(asked.map(({ state, detail }) => `${state} ${detail}`)).toEqual(
      asked.map(() => 'unknown not looked at: that needs the sign-in'),
    );
    expect(problems(checks)).toEqual([
      { what: expect.stringMatching(what), why: expect.any(String), mend: expect.stringMatching(mend) },
    ]);
    expect(JSON.stringify(checks)).not.toContain(tokenOf(PRINCIPAL_ID));
  });
});

test('all at once: each problem has a number, the values stay unsaid, and the last line says that nothing was created', async () => {
  programs.put(
    'az',
    azureAnswers([
      { to: 'role assignment list', stdout: [roles.contributor] },
      { to: 'microsoft.graph.directoryRole', stdout: { value: [directoryRoles.application] } },
      { to: 'provider list', stdout: providers('Microsoft.EventHub', 'Microsoft.Web') },
      { to: 'list-flexconsumption-locations', stdout: [{ name: 'northeurope' }] },
      { to: 'keyvault list-deleted', stdout: [DELETED_VAULT] },
    ]),
  );
  const checks = await look({
    TWILIO_FROM: '425-555-0100',
    LAST_RESORT_NUMBERS: '',
    ROSTER_FILE: 'roster.json.missing',
  });
  const text = renderBefore(checks, 100);
  expect(text).toMatchInlineSnapshot(`
"Before anything is created in Azure

Azure sign-in               OK       adelev@contoso.com, subscription "Contoso Production"
rights on the subscription  PROBLEM  one problem, see below
rights in the directory     PROBLEM  one problem, see below
tenant                      OK       the service account and the domain are there
resource providers          PROBLEM  one problem, see below
region                      PROBLEM  one problem, see below
names                       PROBLEM  one problem, see below
inputs                      PROBLEM  2 problems, see below
roster                      PROBLEM  one problem, see below

1. rights on the subscription
   adelev@contoso.com may not assign roles in the subscription "Contoso Production" (Contributor).
   Why: A deployment creates resources and gives the managed identity its rights on them.
   -> Ask for Owner on the subscription, or for Contributor and Role Based Access Control
      Administrator. Where the role is eligible only, activate it (https://aka.ms/myroles). Then
      sign in again:
      az login
      azd auth login

2. rights in the directory
   adelev@contoso.com lacks the directory role Privileged Role Administrator.
   Why: The deployment makes two app registrations, and gives the managed identity a permission of
        Microsoft Graph.
   -> Activate or ask for the role, and sign in again (az login, azd auth login). Or deploy in two
      steps, and have scripts/grant-permissions run in between by somebody who holds it
      (docs/deploy.md, "Without rights in the directory"):
      azd env set GRAPH_EXTENSION false
      azd provision

3. resource providers
   Not registered in the subscription: Microsoft.EventHub, Microsoft.Web.
   Why: Nothing of these can be created in the subscription before.
   -> With the first all are registered; the others do the same one by one:
      npm run deployment -- before --register
      az provider register --namespace Microsoft.EventHub --wait --subscription 33334444-dddd-5555-eeee-6666ffff7777
      az provider register --namespace Microsoft.Web --wait --subscription 33334444-dddd-5555-eeee-6666ffff7777

4. region
   The region eastus2 does not have the Flex Consumption plan.
   Why: The functions run on it: nothing else keeps an instance ready for the next call at this
        price.
   -> Choose one of: northeurope.
      azd env set AZURE_LOCATION <region>

5. names
   The Key Vault kv-7kq3 of an earlier deployment of this environment is deleted, but not gone.
   Why: It keeps its name, so the new one cannot be created. It also holds the key of the stored
        sign-in.
   -> It is protected, and cannot be removed before 2026-06-06. Use another environment name (azd
      env new <name>), or bring it back:
      az group create --name rg-contoso --location eastus2
      az keyvault recover --name kv-7kq3 --location eastus2

6. inputs
   TWILIO_FROM must be E.164 numbers, such as +14255550100.
   Why: An SMS needs a sender that the carriers have approved (or set TWILIO_MESSAGING_SERVICE_SID
        instead).
   -> Set it, such as +14255550100:
      azd env set TWILIO_FROM <value>

7. inputs
   LAST_RESORT_NUMBERS is missing.
   Why: These are told when nobody of the roster can be reached, and when the roster or the storage
        cannot be read.
   -> Set it, such as +14255550111,+14255550112:
      azd env set LAST_RESORT_NUMBERS <value>

8. roster
   There is no roster.json.missing.
   Why: It says who is told of a call.
   -> Copy roster.example.json to roster.json.missing, and put in the people on call.

Nothing was created or changed. Put these 8 problems right, and start again: azd up
"
`);
  expect(text).not.toContain('425-555-0100');
});

describe('registering', () => {
  const agrees = async (_question: string) => true;
  const missing = () =>
    programs.put('az', azureAnswers([{ to: 'provider list', stdout: providers('Microsoft.EventHub') }]));

  test('only with consent', async () => {
    missing();
    const questions: string[] = [];
    const refuse = async (question: string) => questions.push(question) < 0;
    expect(bad(await look({}, { agree: refuse }))).toEqual(['resource providers: problem']);
    expect(questions).toEqual([expect.stringMatching(/Microsoft\.EventHub\. Register now\?$/)]);
    const said: string[] = [];
    const agreed = await look({}, { agree: agrees, say: (line) => said.push(line) });
    expect(bad(agreed)).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^Registering Microsoft\.EventHub/)]);
    expect(agreed.find(({ name }) => name === 'resource providers')?.detail).toBe('registered now: Microsoft.EventHub');
  });

  test('that is refused', async () => {
    programs.put(
      'az',
      azureAnswers([
        { to: 'provider list', stdout: providers('Microsoft.EventHub') },
        refused('provider register', 'ERROR: (AuthorizationFailed) The client has no permission'),
      ]),
    );
    const [problem, ...others] = problems(await look({}, { agree: agrees }));
    expect(problem?.what).toMatch(
      /^Microsoft\.EventHub could not be registered: .*\(AuthorizationFailed\) The client has no permission/,
    );
    expect(others).toEqual([]);
  });

  test('an app without public access needs two more', async () => {
    const checks = await look({ OUTBOUND_ONLY: 'true' });
    expect(problems(checks).map(({ what }) => what)).toEqual([
      'Not registered in the subscription: Microsoft.App, Microsoft.Network.',
    ]);
  });
});
