import { type CallbackNumber, callbackNumberOf } from './callbackNumber.ts';
import { type CallerAccount, findCallerAccount } from './callerAccount.ts';
import { type CallRoute, routeCall } from './callRoute.ts';
import type { ClientConnection } from './clientConnection.ts';
import { type DialedNumber, readDialed } from './emergencyNumber.ts';
import { type Located, locate } from './locate.ts';
import { type Notification, notificationOf } from './notification.ts';
import type { SharedCallingLedger } from './sharedCallingLedger.ts';
import type { Step } from './step.ts';
import type { TenantIndex } from './tenantIndex.ts';

/** What would become of a call. */
export interface ResolvedCall {
  account: CallerAccount;
  dialed: DialedNumber;
  located: Located;
  route: CallRoute;
  callback: CallbackNumber;
  notification: Notification;
  /** Every question in the order in which it was asked, and why it was answered as it was. */
  steps: Step[];
}

export interface CallQuestion {
  /** User principal name or object id. */
  user: string;
  connection: ClientConnection;
  /** As it is dialed. */
  number: string;
}

/** `null` for a user whom the export does not have. `ledger`: what is known of the numbers of the user's policy. */
export function resolveCall(
  index: TenantIndex,
  { user, connection, number }: CallQuestion,
  now: Date,
  ledger?: SharedCallingLedger,
): ResolvedCall | null {
  const account = findCallerAccount(index, user);
  if (account === null) return null;
  const located = locate(index, connection, account);
  const dialed = readDialed(number, account, located.emergencyCallRouting.policy);
  const route = routeCall(index.config, account, dialed, located.places);
  const callback = callbackNumberOf(account, now, ledger);
  const notification = notificationOf(located.emergencyCalling, dialed, located.support);
  const steps = [...located.steps, dialed.step, ...route.steps, callback.step, notification.step];
  return { account, dialed, located, route, callback, notification, steps };
}
