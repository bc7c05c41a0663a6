import type { ClientSupport } from './clientSupport.ts';
import type { EffectivePolicy } from './effectivePolicy.ts';
import type { DialedNumber } from './emergencyNumber.ts';
import type { EmergencyCallingPolicy, SecurityDesk } from './policyConfig.ts';
import { type Step, step } from './step.ts';

/** Whom Teams tells of a call. */
export interface Notification {
  /** `null` where an export cannot tell. */
  desk: SecurityDesk | null;
  step: Step;
}

const NOBODY: SecurityDesk = { notificationGroup: [], notificationDialOutNumber: null, notificationMode: null };

/**
 * By the policy that holds; its extended notification for the number goes before its own, also where that one tells
 * nobody (https://learn.microsoft.com/powershell/module/teams/new-csteamsemergencycallingextendednotification).
 */
export function notificationOf(
  { policy }: EffectivePolicy<EmergencyCallingPolicy>,
  dialed: DialedNumber,
  support: ClientSupport,
): Notification {
  if (support.dynamic.answer === 'no') return nobody(`${support.dynamic.reason}, notification included`);
  if (dialed.isEmergency === false) return nobody('the number is no emergency number to Teams');
  if (!policy)
    return { desk: null, step: step('notification', 'unknown', 'the emergency calling policy is not in the export') };
  const extended = policy.extendedNotifications.find(
    ({ emergencyDialString }) => emergencyDialString.trim() === dialed.called,
  );
  const desk = deskOf(extended ?? policy);
  const where = extended ? `the extended notification for ${dialed.called} of ${policy.identity}` : policy.identity;
  return desk.notificationGroup.length === 0 && desk.notificationDialOutNumber === null
    ? nobody(`${where} names nobody`)
    : { desk, step: step('notification', 'matched', `${where}: ${deskText(desk)}`) };
}

/** The number is dialed out to in a conference only. */
function deskOf({ notificationGroup, notificationDialOutNumber, notificationMode }: SecurityDesk): SecurityDesk {
  const isConference = notificationMode !== null && /^conference/i.test(notificationMode);
  return {
    notificationGroup,
    notificationDialOutNumber: isConference ? notificationDialOutNumber : null,
    notificationMode,
  };
}

function deskText({ notificationGroup, notificationDialOutNumber, notificationMode }: SecurityDesk): string {
  const dial = notificationDialOutNumber === null ? [] : [`${notificationDialOutNumber} is called`];
  const group = notificationGroup.length === 0 ? [] : [notificationGroup.join(', ')];
  return [...group, ...dial, notificationMode ?? 'no mode set'].join('; ');
}

function nobody(reason: string): Notification {
  return { desk: NOBODY, step: step('notification', 'notMatched', `nobody is told: ${reason}`) };
}
