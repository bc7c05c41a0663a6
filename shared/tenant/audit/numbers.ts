import type { CivicAddress, LisLocation } from '../lisConfig.ts';
import type { PhoneNumber } from '../peopleConfig.ts';
import { isSimEnabled } from '../simEnabled.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach, TenantRule } from '../tenantRule.ts';
import { callersOf, eachCaller, peopleOf, userObject } from './people.ts';
import { psText } from './powerShell.ts';

const ADDRESSES = 'https://learn.microsoft.com/microsoftteams/what-are-emergency-locations-addresses-and-call-routing';
const ASSIGN = 'https://learn.microsoft.com/powershell/module/teams/set-csphonenumberassignment';
const DYNAMIC = 'https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling';

/** Rules of numbers and of the people who call with them. */
export const NUMBER_RULES: readonly TenantRule[] = [
  {
    id: 'NUMBER-01',
    rule: 'Each Calling Plan and Operator Connect number of a user has an emergency address',
    severity: 'critical',
    why: 'It is all that is conveyed when nothing else says where the caller is.',
    source: ADDRESSES,
    find: eachNumber((number) =>
      hasAddress(number) || isSimEnabled(number) || !/^(?:callingplan|operatorconnect)$/i.test(number.numberType)
        ? null
        : 'has no emergency address',
    ),
  },
  {
    id: 'NUMBER-02',
    rule: 'The emergency address of a number exists',
    severity: 'critical',
    why: 'Nobody can say which address is conveyed.',
    source: ADDRESSES,
    find: eachNumber((number, index) =>
      hasAddress(number) && addressOf(number, index) === null ? 'has an emergency address that does not exist' : null,
    ),
  },
  {
    id: 'NUMBER-03',
    rule: 'The emergency address of a number is in the country of the number',
    severity: 'critical',
    why: 'The emergency services of the country of the number cannot send help to another one.',
    source: ADDRESSES,
    find: eachNumber((number, index) => {
      const country = addressOf(number, index)?.countryOrRegion ?? null;
      return country !== null && number.isoCountryCode !== null && country !== number.isoCountryCode
        ? `is of ${number.isoCountryCode}, and its emergency address in ${country}`
        : null;
    }),
  },
  {
    id: 'NUMBER-04',
    rule: 'Who is enabled for voice has a number, or calls by Shared Calling',
    severity: 'warning',
    why: 'Without either no emergency call leaves Teams.',
    source: ASSIGN,
    find: eachCaller(({ user, account }) =>
      account.own === null && account.shared === null
        ? {
            problem: 'is enabled for voice, and has neither a number nor a policy of Shared Calling',
            remedy: `Set-CsPhoneNumberAssignment -Identity ${psText(user.userPrincipalName)} -PhoneNumber <number> -PhoneNumberType <type>`,
          }
        : null,
    ),
  },
  {
    id: 'NUMBER-05',
    rule: 'Who has a number is enabled for voice',
    severity: 'critical',
    why: 'Without it they call nobody, emergency services included.',
    source: ASSIGN,
    find: (index) =>
      peopleOf(index)
        .filter(
          ({ enterpriseVoiceEnabled, identity }) => enterpriseVoiceEnabled === false && index.numbersOf.has(identity),
        )
        .map((user) => ({
          object: userObject(user),
          problem: 'has a number, and is not enabled for voice',
          remedy: `Set-CsPhoneNumberAssignment -Identity ${psText(user.userPrincipalName)} -EnterpriseVoiceEnabled $true`,
        })),
  },
  {
    id: 'NUMBER-06',
    rule: 'Who is enabled for voice has a usage location',
    severity: 'critical',
    why: 'Emergency numbers are those of its country.',
    source: DYNAMIC,
    find: eachCaller(({ user }) =>
      user.usageLocation === null
        ? {
            problem: 'has no usage location',
            remedy: `Update-MgUser -UserId ${psText(user.userPrincipalName)} -UsageLocation <country>`,
          }
        : null,
    ),
  },
  {
    id: 'NUMBER-07',
    rule: 'Numbers of users are activated',
    severity: 'warning',
    why: 'A number whose order is still under way may not be called back.',
    source: 'https://learn.microsoft.com/powershell/module/teams/get-csphonenumberassignment',
    find: eachNumber(({ activationState }) =>
      activationState === null || /^activated$/i.test(activationState) ? null : `is in state ${activationState}`,
    ),
  },
  {
    id: 'NUMBER-40',
    rule: 'The operators have on file the emergency addresses that Teams has for their numbers',
    severity: 'warning',
    why: 'Which address an operator conveys is for the operator to say.',
    source: DYNAMIC,
    find: null,
    concerns: ({ config }) => config.phoneNumbers.some(({ numberType }) => /^operatorconnect$/i.test(numberType)),
  },
  {
    id: 'NUMBER-41',
    rule: 'Outside the United States and Canada the carrier has the emergency address of each number, and routes by it',
    severity: 'critical',
    why: 'Where the user is at the moment is not taken into account there.',
    source: ADDRESSES,
    find: null,
    concerns: (index) => callersOf(index).some(({ user }) => !['US', 'CA', null].includes(user.usageLocation)),
  },
];

/** Of each number that a person has. */
function eachNumber(find: (number: PhoneNumber, index: TenantIndex) => string | null) {
  return (index: TenantIndex): Breach[] => {
    const people = new Set(peopleOf(index).map(({ identity }) => identity));
    return index.config.phoneNumbers.flatMap((number) => {
      const problem = people.has(number.assignedPstnTargetId ?? '') ? find(number, index) : null;
      const remedy = `Set-CsPhoneNumberAssignment -PhoneNumber ${psText(number.telephoneNumber)} -LocationId <location>`;
      return problem === null ? [] : [{ object: `PhoneNumberAssignment ${number.telephoneNumber}`, problem, remedy }];
    });
  };
}

function hasAddress({ locationId, civicAddressId }: PhoneNumber): boolean {
  return locationId !== null || civicAddressId !== null;
}

/** The location of a number before its address. */
export function addressOf(
  { locationId, civicAddressId }: PhoneNumber,
  index: TenantIndex,
): LisLocation | CivicAddress | null {
  if (locationId !== null) return index.networks.locations.get(locationId) ?? null;
  return index.config.civicAddresses.find((each) => each.civicAddressId === civicAddressId) ?? null;
}
