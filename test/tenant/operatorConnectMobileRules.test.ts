import { OPERATOR_CONNECT_MOBILE_RULES } from '../../shared/tenant/audit/operatorConnectMobile.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { phoneNumber, tenant, user } from './tenants.ts';

const NUMBER = phoneNumber('+14255550101', {
  numberType: 'OCMobile',
  assignedPstnTargetId: 'alex',
  locationId: 'hq',
  locationUpdateSupported: true,
  pstnPartnerName: 'Fabrikam Mobile',
});
const mobility = (identity: string, mobileDialerPreference: string | null) => ({
  identity,
  description: null,
  mobileDialerPreference,
});
const voice = (identity: string, onlinePstnUsages: string[]) => ({ identity, description: null, onlinePstnUsages });
const alex = (parts: Parameters<typeof user>[1] = {}) =>
  user('alex', { featureTypes: ['PhoneSystem', 'TeamsMobileExperience'], ...parts });

/** A tenant that keeps every rule. */
function contoso(parts: Partial<TenantConfig> = {}): TenantConfig {
  return tenant({
    users: [alex()],
    phoneNumbers: [NUMBER],
    mobilityPolicies: [mobility('Global', 'Teams'), mobility('NativeFirst', 'Native'), mobility('Own', 'UserOverride')],
    voiceRoutingPolicies: [voice('Global', []), voice('US', ['Local']), voice('None', [])],
    ...parts,
  });
}

function broken(config: TenantConfig) {
  const index = createTenantIndex(config);
  return OPERATOR_CONNECT_MOBILE_RULES.flatMap(({ id, find }) =>
    find ? find(index, { serviceAccount: null }).map((breach) => ({ id, ...breach })) : [],
  );
}

const people = (parts: Parameters<typeof user>[1]) => ({ users: [alex(parts)] });
const withNumber = (parts: Partial<typeof NUMBER>) => ({ phoneNumbers: [{ ...NUMBER, ...parts }] });

test.each<[string, Partial<TenantConfig>]>([
  ['that keeps every rule', {}],
  ['whose mobility policies are not exported: Teams is the default', { mobilityPolicies: [] }],
  ['whose own mobility policy says nothing', { mobilityPolicies: [mobility('Global', null)] }],
  [
    'whose user has a voice routing policy that leads nowhere',
    people({ policies: { onlineVoiceRoutingPolicy: 'none' } }),
  ],
  ['whose export does not say the mode', people({ teamsUpgradeEffectiveMode: null })],
  ['with an address that is no location', withNumber({ locationId: null, civicAddressId: 'hq' })],
  [
    'whose other users have everything wrong, with numbers of another kind',
    {
      users: [
        alex(),
        user('adele', { featureTypes: [], teamsUpgradeEffectiveMode: 'Islands', onPremLineUri: '+14255550102' }),
      ],
      phoneNumbers: [
        NUMBER,
        phoneNumber('+14255550102', { assignedPstnTargetId: 'adele', numberType: 'OperatorConnect' }),
      ],
      mobilityPolicies: [mobility('Global', 'Teams')],
    },
  ],
  [
    'with a number of nobody yet',
    {
      phoneNumbers: [
        NUMBER,
        { ...NUMBER, telephoneNumber: '+14255550103', assignedPstnTargetId: null, locationId: null },
      ],
    },
  ],
])('a tenant %s breaks no rule', (_, parts) => {
  expect(broken(contoso(parts))).toEqual([]);
});

test.each<[string, Partial<TenantConfig>, string, RegExp, RegExp]>([
  [
    'another mode',
    people({ teamsUpgradeEffectiveMode: 'Islands' }),
    'MOBILE-01',
    /is in mode Islands/,
    /^Grant-CsTeamsUpgradePolicy -Identity 'alex@contoso.com' -PolicyName UpgradeToTeams$/,
  ],
  [
    'no Teams Phone',
    people({ featureTypes: ['TeamsMobileExperience'] }),
    'MOBILE-02',
    /no Teams Phone licence/,
    /Microsoft 365 admin center/,
  ],
  [
    'no add-on',
    people({ featureTypes: ['PhoneSystem', 'CallingPlan'] }),
    'MOBILE-03',
    /Teams Phone Mobile\) add-on/,
    /Microsoft 365 admin center/,
  ],
  [
    'no address, which the tenant may set',
    withNumber({ locationId: null }),
    'MOBILE-04',
    /no emergency address, and is the number of alex@contoso.com/,
    /^Set-CsPhoneNumberAssignment -PhoneNumber '\+14255550101' -LocationId/,
  ],
  [
    'no address, which the operator has fixed',
    withNumber({ locationId: null, locationUpdateSupported: false }),
    'MOBILE-04',
    /no emergency address/,
    /ask the operator \(Fabrikam Mobile\)/,
  ],
  [
    'no add-on for a number that only its capability shows',
    {
      users: [alex({ featureTypes: ['PhoneSystem'] })],
      ...withNumber({ numberType: 'OperatorConnect', capability: ['UserAssignment', 'TeamsPhoneMobile'] }),
    },
    'MOBILE-03',
    /Teams Phone Mobile\) add-on/,
    /Microsoft 365/,
  ],
  [
    'a number on premises',
    people({ onPremLineUri: '+14255550101' }),
    'MOBILE-05',
    /\+14255550101 on premises/,
    /^Set-CsUser -Identity 'alex@contoso.com' -LineURI \$null/,
  ],
  [
    'a voice routing policy that is left',
    people({ policies: { onlineVoiceRoutingPolicy: 'us' } }),
    'MOBILE-06',
    /PSTN usages \(Local\)/,
    /-PolicyName \$null$/,
  ],
  [
    'one that is not in the export',
    people({ policies: { onlineVoiceRoutingPolicy: 'Gone' } }),
    'MOBILE-06',
    /Gone that the export does not have/,
    /-PolicyName \$null$/,
  ],
  [
    'the native dialer by a policy of the user',
    people({ policies: { teamsMobilityPolicy: 'nativefirst' } }),
    'MOBILE-07',
    /native dialer first \(mobility policy NativeFirst\)/,
    /^Grant-CsTeamsMobilityPolicy/,
  ],
  [
    'the native dialer by the policy of the tenant',
    { mobilityPolicies: [mobility('Global', 'Native')] },
    'MOBILE-07',
    /native dialer first \(mobility policy Global\)/,
    /^Grant-CsTeamsMobilityPolicy/,
  ],
  [
    'a dialer of choice',
    people({ policies: { teamsMobilityPolicy: 'Own' } }),
    'MOBILE-07',
    /may choose the native dialer/,
    /Teams/,
  ],
  [
    'a mobility policy that is not in the export',
    people({ policies: { teamsMobilityPolicy: 'Gone' } }),
    'MOBILE-07',
    /Gone, and the export does not say/,
    /Teams/,
  ],
  [
    'a preference that nobody knows',
    { mobilityPolicies: [mobility('Global', 'Smoke')] },
    'MOBILE-07',
    /does not say/,
    /Teams/,
  ],
  [
    'an account that is gone',
    { users: [] },
    'MOBILE-08',
    /not there any more/,
    /^Remove-CsPhoneNumberAssignment -Identity 'alex' .* -PhoneNumberType OCMobile$/,
  ],
  [
    'a deleted account',
    people({ softDeletedAt: '2026-11-01T00:00:00.000Z' }),
    'MOBILE-08',
    /not there any more/,
    /OCMobile$/,
  ],
  [
    'an account that may not sign in',
    people({ accountEnabled: false }),
    'MOBILE-08',
    /alex@contoso.com, who may not sign in/,
    /OCMobile$/,
  ],
])('%s is found, and nothing else', (_, parts, id, problem, remedy) => {
  const found = broken(contoso(parts));
  expect(found.map((each) => each.id)).toEqual([id]);
  expect(found[0]?.problem).toMatch(problem);
  expect(found[0]?.remedy).toMatch(remedy);
});

test('a user with two SIM-enabled numbers is named once, each number without an address by itself', () => {
  const second = { ...NUMBER, telephoneNumber: '+14255550102', assignmentCategory: 'Private', locationId: null };
  const config = contoso({
    ...people({ teamsUpgradeEffectiveMode: 'Islands' }),
    phoneNumbers: [{ ...NUMBER, locationId: null }, second],
  });
  expect(broken(config).map(({ id, object }) => [id, object])).toEqual([
    ['MOBILE-01', 'OnlineUser alex@contoso.com'],
    ['MOBILE-04', 'PhoneNumberAssignment +14255550101'],
    ['MOBILE-04', 'PhoneNumberAssignment +14255550102'],
  ]);
});

test.each<[string, string[], string[]]>([
  ['Operator Connect Mobile', ['OCMobile'], ['MOBILE-40', 'MOBILE-41', 'MOBILE-42', 'MOBILE-43', 'MOBILE-44']],
  ['Operator Connect', ['OperatorConnect'], ['MOBILE-42', 'MOBILE-43', 'MOBILE-44']],
  ['no operator', ['CallingPlan', 'DirectRouting'], []],
])('what a tenant with numbers of %s is asked', (_, types, ids) => {
  const numbers = types.map((numberType, n) => phoneNumber(`+1425555010${n}`, { numberType }));
  const index = createTenantIndex(contoso({ phoneNumbers: numbers }));
  const asked = OPERATOR_CONNECT_MOBILE_RULES.filter(({ find, concerns }) => find === null && concerns?.(index));
  expect(asked.map(({ id }) => id)).toEqual(ids);
});
