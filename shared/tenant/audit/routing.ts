import { foldName } from '../networkIndex.ts';
import { type EmergencyCallRoutingPolicy, type EmergencyNumber, GLOBAL } from '../policyConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach, TenantRule } from '../tenantRule.ts';
import { fitsPattern } from '../voiceRoutePattern.ts';
import { eachNumberWithUsage, emergencyGateways, findRoutesWithoutGateway, routesOf } from './emergencyRoutes.ts';
import { type Caller, callersOf, eachCaller, isDirect, peopleOf, someOf, userObject } from './people.ts';
import { psText } from './powerShell.ts';

const DYNAMIC = 'https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling';
const ROUTING = 'https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies';
const LAW = 'https://www.ecfr.gov/current/title-47/section-9.16';

/** Rules of Direct Routing, and of the policies that say where its emergency calls go. */
export const ROUTING_RULES: readonly TenantRule[] = [
  {
    id: 'ROUTE-01',
    rule: 'Gateways that take emergency calls pass on the location',
    severity: 'critical',
    why: 'With PidfLoSupported off the location of the caller stays behind at the gateway.',
    source: DYNAMIC,
    find: (index) =>
      emergencyGateways(index)
        .filter(({ enabled, pidfLoSupported }) => enabled && !pidfLoSupported)
        .map(({ identity }) => ({
          object: `OnlinePSTNGateway ${identity}`,
          problem: 'takes emergency calls, and PidfLoSupported is off',
          remedy: `Set-CsOnlinePSTNGateway -Identity ${psText(identity)} -PidfLoSupported $true`,
        })),
  },
  {
    id: 'ROUTE-02',
    rule: 'A voice route takes each emergency number whose policy names a PSTN usage',
    severity: 'critical',
    why: 'Without one the emergency call goes nowhere.',
    source: ROUTING,
    find: eachNumberWithUsage((number, { config }) =>
      routesOf(config.voiceRoutes, number).length === 0
        ? `no voice route of usage ${number.onlinePstnUsage} takes ${number.emergencyDialString}`
        : null,
    ),
  },
  {
    id: 'ROUTE-03',
    rule: 'Voice routes of emergency numbers lead to gateways that exist and are enabled',
    severity: 'critical',
    why: 'Without one the emergency call goes nowhere.',
    source: ROUTING,
    find: findRoutesWithoutGateway,
  },
  {
    id: 'ROUTE-04',
    rule: 'The emergency call routing policy of users of Direct Routing names emergency numbers',
    severity: 'critical',
    why: 'A number that it does not name is no emergency number to Teams: no location goes with it, and nobody is told.',
    source: ROUTING,
    find: eachDirectCaller(({ policy, name }) =>
      policy && policy.emergencyNumbers.length === 0
        ? `calls by Direct Routing, and policy ${name} names no number`
        : null,
    ),
  },
  {
    id: 'ROUTE-05',
    rule: 'The emergency call routing policy of users of Direct Routing names a PSTN usage for each number',
    severity: 'warning',
    why: 'Without one the call takes the way of any other call, which may not lead to the emergency services.',
    source: ROUTING,
    find: eachDirectCaller(({ policy, name }) => {
      const without = policy?.emergencyNumbers.find(({ onlinePstnUsage }) => onlinePstnUsage === null);
      return without ? `policy ${name} has no PSTN usage for ${without.emergencyDialString}` : null;
    }),
  },
  {
    id: 'ROUTE-06',
    rule: 'Enhanced emergency services are on for users of Direct Routing',
    severity: 'critical',
    why: 'Without them the client asks for no location.',
    source: ROUTING,
    find: eachDirectCaller(({ policy, name }) =>
      policy && !policy.allowEnhancedEmergencyServices
        ? `AllowEnhancedEmergencyServices is off in policy ${name}`
        : null,
    ),
  },
  {
    id: 'ROUTE-07',
    rule: 'Emergency call routing policies are granted where they have an effect',
    severity: 'information',
    why: 'For users of Calling Plan, Operator Connect and Operator Connect Mobile they have none: whoever granted it may think otherwise.',
    source: DYNAMIC,
    find: findWithoutEffect,
  },
  {
    id: 'ROUTE-08',
    rule: 'The emergency call routing policy that a user has exists',
    severity: 'critical',
    why: 'Nobody can say which numbers are emergency numbers, and where their calls go.',
    source: ROUTING,
    find: (index) =>
      peopleOf(index).flatMap((user) => {
        const name = user.policies.teamsEmergencyCallRoutingPolicy;
        return name === null || index.emergencyCallRouting.has(foldName(name))
          ? []
          : [
              {
                object: userObject(user),
                problem: `has policy ${name}, which does not exist`,
                remedy: grant(user.userPrincipalName),
              },
            ];
      }),
  },
  {
    id: 'ROUTE-09',
    rule: 'In the United States users whose policy names the emergency numbers can dial 911 as it is',
    severity: 'critical',
    why: 'The law asks for direct dialing: no digit before 911.',
    source: LAW,
    find: eachCaller(({ user, account }, index) => {
      const { policy, name } = routingOf({ user, account }, index);
      const isByPolicy = isDirect(account) || account.shared !== null;
      if (!isByPolicy || user.usageLocation !== 'US' || !policy || policy.emergencyNumbers.length === 0) return null;
      return policy.emergencyNumbers.some((number) => isDialed(number, '911'))
        ? null
        : { problem: `policy ${name} does not name 911`, remedy: grant(user.userPrincipalName) };
    }),
  },
  {
    id: 'ROUTE-10',
    rule: 'No dial plan makes another number of 911',
    severity: 'warning',
    why: 'What a rule has changed may no longer be an emergency number.',
    source: 'https://learn.microsoft.com/microsoftteams/what-are-dial-plans',
    find: findChangingDialPlans,
  },
  {
    id: 'ROUTE-11',
    rule: 'A number is the emergency number or mask of one entry of a policy only',
    severity: 'warning',
    why: 'Microsoft asks that each be there once: else nobody can say where the call goes.',
    source: ROUTING,
    find: findDoubleNumbers,
  },
  {
    id: 'ROUTE-40',
    rule: 'Each gateway leads to an emergency routing service provider, or has an ELIN application',
    severity: 'critical',
    why: 'Else the emergency center gets the address of the trunk, not that of the caller.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config }) => config.pstnGateways.some(({ enabled }) => enabled),
  },
  {
    id: 'ROUTE-41',
    rule: 'A way to test emergency calls is agreed with the emergency routing service provider',
    severity: 'warning',
    why: "Microsoft's bot at 933 does not answer calls of Direct Routing.",
    source: DYNAMIC,
    find: null,
    concerns: (index) => callersOf(index).some(({ account }) => isDirect(account)),
  },
];

interface Routing {
  policy: EmergencyCallRoutingPolicy | null;
  name: string;
}

function routingOf({ user }: Caller, index: TenantIndex): Routing {
  const name = user.policies.teamsEmergencyCallRoutingPolicy ?? GLOBAL;
  return { policy: index.emergencyCallRouting.get(foldName(name)) ?? null, name };
}

function eachDirectCaller(find: (routing: Routing) => string | null): (index: TenantIndex) => Breach[] {
  return eachCaller((caller, index) => {
    const problem = isDirect(caller.account) ? find(routingOf(caller, index)) : null;
    return problem === null ? null : { problem, remedy: grant(caller.user.userPrincipalName) };
  });
}

function grant(user: string): string {
  return `Grant-CsTeamsEmergencyCallRoutingPolicy -Identity ${psText(user)} -PolicyName <policy>`;
}

function isDialed({ emergencyDialString, emergencyDialMask }: EmergencyNumber, number: string): boolean {
  return [emergencyDialString, ...emergencyDialMask].some((each) => each.trim() === number);
}

function findWithoutEffect(index: TenantIndex): Breach[] {
  const granted = new Map<string, string[]>();
  for (const { user, account } of callersOf(index)) {
    const name = user.policies.teamsEmergencyCallRoutingPolicy;
    const type = account.own?.type ?? null;
    if (name === null || type === null || type === 'DirectRouting') continue;
    granted.set(name, [...(granted.get(name) ?? []), user.userPrincipalName]);
  }
  return [...granted].map(([name, users]) => ({
    object: `TeamsEmergencyCallRoutingPolicy ${name}`,
    problem: `has no effect for ${someOf(users)}`,
    remedy: `Grant-CsTeamsEmergencyCallRoutingPolicy -Identity ${psText(users[0] ?? '')} -PolicyName $null`,
  }));
}

function findChangingDialPlans({ config }: TenantIndex): Breach[] {
  return config.tenantDialPlans.flatMap(({ identity, normalizationRules }) => {
    const changing = normalizationRules.find(({ pattern, translation }) => changes(pattern, translation, '911'));
    return changing
      ? [
          {
            object: `TenantDialPlan ${identity}`,
            problem: `rule ${changing.name} makes another number of 911`,
            remedy: `$rule = (Get-CsTenantDialPlan -Identity ${psText(identity)}).NormalizationRules | Where-Object Name -eq ${psText(changing.name)}; Set-CsTenantDialPlan -Identity ${psText(identity)} -NormalizationRules @{remove=$rule}`,
          },
        ]
      : [];
  });
}

/** The first rule that fits decides; one that cannot be read here is passed over. */
function changes(pattern: string, translation: string, number: string): boolean {
  return fitsPattern(pattern, number, '') && number.replace(new RegExp(pattern), translation) !== number;
}

function findDoubleNumbers({ config }: TenantIndex): Breach[] {
  return config.emergencyCallRoutingPolicies.flatMap(({ identity, emergencyNumbers }) => {
    const dialed = emergencyNumbers.flatMap(({ emergencyDialString, emergencyDialMask }) => [
      ...new Set([emergencyDialString, ...emergencyDialMask].map((each) => each.trim())),
    ]);
    const [twice] = dialed.filter((number, n) => dialed.indexOf(number) !== n);
    const remedy = `Get-CsTeamsEmergencyCallRoutingPolicy -Identity ${psText(identity)} | Select-Object -ExpandProperty EmergencyNumbers`;
    return twice === undefined
      ? []
      : [
          {
            object: `TeamsEmergencyCallRoutingPolicy ${identity}`,
            problem: `${twice} stands in two of its entries`,
            remedy,
          },
        ];
  });
}
