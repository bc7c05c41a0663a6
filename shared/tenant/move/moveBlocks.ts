import { psText } from '../audit/powerShell.ts';
import { hasFeature } from '../licences.ts';
import { countryOf } from '../sharedCallingPolicies.ts';
import { bareNumber, type TenantIndex } from '../tenantIndex.ts';
import { showLine, showNumbersOf, teams } from './moveCommands.ts';
import type { MoveFrom } from './moveFrom.ts';
import type { MoveBlock } from './movePlan.ts';

type Find = (from: MoveFrom, index: TenantIndex) => MoveBlock | null;

/** What keeps the move from beginning, the account first, then its licences, then its number. */
export function findBlocks(index: TenantIndex, from: MoveFrom): MoveBlock[] {
  return FINDERS.map((find) => find(from, index)).filter((block) => block !== null);
}

const FINDERS: readonly Find[] = [
  wrongCloud,
  wrongAccount,
  homedOnPremises,
  notTeamsOnly,
  noTeamsPhone,
  noAddOn,
  unknownKind,
  contradictorySource,
  alsoOnPremises,
  notActivated,
  inOtherHands,
  emergencyNumberOfPolicy,
  otherCountry,
  noAddress,
];

function wrongCloud(_: MoveFrom, { config }: TenantIndex): MoveBlock | null {
  const { cloud } = config.manifest;
  if (/^commercial$/i.test(cloud)) return null;
  return block(
    `the tenant is in the cloud ${cloud}`,
    'Teams PowerShell assigns numbers in the commercial and GCC clouds only: ask Microsoft',
  );
}

function wrongAccount({ user }: MoveFrom): MoveBlock | null {
  if (user.softDeletedAt !== null) return block('the account is deleted', 'restore it, or give up the move');
  if (user.accountEnabled === false) return block('the account may not sign in', 'enable it in Microsoft Entra ID');
  switch (user.accountType?.toLowerCase()) {
    case 'resourceaccount':
      return block('it is a resource account', 'SIM-enabled numbers are for people');
    case 'guest':
      return block('it is a guest', 'give the number to an account of this tenant');
    case 'ineligibleuser':
      return block('the account has no Teams licence', 'assign one in the Microsoft 365 admin center');
    default:
      return null;
  }
}

/** The pool of a user who is homed online ends so; other clouds have other names, and do not come so far. */
function homedOnPremises({ user }: MoveFrom): MoveBlock | null {
  const { registrarPool, accountType, userPrincipalName } = user;
  const isOnline = registrarPool === null || /\.infra\.lync\.com$/i.test(registrarPool);
  if (isOnline && accountType?.toLowerCase() !== 'sfbonpremuser') return null;
  return {
    problem: `the user is homed on premises (RegistrarPool ${registrarPool ?? 'not said'})`,
    remedy: 'move the user to Teams, and wait until it is synchronised',
    commands: [
      {
        shell: 'Skype for Business Server',
        line: `Move-CsUser -Identity ${psText(userPrincipalName)} -Target sipfed.online.lync.com`,
        expected: [],
      },
    ],
  };
}

function notTeamsOnly({ user: { teamsUpgradeEffectiveMode: mode, userPrincipalName } }: MoveFrom): MoveBlock | null {
  if (mode === null || /^teamsonly$/i.test(mode)) return null;
  const identity = psText(userPrincipalName);
  return {
    problem: `the user is in mode ${mode}, not TeamsOnly`,
    remedy: 'grant the mode, and wait until it holds (up to 24 hours)',
    commands: [
      teams(`Grant-CsTeamsUpgradePolicy -Identity ${identity} -PolicyName UpgradeToTeams`),
      teams(`Get-CsOnlineUser -Identity ${identity} | fl TeamsUpgradeEffectiveMode`, [
        'TeamsUpgradeEffectiveMode : TeamsOnly',
      ]),
    ],
  };
}

function noTeamsPhone({ user }: MoveFrom): MoveBlock | null {
  if (hasFeature(user, 'PhoneSystem')) return null;
  return noLicence(user.userPrincipalName, 'Teams Phone (Phone System) licence', 'PhoneSystem');
}

function noAddOn({ user }: MoveFrom): MoveBlock | null {
  if (hasFeature(user, 'TeamsMobileExperience')) return null;
  return noLicence(
    user.userPrincipalName,
    'Operator Connect Mobile (Teams Phone Mobile) add-on',
    'TeamsMobileExperience',
  );
}

function noLicence(upn: string, name: string, feature: string): MoveBlock {
  return {
    problem: `the user has no ${name}`,
    remedy: 'assign it in the Microsoft 365 admin center (Billing > Licenses)',
    commands: [teams(`(Get-CsOnlineUser -Identity ${psText(upn)}).FeatureTypes -contains '${feature}'`, ['True'])],
  };
}

function unknownKind({ source, user, number, listed }: MoveFrom): MoveBlock | null {
  if (source !== 'unknown') return null;
  const why = listed === null ? 'the export does not list it' : `NumberType ${listed.numberType} is not known here`;
  return {
    problem: `what kind of number ${number} is cannot be told: ${why}`,
    remedy: 'look at the kind, then export and import again',
    commands: [
      showNumbersOf(user.userPrincipalName, [
        `TelephoneNumber : ${number}`,
        'NumberType      : CallingPlan, OperatorConnect or DirectRouting',
      ]),
    ],
  };
}

/** One says that the number comes from Active Directory, the other not: it would be removed in the wrong place. */
function contradictorySource({ source, user, listed, number }: MoveFrom): MoveBlock | null {
  const isSaidOnPremises = /^onpremises$/i.test(listed?.numberSource ?? '');
  if (source !== 'directRoutingOnline' || !isSaidOnPremises) return null;
  return {
    problem: `NumberSource of ${number} is OnPremises, and OnPremLineURI of the user is empty`,
    remedy:
      'let Active Directory synchronise until OnPremLineURI has the number, or NumberSource is Online; then export and import again',
    commands: [showLine(user.userPrincipalName, user.registrarPool, number, number)],
  };
}

/** Nothing else can be assigned while Active Directory says a number; for its own number the steps remove it. */
function alsoOnPremises({ source, user, number }: MoveFrom): MoveBlock | null {
  if (user.onPremLineUri === null) return null;
  const isOwn = number !== null && bareNumber(user.onPremLineUri) === bareNumber(number);
  if (source === 'directRoutingOnPremises' && isOwn) return null;
  return {
    problem: `the user has ${user.onPremLineUri} on premises, beside ${number ?? 'no number'} in Teams`,
    remedy:
      'find out which of both is right; the other has to go first (without Skype for Business Server: msRTCSIP-Line in Active Directory)',
    commands: [showLine(user.userPrincipalName, user.registrarPool, number, null)],
  };
}

function notActivated({ listed }: MoveFrom): MoveBlock | null {
  const state = listed?.activationState ?? null;
  if (listed === null || state === null || /^activated$/i.test(state)) return null;
  return block(
    `the number ${listed.telephoneNumber} is in state ${state}`,
    'wait until it is Activated, or ask who provides it',
  );
}

/** A number whose extensions are several people's cannot become that of one card. */
function inOtherHands({ user, number, listed }: MoveFrom, { config }: TenantIndex): MoveBlock | null {
  if (number === null) return null;
  const same = config.phoneNumbers.filter(
    (each) => each !== listed && bareNumber(each.telephoneNumber) === bareNumber(number),
  );
  const others = same.filter(({ assignedPstnTargetId: target }) => target !== null && target !== user.identity);
  if (others.length === 0) return null;
  const count = others.length === 1 ? 'one other account' : `${others.length} other accounts`;
  return block(
    `${bareNumber(number)} is, with other extensions, the number of ${count}`,
    'give them other numbers first: a SIM card takes the whole number',
  );
}

function emergencyNumberOfPolicy({ number }: MoveFrom, { config }: TenantIndex): MoveBlock | null {
  if (number === null) return null;
  const policy = config.sharedCallingRoutingPolicies.find(({ emergencyNumbers }) =>
    emergencyNumbers.some((each) => bareNumber(each) === bareNumber(number)),
  );
  if (!policy) return null;
  return {
    problem: `${number} is an emergency number of Shared Calling policy ${policy.identity}`,
    remedy: 'take it out of the policy first: else callbacks of its callers would reach this user',
    commands: [
      teams(
        `Set-CsTeamsSharedCallingRoutingPolicy -Identity ${psText(policy.identity)} -EmergencyNumbers @{remove=${psText(bareNumber(number))}}`,
      ),
    ],
  };
}

function otherCountry({ user, number, listed }: MoveFrom): MoveBlock | null {
  const country = number === null ? null : countryOf(bareNumber(number), listed);
  if (country === null || user.usageLocation === null || country === user.usageLocation) return null;
  return block(
    `the number is of ${country}, and the usage location of the user ${user.usageLocation}`,
    'both have to be of one country: change the usage location in the Microsoft 365 admin center, or take another number',
  );
}

/** Of a number that is there already: that of another one is set on the way. */
function noAddress({ source, listed }: MoveFrom): MoveBlock | null {
  if (source !== 'operatorConnectMobile' || listed === null) return null;
  if (listed.locationId !== null || listed.civicAddressId !== null) return null;
  return block(`the number ${listed.telephoneNumber} has no emergency address`, 'see the checks for who has to set it');
}

function block(problem: string, remedy: string): MoveBlock {
  return { problem, remedy, commands: [] };
}
