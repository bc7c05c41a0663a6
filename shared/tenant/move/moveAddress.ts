import { dispatchableText } from '../addressText.ts';
import { psText } from '../audit/powerShell.ts';
import { bareNumber, type TenantIndex } from '../tenantIndex.ts';
import { showNumber, teams } from './moveCommands.ts';
import type { MoveFrom } from './moveFrom.ts';
import type { MoveCommand, MoveStep } from './movePlan.ts';

const NEW_NUMBER = '<new number>';
/** As Teams PowerShell shows that there is none. */
const EMPTY_ID = '00000000-0000-0000-0000-000000000000';

/** As the plan names it: of a user without one of their own it is still to come. A SIM card knows no extension. */
export function numberToAssign({ number }: MoveFrom): string {
  return number === null ? NEW_NUMBER : bareNumber(number);
}

/** The emergency address that the number has now: afterwards nobody can look it up any more. */
export function noteAddress(index: TenantIndex, from: MoveFrom): MoveStep {
  const { listed } = from;
  const id = listed?.locationId ?? null;
  return {
    title: 'Write down the emergency address',
    who: 'administrator',
    text: addressText(index, from) ?? withoutAddress(from),
    condition: null,
    commands: listed === null ? [] : [showNumber(listed.telephoneNumber, [`LocationId : ${id ?? EMPTY_ID}`])],
    warning: null,
  };
}

function addressText(index: TenantIndex, from: MoveFrom): string | null {
  const id = locationOf(index, from);
  if (id === null) return null;
  const location = index.networks.locations.get(id);
  const what = location ? dispatchableText(location) : 'which the export does not have';
  return `It is location ${id}, ${what}. It goes with the old assignment.`;
}

function withoutAddress({ source, shared }: MoveFrom): string {
  switch (source) {
    case 'directRoutingOnline':
    case 'directRoutingOnPremises':
      return 'A Direct Routing number of a user has no registered address: write down where the user works, and what the gateway or its provider has on file.';
    case 'sharedCalling':
      return `Until now calls convey the location of ${shared?.number?.telephoneNumber ?? 'the resource account'}, which is not the user's own: write down where the user works.`;
    default:
      return 'The export knows none: write down where the user works.';
  }
}

/** What follows from who sets the address: one of the three is so. A number that is there shows which can be. */
export function addressSteps(index: TenantIndex, from: MoveFrom): MoveStep[] {
  const [fixed, ...changeable] = allAddressSteps(index, from);
  const isChangeable = from.source === 'operatorConnectMobile' ? (from.listed?.locationUpdateSupported ?? null) : null;
  return [...(fixed && isChangeable !== true ? [fixed] : []), ...(isChangeable === false ? [] : changeable)];
}

function allAddressSteps(index: TenantIndex, from: MoveFrom): MoveStep[] {
  const number = numberToAssign(from);
  const present = locationOf(index, from);
  const isThere = present !== null && index.networks.locations.has(present);
  const id = isThere ? present : '<location id>';
  const set = teams(`Set-CsPhoneNumberAssignment -PhoneNumber ${psText(number)} -LocationId ${psText(id)}`);
  const found = isThere
    ? []
    : [teams('Get-CsOnlineLisLocation | ft LocationId, Description, Location, HouseNumber, StreetName, City')];
  const shown = (location: string, isChangeable: boolean) =>
    showNumber(number, [
      `LocationId              : ${location}`,
      `LocationUpdateSupported : ${isChangeable ? 'True' : 'False'}`,
    ]);
  const base = { title: 'Emergency address of the number', who: 'administrator' } as const;
  return [
    {
      ...base,
      who: 'operator',
      condition: 'the operator assigns the address for good',
      text: 'Read the address. Where it is wrong only the operator can change it: ask, and read it again until it is right.',
      commands: [shown('the right location', false)],
      warning: 'Until the operator has changed it, a call through Teams may send help to the wrong address.',
    },
    {
      ...base,
      condition: 'the operator assigns the address, and it can be changed',
      text: 'Read the address. Where it is wrong set it; if Teams refuses an address that is some years old, make it anew first.',
      commands: [shown('the right location', true), ...found, set],
      warning: 'What the operator assigned may be the address of the contract, not that of the user.',
    },
    {
      ...base,
      condition: 'the customer assigns the address',
      text: 'Set it at once, before the user is told that the number works; then read it.',
      commands: [...found, set, shown(id, true)],
      warning: `Until then the number has no address (LocationId ${EMPTY_ID}).`,
    },
  ];
}

/** That the address is right in the end, whoever set it. */
export function recheckAddress({ user, number }: MoveFrom, bare: string): MoveStep {
  const hasTest = ['US', 'CA'].includes(user.usageLocation ?? '');
  const test = hasTest
    ? 'The user dials 933 in Teams: the voice reads back the number, the address and whether a call would be screened.'
    : 'Ask the operator how the address is tested: 933 is for the United States and Canada.';
  const call: MoveCommand = {
    shell: 'shell',
    line: `npm run tenant -- call --user ${shellText(user.userPrincipalName, user.identity)} --number ${hasTest ? '933' : '112'}`,
    expected: [`Shown    ${number === null ? '<new number>' : bare} (own)`],
  };
  return {
    title: 'Check the emergency address again',
    who: 'user',
    text: `${test} Then export and import again, and look at what would become of a call.`,
    condition: null,
    commands: [showNumber(bare, ['LocationId : the location that was meant']), call],
    warning:
      'Only calls through Teams convey this address. With the native dialer the operator locates the phone, by coordinates or the cell tower.',
  };
}

function locationOf({ defaultLocations }: TenantIndex, { listed }: MoveFrom): string | null {
  if (listed === null || listed.numberType.toLowerCase() === 'directrouting') return null;
  if (listed.locationId !== null) return listed.locationId;
  return listed.civicAddressId === null ? null : (defaultLocations.get(listed.civicAddressId) ?? null);
}

/** Between double quotes, which every shell takes; a name that would mean something there gives way to the id. */
function shellText(upn: string, identity: string): string {
  return `"${/^[\w.'#^~@+-]+$/.test(upn) ? upn : identity}"`;
}
