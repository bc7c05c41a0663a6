import { psText } from '../audit/powerShell.ts';
import { indexPolicies } from '../effectivePolicy.ts';
import { type MobileDialer, mobileDialerOf } from '../mobileDialer.ts';
import { GLOBAL, type MobilityPolicy } from '../policyConfig.ts';
import { numberToAssign } from './moveAddress.ts';
import { showLine, showNumber, teams } from './moveCommands.ts';
import type { MoveFrom } from './moveFrom.ts';
import type { MoveCommand, MoveStep } from './movePlan.ts';

/** The operator's part, then the assignment. */
export function assignSteps(from: MoveFrom): MoveStep[] {
  const { userPrincipalName: upn, registrarPool } = from.user;
  const number = numberToAssign(from);
  return [
    {
      title: 'Wait until the operator has uploaded the number',
      who: 'operator',
      text: 'It is then to be seen in the Teams admin center (Voice > Phone numbers), with its operator.',
      condition: null,
      commands: [
        showNumber(number, [
          'NumberType           : OCMobile (or OperatorConnect, with TeamsPhoneMobile among Capability)',
          'PstnAssignmentStatus : Unassigned',
        ]),
      ],
      warning: null,
    },
    {
      title: 'Assign the number',
      who: 'administrator',
      text: 'The user is enabled for voice with it. It may take 24 hours until it works.',
      condition: null,
      commands: [
        teams(
          `Set-CsPhoneNumberAssignment -Identity ${psText(upn)} -PhoneNumber ${psText(number)} -PhoneNumberType OCMobile`,
        ),
        showLine(upn, registrarPool, number, null),
      ],
      warning: null,
    },
  ];
}

/** A policy that comes through a group is not told apart in an export. */
export function endVoiceRouting({ user, source }: MoveFrom): MoveStep[] {
  const name = user.policies.onlineVoiceRoutingPolicy;
  if (name === null || source === 'sharedCalling') return [];
  const identity = psText(user.userPrincipalName);
  return [
    {
      title: 'Remove the voice routing policy from the user',
      who: 'administrator',
      text: `The user has ${name}, for Direct Routing. If it comes through a group, take the user out of the group instead.`,
      condition: null,
      commands: [
        teams(`Grant-CsOnlineVoiceRoutingPolicy -Identity ${identity} -PolicyName $null`),
        teams(`Get-CsOnlineUser -Identity ${identity} | fl OnlineVoiceRoutingPolicy`, ['OnlineVoiceRoutingPolicy :']),
      ],
      warning: null,
    },
  ];
}

/** Who has an own number calls with it; without it again, they would call by Shared Calling unawares. */
export function endSharedCalling({ user, shared }: MoveFrom): MoveStep[] {
  const name = user.policies.teamsSharedCallingRoutingPolicy;
  if (name === null) return [];
  const callback = shared === null ? '' : ' Emergency services call back the own number from then on.';
  return [
    {
      title: 'Remove the Shared Calling policy from the user',
      who: 'administrator',
      text: `Once a call with the own number has worked: the user has policy ${name}.${callback}`,
      condition: null,
      commands: [
        teams(`Grant-CsTeamsSharedCallingRoutingPolicy -Identity ${psText(user.userPrincipalName)} -PolicyName $null`),
      ],
      warning: 'Not before the number works: until then Shared Calling is how the user calls.',
    },
  ];
}

const DIALERS: Record<MobileDialer['preference'], string> = {
  Teams: 'Incoming calls ring in Teams first',
  Native: 'Incoming calls ring in the native dialer first',
  UserOverride: 'The user may choose which dialer rings first',
  unknown: 'The export does not say which dialer rings first',
};

/** Whether the smartphone calls past Teams, and that the user knows what it means. */
export function dialerStep(policies: readonly MobilityPolicy[], { user }: MoveFrom): MoveStep {
  const { policy, preference } = mobileDialerOf(indexPolicies(policies), user);
  return {
    title: 'Say which dialer is for emergency calls',
    who: 'user',
    text: `${DIALERS[preference]} (mobility policy ${policy}). Tell the user to place emergency calls in Teams where somebody of the organisation is to hear of them.`,
    condition: null,
    commands: preference === 'Teams' ? [] : teamsFirst(policies, user.userPrincipalName),
    warning:
      'An emergency call of the native dialer does not pass through Teams: nobody in the organisation is told of it.',
  };
}

/** With a policy that the tenant has already, else with a new one. */
function teamsFirst(policies: readonly MobilityPolicy[], upn: string): MoveCommand[] {
  const existing = policies.find(({ mobileDialerPreference }) => mobileDialerPreference === 'Teams')?.identity;
  const name = existing ?? 'TeamsFirst';
  const made = teams(`New-CsTeamsMobilityPolicy -Identity ${psText(name)} -MobileDialerPreference Teams`);
  const given = name.toLowerCase() === GLOBAL.toLowerCase() ? '$null' : psText(name);
  const identity = psText(upn);
  return [
    ...(existing === undefined ? [made] : []),
    teams(`Grant-CsTeamsMobilityPolicy -Identity ${identity} -PolicyName ${given}`),
    teams(`Get-CsUserPolicyAssignment -Identity ${identity} -PolicyType TeamsMobilityPolicy`),
  ];
}
