import { Command } from 'commander';
import { addMoveCommands } from '../../cli/tenant/moveCommands.ts';
import { readExportDirectory } from '../../cli/tenant/tenantSource.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { phoneNumber, sharedCallingPolicy, tenant, user } from './tenants.ts';

const FEATURES = ['PhoneSystem', 'TeamsMobileExperience'];
const OPERATOR = { numberType: 'OCMobile', pstnPartnerName: 'Fabrikam Mobile', locationId: 'hq' };

const CONTOSO = tenant({
  users: [
    user('alex', { featureTypes: FEATURES, lineUri: '+14255550101' }),
    user('adele', { featureTypes: FEATURES, lineUri: '+14255550102', teamsUpgradeEffectiveMode: 'Islands' }),
    user('megan', { featureTypes: FEATURES, lineUri: '+14255550103' }),
  ],
  phoneNumbers: [
    phoneNumber('+14255550101', { assignedPstnTargetId: 'alex' }),
    phoneNumber('+14255550102', { assignedPstnTargetId: 'adele' }),
    phoneNumber('+14255550103', { ...OPERATOR, assignedPstnTargetId: 'megan', pstnAssignmentStatus: 'UserAssigned' }),
    phoneNumber('+14255550104', { ...OPERATOR, pstnAssignmentStatus: 'Unassigned' }),
    phoneNumber('+14255550105', { ...OPERATOR, isoCountryCode: 'CA', pstnAssignmentStatus: 'ConferenceAssigned' }),
    phoneNumber('+14255550106', {
      numberType: 'OperatorConnect',
      pstnPartnerName: 'Wired',
      pstnAssignmentStatus: 'Unassigned',
    }),
    phoneNumber('+14255550107', {
      numberType: 'OperatorConnect',
      pstnPartnerName: 'Wired',
      assignedPstnTargetId: 'gone',
    }),
  ],
  sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa', ['tel:+14255550106'])],
});

async function run(args: readonly string[], config: TenantConfig = CONTOSO) {
  let text = '';
  let exitCode: number | null = null;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addMoveCommands(program, {
    config: async (directory) => {
      if (directory !== null) throw new Error(`no export in ${directory}`);
      return config;
    },
    write: (more) => {
      text += more;
    },
    end: (code) => {
      exitCode = code;
    },
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(args, { from: 'user' });
  return { text, exitCode };
}

const plan = (name: string, ...more: string[]) =>
  run(['move-plan', '--user', `${name}@contoso.com`, '--to', 'OperatorConnectMobile', ...more]);

test('a plan as a checklist: questions, the time out of service, the steps with commands and what they print', async () => {
  const { text, exitCode } = await plan('alex');
  expect(exitCode).toBe(0);
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'Now: Calling Plan, +14255550101',
      'Nothing in the export blocks the move.',
      '  [ ] operator: On which day and hour is the number moved, and how long is it out of service?',
      '  [ ] 4. Remove the number from the user (administrator)',
      '      WARNING: Out of service from here on: the removal takes effect within 10 minutes, in rare cases within 24 hours.',
      "      Teams> Remove-CsPhoneNumberAssignment -Identity 'alex@contoso.com' -PhoneNumber '+14255550101' -PhoneNumberType CallingPlan",
      '        = LineURI :',
    ]),
  );
  expect(text).toMatch(/OUT OF SERVICE\n {2}From step 4 to step 7\. /);
});

test('what blocks comes before everything else, and the exit code says so', async () => {
  const { text, exitCode } = await plan('Adele');
  expect(exitCode).toBe(1);
  const order = [
    'BLOCKED by 1 thing: do not begin',
    'Before anything else',
    '[ ] BLOCKS  the user is in mode Islands',
    'To be asked',
    'OUT OF SERVICE',
    'Steps',
    '[ ] 1. ',
  ];
  expect(order.map((each) => text.indexOf(each))).toEqual(
    order.map((each) => text.indexOf(each)).toSorted((a, b) => a - b),
  );
  expect(order.filter((each) => !text.includes(each))).toEqual([]);
});

test('a number that is there already needs no move', async () => {
  const { text, exitCode } = await plan('megan');
  expect(exitCode).toBe(0);
  expect(text).toContain('The number is there already: nothing is to be moved. What follows checks it.');
  expect(text).not.toMatch(/OUT OF SERVICE|Remove-Cs|\nSteps/);
});

test('a plan as JSON', async () => {
  const { text } = await plan('adele', '--json');
  expect(JSON.parse(text)).toMatchObject({
    user: 'adele@contoso.com',
    to: 'OperatorConnectMobile',
    from: 'callingPlan',
    number: '+14255550102',
    outcome: 'blocked',
    blocks: [{ problem: 'the user is in mode Islands, not TeamsOnly' }],
    outOfService: { fromStep: 4, untilStep: 7 },
  });
});

test('an operator cannot go while anybody has a number of it', async () => {
  const { text, exitCode } = await run(['release-check', '--operator', 'fabrikam mobile']);
  expect(exitCode).toBe(1);
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'Release of Fabrikam Mobile: 2 in use, 1 free',
      '  [ ] BLOCKS  +14255550103 is the number of megan@contoso.com',
      "      Teams> Remove-CsPhoneNumberAssignment -Identity 'megan@contoso.com' -PhoneNumber '+14255550103' -PhoneNumberType OCMobile",
      '  [ ] BLOCKS  +14255550105 is ConferenceAssigned',
      '  +14255550104',
      '  3. Ask the operator to release the numbers.',
    ]),
  );
});

test.each<[string, string[], number, string[], string[]]>([
  ['of one country', ['--operator', 'Fabrikam Mobile', '--country', 'us'], 1, ['+14255550103'], ['+14255550104']],
  ['of another country', ['--operator', 'Fabrikam Mobile', '--country', 'CA'], 1, ['+14255550105'], []],
  [
    'of Operator Connect, with a callback number and an account that is gone',
    ['--operator', 'Wired'],
    1,
    ['+14255550106', '+14255550107'],
    [],
  ],
  ['that is one free number', ['--number', 'tel:+14255550104'], 0, [], ['+14255550104']],
  ['that is one number of somebody', ['--number', '+14255550103'], 1, ['+14255550103'], []],
])('what is in use %s', async (_, args, code, used, free) => {
  const { text, exitCode } = await run(['release-check', ...args, '--json']);
  const check = JSON.parse(text);
  expect(check.blocks.map(({ problem }: { problem: string }) => problem.split(' ')[0])).toEqual(used);
  expect([check.free, exitCode]).toEqual([free, code]);
});

test('a callback number of Shared Calling leaves its policy first', async () => {
  const { text } = await run(['release-check', '--number', '+14255550106']);
  expect(text).toContain(
    "Set-CsTeamsSharedCallingRoutingPolicy -Identity 'Seattle' -EmergencyNumbers @{remove='+14255550106'}",
  );
});

test.each<[string, string[], RegExp]>([
  [
    'a user who is not there',
    ['move-plan', '--user', 'nobody@contoso.com', '--to', 'OperatorConnectMobile'],
    /^nobody@contoso.com is not among the users of the export$/,
  ],
  ['no user', ['move-plan', '--to', 'OperatorConnectMobile'], /required option '--user <upn>'/],
  ['no destination', ['move-plan', '--user', 'alex@contoso.com'], /required option '--to <service>'/],
  [
    'another destination',
    ['move-plan', '--user', 'alex@contoso.com', '--to', 'CallingPlan'],
    /Allowed choices are OperatorConnectMobile/,
  ],
  [
    'an export that is not there',
    ['move-plan', '--user', 'alex@contoso.com', '--to', 'OperatorConnectMobile', '--dir', 'gone'],
    /no export in gone/,
  ],
  [
    'an operator that has no numbers',
    ['release-check', '--operator', 'Nobody'],
    /Nobody is not among .*operators: Fabrikam Mobile, Wired/,
  ],
  [
    'a country without numbers of the operator',
    ['release-check', '--operator', 'Wired', '--country', 'NO'],
    /is not among/,
  ],
  [
    'a number of a Calling Plan',
    ['release-check', '--number', '+14255550101'],
    /\+14255550101 is not among the numbers of operators/,
  ],
  ['neither operator nor number', ['release-check'], /either --operator or --number/],
  ['both', ['release-check', '--operator', 'Wired', '--number', '+14255550106'], /either --operator or --number/],
  ['a country of a number', ['release-check', '--number', '+14255550106', '--country', 'US'], /goes with --operator/],
  ['a country that is none', ['release-check', '--operator', 'Wired', '--country', 'USA'], /no country code/],
])('%s is refused', async (_, args, why) => {
  await expect(run(args)).rejects.toThrow(why);
});

test('everybody of the sample tenant has a plan that says all it needs, and the exit code says whether anything blocks', async () => {
  const config = await readExportDirectory('samples/contoso');
  for (const { userPrincipalName } of config.users) {
    const args = ['move-plan', '--user', userPrincipalName, '--to', 'OperatorConnectMobile'];
    const { text, exitCode } = await run(args, config);
    expect(text.replaceAll('$null', '')).not.toMatch(/undefined|null|NaN|\[object/);
    expect([userPrincipalName, exitCode]).toEqual([userPrincipalName, text.includes('[ ] BLOCKS') ? 1 : 0]);
    expect(text).toMatch(/\n(?:Steps|Checks)\n {2}\[ \] 1\. /);
  }
});
