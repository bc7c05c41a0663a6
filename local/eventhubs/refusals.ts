import type { AmqpError } from './amqp.ts';

/** Something a client asked for and did not get, in the words it was told. */
export type Refusal = AmqpError;

/**
 * What was refused because it is wrong or not known here, so that a test can assert that nothing was. What a fault
 * refused, and a receiver that lost its partition to another, are not in it.
 */
export interface Refusals {
  remember(refusal: Refusal): Refusal;
  list(): Refusal[];
}

export function createRefusals(): Refusals {
  const refusals: Refusal[] = [];
  return {
    remember(refusal) {
      refusals.push(refusal);
      return refusal;
    },
    list: () => [...refusals],
  };
}

/** The service's words for a hub, consumer group or node that does not exist; its clients look for them. */
export function entityNotFound(address: string): Refusal {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  };
}

export function partitionNotFound(partitionCount: number): Refusal {
  return {
    condition: 'com.microsoft:argument-out-of-range',
    description:
      'The specified partition is invalid for an EventHub partition sender or receiver. ' +
      `It should be between 0 and ${partitionCount - 1}.`,
  };
}

export function notImplemented(what: string): Refusal {
  return { condition: 'amqp:not-implemented', description: `This look-alike of Event Hubs does not know ${what}.` };
}

export function unauthorized(description: string): Refusal {
  return { condition: 'amqp:unauthorized-access', description };
}
