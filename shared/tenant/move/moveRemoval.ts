import { psText } from '../audit/powerShell.ts';
import type { TenantUser } from '../peopleConfig.ts';
import { removeNumber, showLine, showNumbersOf, teams } from './moveCommands.ts';
import type { MoveFrom } from './moveFrom.ts';
import type { MoveStep } from './movePlan.ts';

const DURATION =
  'Out of service from here on: the removal takes effect within 10 minutes, in rare cases within 24 hours.';

/** How the number leaves the user, by where it is assigned; nothing for who has none of their own. */
export function removalSteps(from: MoveFrom): MoveStep[] {
  const { number, user } = from;
  if (number === null) return [];
  switch (from.source) {
    case 'callingPlan':
      return [removal(from, number, 'CallingPlan'), gone(from)];
    case 'operatorConnect':
      return [removal(from, number, 'OperatorConnect'), gone(from), release(from, number)];
    case 'directRoutingOnline':
      return [migrated(user.userPrincipalName, number), gone(from)];
    case 'directRoutingOnPremises':
      return [onPremises(user.userPrincipalName), synchronised(from), gone(from)];
    default:
      return [];
  }
}

function removal({ user }: MoveFrom, number: string, numberType: string): MoveStep {
  return {
    title: 'Remove the number from the user',
    who: 'administrator',
    text: 'At the agreed time. The user is not enabled for voice any more until a number is assigned (EnterpriseVoiceEnabled).',
    condition: null,
    commands: [removeNumber(user.userPrincipalName, number, numberType)],
    warning: DURATION,
  };
}

/** `LineURI` is empty once the removal has taken effect. */
function gone({ user }: MoveFrom): MoveStep {
  return {
    title: 'See that the number is gone',
    who: 'administrator',
    text: 'Repeat it until LineURI is empty.',
    condition: null,
    commands: [teams(`Get-CsOnlineUser -Identity ${psText(user.userPrincipalName)} | fl LineURI`, ['LineURI :'])],
    warning: null,
  };
}

function release({ listed }: MoveFrom, number: string): MoveStep {
  return {
    title: 'Let the present operator remove the number from the tenant',
    who: 'present operator',
    text: `Ask ${listed?.pstnPartnerName ?? 'the present operator'} to remove ${number} from the tenant.`,
    condition: null,
    commands: [teams(`Get-CsPhoneNumberAssignment -TelephoneNumber ${psText(number)}`)],
    warning: null,
  };
}

/** Where a Direct Routing number is assigned decides how it is removed, so it is looked at once more; else nothing. */
export function lookAtKind({ user, listed, source, number }: MoveFrom): MoveStep[] {
  if (number === null || !source.startsWith('directRouting')) return [];
  return [kindStep(source === 'directRoutingOnPremises', user, listed?.telephoneNumber ?? number)];
}

function kindStep(isOnPremises: boolean, user: TenantUser, number: string): MoveStep {
  const upn = user.userPrincipalName;
  return {
    title: `See that it is a Direct Routing number assigned ${isOnPremises ? 'on premises' : 'online'}`,
    who: 'administrator',
    text: isOnPremises
      ? `OnPremLineURI is ${user.onPremLineUri}: the number was assigned on premises and synchronised.`
      : 'OnPremLineURI is empty: the number was assigned online.',
    condition: null,
    commands: [
      showNumbersOf(upn, [`TelephoneNumber : ${number}`, 'NumberType      : DirectRouting']),
      showLine(upn, user.registrarPool, user.lineUri, user.onPremLineUri),
    ],
    warning: 'Where it prints something else the plan does not hold: export, import and plan again.',
  };
}

function migrated(upn: string, number: string): MoveStep {
  return {
    title: 'Let the operator migrate the number',
    who: 'operator',
    text: 'At the agreed time. The operator may remove the number from the tenant, and add it again as its own; the command is for an operator who asks you to remove it.',
    condition: null,
    commands: [removeNumber(upn, number, 'DirectRouting')],
    warning: DURATION,
  };
}

function onPremises(upn: string): MoveStep {
  return {
    title: 'Remove the number on premises',
    who: 'administrator on premises',
    text: 'At the agreed time. Without Skype for Business Server: clear msRTCSIP-Line of the user in Active Directory.',
    condition: null,
    commands: [
      { shell: 'Skype for Business Server', line: `Set-CsUser -Identity ${psText(upn)} -LineURI $null`, expected: [] },
    ],
    warning: DURATION,
  };
}

function synchronised({ user }: MoveFrom): MoveStep {
  return {
    title: 'Wait until it is synchronised',
    who: 'administrator',
    text: 'Repeat it until OnPremLineURI and LineURI are both empty.',
    condition: null,
    commands: [showLine(user.userPrincipalName, user.registrarPool, null, null)],
    warning: null,
  };
}
