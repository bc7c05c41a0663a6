import type { AccountInfo } from '@azure/msal-node';
import type { GraphSettings } from '../settings.ts';
import type { SignInStore } from '../store/signInStore.ts';

/** What every step of the sign-in works with. */
export interface SignInContext {
  settings: GraphSettings;
  store: SignInStore;
  /** Limit for one request to the sign-in service. */
  timeoutMs: number;
  now: () => Date;
  /** Told of a refreshed sign-in that could not be stored. */
  onUnsaved: (why: unknown) => void;
}

/** The service account, once it is signed in. */
export interface SignedInAccount {
  /** UPN. Personal: not for logs. */
  username: string;
  homeAccountId: string;
  /** Id of the user in the tenant. */
  userId: string;
}

export function toSignedInAccount({ username, homeAccountId, localAccountId }: AccountInfo): SignedInAccount {
  return { username, homeAccountId, userId: localAccountId };
}

/** UPNs know no upper and lower case. */
export function isServiceAccount(account: Pick<AccountInfo, 'username'>, settings: GraphSettings): boolean {
  return account.username.toLowerCase() === settings.serviceAccount.toLowerCase();
}
