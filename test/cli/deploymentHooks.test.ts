import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { readAskedInputs } from '../../cli/deployment/askedInputs.ts';
import { commandOf, ProgramError, runProgram } from '../../cli/deployment/runProgram.ts';
import { azureAnswers, createFakePrograms, developerAnswers, INPUTS } from './deploymentPrograms.ts';

const HOOKS = { preprovision: 'before', postprovision: 'secrets', postdeploy: 'after' } as const;
const SHELLCHECK = { program: 'shellcheck', title: 'shellcheck' };
const POWERSHELL = { program: 'pwsh', title: 'PowerShell' };
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

/** A folder with a blank in its name, as a project may have, with the hooks and a pretend Node. */
function createProject() {
  const root = mkdtempSync(join(tmpdir(), 'deployment hooks '));
  const programs = join(root, 'programs');
  mkdirSync(join(root, 'project', 'scripts'), { recursive: true });
  cpSync('scripts/hooks', join(root, 'project', 'scripts', 'hooks'), { recursive: true });
  mkdirSync(programs);
  for (const needed of ['dirname', 'sh']) {
    execFileSync('ln', ['-s', execFileSync('which', [needed]).toString().trim(), join(programs, needed)]);
  }
  return {
    root,
    install() {
      mkdirSync(join(root, 'project', 'node_modules', 'tsx'), { recursive: true });
      writeFileSync(join(root, 'project', 'node_modules', '.package-lock.json'), '{}');
    },
    /** It judges its own age as the real one would, and ends with `code`. */
    putNode({ isOld = false, code = 0 } = {}) {
      const file = join(programs, 'node');
      const lines = [
        '#!/bin/sh',
        `case "$1" in -e) exit ${isOld ? 1 : 0} ;; --version) echo ${isOld ? 'v20.18.3' : 'v22.1.0'}; exit 0 ;; esac`,
        'echo "in $PWD"; for one; do echo "<$one>"; done',
        `exit ${code}`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      chmodSync(file, 0o755);
    },
    run(hook: string, args: string[] = []) {
      const file = join(root, 'project', 'scripts', 'hooks', `${hook}.sh`);
      const { status, stdout, stderr } = spawnSync(file, args, { env: { PATH: programs }, cwd: tmpdir() });
      return { code: status, out: stdout.toString(), err: stderr.toString() };
    },
  };
}

describe('the shell hooks', () => {
  let project: ReturnType<typeof createProject>;
  beforeEach(() => {
    project = createProject();
  });
  afterEach(() => rmSync(project.root, { recursive: true }));

  test.each(Object.entries(HOOKS))(
    '%s runs the step "%s" in the folder of the project, arguments as they were',
    (hook, step) => {
      project.install();
      project.putNode();
      const { code, out, err } = project.run(hook, ['--json', 'a b', '$HOME; *']);
      const folder = join(project.root, 'project');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.split('\n').slice(0, -1)).toEqual([
        `in ${folder}`,
        '<--import>',
        '<tsx>',
        '<cli/deployment.ts>',
        `<${step}>`,
        '<--json>',
        '<a b>',
        '<$HOME; *>',
      ]);
    },
  );

  test.each<[string, () => void, RegExp]>([
    ['no Node', () => project.install(), /^Node is not installed: install version 20\.19 or newer/],
    [
      'an old Node',
      () => {
        project.install();
        project.putNode({ isOld: true });
      },
      /^Node v20\.18\.3 is too old: install version 20\.19 or newer/,
    ],
    ['no packages', () => project.putNode(), /^The packages are not installed: run npm ci/],
  ])('%s: one sentence, exit code 1, nothing is run', (_, prepare, sentence) => {
    prepare();
    for (const hook of Object.keys(HOOKS)) {
      const { code, out, err } = project.run(hook);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(sentence);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });

  test.each([
    ['18.20.8', 1],
    ['20.18.3', 1],
    ['20.19.0', 0],
    ['20.20.2', 0],
    ['22.1.0', 0],
    ['24.0.0', 0],
  ])('Node %s: exit code %d of the question of age', (version, expected) => {
    const question = /^node -e '(.+)' \|\|$/m.exec(readFileSync('scripts/hooks/deployment.sh', 'utf8'))?.[1] ?? '';
    const exit = jest.fn();
    new Function('process', question)({ versions: { node: version }, exit });
    expect(exit.mock.calls).toEqual([[expected]]);
  });

  test('the exit code of the step is that of the hook: azd stops', () => {
    project.install();
    project.putNode({ code: 2 });
    expect(project.run('preprovision').code).toBe(2);
  });
});

test('azure.yaml names a script for both systems, which is there, and stops where it fails', () => {
  const text = readFileSync('azure.yaml', 'utf8');
  const files = readdirSync('scripts/hooks');
  for (const hook of Object.keys(HOOKS)) {
    expect(text).toMatch(
      new RegExp(
        `  ${hook}:\\n    windows:\\n      shell: pwsh\\n      run: \\./scripts/hooks/${hook}\\.ps1\\n(.*\\n)*?    posix:\\n      shell: sh\\n      run: \\./scripts/hooks/${hook}\\.sh\\n`,
      ),
    );
    expect(files).toEqual(expect.arrayContaining([`${hook}.sh`, `${hook}.ps1`]));
  }
  expect(text.match(/continueOnError: false/g)).toHaveLength(6);
});

test('what Windows PowerShell 5 runs where there is no other says which version it needs', () => {
  expect(readFileSync('scripts/hooks/deployment.ps1', 'utf8')).toMatch(/^#requires -Version 7\.0$/m);
});

/** From 1.23.12 on azd does not have Azure build what is built here: https://github.com/Azure/azure-dev/pull/7223 */
test('azd deploys the folder that the build makes, as it is', () => {
  const { services, infra, requiredVersions } = parse(readFileSync('azure.yaml', 'utf8'));
  expect(services).toEqual({
    alerts: { project: '.', language: 'ts', host: 'function', dist: 'dist', remoteBuild: false },
  });
  expect(infra).toEqual({ provider: 'bicep', path: 'infra', module: 'main' });
  expect(requiredVersions).toEqual({ azd: '>= 1.23.12' });
  expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts.build).toBeDefined();
  // The tag that is looked for has the name of the service.
  expect(readFileSync('infra/main.bicep', 'utf8')).toMatch(/^ {4}serviceName: 'alerts'$/m);
});

/** The line says that it did not run, and why. */
const where = ({ program, title }: typeof SHELLCHECK) =>
  has(program)
    ? test
    : (name: string, ..._: unknown[]) => test.skip(`${name} (not run: ${title} is not installed)`, () => undefined);

where(SHELLCHECK)('shellcheck finds nothing in the hooks', () => {
  const files = readdirSync('scripts/hooks').filter((file) => file.endsWith('.sh'));
  const { status, stdout } = spawnSync(
    SHELLCHECK.program,
    files.map((file) => join('scripts/hooks', file)),
  );
  expect({ status, out: stdout.toString() }).toEqual({ status: 0, out: '' });
});

where(POWERSHELL)('the PowerShell hooks stop with a sentence without packages', () => {
  const project = createProject();
  try {
    project.putNode();
    for (const hook of Object.keys(HOOKS)) {
      const file = join(project.root, 'project', 'scripts', 'hooks', `${hook}.ps1`);
      const PATH = `${join(project.root, 'programs')}:${process.env.PATH}`;
      const { status, stderr } = spawnSync(POWERSHELL.program, ['-NoProfile', '-File', file], {
        env: { ...process.env, PATH },
      });
      expect([status, stderr.toString()]).toEqual([1, expect.stringMatching(/^The packages are not installed/)]);
    }
  } finally {
    rmSync(project.root, { recursive: true });
  }
});

describe('calling other programs', () => {
  const programs = createFakePrograms();
  const pathBefore = process.env.PATH;
  beforeAll(() => {
    process.env.PATH = programs.path;
  });
  afterAll(() => {
    process.env.PATH = pathBefore;
    programs.cleanUp();
  });

  test.each<[string, string, RegExp]>([
    [
      'its first line, without colours',
      '\u001b[31mERROR: (AuthorizationFailed) no\u001b[0m\nCode: AuthorizationFailed\n',
      /^"az group list" says: \(AuthorizationFailed\) no$/,
    ],
    ['not a warning', 'WARNING: beta\nERROR: gone\n', /says: gone$/],
    ['nothing', '', /says: nothing of why it failed\.$/],
    ['far too much', `ERROR: ${'x'.repeat(5_000)}`, /says: x{300}…$/],
  ])('a refusal is one sentence: %s', async (_, stderr, message) => {
    programs.put('az', [{ to: 'group list', stderr, code: 1 }]);
    await expect(runProgram('az', ['group', 'list', '--output', 'json'])).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(message),
    });
  });

  test('one that does not end is ended', async () => {
    writeFileSync(join(programs.folder, 'azd'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
    await expect(runProgram('azd', ['auth', 'token'], { timeoutMs: 200 })).rejects.toMatchObject({ kind: 'late' });
  });

  test('arguments are no shell’s business, and there is nothing to read from', async () => {
    writeFileSync(join(programs.folder, 'az'), '#!/bin/sh\ncat; for one; do echo "<$one>"; done\n', { mode: 0o755 });
    expect(await runProgram('az', ['$(id)', 'a b', '*'])).toBe('<$(id)>\n<a b>\n<*>\n');
  });

  const windows = (exists: (path: string) => boolean, path = 'C:\\Tools;C:\\Program Files\\Azure & Co\\wbin') => ({
    platform: 'win32',
    env: { Path: path, SystemRoot: 'C:\\Windows' },
    exists,
  });
  const isBatch = (path: string) => path.endsWith('az.cmd') && path.includes('wbin');

  test('on Windows the batch file is called through cmd.exe, with nothing in the line that it could read as more than text', () => {
    const args = [
      'rest',
      '--url',
      "https://graph.microsoft.com/v1.0/users/o'neil@contoso.com?$select=id,accountEnabled",
    ];
    expect(commandOf('az', args, windows(isBatch))).toEqual({
      file: 'C:\\Windows\\System32\\cmd.exe',
      parameters: ['/d', '/v:off', '/s', '/c', `""C:\\Program Files\\Azure & Co\\wbin\\az.cmd" ${args.join(' ')}"`],
      isVerbatim: true,
    });
  });

  test.each(['a b', 'a&calc', 'a|b', '%PATH%', 'a"b', 'a^b', 'a>b', '!x!', '(a)', 'a\nb', '', 'a;b'])(
    'on Windows the argument %j is refused',
    (argument) => {
      expect(() => commandOf('az', ['rest', argument], windows(isBatch))).toThrow(ProgramError);
    },
  );

  test('on Windows: an executable needs no cmd.exe, a missing one is named, and so is a path that could be read otherwise', () => {
    const executable = commandOf(
      'az',
      ['a b'],
      windows((path) => path === 'C:\\Tools\\az.exe'),
    );
    expect(executable).toEqual({ file: 'C:\\Tools\\az.exe', parameters: ['a b'], isVerbatim: false });
    expect(
      commandOf(
        'azd',
        ['a b'],
        windows(() => false),
      ),
    ).toMatchObject({ file: 'azd', isVerbatim: false });
    expect(() =>
      commandOf(
        'az',
        [],
        windows(() => false),
      ),
    ).toThrow(/is not installed/);
    expect(() =>
      commandOf(
        'az',
        [],
        windows((path) => path.endsWith('az.cmd'), 'C:\\%TEMP%'),
      ),
    ).toThrow(/cannot be asked safely/);
  });
});

describe('npm run deployment', () => {
  const programs = createFakePrograms();
  afterAll(() => programs.cleanUp());

  function deployment(args: string[], env: Record<string, string | undefined> = {}) {
    const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', tsx, resolve('cli/deployment.ts'), ...args],
      {
        cwd: programs.folder,
        env: { ...INPUTS, ROSTER_FILE: resolve('roster.example.json'), PATH: programs.path, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return { code: status, out: stdout.toString(), err: stderr.toString() };
  }

  test('before: exit code 0 and one document where nothing is in the way, 1 and never a question where something is', () => {
    programs.put('az', azureAnswers());
    programs.put('azd', developerAnswers());
    const good = deployment(['before', '--json']);
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, checks: expect.any(Array) });
    programs.put('az', azureAnswers([{ to: 'provider list', stdout: [] }]));
    const bad = deployment(['before']);
    expect(bad).toMatchObject({ code: 1, err: '' });
    expect(bad.out).toMatch(/Nothing was created or changed\. Put this problem right, and start again: azd up\n$/);
    expect(readFileSync(join(programs.folder, 'az.log'), 'utf8')).not.toContain('provider register');
  });

  describe('before, where azd has asked for what nobody had set', () => {
    const environment = join(programs.folder, '.azure', 'contoso');
    /** As azd 1.23 keeps the answers; a secret stands elsewhere. */
    const parameters = {
      serviceAccount: INPUTS.SERVICE_ACCOUNT,
      tenantDomain: INPUTS.TENANT_DOMAIN,
      lastResortNumbers: INPUTS.LAST_RESORT_NUMBERS,
      alarmEmails: INPUTS.ALARM_EMAILS,
      twilioAccountSid: INPUTS.TWILIO_ACCOUNT_SID,
      twilioAuthToken: 'vault://5a0c1f6e/9b1d',
      somethingOfBefore: 'x',
    };
    const unset = Object.fromEntries(
      ['SERVICE_ACCOUNT', 'TENANT_DOMAIN', 'LAST_RESORT_NUMBERS', 'ALARM_EMAILS', 'TWILIO_ACCOUNT_SID'].map((name) => [
        name,
        undefined,
      ]),
    );
    const answered = (answers: object) => {
      mkdirSync(environment, { recursive: true });
      writeFileSync(join(environment, '.env'), 'AZURE_ENV_NAME="contoso"\n');
      writeFileSync(
        join(environment, 'config.json'),
        JSON.stringify({ infra: { parameters: answers }, vault: '5a0c' }),
      );
    };
    beforeEach(() => {
      programs.put('az', azureAnswers());
      programs.put('azd', developerAnswers());
      mkdirSync(join(programs.folder, 'infra'), { recursive: true });
      cpSync('infra/main.parameters.json', join(programs.folder, 'infra', 'main.parameters.json'));
    });
    afterEach(() => {
      rmSync(join(programs.folder, '.azure'), { recursive: true });
      rmSync(join(programs.folder, 'infra'), { recursive: true });
    });
    test('its answers are inputs like any other, by their names; no secret is', async () => {
      answered(parameters);
      const { serviceAccount, tenantDomain, lastResortNumbers, alarmEmails, twilioAccountSid } = parameters;
      expect(await readAskedInputs('contoso', programs.folder)).toEqual({
        SERVICE_ACCOUNT: serviceAccount,
        TENANT_DOMAIN: tenantDomain,
        LAST_RESORT_NUMBERS: lastResortNumbers,
        ALARM_EMAILS: alarmEmails,
        TWILIO_ACCOUNT_SID: twilioAccountSid,
      });
      expect(deployment(['before', '--json'], unset)).toMatchObject({ code: 0, err: '' });
    });

    test('what is set counts more, but for what is set to nothing; what nobody answered is missing', () => {
      answered({ ...parameters, lastResortNumbers: undefined });
      const { out } = deployment(['before', '--json'], { ...unset, ALARM_EMAILS: 'nobody', TENANT_DOMAIN: '' });
      const inputs = JSON.parse(out).checks.find(({ name }: { name: string }) => name === 'inputs');
      expect(inputs.problems.map(({ what }: { what: string }) => what)).toEqual([
        'LAST_RESORT_NUMBERS is missing.',
        'ALARM_EMAILS must be e-mail addresses, parted by commas.',
      ]);
    });

    test('no file is no answer; one that cannot be read is said to be', async () => {
      answered(parameters);
      expect(await readAskedInputs('other', programs.folder)).toEqual({});
      writeFileSync(join(environment, 'config.json'), '{');
      await expect(readAskedInputs('contoso', programs.folder)).rejects.toThrow(/config\.json cannot be read as JSON$/);
    });
  });

  test('secrets: without a deployment it says so and ends with 2', () => {
    expect(deployment(['secrets'], { AZURE_ENV_NAME: undefined })).toMatchObject({
      code: 2,
      out: '',
      err: 'There is no azd environment in this folder: run `azd up` first\n',
    });
  });

  test('after: without a deployment it says so and ends with 2', () => {
    expect(deployment(['after'], { AZURE_ENV_NAME: undefined })).toMatchObject({
      code: 2,
      err: 'There is no deployment in this folder: run `azd up` first\n',
    });
  });

  test('after --dry-run: what is left to the tenant’s administrator, with the account and the policies of the settings', () => {
    const APP_SETTINGS = JSON.stringify({
      TENANT_ID: '00001111-aaaa-2222-bbbb-3333cccc4444',
      CLIENT_ID: '11112222-bbbb-3333-cccc-4444dddd5555',
      SERVICE_ACCOUNT: 'emergency@contoso.com',
      TOKEN_CACHE_KEY: Buffer.alloc(32, 1).toString('base64'),
      NOTIFICATION_URL:
        'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
      EMERGENCY_CALLING_POLICIES: 'Redmond campus',
    });
    const { code, out, err } = deployment(['after', '--dry-run'], { APP_SETTINGS });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatchInlineSnapshot(`
"Left to the tenant's administrator
Nothing of this can be seen or done from here. The lines are for PowerShell, after:
Connect-MicrosoftTeams

1. Give emergency@contoso.com a licence with Teams, and use the account for nothing else
   Without Teams it has no chats, and Teams cannot tell it of a call.
   -> Microsoft 365 admin center > Users > Active users > emergency@contoso.com > Licenses and apps
      Connect-MgGraph -Scopes User.ReadWrite.All, Organization.Read.All
      Get-MgSubscribedSku | Select-Object SkuPartNumber, SkuId
      Set-MgUserLicense -UserId 'emergency@contoso.com' -AddLicenses @{SkuId = '<SkuId>'} -RemoveLicenses @()

2. Exclude emergency@contoso.com from policies that block the device code or end its sign-in
   A blocked device code flow, a sign-in frequency or a required device ends the reading of its
   chats.
   -> Microsoft Entra admin center > Entra ID > Conditional Access > Policies > each policy with
      Authentication flows, Sign-in frequency or a device requirement > Users > Exclude

3. Add emergency@contoso.com to the notification group of each emergency calling policy
   Only who is named there is told by Teams of a call. At most 10 addresses and 50 people.
   -> Teams admin center > Voice > Emergency policies > Calling policies > the policy > Users and
      groups for emergency calls notifications; the notification mode "Send notification only" is
      enough
      $policy = Get-CsTeamsEmergencyCallingPolicy -Identity 'Redmond campus'
      $group = (@($policy.NotificationGroup -split ';') + 'emergency@contoso.com' | Where-Object { $_ }) -join ';'
      Set-CsTeamsEmergencyCallingPolicy -Identity 'Redmond campus' -NotificationGroup $group -NotificationMode NotificationOnly
      # The last word changes the mode: leave it out where a mode is set already.

4. Assign the policies to the people and to the sites
   A site's emergency calling policy takes the place of the caller's own: a site with another policy
   tells nobody here.
   -> Teams admin center > Voice > Emergency policies > Calling policies > Assign users; Locations >
      Network topology > Network sites > the site > Emergency calling policy
      Grant-CsTeamsEmergencyCallingPolicy -Identity '<user>' -PolicyName 'Redmond campus'
      Set-CsTenantNetworkSite -Identity '<site>' -EmergencyCallingPolicy 'Redmond campus'

5. Let people dial 933
   933 is how the whole way is tested without a real emergency. With Calling Plan, Operator Connect
   and Teams Phone Mobile in the United States and Canada it is there; with Direct Routing it has to
   be added. The policy must not turn its notification off.
   -> Direct Routing: Teams admin center > Voice > Emergency policies > Call routing policies > the
      policy > Emergency numbers > Add, dial string 933. Never as a dial mask of 911: that would
      call the emergency services
      $number = New-CsTeamsEmergencyNumber -EmergencyDialString '933' -OnlinePSTNUsage '<usage>'
      Set-CsTeamsEmergencyCallRoutingPolicy -Identity '<routing policy>' -EmergencyNumbers @{add=$number}
      (Get-CsTeamsEmergencyCallingPolicy -Identity '<policy>').ExtendedNotifications   # 933 without a group tells nobody

6. Dial 933 once from each site
   Only that shows that its network, its policy and its address are right: the SMS must name the
   place.
   -> Teams on a computer or phone in the site > Calls > Dial 933. Then here: npm run status
"
`);
  });
});
