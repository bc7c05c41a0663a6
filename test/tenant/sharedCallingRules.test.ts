import type { EmergencyNumber } from '../../shared/tenant/policyConfig.ts';
import { SHARED_CALLING_NUMBER_RULES } from '../../shared/tenant/sharedCallingNumberRules.ts';
import { SHARED_CALLING_USER_RULES } from '../../shared/tenant/sharedCallingUserRules.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { phoneNumber, routingPolicy, sharedCallingPolicy, site, tenant, user } from './tenants.ts';

const RULES = [...SHARED_CALLING_NUMBER_RULES, ...SHARED_CALLING_USER_RULES];

const MAIN = phoneNumber('+14255550110', {
  assignedPstnTargetId: 'main-aa',
  locationId: 'hq',
  capability: ['VoiceApplicationAssignment'],
  pstnAssignmentStatus: 'VoiceApplicationAssigned',
});
const CALLBACK = phoneNumber('+14255550111', {
  pstnAssignmentStatus: 'PolicyAssigned',
  assignedPstnTargetId: 'teamssharedcallingroutingpolicy|tag:seattle',
});
const OTHER = phoneNumber('+14255550112', { pstnAssignmentStatus: 'Unassigned' });
const ADELE = user('adele', {
  policies: {
    teamsSharedCallingRoutingPolicy: 'Seattle',
    teamsEmergencyCallRoutingPolicy: 'US',
    onlineVoiceRoutingPolicy: 'None',
  },
});
const ATTENDANT = { id: 'main-aa', configurationType: 'AutoAttendant', configurationId: 'aa' };
const voice = (identity: string, onlinePstnUsages: string[]) => ({ identity, description: null, onlinePstnUsages });

function emergency(onlinePstnUsage: string | null): EmergencyNumber[] {
  return [{ emergencyDialString: '911', emergencyDialMask: [], onlinePstnUsage }];
}

/** A tenant that keeps every rule. */
function contoso(parts: Partial<TenantConfig> = {}): TenantConfig {
  return tenant({
    users: [ADELE, user('main-aa', { accountType: 'ResourceAccount', featureTypes: [] })],
    phoneNumbers: [MAIN, CALLBACK, OTHER],
    sharedCallingRoutingPolicies: [
      sharedCallingPolicy('Global', null),
      sharedCallingPolicy('Seattle', 'main-aa', ['+14255550111', '+14255550112']),
    ],
    emergencyCallRoutingPolicies: [routingPolicy('Global'), routingPolicy('US', { emergencyNumbers: emergency(null) })],
    voiceRoutingPolicies: [voice('Global', ['Anywhere']), voice('None', [])],
    applicationInstanceAssociations: [ATTENDANT],
    networkSites: [site('Redmond', { emergencyCallRoutingPolicy: 'US' })],
    ...parts,
  });
}

function broken(config: TenantConfig) {
  const index = createTenantIndex(config);
  return RULES.flatMap(({ id, find }) =>
    find ? find(index, { serviceAccount: null }).map((breach) => ({ id, ...breach })) : [],
  );
}

test('a tenant that keeps every rule breaks none', () => {
  expect(broken(contoso())).toEqual([]);
});

const adele = (parts: Parameters<typeof user>[1], policies = {}) => [
  user('adele', { ...parts, policies: { ...ADELE.policies, ...policies } }),
  user('main-aa', { accountType: 'ResourceAccount', featureTypes: [] }),
];

test.each<[string, Partial<TenantConfig>, string[], RegExp]>([
  [
    'no number of the resource account',
    { phoneNumbers: [CALLBACK, OTHER] },
    ['SHARED-01'],
    /main-aa has no number, or does not exist/,
  ],
  [
    'no location',
    { phoneNumbers: [{ ...MAIN, locationId: null }, CALLBACK, OTHER] },
    ['SHARED-02'],
    /\+14255550110 of its resource account has no location/,
  ],
  [
    'another type',
    { phoneNumbers: [MAIN, { ...CALLBACK, numberType: 'OperatorConnect' }, OTHER] },
    ['SHARED-03'],
    /\+14255550111 is of type OperatorConnect/,
  ],
  [
    'another country',
    { phoneNumbers: [MAIN, { ...CALLBACK, isoCountryCode: 'GB' }, OTHER] },
    ['SHARED-04'],
    /is of GB, the resource account's of US/,
  ],
  [
    'two policies',
    {
      sharedCallingRoutingPolicies: [
        sharedCallingPolicy('Seattle', 'main-aa', ['+14255550111']),
        sharedCallingPolicy('Oslo', 'main-aa', ['tel:+14255550111']),
      ],
    },
    ['SHARED-05'],
    /\+14255550111 is a number of policy Seattle too/,
  ],
  [
    'a number of a user',
    {
      phoneNumbers: [MAIN, { ...CALLBACK, assignedPstnTargetId: 'adele', pstnAssignmentStatus: null }, OTHER],
      users: [user('adele'), user('main-aa')],
    },
    ['SHARED-06'],
    /is assigned to a user or resource account/,
  ],
  [
    'a number of a conference',
    { phoneNumbers: [MAIN, { ...CALLBACK, pstnAssignmentStatus: 'ConferenceAssigned' }, OTHER] },
    ['SHARED-06'],
    /is assigned/,
  ],
  [
    'a number that is gone',
    { phoneNumbers: [MAIN, CALLBACK] },
    ['SHARED-07'],
    /\+14255550112 is not among the numbers of the tenant/,
  ],
  // 800-555-0199 is kept for fiction, as 425-555-01xx is.
  [
    'toll-free, and no list',
    {
      phoneNumbers: [{ ...MAIN, telephoneNumber: '+18005550199' }],
      sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa')],
    },
    ['SHARED-08'],
    /no emergency numbers, and \+18005550199 of its resource account is toll-free/,
  ],
  [
    'a service number as callback number',
    { phoneNumbers: [MAIN, { ...CALLBACK, capability: ['VoiceApplicationAssignment'] }, OTHER] },
    ['SHARED-09'],
    /\+14255550111 is no subscriber number/,
  ],
  [
    'a country that is not supported',
    {
      phoneNumbers: [{ ...MAIN, isoCountryCode: 'JP' }],
      sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa')],
    },
    ['SHARED-10'],
    /service number of JP/,
  ],
  ['no licence', { users: adele({ featureTypes: ['Teams'] }) }, ['SHARED-20'], /no Teams Phone licence/],
  ['no voice', { users: adele({ enterpriseVoiceEnabled: false }) }, ['SHARED-21'], /not enabled for voice/],
  [
    'no emergency numbers',
    { users: adele({}, { teamsEmergencyCallRoutingPolicy: null }) },
    ['SHARED-22'],
    /policy Global names none/,
  ],
  [
    'a policy that is gone',
    { users: adele({}, { teamsEmergencyCallRoutingPolicy: 'Gone' }) },
    ['SHARED-22'],
    /policy Gone names none/,
  ],
  [
    'usages of the global voice routing policy',
    { users: adele({}, { onlineVoiceRoutingPolicy: null }) },
    ['SHARED-23'],
    /PSTN usages \(Anywhere\)/,
  ],
  [
    'usages though a Calling Plan',
    { emergencyCallRoutingPolicies: [routingPolicy('US', { emergencyNumbers: emergency('E') })], networkSites: [] },
    ['SHARED-24'],
    /US has PSTN usages, and the resource account a number of CallingPlan/,
  ],
  [
    'no usage though Direct Routing',
    {
      phoneNumbers: [{ ...MAIN, numberType: 'DirectRouting' }],
      sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa')],
      networkSites: [],
    },
    ['SHARED-24'],
    /has no PSTN usage for an emergency number/,
  ],
  [
    'usages of a site',
    {
      networkSites: [site('Redmond', { emergencyCallRoutingPolicy: 'DR' })],
      emergencyCallRoutingPolicies: [
        routingPolicy('US', { emergencyNumbers: emergency(null) }),
        routingPolicy('DR', { emergencyNumbers: emergency('E') }),
      ],
    },
    ['SHARED-25'],
    /policy Seattle/,
  ],
  ['nobody answers', { applicationInstanceAssociations: [] }, ['SHARED-26'], /no auto attendant/],
])('%s is found, and nothing else', (_, parts, ids, why) => {
  const found = broken(contoso(parts));
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(found[0]?.problem).toMatch(why);
  expect(found[0]?.remedy).not.toBe('');
});

test('Direct Routing numbers that are not assigned are not listed: that is no fault', () => {
  const config = contoso({
    phoneNumbers: [{ ...MAIN, numberType: 'DirectRouting' }],
    emergencyCallRoutingPolicies: [routingPolicy('US', { emergencyNumbers: emergency('E') })],
  });
  expect(broken(config)).toEqual([]);
});

test('a number of their own takes a user out of Shared Calling', () => {
  const number = phoneNumber('+14255550120', { assignedPstnTargetId: 'adele' });
  const config = contoso({ users: adele({ featureTypes: [] }), phoneNumbers: [MAIN, CALLBACK, OTHER, number] });
  expect(broken(config)).toEqual([]);
});

test('every rule has an id of its own, and what no export tells is asked', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(RULES.filter(({ find }) => find === null).map(({ id }) => id)).toEqual([
    'SHARED-40',
    'SHARED-41',
    'SHARED-42',
    'SHARED-43',
    'SHARED-44',
  ]);
});
