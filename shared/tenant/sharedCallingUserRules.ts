import { psText } from './audit/powerShell.ts';
import { findCallerAccount, type SharedCalling } from './callerAccount.ts';
import { foldName } from './networkIndex.ts';
import type { TenantUser } from './peopleConfig.ts';
import { type EmergencyCallRoutingPolicy, GLOBAL } from './policyConfig.ts';
import { isServiceNumber, sharedCallingPolicies, usesGateways } from './sharedCallingPolicies.ts';
import type { TenantIndex } from './tenantIndex.ts';
import type { Breach, TenantRule } from './tenantRule.ts';

const SOURCE = 'https://learn.microsoft.com/microsoftteams/shared-calling-setup';

/** Rules of Shared Calling about who calls by it, about what routes their calls, and about what no export tells. */
export const SHARED_CALLING_USER_RULES: readonly TenantRule[] = [
  {
    id: 'SHARED-20',
    rule: 'Users of Shared Calling have a Teams Phone licence',
    severity: 'critical',
    why: 'Without it they call nobody, emergency services included.',
    source: SOURCE,
    find: eachUser(({ user }) =>
      user.featureTypes.some((each) => /^phonesystem$/i.test(each))
        ? null
        : { problem: 'has no Teams Phone licence', remedy: 'assign Teams Phone in the Microsoft 365 admin center' },
    ),
  },
  {
    id: 'SHARED-21',
    rule: 'Users of Shared Calling are enabled for voice',
    severity: 'critical',
    why: 'Without it they call nobody, emergency services included.',
    source: SOURCE,
    find: eachUser(({ user }) =>
      user.enterpriseVoiceEnabled === false
        ? {
            problem: 'is not enabled for voice',
            remedy: `Set-CsPhoneNumberAssignment -Identity ${psText(user.userPrincipalName)} -EnterpriseVoiceEnabled $true`,
          }
        : null,
    ),
  },
  {
    id: 'SHARED-22',
    rule: 'An emergency call routing policy names the emergency numbers of each user of Shared Calling',
    severity: 'critical',
    why: 'A number that it does not name is no emergency number to Teams: no location goes with it, and nobody is told.',
    source: SOURCE,
    find: eachUser(({ user, routing }) =>
      routing && routing.emergencyNumbers.length > 0
        ? null
        : {
            problem: `has no emergency numbers: policy ${routingName(user)} names none`,
            remedy: `Grant-CsTeamsEmergencyCallRoutingPolicy -Identity ${psText(user.userPrincipalName)} -PolicyName <policy>`,
          },
    ),
  },
  {
    id: 'SHARED-23',
    rule: 'No voice routing policy of a user of Shared Calling has PSTN usages',
    severity: 'critical',
    why: 'With usages their calls take the way of Direct Routing in place of Shared Calling.',
    source: SOURCE,
    find: eachUser(({ user, usages }) =>
      usages.length === 0
        ? null
        : {
            problem: `has a voice routing policy with PSTN usages (${usages.join(', ')})`,
            remedy: `Grant-CsOnlineVoiceRoutingPolicy -Identity ${psText(user.userPrincipalName)} -PolicyName <one without usages>`,
          },
    ),
  },
  {
    id: 'SHARED-24',
    rule: 'The emergency call routing policy of a user has PSTN usages exactly where the resource account has a Direct Routing number',
    severity: 'critical',
    why: 'Its usages decide where an emergency call goes; the wrong way round it goes to gateways that do not exist, or nowhere.',
    source: SOURCE,
    find: eachUser(({ shared, user, routing }) => {
      const problem = routing && usageProblem(routing, shared);
      return problem ? { problem, remedy: remedyOfUsage(routing, user) } : null;
    }),
  },
  {
    id: 'SHARED-25',
    rule: "The same of the emergency call routing policies of sites, which go before the user's",
    severity: 'warning',
    why: 'Who calls from the site by Shared Calling is routed by the policy of the site.',
    source: SOURCE,
    find: findSites,
  },
  {
    id: 'SHARED-26',
    rule: 'The resource account of a Shared Calling policy is answered by an auto attendant',
    severity: 'warning',
    why: 'Whoever calls the number back reaches nobody.',
    source: SOURCE,
    find: findUnanswered,
  },
  ...asked([
    [
      'SHARED-40',
      'The emergency numbers of Shared Calling can be called from outside',
      'critical',
      'The emergency services call them back.',
    ],
    [
      'SHARED-41',
      'Communications Credits of resource accounts with Calling Plan service numbers are funded, and they have a Pay-As-You-Go Calling Plan',
      'critical',
      'Without funds no call goes out.',
    ],
    [
      'SHARED-42',
      'Outside North America the carrier has the emergency addresses of the numbers of resource accounts',
      'critical',
      'The carrier knows the caller by what was uploaded to its emergency calling database.',
    ],
    [
      'SHARED-43',
      'The operator supports Shared Calling with the Operator Connect numbers of resource accounts',
      'warning',
      'Not every operator does.',
    ],
    [
      'SHARED-44',
      'No number of a resource account of Shared Calling is about to be removed or ported',
      'critical',
      'The policy stays, and calls of its users fail.',
    ],
  ]),
];

interface SharedCallingUser {
  user: TenantUser;
  shared: SharedCalling;
  /** Of the user; `null` where the export has none of that name. */
  routing: EmergencyCallRoutingPolicy | null;
  /** Of the voice routing policy that the user has. */
  usages: string[];
}

function eachUser(find: (each: SharedCallingUser) => Omit<Breach, 'object'> | null): (index: TenantIndex) => Breach[] {
  return (index) =>
    sharedCallingUsers(index).flatMap((each) => {
      const breach = find(each);
      return breach === null ? [] : [{ object: `OnlineUser ${each.user.userPrincipalName}`, ...breach }];
    });
}

/** People who call by Shared Calling: a policy that is nobody's own counts for those who are enabled for voice. */
function sharedCallingUsers(index: TenantIndex): SharedCallingUser[] {
  const voiceRouting = new Map(index.config.voiceRoutingPolicies.map((each) => [foldName(each.identity), each]));
  return index.config.users
    .filter(
      ({ accountType, softDeletedAt }) =>
        !/^(?:resourceaccount|guest)$/i.test(accountType ?? '') && softDeletedAt === null,
    )
    .filter(
      ({ policies, enterpriseVoiceEnabled }) =>
        policies.teamsSharedCallingRoutingPolicy !== null || enterpriseVoiceEnabled,
    )
    .flatMap((user) => {
      const shared = findCallerAccount(index, user.identity)?.shared ?? null;
      if (shared === null) return [];
      const routing = index.emergencyCallRouting.get(foldName(routingName(user))) ?? null;
      const usages =
        voiceRouting.get(foldName(user.policies.onlineVoiceRoutingPolicy ?? GLOBAL))?.onlinePstnUsages ?? [];
      return [{ user, shared, routing, usages }];
    });
}

function routingName({ policies }: TenantUser): string {
  return policies.teamsEmergencyCallRoutingPolicy ?? GLOBAL;
}

function usageProblem(routing: EmergencyCallRoutingPolicy, { number }: SharedCalling): string | null {
  if (!number?.type) return null;
  const withUsage = routing.emergencyNumbers.filter(({ onlinePstnUsage }) => onlinePstnUsage !== null);
  if (usesGateways(number.type)) {
    return withUsage.length < routing.emergencyNumbers.length
      ? `policy ${routing.identity} has no PSTN usage for an emergency number, and the resource account a Direct Routing number`
      : null;
  }
  return withUsage.length > 0
    ? `policy ${routing.identity} has PSTN usages, and the resource account a number of ${number.type}`
    : null;
}

function remedyOfUsage(routing: EmergencyCallRoutingPolicy, { userPrincipalName }: TenantUser): string {
  return `Grant-CsTeamsEmergencyCallRoutingPolicy -Identity ${psText(userPrincipalName)} -PolicyName <policy in place of ${routing.identity}>`;
}

function findSites(index: TenantIndex): Breach[] {
  const shared = sharedCallingPolicies(index).map(({ policy, resource }) => ({ policy, number: resource }));
  return index.config.networkSites.flatMap(({ networkSiteId, emergencyCallRoutingPolicy }) => {
    const routing = emergencyCallRoutingPolicy && index.emergencyCallRouting.get(foldName(emergencyCallRoutingPolicy));
    if (!routing) return [];
    return shared.flatMap((each) => {
      const problem = usageProblem(routing, each);
      const remedy = `Set-CsTenantNetworkSite -Identity ${psText(networkSiteId)} -EmergencyCallRoutingPolicy <policy in place of ${routing.identity}>`;
      return problem
        ? [
            {
              object: `TenantNetworkSite ${networkSiteId}`,
              problem: `${problem} (Shared Calling policy ${each.policy.identity})`,
              remedy,
            },
          ]
        : [];
    });
  });
}

function findUnanswered(index: TenantIndex): Breach[] {
  const answered = new Set([
    ...index.config.applicationInstanceAssociations.map(({ id }) => foldName(id)),
    ...index.config.autoAttendants.flatMap(({ applicationInstances }) => applicationInstances.map(foldName)),
  ]);
  return sharedCallingPolicies(index).flatMap(({ object, policy, resource }) => {
    const account = foldName(policy.resourceAccount ?? '');
    const id = index.users.get(account)?.identity ?? index.applications.get(account)?.objectId ?? account;
    const kind = resource && isServiceNumber(resource) ? 'service number' : 'number';
    return answered.has(foldName(id))
      ? []
      : [
          {
            object,
            problem: `its resource account has no auto attendant: nobody answers its ${kind}`,
            remedy: `New-CsOnlineApplicationInstanceAssociation -Identities @(${psText(id)}) -ConfigurationId <auto attendant> -ConfigurationType AutoAttendant`,
          },
        ];
  });
}

function asked(rows: [id: string, rule: string, severity: TenantRule['severity'], why: string][]): TenantRule[] {
  const concerns = (index: TenantIndex) => sharedCallingPolicies(index).length > 0;
  return rows.map(([id, rule, severity, why]) => ({ id, rule, severity, why, source: SOURCE, find: null, concerns }));
}
