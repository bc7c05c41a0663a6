import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type AssignedNumber, type NumberType, numberOfResourceAccount } from './callerAccount.ts';
import type { PhoneNumber } from './peopleConfig.ts';
import type { SharedCallingRoutingPolicy } from './policyConfig.ts';
import { bareNumber, type TenantIndex } from './tenantIndex.ts';

/** A Shared Calling policy with what the export knows of its numbers. */
export interface SharedCallingNumbers {
  policy: SharedCallingRoutingPolicy;
  /** `TeamsSharedCallingRoutingPolicy Seattle`. */
  object: string;
  /** Of the resource account; `null` when it has none. */
  resource: AssignedNumber | null;
  emergency: EmergencyNumberOf[];
}

export interface EmergencyNumberOf {
  telephoneNumber: string;
  /** `null` where the export does not list it; it lists Direct Routing numbers only once they are assigned. */
  listed: PhoneNumber | null;
}

/** Policies that name a resource account; others do nothing. */
export function sharedCallingPolicies(index: TenantIndex): SharedCallingNumbers[] {
  return index.config.sharedCallingRoutingPolicies
    .filter(({ resourceAccount }) => resourceAccount !== null)
    .map((policy) => ({
      policy,
      object: `TeamsSharedCallingRoutingPolicy ${policy.identity}`,
      resource: policy.resourceAccount === null ? null : numberOfResourceAccount(index, policy.resourceAccount),
      emergency: policy.emergencyNumbers.map((each) => {
        const telephoneNumber = bareNumber(each);
        return { telephoneNumber, listed: index.numbers.get(telephoneNumber) ?? null };
      }),
    }));
}

/** A Calling Plan number for services: one that no user can have. */
export function isServiceNumber({ number, type }: AssignedNumber): boolean {
  return type === 'CallingPlan' && number !== null && !isSubscriberNumber(number);
}

export function isSubscriberNumber({ capability }: PhoneNumber): boolean {
  return capability.some((each) => /^userassignment$/i.test(each));
}

export function isTollFree({ telephoneNumber }: { telephoneNumber: string }): boolean {
  return parsePhoneNumberFromString(telephoneNumber)?.getType() === 'TOLL_FREE';
}

/** ISO 3166-1 alpha-2: as listed, else by the number; `null` where neither says. */
export function countryOf(telephoneNumber: string, listed: PhoneNumber | null): string | null {
  return listed?.isoCountryCode ?? parsePhoneNumberFromString(telephoneNumber)?.country ?? null;
}

export function usesGateways(type: NumberType | null): boolean {
  return type === 'DirectRouting';
}
