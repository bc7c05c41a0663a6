import { type CallerAccount, numberOfCalls } from './callerAccount.ts';
import type { EmergencyCallRoutingPolicy, EmergencyNumber } from './policyConfig.ts';
import { type Step, step } from './step.ts';

/** What a dialed number is to Teams. */
export interface DialedNumber {
  dialed: string;
  /** `null` where an export cannot tell. */
  isEmergency: boolean | null;
  /** The number that is called: the one that a mask stands for. */
  called: string;
  /** 933: a bot reads back number and address (United States and Canada). */
  isTest: boolean;
  /** The policy's entry, where the policy decides. */
  entry: EmergencyNumber | null;
  step: Step;
}

// https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling, "Test emergency calling".
const COUNTRIES_WITH_TEST = ['US', 'CA'];
const TEST = '933';

/**
 * With Direct Routing and Shared Calling the emergency call routing policy names the numbers; everybody else has those
 * of the country of their usage location, which no export lists (911 in the United States and Canada is known).
 */
export function readDialed(
  dialed: string,
  account: CallerAccount,
  policy: EmergencyCallRoutingPolicy | null,
): DialedNumber {
  return isDecidedByPolicy(account) ? byPolicy(dialed, policy) : byCountry(dialed, account);
}

function isDecidedByPolicy(account: CallerAccount): boolean {
  return account.shared !== null || numberOfCalls(account)?.type === 'DirectRouting';
}

function byPolicy(dialed: string, policy: EmergencyCallRoutingPolicy | null): DialedNumber {
  const base = { dialed, called: dialed, isTest: dialed === TEST, entry: null };
  if (!policy) {
    const reason = 'the emergency call routing policy is not in the export';
    return { ...base, isEmergency: null, step: step('emergencyNumber', 'unknown', reason) };
  }
  const isDialed = (text: string) => text.trim().replace(/^\+/, '') === dialed.replace(/^\+/, '');
  const exact = policy.emergencyNumbers.find(({ emergencyDialString }) => isDialed(emergencyDialString));
  const entry = exact ?? policy.emergencyNumbers.find(({ emergencyDialMask }) => emergencyDialMask.some(isDialed));
  if (!entry) {
    const reason = `${dialed} is no emergency number of ${policy.identity}: it is called like any other number`;
    return { ...base, isEmergency: false, step: step('emergencyNumber', 'notMatched', reason) };
  }
  const called = entry.emergencyDialString;
  const how = exact ? `an emergency number` : `a mask of the emergency number ${called}`;
  const found = step('emergencyNumber', 'matched', `${dialed} is ${how} of ${policy.identity}`);
  return { ...base, called, isTest: called === TEST, isEmergency: true, entry, step: found };
}

function byCountry(dialed: string, { user }: CallerAccount): DialedNumber {
  const base = { dialed, called: dialed, entry: null };
  const country = user.usageLocation ?? 'unknown';
  const isKnown = COUNTRIES_WITH_TEST.includes(country) && ['911', TEST].includes(dialed);
  const reason = isKnown
    ? `${dialed} is ${dialed === TEST ? 'the test number' : 'an emergency number'} of ${country}, the usage location`
    : `emergency numbers are those of the usage location (${country}), which an export does not list`;
  return {
    ...base,
    isTest: isKnown && dialed === TEST,
    isEmergency: isKnown ? true : null,
    step: step('emergencyNumber', isKnown ? 'matched' : 'unknown', reason),
  };
}
