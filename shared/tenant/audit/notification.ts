import { foldName } from '../networkIndex.ts';
import { type EmergencyCallingPolicy, GLOBAL, type SecurityDesk } from '../policyConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { AuditFacts, Breach, TenantRule } from '../tenantRule.ts';
import { peopleOf, userObject } from './people.ts';
import { psText } from './powerShell.ts';

const POLICIES = 'https://learn.microsoft.com/microsoftteams/manage-emergency-calling-policies';
const LAW = 'https://www.ecfr.gov/current/title-47/section-9.16';
const MOST_ADDRESSES = 10;
const TEST_NUMBER = '933';

/** Rules about whom Teams tells of an emergency call. */
export const NOTIFICATION_RULES: readonly TenantRule[] = [
  {
    id: 'TOLD-01',
    rule: 'Each emergency calling policy in effect tells the service account',
    severity: 'critical',
    why: 'This product hears of a call by the chats of that account alone: of calls under another policy nobody here is told.',
    source: POLICIES,
    find: eachPolicy((policy, { serviceAccount }) =>
      serviceAccount === null || names(policy, serviceAccount)
        ? null
        : { problem: blind(serviceAccount), remedy: setGroup(policy, psText(groupWith(policy, serviceAccount))) },
    ),
  },
  {
    id: 'TOLD-02',
    rule: 'Each extended notification for an emergency number tells the service account',
    severity: 'critical',
    why: "It holds in place of the policy's own, for its number: nobody here is told of calls to that number.",
    source: 'https://learn.microsoft.com/powershell/module/teams/new-csteamsemergencycallingextendednotification',
    find: eachExtended((number) => number !== TEST_NUMBER),
  },
  {
    id: 'TOLD-03',
    rule: 'The extended notification for 933 tells the service account too',
    severity: 'warning',
    why: 'It may tell nobody; but then this product does not see the tests of sites.',
    source: 'https://learn.microsoft.com/powershell/module/teams/new-csteamsemergencycallingextendednotification',
    find: eachExtended((number) => number === TEST_NUMBER),
  },
  {
    id: 'TOLD-04',
    rule: `A notification group has at most ${MOST_ADDRESSES} addresses`,
    severity: 'critical',
    why: 'Microsoft promises nothing for addresses beyond that.',
    source: POLICIES,
    find: eachPolicy((policy) => {
      const tooMany = desksOf(policy).find(({ notificationGroup }) => notificationGroup.length > MOST_ADDRESSES);
      return tooMany
        ? {
            problem: `a notification group of it has ${tooMany.notificationGroup.length} addresses`,
            remedy: setGroup(policy, `'<at most ${MOST_ADDRESSES} addresses>'`),
          }
        : null;
    }),
  },
  {
    id: 'TOLD-05',
    rule: 'A number to dial out to goes with a conference',
    severity: 'warning',
    why: 'With NotificationOnly it is never dialed.',
    source: POLICIES,
    find: eachPolicy((policy) => {
      const desk = desksOf(policy).find(
        ({ notificationDialOutNumber: number, notificationMode: mode }) =>
          number !== null && !/^conference/i.test(mode ?? ''),
      );
      return desk
        ? {
            problem: `${desk.notificationDialOutNumber} is never dialed: the mode is ${desk.notificationMode ?? 'not set'}`,
            remedy: `Set-CsTeamsEmergencyCallingPolicy -Identity ${psText(policy.identity)} -NotificationMode ConferenceMuted`,
          }
        : null;
    }),
  },
  {
    id: 'TOLD-06',
    rule: 'The emergency calling policy that a user has exists',
    severity: 'critical',
    why: 'Nobody can say whom Teams tells of a call of that user.',
    source: POLICIES,
    find: (index) =>
      peopleOf(index).flatMap((user) => {
        const name = user.policies.teamsEmergencyCallingPolicy;
        if (name === null || index.emergencyCalling.has(foldName(name))) return [];
        const remedy = `Grant-CsTeamsEmergencyCallingPolicy -Identity ${psText(user.userPrincipalName)} -PolicyName <policy>`;
        return [{ object: userObject(user), problem: `has policy ${name}, which does not exist`, remedy }];
      }),
  },
  {
    id: 'TOLD-07',
    rule: 'Nobody is named who is no longer there',
    severity: 'warning',
    why: 'An account that is blocked or deleted reads nothing: the desk may be unmanned.',
    source: LAW,
    find: findGone,
  },
  {
    id: 'TOLD-08',
    rule: 'The service account exists, may sign in, and is in TeamsOnly mode',
    severity: 'critical',
    why: 'Teams tells an account by a chat. One that cannot have any hears of no call.',
    source: POLICIES,
    find: findServiceAccount,
  },
  {
    id: 'TOLD-09',
    rule: 'People outside the known networks may give their address',
    severity: 'warning',
    why: 'Who calls from home conveys an address only if they can give one.',
    source: LAW,
    find: eachPolicy(({ identity, externalLocationLookupMode }) =>
      externalLocationLookupMode === 'Enabled'
        ? null
        : {
            problem: 'ExternalLocationLookupMode is Disabled',
            remedy: `Set-CsTeamsEmergencyCallingPolicy -Identity ${psText(identity)} -ExternalLocationLookupMode Enabled`,
          },
    ),
  },
  {
    id: 'TOLD-40',
    rule: 'The groups that policies name have at most 50 users together, and each has members',
    severity: 'critical',
    why: 'Teams tells at most 50, and no export says who is in a group.',
    source: POLICIES,
    find: null,
    concerns: (index) => namesGroups(index),
  },
  {
    id: 'TOLD-41',
    rule: 'At each place that is told somebody is likely to see or hear it at any time at which people are there',
    severity: 'critical',
    why: 'That is what the law asks of a notification, and no export says who is awake.',
    source: LAW,
    find: null,
  },
];

/** The tenant's own, and those that a person or a site has. */
function policiesInEffect({ config, emergencyCalling }: TenantIndex): EmergencyCallingPolicy[] {
  const named = new Set([
    foldName(GLOBAL),
    ...peopleOf({ config }).flatMap(({ policies }) => foldName(policies.teamsEmergencyCallingPolicy ?? GLOBAL)),
    ...config.networkSites.flatMap(({ emergencyCallingPolicy }) => foldName(emergencyCallingPolicy ?? GLOBAL)),
  ]);
  return [...emergencyCalling].flatMap(([name, policy]) => (named.has(name) ? [policy] : []));
}

function eachPolicy(
  find: (policy: EmergencyCallingPolicy, facts: AuditFacts) => Omit<Breach, 'object'> | null,
): NonNullable<TenantRule['find']> {
  return (index, facts) =>
    policiesInEffect(index).flatMap((policy) => {
      const breach = find(policy, facts);
      return breach === null ? [] : [{ object: policyObject(policy), ...breach }];
    });
}

function eachExtended(isAsked: (number: string) => boolean): NonNullable<TenantRule['find']> {
  return (index, { serviceAccount }) =>
    policiesInEffect(index).flatMap((policy) =>
      policy.extendedNotifications.flatMap((extended) => {
        const number = extended.emergencyDialString.trim();
        if (serviceAccount === null || !isAsked(number) || names(extended, serviceAccount)) return [];
        const added = `New-CsTeamsEmergencyCallingExtendedNotification -EmergencyDialString ${psText(number)} -NotificationGroup ${psText(groupWith(extended, serviceAccount))} -NotificationMode ${psText(extended.notificationMode ?? 'NotificationOnly')}${extended.notificationDialOutNumber === null ? '' : ` -NotificationDialOutNumber ${psText(extended.notificationDialOutNumber)}`}`;
        const set = `Set-CsTeamsEmergencyCallingPolicy -Identity ${psText(policy.identity)} -ExtendedNotifications`;
        const old = `(Get-CsTeamsEmergencyCallingPolicy -Identity ${psText(policy.identity)}).ExtendedNotifications | Where-Object EmergencyDialString -eq ${psText(number)}`;
        const remedy = `${set} @{remove=(${old})}; ${set} @{add=(${added})}`;
        return [{ object: `${policyObject(policy)} ${number}`, problem: blind(serviceAccount), remedy }];
      }),
    );
}

function policyObject({ identity }: EmergencyCallingPolicy): string {
  return `TeamsEmergencyCallingPolicy ${identity}`;
}

function desksOf(policy: EmergencyCallingPolicy): SecurityDesk[] {
  return [policy, ...policy.extendedNotifications];
}

function names({ notificationGroup }: SecurityDesk, account: string): boolean {
  return notificationGroup.some((address) => foldName(address) === foldName(account));
}

function blind(account: string): string {
  return `does not name ${account} itself; whether it is in a group that is named no export tells`;
}

function groupWith({ notificationGroup }: SecurityDesk, account: string): string {
  return [...notificationGroup, account].join(';');
}

function setGroup({ identity }: EmergencyCallingPolicy, group: string): string {
  return `Set-CsTeamsEmergencyCallingPolicy -Identity ${psText(identity)} -NotificationGroup ${group}`;
}

function findGone(index: TenantIndex, { serviceAccount }: AuditFacts): Breach[] {
  return policiesInEffect(index).flatMap((policy) => {
    const addresses = new Set(desksOf(policy).flatMap(({ notificationGroup }) => notificationGroup));
    return [...addresses].flatMap((address) => {
      const user = index.users.get(foldName(address));
      const isGone = user && (user.softDeletedAt !== null || user.accountEnabled === false);
      if (!isGone || foldName(address) === foldName(serviceAccount ?? '')) return [];
      const remedy = setGroup(policy, psText(policy.notificationGroup.filter((each) => each !== address).join(';')));
      return [
        { object: `${policyObject(policy)} ${address}`, problem: 'is an account that is blocked or deleted', remedy },
      ];
    });
  });
}

function findServiceAccount(index: TenantIndex, { serviceAccount }: AuditFacts): Breach[] {
  if (serviceAccount === null) return [];
  const object = `OnlineUser ${serviceAccount}`;
  const user = index.users.get(foldName(serviceAccount));
  if (!user)
    return [
      {
        object,
        problem: 'is not among the users of the export',
        remedy: `Get-CsOnlineUser -Identity ${psText(serviceAccount)}`,
      },
    ];
  const remedy = `Update-MgUser -UserId ${psText(serviceAccount)} -AccountEnabled:$true`;
  if (user.softDeletedAt !== null || user.accountEnabled === false)
    return [{ object, problem: 'is blocked or deleted', remedy }];
  const mode = user.teamsUpgradeEffectiveMode;
  return mode === null || /^teamsonly$/i.test(mode)
    ? []
    : [
        {
          object,
          problem: `is in mode ${mode}`,
          remedy: `Grant-CsTeamsUpgradePolicy -Identity ${psText(serviceAccount)} -PolicyName UpgradeToTeams`,
        },
      ];
}

function namesGroups(index: TenantIndex): boolean {
  const addresses = policiesInEffect(index)
    .flatMap((policy) => desksOf(policy))
    .flatMap((desk) => desk.notificationGroup);
  return addresses.some((address) => !index.users.has(foldName(address)));
}
