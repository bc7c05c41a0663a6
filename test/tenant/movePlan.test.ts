import type { MovePlan } from '../../shared/tenant/move/movePlan.ts';
import { planMove } from '../../shared/tenant/move/planMove.ts';
import type { PhoneNumber } from '../../shared/tenant/peopleConfig.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { location, phoneNumber, sharedCallingPolicy, tenant, user } from './tenants.ts';

type UserParts = Parameters<typeof user>[1];
const UPN = 'alex@contoso.com';
const NUMBER = '+14255550101';
const POOL = 'pool.infra.lync.com';
const FEATURES = ['Teams', 'PhoneSystem', 'TeamsMobileExperience'];

const alex = (parts: UserParts = {}) =>
  user('alex', { featureTypes: FEATURES, registrarPool: POOL, lineUri: NUMBER, ...parts });
const own = (parts: Partial<PhoneNumber> = {}) =>
  phoneNumber(NUMBER, { assignedPstnTargetId: 'alex', assignmentCategory: 'Primary', ...parts });
const voice = (identity: string, onlinePstnUsages: string[]) => ({ identity, description: null, onlinePstnUsages });
const mobility = (identity: string, mobileDialerPreference: string | null) => ({
  identity,
  description: null,
  mobileDialerPreference,
});

/** What a user of each kind has; nothing of it blocks. */
const SOURCES = {
  callingPlan: { users: [alex()], phoneNumbers: [own()] },
  operatorConnect: {
    users: [alex()],
    phoneNumbers: [own({ numberType: 'OperatorConnect', pstnPartnerName: 'Wired' })],
  },
  directRoutingOnline: {
    users: [alex({ policies: { onlineVoiceRoutingPolicy: 'US' } })],
    phoneNumbers: [own({ numberType: 'DirectRouting' })],
  },
  directRoutingOnPremises: {
    users: [alex({ onPremLineUri: NUMBER, policies: { onlineVoiceRoutingPolicy: 'US' } })],
    phoneNumbers: [own({ numberType: 'DirectRouting', numberSource: 'OnPremises' })],
  },
  operatorConnectMobile: { users: [alex()], phoneNumbers: [own({ numberType: 'OCMobile', locationId: 'hq' })] },
  sharedCalling: {
    users: [alex({ lineUri: null, policies: { teamsSharedCallingRoutingPolicy: 'Seattle' } })],
    sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa')],
    phoneNumbers: [phoneNumber('+14255550110', { assignedPstnTargetId: 'main-aa' })],
  },
  none: { users: [alex({ lineUri: null })] },
} satisfies Record<string, Partial<TenantConfig>>;

function plan(parts: Partial<TenantConfig>, upn = UPN): MovePlan {
  const found = planMove(
    createTenantIndex(tenant({ locations: [location('hq', { location: 'Floor 3' })], ...parts })),
    upn,
  );
  if (!found) throw new Error(`${upn} was not found`);
  return found;
}

const titles = ({ steps }: MovePlan) => steps.map(({ title }) => title);
const lines = ({ steps }: MovePlan) => steps.flatMap(({ commands }) => commands.map(({ line }) => line));
const stepOf = (found: MovePlan, title: string) => found.steps.find((each) => each.title === title);

const BEGIN = ['Agree on day and hour', 'Tell the user, and those on call', 'Write down the emergency address'];
const ASSIGN = ['Wait until the operator has uploaded the number', 'Assign the number'];
const ADDRESS = Array<string>(3).fill('Emergency address of the number');
const END = [...ADDRESS, 'Check the emergency address again', 'Say which dialer is for emergency calls'];
const REMOVE = 'Remove the number from the user';
const GONE = 'See that the number is gone';

// The order is that of https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure-numbers.
test.each<[keyof typeof SOURCES, string[], string | null, string | null]>([
  ['callingPlan', [...BEGIN, REMOVE, GONE, ...ASSIGN, ...END], REMOVE, 'Assign the number'],
  [
    'operatorConnect',
    [...BEGIN, REMOVE, GONE, 'Let the present operator remove the number from the tenant', ...ASSIGN, ...END],
    REMOVE,
    'Assign the number',
  ],
  [
    'directRoutingOnline',
    [
      'See that it is a Direct Routing number assigned online',
      ...BEGIN,
      'Let the operator migrate the number',
      GONE,
      'Remove the voice routing policy from the user',
      ...ASSIGN,
      ...END,
    ],
    'Let the operator migrate the number',
    'Assign the number',
  ],
  [
    'directRoutingOnPremises',
    [
      'See that it is a Direct Routing number assigned on premises',
      ...BEGIN,
      'Remove the number on premises',
      'Wait until it is synchronised',
      GONE,
      'Remove the voice routing policy from the user',
      ...ASSIGN,
      ...END,
    ],
    'Remove the number on premises',
    'Assign the number',
  ],
  ['operatorConnectMobile', END, null, null],
  [
    'sharedCalling',
    [
      'Order the number',
      'Write down the emergency address',
      ...ASSIGN,
      'Remove the Shared Calling policy from the user',
      ...END,
    ],
    null,
    null,
  ],
  ['none', ['Order the number', 'Write down the emergency address', ...ASSIGN, ...END], null, null],
])('%s: the steps in their order, and how long the number is out of service', (source, expected, first, last) => {
  const found = plan(SOURCES[source]);
  expect(found.from).toBe(source);
  expect(found.blocks).toEqual([]);
  expect(titles(found)).toEqual(expected);
  const { outOfService } = found;
  expect([
    outOfService && titles(found)[outOfService.fromStep - 1],
    outOfService && titles(found)[outOfService.untilStep - 1],
  ]).toEqual([first, last]);
  expect(found.outcome).toBe(source === 'operatorConnectMobile' ? 'alreadyThere' : 'ready');
});

test.each<[keyof typeof SOURCES, string[]]>([
  [
    'callingPlan',
    [`Remove-CsPhoneNumberAssignment -Identity '${UPN}' -PhoneNumber '${NUMBER}' -PhoneNumberType CallingPlan`],
  ],
  [
    'operatorConnect',
    [`Remove-CsPhoneNumberAssignment -Identity '${UPN}' -PhoneNumber '${NUMBER}' -PhoneNumberType OperatorConnect`],
  ],
  ['directRoutingOnline', [`Grant-CsOnlineVoiceRoutingPolicy -Identity '${UPN}' -PolicyName $null`]],
  [
    'directRoutingOnPremises',
    [
      `Set-CsUser -Identity '${UPN}' -LineURI $null`,
      `Grant-CsOnlineVoiceRoutingPolicy -Identity '${UPN}' -PolicyName $null`,
    ],
  ],
  ['sharedCalling', [`Grant-CsTeamsSharedCallingRoutingPolicy -Identity '${UPN}' -PolicyName $null`]],
])('%s: its commands', (source, expected) => {
  const found = lines(plan(SOURCES[source]));
  expect(found).toEqual(expect.arrayContaining(expected));
});

test('on premises: the export says what is expected before and after the removal', () => {
  const found = plan(SOURCES.directRoutingOnPremises);
  const before = stepOf(found, 'See that it is a Direct Routing number assigned on premises')?.commands.at(
    -1,
  )?.expected;
  expect(before).toEqual([`RegistrarPool : ${POOL}`, `OnPremLineURI : tel:${NUMBER}`, `LineURI       : tel:${NUMBER}`]);
  const after = stepOf(found, 'Wait until it is synchronised')?.commands[0];
  expect(after?.line).toBe(`Get-CsOnlineUser -Identity '${UPN}' | fl RegistrarPool, OnPremLineURI, LineURI`);
  expect(after?.expected).toEqual([`RegistrarPool : ${POOL}`, 'OnPremLineURI :', 'LineURI       :']);
  expect(stepOf(found, 'Remove the number on premises')?.commands[0]?.shell).toBe('Skype for Business Server');
  expect(lines(found).join()).not.toContain('Remove-CsPhoneNumberAssignment');
});

test.each(['callingPlan', 'operatorConnect', 'directRoutingOnline', 'directRoutingOnPremises'] as const)(
  '%s: each removal is warned of, with its duration, and never comes before the day is agreed',
  (source) => {
    const found = plan(SOURCES[source]);
    const at = found.steps.findIndex(({ warning }) => warning?.startsWith('Out of service'));
    expect(found.steps[at]?.warning).toMatch(/within 10 minutes, in rare cases within 24 hours/);
    expect(at).toBeGreaterThan(titles(found).indexOf('Agree on day and hour'));
    const removing = found.steps.findIndex(({ commands }) =>
      commands.some(({ line }) => /^(?:Remove|Set)-\w+ .*(?:PhoneNumberType (?!OCM)|LineURI \$null)/.test(line)),
    );
    expect(removing).toBe(at);
    expect(found.outOfService?.text).toMatch(/emergency services included.*10 minutes.*24 hours/);
  },
);

// https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure#step-3-assign-numbers-to-emergency-addresses
test('the three scenarios of emergency addresses, and what follows of each', () => {
  const found = plan({ ...SOURCES.callingPlan, phoneNumbers: [own({ locationId: 'hq' })] });
  const scenarios = found.steps.filter(({ title }) => title === ADDRESS[0]);
  const set = `Set-CsPhoneNumberAssignment -PhoneNumber '${NUMBER}' -LocationId 'hq'`;
  expect(
    scenarios.map(({ who, condition, commands }) => [
      who,
      condition,
      commands.some(({ line }) => line === set),
      commands.flatMap(({ expected }) => expected).at(-1),
    ]),
  ).toEqual([
    ['operator', 'the operator assigns the address for good', false, 'LocationUpdateSupported : False'],
    [
      'administrator',
      'the operator assigns the address, and it can be changed',
      true,
      'LocationUpdateSupported : True',
    ],
    ['administrator', 'the customer assigns the address', true, 'LocationUpdateSupported : True'],
  ]);
  expect(stepOf(found, 'Write down the emergency address')?.text).toContain(
    'location hq, Floor 3, 100 Example St, Redmond',
  );
});

test.each<[boolean | null, (string | null)[]]>([
  [false, ['the operator assigns the address for good']],
  [true, ['the operator assigns the address, and it can be changed', 'the customer assigns the address']],
  [
    null,
    [
      'the operator assigns the address for good',
      'the operator assigns the address, and it can be changed',
      'the customer assigns the address',
    ],
  ],
])('a number that is there shows whether its address can be changed (%s)', (locationUpdateSupported, conditions) => {
  const found = plan({
    users: [alex()],
    phoneNumbers: [own({ numberType: 'OCMobile', locationId: 'hq', locationUpdateSupported })],
  });
  expect(found.steps.filter(({ title }) => title === ADDRESS[0]).map(({ condition }) => condition)).toEqual(conditions);
});

test('a location that the export does not have is not offered for the new number', () => {
  const found = plan({ ...SOURCES.callingPlan, phoneNumbers: [own({ locationId: 'gone' })] });
  expect(lines(found).join()).not.toContain("-LocationId 'gone'");
  expect(lines(found)).toContain(
    'Get-CsOnlineLisLocation | ft LocationId, Description, Location, HouseNumber, StreetName, City',
  );
  expect(stepOf(found, 'Write down the emergency address')?.text).toMatch(/gone, which the export does not have/);
});

test.each([
  ['US', /933 in Teams/, '--number 933'],
  ['CA', /933 in Teams/, '--number 933'],
  ['NO', /Ask the operator how/, '--number 112'],
])('the check of the address in %s', (usageLocation, text, number) => {
  const found = plan({ users: [alex({ usageLocation, lineUri: null })] });
  const check = stepOf(found, 'Check the emergency address again');
  expect(check?.text).toMatch(text);
  expect(check?.commands.at(-1)?.line).toBe(`npm run tenant -- call --user "${UPN}" ${number}`);
});

const changed = (parts: UserParts, number: Partial<PhoneNumber> = {}): Partial<TenantConfig> => ({
  users: [alex(parts)],
  phoneNumbers: [own(number)],
});
const CLOUD = { ...tenant().manifest, cloud: 'TeamsGCCH' };

test.each<[string, Partial<TenantConfig>, RegExp[]]>([
  ['Islands mode', changed({ teamsUpgradeEffectiveMode: 'Islands' }), [/is in mode Islands, not TeamsOnly/]],
  ['no Teams Phone', changed({ featureTypes: ['TeamsMobileExperience'] }), [/no Teams Phone \(Phone System\) licence/]],
  ['no add-on', changed({ featureTypes: ['PhoneSystem'] }), [/no Operator Connect Mobile/]],
  [
    'no licence at all, and another mode',
    changed({ featureTypes: [], teamsUpgradeEffectiveMode: 'SfBOnly' }),
    [/SfBOnly/, /no Teams Phone/, /no Operator Connect Mobile/],
  ],
  ['another cloud', { ...SOURCES.callingPlan, manifest: CLOUD }, [/cloud TeamsGCCH/]],
  ['a deleted account', changed({ softDeletedAt: '2026-11-01T00:00:00.000Z' }), [/account is deleted/]],
  ['an account that may not sign in', changed({ accountEnabled: false }), [/may not sign in/]],
  ['a resource account', changed({ accountType: 'ResourceAccount' }), [/is a resource account/]],
  ['an account without Teams', changed({ accountType: 'IneligibleUser' }), [/no Teams licence/]],
  [
    'a user homed on premises by the pool',
    changed({ registrarPool: 'pool01.contoso.com' }),
    [/homed on premises \(RegistrarPool pool01.contoso.com\)/],
  ],
  ['a pool that only looks online', changed({ registrarPool: 'infra.lync.com.contoso.com' }), [/homed on premises/]],
  [
    'a user homed on premises by the account',
    changed({ accountType: 'SfBOnPremUser', registrarPool: null }),
    [/RegistrarPool not said/],
  ],
  ['a number that the export does not list', { users: [alex()] }, [/cannot be told: the export does not list it/]],
  [
    'a kind that nobody knows',
    changed({}, { numberType: 'Carrier pigeon' }),
    [/NumberType Carrier pigeon is not known/],
  ],
  [
    'NumberSource and OnPremLineURI that differ',
    changed({}, { numberType: 'DirectRouting', numberSource: 'OnPremises' }),
    [/NumberSource of \+14255550101 is OnPremises, and OnPremLineURI of the user is empty/],
  ],
  [
    'a Calling Plan number, and one on premises',
    changed({ onPremLineUri: '+14255550102' }),
    [/has \+14255550102 on premises, beside \+14255550101/],
  ],
  ['the same number on premises and of a Calling Plan', changed({ onPremLineUri: NUMBER }), [/on premises, beside/]],
  [
    'two numbers of Direct Routing',
    changed({ onPremLineUri: '+14255550102' }, { numberType: 'DirectRouting', numberSource: 'OnPremises' }),
    [/on premises, beside/],
  ],
  [
    'a number that is not activated',
    changed({}, { activationState: 'AssignmentPending' }),
    [/in state AssignmentPending/],
  ],
  [
    'a number that others have with other extensions',
    {
      users: [alex({ lineUri: `${NUMBER};ext=1` })],
      phoneNumbers: [
        phoneNumber(`${NUMBER};ext=1`, { assignedPstnTargetId: 'alex', numberType: 'DirectRouting' }),
        phoneNumber(`${NUMBER};ext=2`, { assignedPstnTargetId: 'adele', numberType: 'DirectRouting' }),
      ],
    },
    [/with other extensions, the number of one other account/],
  ],
  [
    'a callback number of Shared Calling',
    {
      ...SOURCES.callingPlan,
      sharedCallingRoutingPolicies: [sharedCallingPolicy("Site's", 'main-aa', [`tel:${NUMBER}`])],
    },
    [/emergency number of Shared Calling policy Site's/],
  ],
  ['another country', changed({ usageLocation: 'CA' }), [/number is of US, and the usage location of the user CA/]],
  ['a number that is there, without an address', changed({}, { numberType: 'OCMobile' }), [/has no emergency address/]],
])('%s blocks, and nothing else does', (_, parts, problems) => {
  const found = plan(parts);
  expect(found.blocks.map(({ problem }) => problem)).toEqual(problems.map((each) => expect.stringMatching(each)));
  expect(found.blocks.every(({ remedy }) => remedy !== '')).toBe(true);
  expect(found.outcome).toBe(found.from === 'operatorConnectMobile' ? 'alreadyThere' : 'blocked');
});

test('while it cannot be told what the user has there are no steps', () => {
  expect(plan({ users: [alex()] })).toMatchObject({ from: 'unknown', steps: [], outOfService: null });
});

test.each<[string, Partial<TenantConfig>, string]>([
  ['OnPremLineURI alone', { users: [alex({ lineUri: null, onPremLineUri: NUMBER })] }, 'directRoutingOnPremises'],
  [
    'OnPremLineURI of a number that is not listed',
    { users: [alex({ onPremLineUri: NUMBER })] },
    'directRoutingOnPremises',
  ],
  [
    'a number online whose source is not said',
    changed({}, { numberType: 'directrouting', numberSource: null }),
    'directRoutingOnline',
  ],
  [
    'a Shared Calling policy of the tenant',
    { users: [alex({ lineUri: null })], sharedCallingRoutingPolicies: [sharedCallingPolicy('Global', 'main-aa')] },
    'sharedCalling',
  ],
  [
    'the same without voice',
    {
      users: [alex({ lineUri: null, enterpriseVoiceEnabled: false })],
      sharedCallingRoutingPolicies: [sharedCallingPolicy('Global', 'main-aa')],
    },
    'none',
  ],
  [
    'a Shared Calling policy that is gone',
    { users: [alex({ lineUri: null, policies: { teamsSharedCallingRoutingPolicy: 'Gone' } })] },
    'none',
  ],
  [
    'Shared Calling beside an own number',
    { ...SOURCES.callingPlan, users: [alex({ policies: { teamsSharedCallingRoutingPolicy: 'Seattle' } })] },
    'callingPlan',
  ],
  [
    'a number that only its capability shows',
    changed({}, { numberType: 'OperatorConnect', capability: ['UserAssignment', 'TeamsPhoneMobile'] }),
    'operatorConnectMobile',
  ],
  [
    'a primary and a private line',
    {
      users: [alex()],
      phoneNumbers: [
        own({ telephoneNumber: '+14255550102', assignmentCategory: 'Private', numberType: 'OCMobile' }),
        own(),
      ],
    },
    'callingPlan',
  ],
])('%s is read as what it is', (_, parts, source) => {
  expect(plan(parts).from).toBe(source);
});

test.each<[string, Partial<TenantConfig>, RegExp]>([
  [
    'the mode',
    changed({ teamsUpgradeEffectiveMode: null }),
    /^administrator: Is the user in TeamsOnly mode\? The export does not say/,
  ],
  ['the country', changed({ usageLocation: null }), /^administrator: Of which country/],
  [
    'other lines',
    { users: [alex()], phoneNumbers: [own(), own({ telephoneNumber: '+14255550102', assignmentCategory: 'Private' })] },
    /^user: What becomes of .*\+14255550102 \(Private\)/,
  ],
  [
    'an extension',
    {
      users: [alex({ lineUri: `${NUMBER};ext=1` })],
      phoneNumbers: [own({ telephoneNumber: `${NUMBER};ext=1`, numberType: 'DirectRouting' })],
    },
    /^operator: Can \+14255550101;ext=1 be moved/,
  ],
  [
    'a kind that is only guessed',
    { users: [alex({ onPremLineUri: NUMBER })] },
    /^administrator: Is \+14255550101 a Direct Routing number/,
  ],
  [
    'what is no E.164 number on premises',
    { users: [alex({ lineUri: null, onPremLineUri: '0101' })] },
    /^administrator on premises: What is 0101/,
  ],
  [
    'a pool that is not said',
    changed({ registrarPool: null }, { numberType: 'DirectRouting' }),
    /^administrator: Is the user homed online/,
  ],
  ['an open port order', changed({}, { portInOrderStatus: 'InProgress' }), /^present operator: Is the port order/],
  [
    'usages of the tenant',
    { ...SOURCES.directRoutingOnline, voiceRoutingPolicies: [voice('Global', ['Local']), voice('US', [])] },
    /^administrator: Is the voice routing policy of the tenant/,
  ],
  ['which number', SOURCES.none, /^operator: Which number does the user get/],
  [
    'when the old operator lets go',
    SOURCES.operatorConnect,
    /^present operator: When does the present operator remove/,
  ],
])('asked is %s', (_, parts, question) => {
  expect(plan(parts).questions.map(({ ask, question: text }) => `${ask}: ${text}`)).toContainEqual(
    expect.stringMatching(question),
  );
  expect(plan(SOURCES.callingPlan).questions.map(({ ask, question: text }) => `${ask}: ${text}`)).not.toContainEqual(
    expect.stringMatching(question),
  );
});

test('operators of the tenant show how they handle addresses, and it is asked nevertheless', () => {
  const other = (n: number, pstnPartnerName: string | null, locationUpdateSupported: boolean | null) =>
    phoneNumber(`+142555501${n}`, { numberType: 'OCMobile', pstnPartnerName, locationUpdateSupported });
  const found = plan({
    users: [alex()],
    phoneNumbers: [
      own(),
      other(20, 'Fixed', false),
      other(21, 'Open', true),
      other(22, 'Both', true),
      other(23, 'Both', false),
      other(24, null, null),
    ],
  });
  expect(found.operators).toEqual([
    { operator: 'Fixed', numbers: 1, addresses: 'fixedByOperator' },
    { operator: 'Open', numbers: 1, addresses: 'changeable' },
    { operator: 'Both', numbers: 2, addresses: 'mixed' },
    { operator: 'not named', numbers: 1, addresses: 'unknown' },
  ]);
  expect(found.questions.at(-1)?.question).toMatch(/^Who sets the emergency address/);
  expect(found.questions.at(-1)?.hint).toMatch(
    /^Fixed: no address can be changed here.*; Open: .*not show; Both: .*; not named: the export does not say/,
  );
});

test.each<[string, UserParts, Partial<TenantConfig>, RegExp, string[]]>([
  ['Teams by default', {}, {}, /ring in Teams first \(mobility policy Global\)/, []],
  [
    'the native dialer, and the tenant has a policy against it',
    { policies: { teamsMobilityPolicy: 'Native' } },
    { mobilityPolicies: [mobility('Native', 'Native'), mobility("Teams' own", 'Teams')] },
    /native dialer first/,
    [`Grant-CsTeamsMobilityPolicy -Identity '${UPN}' -PolicyName 'Teams'' own'`],
  ],
  [
    'the native dialer, and the tenant itself has Teams',
    { policies: { teamsMobilityPolicy: 'Native' } },
    { mobilityPolicies: [mobility('Native', 'Native'), mobility('Global', 'Teams')] },
    /native dialer first/,
    [`Grant-CsTeamsMobilityPolicy -Identity '${UPN}' -PolicyName $null`],
  ],
  [
    'the native dialer for all',
    {},
    { mobilityPolicies: [mobility('Global', 'Native')] },
    /native dialer first/,
    [
      "New-CsTeamsMobilityPolicy -Identity 'TeamsFirst' -MobileDialerPreference Teams",
      `Grant-CsTeamsMobilityPolicy -Identity '${UPN}' -PolicyName 'TeamsFirst'`,
    ],
  ],
  [
    'a dialer of choice',
    {},
    { mobilityPolicies: [mobility('Global', 'UserOverride')] },
    /may choose/,
    ["New-CsTeamsMobilityPolicy -Identity 'TeamsFirst' -MobileDialerPreference Teams"],
  ],
  [
    'a policy that is gone',
    { policies: { teamsMobilityPolicy: 'Gone' } },
    {},
    /does not say which dialer/,
    ["New-CsTeamsMobilityPolicy -Identity 'TeamsFirst' -MobileDialerPreference Teams"],
  ],
])('%s: what it means for emergency calls', (_, parts, config, text, commands) => {
  const step = stepOf(
    plan({ users: [alex(parts)], phoneNumbers: [own()], ...config }),
    'Say which dialer is for emergency calls',
  );
  expect(step?.text).toMatch(text);
  expect(step?.warning).toMatch(/does not pass through Teams: nobody in the organisation is told/);
  const found = step?.commands.map(({ line }) => line);
  expect(found).toEqual(commands.length === 0 ? [] : expect.arrayContaining(commands));
});

test('names are texts to PowerShell, whatever is in them', () => {
  const odd = "o'brien;$(x)@contoso.com";
  const found = plan({ users: [alex({ userPrincipalName: odd })], phoneNumbers: [own()] }, odd);
  expect(lines(found)).toContain(
    `Remove-CsPhoneNumberAssignment -Identity 'o''brien;$(x)@contoso.com' -PhoneNumber '${NUMBER}' -PhoneNumberType CallingPlan`,
  );
  expect(lines(found)).toContain('npm run tenant -- call --user "alex" --number 933');
});

test('a SIM card has the number without its extension', () => {
  const numbers = [own({ telephoneNumber: `${NUMBER};ext=1`, numberType: 'DirectRouting' })];
  const found = lines(plan({ users: [alex({ lineUri: `${NUMBER};ext=1` })], phoneNumbers: numbers }));
  expect(found).toContain(
    `Remove-CsPhoneNumberAssignment -Identity '${UPN}' -PhoneNumber '${NUMBER};ext=1' -PhoneNumberType DirectRouting`,
  );
  expect(found).toContain(
    `Set-CsPhoneNumberAssignment -Identity '${UPN}' -PhoneNumber '${NUMBER}' -PhoneNumberType OCMobile`,
  );
});

test('who is not in the export has no plan', () => {
  expect(planMove(createTenantIndex(tenant(SOURCES.none)), 'nobody@contoso.com')).toBeNull();
});
