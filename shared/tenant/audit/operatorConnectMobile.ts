import { indexPolicies } from '../effectivePolicy.ts';
import { hasFeature } from '../licences.ts';
import { type MobileDialer, mobileDialerOf } from '../mobileDialer.ts';
import { foldName } from '../networkIndex.ts';
import type { PhoneNumber, TenantUser } from '../peopleConfig.ts';
import { isSimEnabled } from '../simEnabled.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach, TenantRule } from '../tenantRule.ts';
import { psText } from './powerShell.ts';

const CONFIGURE = 'https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure';
const NUMBERS = 'https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure-numbers';

/** Rules of Operator Connect Mobile (Teams Phone Mobile): numbers of SIM cards that are the user's Teams number too. */
export const OPERATOR_CONNECT_MOBILE_RULES: readonly TenantRule[] = [
  {
    id: 'MOBILE-01',
    rule: 'Users with a SIM-enabled number are in TeamsOnly mode',
    severity: 'critical',
    why: 'Microsoft gives such numbers to users in this mode only: in another, calls are not for Teams alone to handle.',
    source: NUMBERS,
    find: eachUser(({ teamsUpgradeEffectiveMode: mode, userPrincipalName }) =>
      mode === null || /^teamsonly$/i.test(mode)
        ? null
        : {
            problem: `is in mode ${mode}`,
            remedy: `Grant-CsTeamsUpgradePolicy -Identity ${psText(userPrincipalName)} -PolicyName UpgradeToTeams`,
          },
    ),
  },
  {
    id: 'MOBILE-02',
    rule: 'Users with a SIM-enabled number have a Teams Phone licence',
    severity: 'critical',
    why: 'Without it they call nobody through Teams, emergency services included.',
    source: NUMBERS,
    find: eachUser((user) =>
      hasFeature(user, 'PhoneSystem')
        ? null
        : { problem: 'has no Teams Phone licence', remedy: 'assign Teams Phone in the Microsoft 365 admin center' },
    ),
  },
  {
    id: 'MOBILE-03',
    rule: 'Users with a SIM-enabled number have the add-on for it',
    severity: 'critical',
    why: 'Without it the number does not work in Teams.',
    source: NUMBERS,
    find: eachUser((user) =>
      hasFeature(user, 'TeamsMobileExperience')
        ? null
        : {
            problem: 'has no Operator Connect Mobile (Teams Phone Mobile) add-on',
            remedy: 'assign Teams Phone Mobile in the Microsoft 365 admin center',
          },
    ),
  },
  {
    id: 'MOBILE-04',
    rule: 'A SIM-enabled number of a user has an emergency address',
    severity: 'critical',
    why: 'It is what is conveyed through Teams when the location of the caller is not known.',
    source: CONFIGURE,
    find: findWithoutAddress,
  },
  {
    id: 'MOBILE-05',
    rule: 'Users with a SIM-enabled number have no number on premises',
    severity: 'critical',
    why: 'What Active Directory says comes back with the next synchronisation, in place of the number.',
    source: NUMBERS,
    find: eachUser((user) =>
      user.onPremLineUri === null
        ? null
        : {
            problem: `has ${user.onPremLineUri} on premises (OnPremLineURI)`,
            remedy: `Set-CsUser -Identity ${psText(user.userPrincipalName)} -LineURI $null (in Skype for Business Server)`,
          },
    ),
  },
  {
    id: 'MOBILE-06',
    rule: 'Users with a SIM-enabled number have no voice routing policy of Direct Routing any more',
    severity: 'warning',
    why: 'Its usages lead their calls to gateways that know the number no longer.',
    source: NUMBERS,
    find: eachUser(leftoverRouting),
  },
  {
    id: 'MOBILE-07',
    rule: 'Smartphones of users with a SIM-enabled number ring in Teams first, not in the native dialer',
    severity: 'warning',
    why: 'Who is used to the native dialer calls with it: such a call does not pass through Teams, the operator locates it, and nobody in the organisation is told of it.',
    source: CONFIGURE,
    find: findDialers,
  },
  {
    id: 'MOBILE-08',
    rule: 'An assigned SIM-enabled number belongs to somebody who is there',
    severity: 'warning',
    why: 'A call of the card is in the name of nobody, and the operator can neither be removed nor get the number back.',
    source: CONFIGURE,
    find: findStranded,
  },
  ...asked(isSimEnabled, [
    [
      'MOBILE-40',
      'Users with a SIM-enabled number know that nobody in the organisation hears of an emergency call of the native dialer',
      'critical',
      'Whatever the mobility policy says, the smartphone can call without Teams: the location is then what the operator finds (coordinates or cell tower).',
    ],
    [
      'MOBILE-41',
      'For each operator it is known who sets and changes the emergency addresses of its numbers',
      'critical',
      'The operator assigns them for good, assigns them and lets you change them, or leaves it to you: who takes one for the other leaves numbers with no address, or an old one.',
    ],
  ]),
  ...asked(isOfOperator, [
    [
      'MOBILE-42',
      'No operator that has numbers of users is suspended, or about to be suspended',
      'critical',
      'Calls with its numbers stop, emergency calls included.',
    ],
    [
      'MOBILE-43',
      'Before an operator is removed from the organisation or a country, its numbers are removed from all users there, and the operator has released them',
      'critical',
      'Microsoft asks for this order; npm run tenant -- release-check lists the numbers.',
    ],
    [
      'MOBILE-44',
      'Before a number is released it is removed from its user, and the user has another way to call',
      'critical',
      'Without a number the user calls nobody through Teams, emergency services included.',
    ],
  ]),
];

function isOfOperator(number: PhoneNumber): boolean {
  return isSimEnabled(number) || /^operatorconnect$/i.test(number.numberType);
}

/** Whom the number is assigned to, as long as the account is not deleted. */
function ownerOf(index: TenantIndex, { assignedPstnTargetId }: PhoneNumber): TenantUser | null {
  const user = assignedPstnTargetId === null ? null : index.users.get(foldName(assignedPstnTargetId));
  return user && user.softDeletedAt === null ? user : null;
}

/** People with a SIM-enabled number, each once. */
function mobileUsers(index: TenantIndex): TenantUser[] {
  const owners = index.config.phoneNumbers.filter(isSimEnabled).map((number) => ownerOf(index, number));
  return [...new Set(owners)]
    .filter((user) => user !== null)
    .filter(({ accountType }) => accountType !== 'ResourceAccount');
}

function eachUser(
  find: (user: TenantUser, index: TenantIndex) => Omit<Breach, 'object'> | null,
): (index: TenantIndex) => Breach[] {
  return (index) =>
    mobileUsers(index).flatMap((user) => {
      const breach = find(user, index);
      return breach === null ? [] : [{ object: `OnlineUser ${user.userPrincipalName}`, ...breach }];
    });
}

function findWithoutAddress(index: TenantIndex): Breach[] {
  return index.config.phoneNumbers
    .filter((number) => isSimEnabled(number) && ownerOf(index, number) !== null)
    .filter(({ locationId, civicAddressId }) => locationId === null && civicAddressId === null)
    .map((number) => ({
      object: `PhoneNumberAssignment ${number.telephoneNumber}`,
      problem: `has no emergency address, and is the number of ${ownerOf(index, number)?.userPrincipalName}`,
      remedy: remedyOfAddress(number),
    }));
}

function remedyOfAddress({ telephoneNumber, locationUpdateSupported, pstnPartnerName }: PhoneNumber): string {
  if (locationUpdateSupported === false)
    return `ask the operator (${pstnPartnerName ?? 'not named'}) to assign one: it cannot be changed here`;
  return `Set-CsPhoneNumberAssignment -PhoneNumber ${psText(telephoneNumber)} -LocationId <location>`;
}

/** A policy without usages leads nowhere, and so does no harm. */
function leftoverRouting(
  { policies, userPrincipalName }: TenantUser,
  index: TenantIndex,
): Omit<Breach, 'object'> | null {
  const name = policies.onlineVoiceRoutingPolicy;
  if (name === null) return null;
  const policy = index.config.voiceRoutingPolicies.find(({ identity }) => foldName(identity) === foldName(name));
  if (policy && policy.onlinePstnUsages.length === 0) return null;
  const what = policy ? `with PSTN usages (${policy.onlinePstnUsages.join(', ')})` : 'that the export does not have';
  return {
    problem: `has voice routing policy ${name} ${what}`,
    remedy: `Grant-CsOnlineVoiceRoutingPolicy -Identity ${psText(userPrincipalName)} -PolicyName $null`,
  };
}

function findDialers(index: TenantIndex): Breach[] {
  const policies = indexPolicies(index.config.mobilityPolicies);
  return eachUser((user) => {
    const problem = dialerProblem(mobileDialerOf(policies, user));
    const remedy = `Grant-CsTeamsMobilityPolicy -Identity ${psText(user.userPrincipalName)} -PolicyName <one with MobileDialerPreference Teams>`;
    return problem === null ? null : { problem, remedy };
  })(index);
}

function dialerProblem({ policy, preference }: MobileDialer): string | null {
  switch (preference) {
    case 'Teams':
      return null;
    case 'Native':
      return `rings in the native dialer first (mobility policy ${policy}): nobody hears of an emergency call that is placed with it`;
    case 'UserOverride':
      return `may choose the native dialer (mobility policy ${policy}): nobody hears of an emergency call that is placed with it`;
    case 'unknown':
      return `has mobility policy ${policy}, and the export does not say which dialer comes first`;
  }
}

function findStranded(index: TenantIndex): Breach[] {
  return index.config.phoneNumbers.filter(isSimEnabled).flatMap((number) => {
    const { telephoneNumber, assignedPstnTargetId: target } = number;
    if (target === null || target.includes('|') || index.applications.has(foldName(target))) return [];
    const user = ownerOf(index, number);
    if (user && user.accountEnabled !== false) return [];
    const whose = user ? `${user.userPrincipalName}, who may not sign in` : 'an account that is not there any more';
    return [
      {
        object: `PhoneNumberAssignment ${telephoneNumber}`,
        problem: `is assigned to ${whose}`,
        remedy: `Remove-CsPhoneNumberAssignment -Identity ${psText(target)} -PhoneNumber ${psText(telephoneNumber)} -PhoneNumberType OCMobile`,
      },
    ];
  });
}

function asked(
  isConcerned: (number: PhoneNumber) => boolean,
  rows: [id: string, rule: string, severity: TenantRule['severity'], why: string][],
): TenantRule[] {
  const concerns = (index: TenantIndex) => index.config.phoneNumbers.some(isConcerned);
  return rows.map(([id, rule, severity, why]) => ({
    id,
    rule,
    severity,
    why,
    source: CONFIGURE,
    find: null,
    concerns,
  }));
}
