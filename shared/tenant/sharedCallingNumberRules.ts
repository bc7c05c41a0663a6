import { psText } from './audit/powerShell.ts';
import { foldName } from './networkIndex.ts';
import {
  countryOf,
  type EmergencyNumberOf,
  isServiceNumber,
  isSubscriberNumber,
  isTollFree,
  type SharedCallingNumbers,
  sharedCallingPolicies,
  usesGateways,
} from './sharedCallingPolicies.ts';
import type { TenantIndex } from './tenantIndex.ts';
import type { Breach, TenantRule } from './tenantRule.ts';

const SOURCE = 'https://learn.microsoft.com/microsoftteams/shared-calling-setup';
/** Calling Plan service numbers of these countries cannot be used for Shared Calling. */
const UNSUPPORTED = ['RO', 'CZ', 'HU', 'SG', 'NZ', 'AU', 'JP'];

/** Rules of Shared Calling about the numbers of its policies. */
export const SHARED_CALLING_NUMBER_RULES: readonly TenantRule[] = [
  {
    id: 'SHARED-01',
    rule: 'The resource account of a Shared Calling policy exists and has a number',
    severity: 'critical',
    why: 'Without it no call of the users of the policy goes out, emergency calls included.',
    source: SOURCE,
    find: eachPolicy(({ object, policy, resource }) =>
      resource === null
        ? [
            {
              object,
              problem: `its resource account ${policy.resourceAccount} has no number, or does not exist any more`,
              remedy: `Set-CsPhoneNumberAssignment -Identity ${psText(policy.resourceAccount ?? '')} -PhoneNumber <number> -PhoneNumberType <type>`,
            },
          ]
        : [],
    ),
  },
  {
    id: 'SHARED-02',
    rule: 'The number of the resource account has an emergency location',
    severity: 'critical',
    why: 'It is what is conveyed when the location of the caller is not known.',
    source: SOURCE,
    find: eachPolicy(({ object, resource }) =>
      resource?.number && resource.number.locationId === null && resource.number.civicAddressId === null
        ? [
            {
              object,
              problem: `the number ${resource.telephoneNumber} of its resource account has no location`,
              remedy: `Set-CsPhoneNumberAssignment -PhoneNumber ${psText(resource.telephoneNumber)} -LocationId <location>`,
            },
          ]
        : [],
    ),
  },
  {
    id: 'SHARED-03',
    rule: 'The numbers of a policy are of one type',
    severity: 'critical',
    why: 'An emergency number of another type than that of the resource account cannot be shown by its carrier.',
    source: SOURCE,
    find: eachNumber(({ resource }, { listed }) =>
      resource?.type && listed && listed.numberType.toLowerCase() !== resource.type.toLowerCase()
        ? `is of type ${listed.numberType}, the resource account's of type ${resource.type}`
        : null,
    ),
  },
  {
    id: 'SHARED-04',
    rule: 'The numbers of a policy are of one country',
    severity: 'critical',
    why: 'A callback number of another country may not be shown to the emergency services, nor be called back by them.',
    source: SOURCE,
    find: eachNumber(({ resource }, { telephoneNumber, listed }) => {
      const [own, other] = [
        countryOf(telephoneNumber, listed),
        resource && countryOf(resource.telephoneNumber, resource.number),
      ];
      return own && other && own !== other ? `is of ${own}, the resource account's of ${other}` : null;
    }),
  },
  {
    id: 'SHARED-05',
    rule: 'An emergency number belongs to one Shared Calling policy only',
    severity: 'critical',
    why: 'Two callers of two policies would have one number at the same time, and a callback reaches one of them.',
    source: SOURCE,
    find: findSharedTwice,
  },
  {
    id: 'SHARED-06',
    rule: 'An emergency number is assigned to no user and no resource account',
    severity: 'critical',
    why: 'A callback of the emergency services would reach whoever has the number.',
    source: SOURCE,
    find: eachNumber((_, { listed }, index) => {
      const target = listed?.assignedPstnTargetId ?? null;
      const isSomebodys =
        target !== null && (index.users.has(foldName(target)) || index.applications.has(foldName(target)));
      const isAssigned = /^(?:user|voiceapplication|conference)assigned$/i.test(listed?.pstnAssignmentStatus ?? '');
      return isSomebodys || isAssigned ? 'is assigned to a user or resource account' : null;
    }),
  },
  {
    id: 'SHARED-07',
    rule: 'Emergency numbers of Calling Plan and Operator Connect are numbers of the tenant',
    severity: 'critical',
    why: 'A number that the tenant does not have cannot be called back.',
    source: SOURCE,
    find: eachNumber(({ resource }, { listed }) =>
      resource?.type && !usesGateways(resource.type) && listed === null
        ? 'is not among the numbers of the tenant'
        : null,
    ),
  },
  {
    id: 'SHARED-08',
    rule: 'A policy whose resource account has a toll-free Calling Plan number has emergency numbers',
    severity: 'critical',
    why: 'A toll-free number cannot be the callback number of an emergency call.',
    source: SOURCE,
    find: eachPolicy(({ object, policy, resource, emergency }) =>
      resource?.type === 'CallingPlan' && isTollFree(resource) && emergency.length === 0
        ? [
            {
              object,
              problem: `it has no emergency numbers, and ${resource.telephoneNumber} of its resource account is toll-free`,
              remedy: `Set-CsTeamsSharedCallingRoutingPolicy -Identity ${psText(policy.identity)} -EmergencyNumbers @{add='<subscriber number>'}`,
            },
          ]
        : [],
    ),
  },
  {
    id: 'SHARED-09',
    rule: 'With a Calling Plan service number the emergency numbers are Calling Plan subscriber numbers',
    severity: 'critical',
    why: 'A service number cannot be the callback number of an emergency call.',
    source: SOURCE,
    find: eachNumber(({ resource }, { listed }) =>
      resource && isServiceNumber(resource) && listed && !isSubscriberNumber(listed) ? 'is no subscriber number' : null,
    ),
  },
  {
    id: 'SHARED-10',
    rule: `Shared Calling is not used with Calling Plan service numbers of ${UNSUPPORTED.join(', ')}`,
    severity: 'critical',
    why: 'Microsoft does not support it: calls may not go out.',
    source: SOURCE,
    find: eachPolicy(({ object, resource }) => {
      const country = resource && countryOf(resource.telephoneNumber, resource.number);
      return resource && isServiceNumber(resource) && country && UNSUPPORTED.includes(country)
        ? [
            {
              object,
              problem: `${resource.telephoneNumber} of its resource account is a Calling Plan service number of ${country}`,
              remedy: 'give the resource account an Operator Connect or Direct Routing number',
            },
          ]
        : [];
    }),
  },
];

/** What a policy has wrong as a whole. */
function eachPolicy(find: (numbers: SharedCallingNumbers) => Breach[]): (index: TenantIndex) => Breach[] {
  return (index) => sharedCallingPolicies(index).flatMap(find);
}

/** What is wrong with single emergency numbers: the words after the number. */
function eachNumber(
  find: (numbers: SharedCallingNumbers, number: EmergencyNumberOf, index: TenantIndex) => string | null,
): (index: TenantIndex) => Breach[] {
  return (index) =>
    sharedCallingPolicies(index).flatMap((numbers) =>
      numbers.emergency.flatMap((number) => {
        const problem = find(numbers, number, index);
        return problem === null ? [] : [breachOf(numbers, number, problem)];
      }),
    );
}

function breachOf(
  { object, policy }: SharedCallingNumbers,
  { telephoneNumber }: EmergencyNumberOf,
  problem: string,
): Breach {
  return {
    object,
    problem: `emergency number ${telephoneNumber} ${problem}`,
    remedy: `Set-CsTeamsSharedCallingRoutingPolicy -Identity ${psText(policy.identity)} -EmergencyNumbers @{remove=${psText(telephoneNumber)}}`,
  };
}

function findSharedTwice(index: TenantIndex): Breach[] {
  const firstOf = new Map<string, string>();
  return sharedCallingPolicies(index).flatMap((numbers) =>
    numbers.emergency.flatMap((number) => {
      const first = firstOf.get(number.telephoneNumber);
      firstOf.set(number.telephoneNumber, first ?? numbers.policy.identity);
      return first === undefined ? [] : [breachOf(numbers, number, `is a number of policy ${first} too`)];
    }),
  );
}
