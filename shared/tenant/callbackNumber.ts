import type { CallerAccount } from './callerAccount.ts';
import {
  type Assigned,
  assignNumber,
  type CallbackNumbers,
  EMPTY_LEDGER,
  type SharedCallingLedger,
} from './sharedCallingLedger.ts';
import { type Step, step } from './step.ts';
import { bareNumber } from './tenantIndex.ts';

/** The number that is shown to the emergency services and that they call back. */
export interface CallbackNumber {
  /** `null`: none, or none that an export knows. */
  number: string | null;
  /** `own`: the user's. `predicted`: by the rule of Shared Calling, and only as far as the ledger knows of calls. */
  basis: 'own' | 'predicted' | 'none';
  step: Step;
}

/** The numbers of the policy that a user's emergency calls get one of; `null` for who does not call by Shared Calling. */
export function callbackNumbersOf({ shared }: CallerAccount): (CallbackNumbers & { policy: string }) | null {
  if (shared === null) return null;
  return {
    policy: shared.policy.identity,
    emergencyNumbers: shared.policy.emergencyNumbers.map(bareNumber),
    resourceAccountNumber: shared.number?.telephoneNumber ?? null,
  };
}

/** As if the call came at `now`; nothing is reserved. */
export function callbackNumberOf(
  account: CallerAccount,
  now: Date,
  ledger: SharedCallingLedger = EMPTY_LEDGER,
): CallbackNumber {
  if (account.own !== null) {
    const reason = `${account.own.telephoneNumber}, the user's own number`;
    return { number: account.own.telephoneNumber, basis: 'own', step: step('callbackNumber', 'matched', reason) };
  }
  const numbers = callbackNumbersOf(account);
  if (numbers === null)
    return {
      number: null,
      basis: 'none',
      step: step('callbackNumber', 'notMatched', 'the user has no number to call back'),
    };
  const { assigned } = assignNumber(ledger, numbers, 'asked', now);
  const { number } = assigned;
  const basis = number === null ? 'none' : 'predicted';
  return {
    number,
    basis,
    step: step('callbackNumber', number === null ? 'notMatched' : 'unknown', reasonOf(assigned, numbers.policy)),
  };
}

function reasonOf({ number, how }: Assigned, policy: string): string {
  if (number === null) return `policy ${policy} has no emergency numbers, and its resource account no number`;
  const why = {
    free: `the next free emergency number of policy ${policy}`,
    kept: 'the number that the call has already',
    reused: `an emergency number of policy ${policy} that somebody has already: none is free`,
    resourceAccount: `the number of the resource account: policy ${policy} has no emergency numbers`,
    none: 'none',
  }[how];
  return `predicted ${number}, ${why}; what the call itself says holds`;
}
