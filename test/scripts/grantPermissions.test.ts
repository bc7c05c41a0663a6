import { execFile } from 'node:child_process';
import { CHANGE_TRACKING_APP_ID, GRAPH_APP_ID, MANAGED_IDENTITY_ID, SERVICE_ACCOUNT } from './directory.ts';
import { type FakeAzureCli, startFakeAzureCli } from './fakeAzureCli.ts';
import { programOnPath } from './programOnPath.ts';

const HOST = 'func-abc.azurewebsites.net';
const ARGUMENTS: Record<string, string> = {
  '--service-account': SERVICE_ACCOUNT,
  '--function-app-host-name': HOST,
  '--managed-identity-principal-id': MANAGED_IDENTITY_ID,
  '--environment-name': 'contoso',
};

let az: FakeAzureCli;
beforeEach(async () => {
  az = await startFakeAzureCli();
});
afterEach(() => az.close());

interface Outcome {
  code: number;
  out: string;
  err: string;
}

function run(program: string, args: string[], by = az): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...by.env };
    execFile(program, args, { env, timeout: 25_000 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, out, err });
    });
  });
}

/** The script with all its arguments, changed as said; `undefined` leaves one out. */
function grant(changes: Record<string, string | undefined> = {}, flags: string[] = [], by = az): Promise<Outcome> {
  const options = Object.entries({ ...ARGUMENTS, ...changes });
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return run('bash', ['scripts/grant-permissions.sh', ...given, ...flags], by);
}

/** Everything in the directory, as it stands. */
const contents = () => JSON.stringify({ ...az.directory, requests: [], faults: [] });
const changes = ({ directory } = az) => directory.requests.filter((line) => !line.startsWith('get '));
const applicationNamed = (part: string): Record<string, unknown> =>
  az.directory.applications.find(({ uniqueName }) => String(uniqueName).includes(part)) ?? {};
const principalOf = (appId: unknown) =>
  az.directory.servicePrincipals.find((principal) => principal.appId === appId) ?? { id: 'missing' };

describe('a real run', () => {
  it('makes in the directory what the deployment needs, and says what azd is to be told', async () => {
    const { code, out, err } = await grant();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { directory } = az;
    const [signIn, page] = [applicationNamed('sign-in'), applicationNamed('page')];
    const [graph, tracking] = [principalOf(GRAPH_APP_ID), principalOf(CHANGE_TRACKING_APP_ID)];
    const [signInPrincipal, pagePrincipal] = [principalOf(signIn.appId), principalOf(page.appId)];
    const account = directory.users[0]?.id;
    expect(signIn).toMatchObject({
      displayName: 'Teams Emergency Alerts sign-in (contoso)',
      signInAudience: 'AzureADMyOrg',
      isFallbackPublicClient: true,
    });
    expect(signInPrincipal).toMatchObject({ appRoleAssignmentRequired: true });
    expect(page).toMatchObject({
      signInAudience: 'AzureADMyOrg',
      web: { redirectUris: [`https://${HOST}/.auth/login/aad/callback`] },
      appRoles: [{ value: 'Responder' }, { value: 'Administrator' }, { value: 'Auditor' }],
    });
    expect(page).not.toHaveProperty('isFallbackPublicClient');
    expect(pagePrincipal).toMatchObject({ appRoleAssignmentRequired: true });
    expect(directory.federatedIdentityCredentials).toMatchObject([
      {
        applicationId: page.id,
        issuer: `https://login.microsoftonline.com/${directory.tenantId}/v2.0`,
        subject: MANAGED_IDENTITY_ID,
        audiences: ['api://AzureADTokenExchange'],
      },
    ]);
    expect(directory.appRoleAssignments).toMatchObject([
      { principalId: MANAGED_IDENTITY_ID, resourceId: graph.id, appRoleId: 'f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e' },
      { principalId: account, resourceId: signInPrincipal.id, appRoleId: '00000000-0000-0000-0000-000000000000' },
    ]);
    expect(directory.oauth2PermissionGrants).toMatchObject([
      {
        clientId: signInPrincipal.id,
        consentType: 'Principal',
        principalId: account,
        resourceId: graph.id,
        scope: 'Chat.Read User.Read offline_access openid profile',
      },
      { clientId: pagePrincipal.id, consentType: 'AllPrincipals', scope: 'openid profile email' },
    ]);
    expect(directory.oauth2PermissionGrants[1]).not.toHaveProperty('principalId');
    expect(out.split('\n').filter((line) => line.includes('azd env set'))).toEqual([
      "  azd env set GRAPH_EXTENSION false --environment 'contoso'",
      `  azd env set CLIENT_ID '${signIn.appId}' --environment 'contoso'`,
      `  azd env set PAGE_CLIENT_ID '${page.appId}' --environment 'contoso'`,
      `  azd env set CHANGE_TRACKING_PRINCIPAL_ID '${tracking.id}' --environment 'contoso'`,
    ]);
    expect(out).toContain(
      `https://login.microsoftonline.com/${directory.tenantId}/adminconsent?client_id=${signIn.appId}`,
    );
  });

  it('says each step in words, in order, and prints no command', async () => {
    const { out } = await grant();
    const steps = out.split('\n').flatMap((line) => /^(\d+)\. /.exec(line)?.[1] ?? []);
    expect(steps).toEqual(Array.from({ length: 13 }, (_, i) => String(i + 1)));
    expect(out).not.toContain('az rest');
  });

  it('leaves the service principal of Change Tracking alone where the tenant has it', async () => {
    az.directory.servicePrincipals.push({ id: 'already-there', appId: CHANGE_TRACKING_APP_ID });
    const { code, out } = await grant();
    expect(code).toBe(0);
    expect(changes()).not.toContain('post servicePrincipals');
    expect(out).toContain("CHANGE_TRACKING_PRINCIPAL_ID 'already-there'");
  });

  it('does nothing new when it is run again', async () => {
    const first = await grant();
    const before = contents();
    az.directory.requests.length = 0;
    const second = await grant();
    expect(second.code).toBe(0);
    expect(contents()).toBe(before);
    expect(changes().filter((change) => change.startsWith('post'))).toEqual([]);
    const told = ({ out }: Outcome) => out.slice(out.indexOf('Done.'));
    expect(told(second)).toBe(told(first));
  });

  it('sets right a consent whose scope differs', async () => {
    await grant();
    const [consent] = az.directory.oauth2PermissionGrants;
    if (consent) consent.scope = 'User.Read';
    expect((await grant()).code).toBe(0);
    expect(az.directory.oauth2PermissionGrants).toHaveLength(2);
    expect(consent?.scope).toBe('Chat.Read User.Read offline_access openid profile');
  });

  it('requires no assignment where chat messages come encrypted, and advises against the consent link', async () => {
    const { code, out } = await grant({ '--chat-resource-data': 'encrypted' });
    expect(code).toBe(0);
    expect(principalOf(applicationNamed('sign-in').appId)).toMatchObject({ appRoleAssignmentRequired: false });
    expect(principalOf(applicationNamed('page').appId)).toMatchObject({ appRoleAssignmentRequired: true });
    expect(out).toContain('avoid it.');
  });

  it('waits for the copies of the directory to learn of what was just created', async () => {
    const message = 'Not Found({"error":{"code":"Request_ResourceNotFound"}})';
    az.directory.faults.push(
      { request: /^get applications\(/, message, times: 2 },
      { request: /^patch servicePrincipals\(/, message: 'NoBackingApplicationObject', times: 1 },
    );
    expect(await grant()).toMatchObject({ code: 0, err: '' });
  });

  it('speaks to Graph, to the sign-in service and of the audience of a national cloud', async () => {
    const national = await startFakeAzureCli('AzureUSGovernment');
    const { code, out } = await grant({}, [], national);
    await national.close();
    expect(code).toBe(0);
    const urls = national.commands.flatMap((args) => args[args.indexOf('--url') + 1] ?? []);
    expect(urls.filter((url) => url.startsWith('https://graph.microsoft.com'))).toEqual([]);
    expect(national.directory.federatedIdentityCredentials).toMatchObject([
      {
        issuer: `https://login.microsoftonline.us/${national.directory.tenantId}/v2.0`,
        audiences: ['api://AzureADTokenExchangeUSGov'],
      },
    ]);
    expect(out).toContain('https://login.microsoftonline.us/');
  });
});

describe('a run that cannot go on', () => {
  const denied = 'Forbidden({"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}})';

  // A look-up that fails is no proof of absence: what it looks for must not be created for that.
  test.each([
    [/^get users$/, 2, 'Find the service account'],
    [/^get servicePrincipals$/, 3, 'Find Microsoft Graph in the tenant'],
    [/^get servicePrincipals\/[^/]+\/appRoleAssignments$/, 5, 'Let the managed identity read emergency call events'],
    [/^patch applications\(/, 6, 'Create or update the sign-in application'],
    [/^patch servicePrincipals\(/, 7, 'Create or update its service principal'],
    [/^get users\/[^/]+\/appRoleAssignments$/, 8, 'Assign the service account to it'],
    [/^get servicePrincipals\/[^/]+\/oauth2PermissionGrants$/, 9, 'Consent for the service account alone'],
    [/^post oauth2PermissionGrants$/, 9, 'Consent for the service account alone'],
    [/federatedIdentityCredentials/, 12, 'Let the managed identity stand in for a secret'],
  ])('stops at %s with the reason and the step, and can be run again', async (request, step, words) => {
    az.directory.faults.push({ request, message: denied, times: 1 });
    const { code, out, err } = await grant();
    expect(code).not.toBe(0);
    expect(err).toContain('Authorization_RequestDenied');
    expect(err).toContain(`Stopped at step ${step} (${words}`);
    expect(out).not.toMatch(new RegExp(`^${step + 1}\\. `, 'm'));
    expect(out).not.toContain('azd env set');
    expect(az.directory.requests.at(-1)).toMatch(request);
    expect(await grant()).toMatchObject({ code: 0, err: '' });
  });

  it('gives up on what stays away', async () => {
    const message = 'Not Found({"error":{"code":"Request_ResourceNotFound"}})';
    az.directory.faults.push({ request: /^get applications\(/, message, times: 99 });
    const { code, err } = await grant();
    expect(code).not.toBe(0);
    expect(err).toContain('Request_ResourceNotFound');
    expect(err).toContain('Stopped at step 6');
  });

  it('names the service account that the tenant does not have, and creates nothing', async () => {
    const { code, err } = await grant({ '--service-account': 'nobody@contoso.com' });
    expect(code).not.toBe(0);
    expect(err).toContain('the service account nobody@contoso.com was not found in the tenant');
    expect(changes()).toEqual([]);
  });

  it('refuses a cloud it does not know', async () => {
    const other = await startFakeAzureCli('AzureStack');
    const { code, err } = await grant({}, [], other);
    await other.close();
    expect(code).not.toBe(0);
    expect(err).toContain('the cloud AzureStack is not known here');
    expect(changes(other)).toEqual([]);
  });
});

describe('arguments', () => {
  test.each(Object.keys(ARGUMENTS))('%s is named when it is missing', async (name) => {
    const { code, err } = await grant({ [name]: undefined });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`${name} is missing: it is wanted as`) });
    expect(az.commands).toEqual([]);
  });

  test.each([
    ['--service-account', 'emergency', 'cannot be used as it is'],
    ['--service-account', "o'brien@contoso.com", 'cannot be used as it is'],
    ['--function-app-host-name', `https://${HOST}`, 'cannot be used as it is'],
    ['--function-app-host-name', `${HOST}/`, 'cannot be used as it is'],
    ['--managed-identity-principal-id', 'id-of-the-identity', 'cannot be used as it is'],
    ['--environment-name', 'contoso","x":"', 'cannot be used as it is'],
    ['--chat-resource-data', 'all', 'none or encrypted'],
    ['--managed-identity', MANAGED_IDENTITY_ID, 'there is no option --managed-identity'],
  ])('%s %s is refused before anything is done', async (name, value, reason) => {
    const { code, err } = await grant({ [name]: value });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(reason) });
    expect(az.commands).toEqual([]);
  });

  it('an option at the end without its value is named', async () => {
    const { code, err } = await grant({}, ['--chat-resource-data']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--chat-resource-data needs a value') });
  });
});

describe('a dry run', () => {
  it('prints every step and every command of a real run, runs none, and needs no az', async () => {
    const { code, out, err } = await grant({}, ['--dry-run']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(az.commands).toEqual([]);
    const real = await grant();
    const steps = (text: string) => text.split('\n').filter((line) => /^\d+\. /.test(line));
    expect(steps(out)).toEqual(steps(real.out));
    for (const change of changes()) {
      const [method = '', path = ''] = change.split(' ');
      const shape = path.replace(/(\/|')[0-9a-f-]{36}/g, '$1').split(/[/(']/)[0] ?? '';
      expect(out).toContain(`az rest --method ${method} --url`);
      expect(out).toContain(`/v1.0/${shape}`);
    }
    expect(out.match(/--method (post|patch)/g)).toHaveLength(changes().length);
    expect(out).toContain('Nothing was changed.');
  });

  it('prints commands that a shell reads as they were meant', async () => {
    const { out } = await grant({}, ['--dry-run']);
    const commands = out.split('\n').filter((line) => line.trim().startsWith('az rest'));
    const bodies: unknown[] = [];
    for (const command of commands) {
      const { out: read } = await run('bash', ['-c', `set -- ${command.trim()}; printf '%s\\n' "$@"`]);
      const args = read.split('\n');
      expect(args.slice(0, 3)).toEqual(['az', 'rest', '--method']);
      if (args.includes('--body')) bodies.push(JSON.parse(args[args.indexOf('--body') + 1] ?? ''));
    }
    expect(bodies).toHaveLength(10);
  });

  const pwsh = programOnPath('pwsh') ? it : it.skip;
  if (pwsh === it.skip) console.log('pwsh is not on the PATH: the dry run of grant-permissions.ps1 did not run.');
  pwsh('of the PowerShell twin prints the same steps', async () => {
    const { out } = await grant({}, ['--dry-run']);
    const twin = await run('pwsh', [
      ...['-NoProfile', '-File', 'scripts/grant-permissions.ps1', '-DryRun', '-ServiceAccount', SERVICE_ACCOUNT],
      ...['-FunctionAppHostName', HOST, '-ManagedIdentityPrincipalId', MANAGED_IDENTITY_ID],
      ...['-EnvironmentName', 'contoso'],
    ]);
    expect({ code: twin.code, err: twin.err }).toEqual({ code: 0, err: '' });
    const steps = (text: string) => text.split('\n').filter((line) => /^([2-9]|\d\d)\. /.test(line));
    expect(steps(twin.out)).toEqual(steps(out));
    const bodies = (text: string, option: RegExp) =>
      [...text.matchAll(option)].map((match) => JSON.parse((match[1] ?? '').replaceAll("''", "'")));
    expect(bodies(twin.out, /-Body '(.*)'$/gm)).toEqual(bodies(out, /--body '(.*)' --output none$/gm));
  });
});
