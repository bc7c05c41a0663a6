import { psText } from '../audit/powerShell.ts';
import { foldName } from '../networkIndex.ts';
import type { PhoneNumber } from '../peopleConfig.ts';
import { countryOf } from '../sharedCallingPolicies.ts';
import { isSimEnabled } from '../simEnabled.ts';
import { bareNumber, type TenantIndex } from '../tenantIndex.ts';
import { removeNumber, teams } from './moveCommands.ts';
import type { MoveBlock } from './movePlan.ts';

/** What is to go: an operator, from the organisation or from a country, or one number. */
export type Release =
  | { kind: 'operator'; operator: string; country: string | null }
  | { kind: 'number'; number: string };

export interface ReleaseCheck {
  /** The operator as the export writes it, or the number. */
  what: string;
  country: string | null;
  /** Numbers that are still in use, each with what takes them out of it. */
  blocks: MoveBlock[];
  /** Numbers that nobody has. */
  free: string[];
  /** What is to be done, in this order. */
  steps: string[];
}

/**
 * Whether an operator can be suspended or removed, or a number released: its numbers go from their users first
 * (https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure). `null` where the export has no such
 * number, or no number of such an operator.
 */
export function checkRelease(index: TenantIndex, release: Release): ReleaseCheck | null {
  const numbers = index.config.phoneNumbers.filter((number) => isOfOperator(number) && isMeant(number, release));
  const [first] = numbers;
  if (!first) return null;
  const blocks = numbers.map((number) => findUse(index, number));
  return {
    what: release.kind === 'operator' ? operatorOf(first) : first.telephoneNumber,
    country: release.kind === 'operator' ? release.country : null,
    blocks: blocks.filter((block) => block !== null),
    free: numbers.filter((_, n) => blocks[n] === null).map(({ telephoneNumber }) => telephoneNumber),
    steps: release.kind === 'operator' ? stepsOfOperator(release.country) : STEPS_OF_NUMBER,
  };
}

/** Names of the operators that have numbers in the tenant. */
export function operatorNames({ config }: TenantIndex): string[] {
  return [...new Set(config.phoneNumbers.filter(isOfOperator).map(operatorOf))];
}

/** Only these are released, or go with their operator. */
function isOfOperator(number: PhoneNumber): boolean {
  return isSimEnabled(number) || /^operatorconnect$/i.test(number.numberType);
}

function operatorOf({ pstnPartnerName, operatorId }: PhoneNumber): string {
  return pstnPartnerName ?? operatorId ?? 'not named';
}

function isMeant(number: PhoneNumber, release: Release): boolean {
  if (release.kind === 'number') return bareNumber(number.telephoneNumber) === bareNumber(release.number);
  const country = countryOf(number.telephoneNumber, number);
  const isThere = release.country === null || country === null || country === release.country.toUpperCase();
  return isThere && foldName(operatorOf(number)) === foldName(release.operator);
}

function findUse(index: TenantIndex, number: PhoneNumber): MoveBlock | null {
  const { telephoneNumber, assignedPstnTargetId: target, numberType } = number;
  const policy = index.config.sharedCallingRoutingPolicies.find(({ emergencyNumbers }) =>
    emergencyNumbers.some((each) => bareNumber(each) === bareNumber(telephoneNumber)),
  );
  if (policy) {
    return {
      problem: `${telephoneNumber} is a callback number of emergency calls of Shared Calling policy ${policy.identity}`,
      remedy: 'add another number to the policy, then take this one out',
      commands: [
        teams(
          `Set-CsTeamsSharedCallingRoutingPolicy -Identity ${psText(policy.identity)} -EmergencyNumbers @{remove=${psText(bareNumber(telephoneNumber))}}`,
        ),
      ],
    };
  }
  if (target === null && /^(?:unassigned)?$/i.test(number.pstnAssignmentStatus ?? '')) return null;
  if (target === null) {
    const remedy = 'see what it is assigned to in the Teams admin center (Voice > Phone numbers), and remove it there';
    return { problem: `${telephoneNumber} is ${number.pstnAssignmentStatus}`, remedy, commands: [] };
  }
  const user = index.users.get(foldName(target));
  const name = user?.userPrincipalName ?? index.applications.get(foldName(target))?.userPrincipalName ?? target;
  return {
    problem: `${telephoneNumber} is the number of ${name}`,
    remedy: 'give them another way to call, emergency services included; then remove the number',
    commands: [removeNumber(name, telephoneNumber, isSimEnabled(number) ? 'OCMobile' : numberType)],
  };
}

function stepsOfOperator(country: string | null): string[] {
  const where = country === null ? 'the organisation' : country;
  return [
    'Suspended or removed, the operator carries no call of its numbers any more, emergency calls included: nothing may block when it is done.',
    `Give each user another number, and remove the operator's from everybody in ${where}.`,
    'Ask the operator to release the numbers.',
    `Then suspend or remove the operator in ${where}: Teams admin center, Voice > Operators > My operators.`,
    'Export and import again: npm run tenant -- diff DIR --impact shows who has lost what.',
  ];
}

const STEPS_OF_NUMBER = [
  'Remove the number from whoever has it: Voice > Phone numbers > Edit > Remove user, or the command.',
  "Release it: Teams admin center, Voice > Phone numbers > Release. It is the tenant's no longer, and goes back to the operator.",
  'Export and import again: npm run tenant -- diff DIR --impact shows who has lost what.',
];
