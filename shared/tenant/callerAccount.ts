import { foldName } from './networkIndex.ts';
import type { PhoneNumber, TenantUser } from './peopleConfig.ts';
import { GLOBAL, type SharedCallingRoutingPolicy } from './policyConfig.ts';
import { isSimEnabled } from './simEnabled.ts';
import { bareNumber, type TenantIndex } from './tenantIndex.ts';

/** `NumberType` of Get-CsPhoneNumberAssignment. */
export type NumberType = 'CallingPlan' | 'OperatorConnect' | 'DirectRouting' | 'OCMobile';

const NUMBER_TYPES: readonly NumberType[] = ['CallingPlan', 'OperatorConnect', 'DirectRouting', 'OCMobile'];

/** A number, and what the export knows of it. */
export interface AssignedNumber {
  /** Without an extension. */
  telephoneNumber: string;
  /** `null` where the export does not list the number. */
  number: PhoneNumber | null;
  type: NumberType | null;
}

/** What a user calls with: a number of their own, or that of a resource account (Shared Calling). */
export interface CallerAccount {
  user: TenantUser;
  own: AssignedNumber | null;
  /** Only where there is no own number: with one, calls are made with it. */
  shared: SharedCalling | null;
}

export interface SharedCalling {
  policy: SharedCallingRoutingPolicy;
  /** Of the resource account; `null` when it has none. */
  number: AssignedNumber | null;
}

/** `upn`: user principal name or object id, in any case of letters; `null` for whoever is not in the export. */
export function findCallerAccount(index: TenantIndex, upn: string): CallerAccount | null {
  const user = index.users.get(foldName(upn));
  if (!user) return null;
  const own = numberOf(index, user.identity, user.lineUri);
  return { user, own, shared: own === null ? sharedCallingOf(index, user) : null };
}

/** The number that the call is made with. */
export function numberOfCalls({ own, shared }: CallerAccount): AssignedNumber | null {
  return own ?? shared?.number ?? null;
}

function sharedCallingOf(index: TenantIndex, user: TenantUser): SharedCalling | null {
  const name = user.policies.teamsSharedCallingRoutingPolicy ?? GLOBAL;
  const policy = index.sharedCalling.get(foldName(name));
  if (!policy || policy.resourceAccount === null) return null;
  return { policy, number: numberOfResourceAccount(index, policy.resourceAccount) };
}

/** `account`: object id or user principal name. */
export function numberOfResourceAccount(index: TenantIndex, account: string): AssignedNumber | null {
  const application = index.applications.get(foldName(account));
  const user = index.users.get(foldName(account));
  const id = user?.identity ?? application?.objectId ?? account;
  return numberOf(index, id, user?.lineUri ?? application?.phoneNumber ?? null);
}

/** As the numbers say whom they are assigned to; else as the account says which number it has. */
function numberOf(index: TenantIndex, identity: string, lineUri: string | null): AssignedNumber | null {
  const assigned = index.numbersOf.get(foldName(identity)) ?? [];
  const listed = assigned.find(({ assignmentCategory }) => /^primary$/i.test(assignmentCategory ?? '')) ?? assigned[0];
  const number = listed ?? (lineUri === null ? undefined : index.numbers.get(bareNumber(lineUri)));
  const telephoneNumber = number?.telephoneNumber ?? lineUri;
  if (telephoneNumber === null) return null;
  return { telephoneNumber: bareNumber(telephoneNumber), number: number ?? null, type: number ? typeOf(number) : null };
}

function typeOf(number: PhoneNumber): NumberType | null {
  if (isSimEnabled(number)) return 'OCMobile';
  return NUMBER_TYPES.find((known) => known.toLowerCase() === number.numberType.toLowerCase()) ?? null;
}
