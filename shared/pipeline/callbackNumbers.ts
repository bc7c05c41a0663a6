import type { SharedCallingStore } from '../store/sharedCallingStore.ts';
import { callbackNumbersOf } from '../tenant/callbackNumber.ts';
import type { CallerAccount } from '../tenant/callerAccount.ts';
import {
  type Assigned,
  assignNumber,
  type CallbackNumbers,
  EMPTY_LEDGER,
  recordSeenNumber,
  type SharedCallingLedger,
} from '../tenant/sharedCallingLedger.ts';

/** What the reservations of a policy are kept and counted with. */
export interface LedgerContext {
  sharedCalling: SharedCallingStore;
  now(): Date;
}

/**
 * The number that a call under a Shared Calling policy probably has, reserved for it. Instances that ask at once get
 * different numbers while one is free. It is a prediction: Microsoft's own list cannot be seen. Throws when the storage
 * does.
 */
export async function predictCallbackNumber(
  context: LedgerContext,
  policy: string,
  numbers: CallbackNumbers,
  callId: string,
): Promise<Assigned> {
  return changeLedger(context, policy, (ledger) => {
    const { assigned, ledger: after } = assignNumber(ledger, numbers, callId, context.now());
    return { result: assigned, after };
  });
}

/**
 * The same for a caller as the tenant's configuration has them, with the policy that decides; `null` for who has a number
 * of their own, or none at all. `until` of the answer is the end of the reservation.
 */
export async function predictCallbackOf(
  context: LedgerContext,
  account: CallerAccount,
  callId: string,
): Promise<(Assigned & { policy: string }) | null> {
  const numbers = callbackNumbersOf(account);
  if (numbers === null) return null;
  const { policy } = numbers;
  return { policy, ...(await predictCallbackNumber(context, policy, numbers, callId)) };
}

/** Writes down the number that the event or message of a call named, and that another was predicted where one was. */
export async function noteCallbackNumber(
  context: LedgerContext,
  policy: string,
  number: string,
  callId: string,
): Promise<void> {
  await changeLedger(context, policy, (ledger) => {
    return { result: undefined, after: recordSeenNumber(ledger, number, callId, context.now()) };
  });
}

/** `change` may run several times. */
async function changeLedger<T>(
  { sharedCalling }: LedgerContext,
  policy: string,
  change: (ledger: SharedCallingLedger) => { result: T; after: SharedCallingLedger },
): Promise<T> {
  for (;;) {
    const known = await sharedCalling.get(policy);
    const before = known?.value ?? EMPTY_LEDGER;
    const { result, after } = change(before);
    if (after === before) return result;
    if ((await sharedCalling.put(known, { policy, ...after })) === 'written') return result;
  }
}
