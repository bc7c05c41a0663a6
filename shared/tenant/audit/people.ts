import { type AssignedNumber, type CallerAccount, findCallerAccount } from '../callerAccount.ts';
import type { TenantUser } from '../peopleConfig.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach } from '../tenantRule.ts';

/** People who may call: no guests, no resource accounts, nobody who was deleted. */
export function peopleOf({ config }: Pick<TenantIndex, 'config'>): TenantUser[] {
  return config.users.filter(
    ({ accountType, softDeletedAt }) =>
      softDeletedAt === null && !/^(?:guest|resourceaccount)$/i.test(accountType ?? ''),
  );
}

export interface Caller {
  user: TenantUser;
  account: CallerAccount;
}

/** People who are enabled for voice. */
export function callersOf(index: TenantIndex): Caller[] {
  return peopleOf(index).flatMap((user) => {
    const account = user.enterpriseVoiceEnabled ? findCallerAccount(index, user.identity) : null;
    return account ? [{ user, account }] : [];
  });
}

/** Those whose emergency calls go by gateways of the tenant with a number of their own. */
export function isDirect({ own }: { own: AssignedNumber | null }): boolean {
  return own?.type === 'DirectRouting';
}

export function userObject({ userPrincipalName }: Pick<TenantUser, 'userPrincipalName'>): string {
  return `OnlineUser ${userPrincipalName}`;
}

/** What is wrong with single people. */
export function eachCaller(
  find: (caller: Caller, index: TenantIndex) => Omit<Breach, 'object'> | null,
): (index: TenantIndex) => Breach[] {
  return (index) =>
    callersOf(index).flatMap((caller) => {
      const breach = find(caller, index);
      return breach === null ? [] : [{ object: userObject(caller.user), ...breach }];
    });
}

/** Up to three, then how many more. */
export function someOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
