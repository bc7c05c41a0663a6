import type { PhoneNumber } from '../peopleConfig.ts';
import { isSimEnabled } from '../simEnabled.ts';

/** How an operator handles the emergency addresses of its numbers, as far as the numbers show it. */
export interface OperatorAddresses {
  operator: string;
  /** SIM-enabled numbers of the tenant. */
  numbers: number;
  /**
   * `fixedByOperator`: none can be changed here. `changeable`: the operator or the customer assigns them, and they can
   * be changed here; which of both the numbers do not show. `mixed`: some of each kind. `unknown`: the export is silent.
   */
  addresses: 'fixedByOperator' | 'changeable' | 'mixed' | 'unknown';
}

/** Of operators that have SIM-enabled numbers in the tenant, in the order of their numbers. */
export function operatorsOf(phoneNumbers: readonly PhoneNumber[]): OperatorAddresses[] {
  const byOperator = new Map<string, PhoneNumber[]>();
  for (const number of phoneNumbers) {
    if (!isSimEnabled(number)) continue;
    const name = number.pstnPartnerName ?? number.operatorId ?? 'not named';
    byOperator.set(name, [...(byOperator.get(name) ?? []), number]);
  }
  return [...byOperator].map(([operator, numbers]) => ({
    operator,
    numbers: numbers.length,
    addresses: addressesOf(numbers),
  }));
}

function addressesOf(numbers: readonly PhoneNumber[]): OperatorAddresses['addresses'] {
  const answers = new Set(numbers.map(({ locationUpdateSupported }) => locationUpdateSupported));
  answers.delete(null);
  if (answers.size === 0) return 'unknown';
  if (answers.size === 2) return 'mixed';
  return answers.has(true) ? 'changeable' : 'fixedByOperator';
}
