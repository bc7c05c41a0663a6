import { type AssignedNumber, type CallerAccount, numberOfCalls } from './callerAccount.ts';
import type { ClientSupport } from './clientSupport.ts';
import type { Place } from './place.ts';
import type { EmergencyCallingPolicy } from './policyConfig.ts';
import { type Step, step } from './step.ts';
import type { TenantIndex } from './tenantIndex.ts';

/** What is conveyed where the LIS knows nothing, in order of precedence. */
interface Fallback {
  place: Place | null;
  step: Step;
}

/** Sources that no export can know: what is in them is the user's own. */
const OWN = {
  userAddress: {
    is: 'an address that the user confirmed, edited or entered on this network, if there is one; no export knows it',
    condition: 'if the user has confirmed or entered one on this network',
  },
  suggestedAddress: {
    is: 'an address that the operating system suggests, if it does; no export knows it',
    condition: 'if the operating system suggests one',
  },
} as const;

/**
 * An address of the user's own, then one of the operating system
 * (https://learn.microsoft.com/microsoftteams/emergency-calling-dispatchable-location, "Location precedence").
 * `policy`: the emergency calling policy that holds; `null` where the export does not know it.
 */
export function ownAddress(
  source: 'userAddress' | 'suggestedAddress',
  support: ClientSupport,
  policy: EmergencyCallingPolicy | null,
): Fallback {
  const { answer, reason } = support[source];
  if (support.dynamic.answer === 'no') return none(step(source, 'notMatched', support.dynamic.reason));
  if (answer === 'no') return none(step(source, 'notMatched', reason));
  if (policy?.externalLocationLookupMode === 'Disabled')
    return none(step(source, 'notMatched', `ExternalLocationLookupMode is Disabled in ${policy.identity}`));
  const { is, condition } = OWN[source];
  const place: Place = { source, location: null, locationId: null, condition };
  return { place, step: step(source, 'unknown', policy ? is : `${is}, nor the policy that would allow it`) };
}

/**
 * The location of the number: of the caller's own, or under Shared Calling of the resource account's
 * (https://learn.microsoft.com/microsoftteams/shared-calling-setup). `account` is `null` where no user is asked about.
 */
export function staticAddress(index: TenantIndex, account: CallerAccount | null): Fallback {
  const name = 'staticAddress';
  if (account === null) return none(step(name, 'notAsked', 'no user is given: a static address belongs to a number'));
  const number = numberOfCalls(account);
  if (number === null) return none(step(name, 'notMatched', 'the user has no number, nor one by Shared Calling'));
  // https://learn.microsoft.com/microsoftteams/what-are-emergency-locations-addresses-and-call-routing
  if (account.own !== null && number.type === 'DirectRouting')
    return none(step(name, 'notMatched', 'a Direct Routing number of a user has no registered address'));
  const whose = account.own !== null ? 'the number' : "the resource account's number";
  if (number.number === null) {
    const place = {
      source: name,
      location: null,
      locationId: null,
      condition: 'if the number has an address',
    } as const;
    return { place, step: step(name, 'unknown', `the export does not list ${whose}, and so not its address`) };
  }
  const locationId = locationOf(index, number);
  if (locationId === null) return none(step(name, 'notMatched', `${whose} has no emergency address`));
  const location = index.networks.locations.get(locationId) ?? null;
  const missing = location ? '' : ', which is not in the export';
  const place: Place = { source: name, location, locationId, condition: null };
  return { place, step: step(name, 'matched', `location ${locationId} of ${whose}${missing}`) };
}

function locationOf(index: TenantIndex, { number }: AssignedNumber): string | null {
  if (number === null) return null;
  if (number.locationId !== null) return number.locationId;
  return number.civicAddressId === null ? null : (index.defaultLocations.get(number.civicAddressId) ?? null);
}

function none(found: Step): Fallback {
  return { place: null, step: found };
}
