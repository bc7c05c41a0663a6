import type { Refusal } from './refusals.ts';

/** How many receivers without an owner level one partition and consumer group may have. */
const MAX_RECEIVERS = 5;

/**
 * Who reads a partition when another receiver comes, by the owner levels (epochs) of those there and of the new one;
 * `null` is a receiver without one. The published rule: a level at least as high takes the partition from all, a lower
 * one is refused, and one without a level may join only those without.
 */
export function decideOwnership(
  present: readonly (number | null)[],
  incoming: number | null,
): { accept: true; stealFromAll: boolean } | { accept: false; refusal: Refusal } {
  const levels = present.filter((level) => level !== null);
  const highest = levels.length === 0 ? null : Math.max(...levels);
  if (incoming === null) {
    if (highest !== null) {
      return { accept: false, refusal: noLevelRefused(highest) };
    }
    return present.length >= MAX_RECEIVERS
      ? { accept: false, refusal: tooManyReceivers() }
      : { accept: true, stealFromAll: false };
  }
  if (highest !== null && highest > incoming) {
    return { accept: false, refusal: lowerLevelRefused(highest, incoming) };
  }
  return { accept: true, stealFromAll: true };
}

/** What a receiver is told that loses its partition. */
export function stolen(newLevel: number | null, oldLevel: number | null): Refusal {
  return {
    condition: 'amqp:link:stolen',
    description:
      `New receiver 'nil' with higher epoch of '${newLevel}' is created hence current receiver 'nil' ` +
      `with epoch '${oldLevel ?? 0}' is getting disconnected. ` +
      'If you are recreating the receiver, make sure a higher epoch is used.',
  };
}

function noLevelRefused(highest: number): Refusal {
  return {
    condition: 'amqp:link:stolen',
    description:
      `At least one receiver for the endpoint is created with epoch of '${highest}', and so non-epoch receiver is not ` +
      'allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.',
  };
}

function lowerLevelRefused(highest: number, incoming: number): Refusal {
  return {
    condition: 'amqp:link:stolen',
    description:
      `Receiver 'nil' with a higher epoch '${highest}' already exists. ` +
      `Receiver 'nil' with epoch ${incoming} cannot be created. Make sure you are creating receiver with increasing ` +
      'epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.',
  };
}

function tooManyReceivers(): Refusal {
  return {
    condition: 'amqp:resource-limit-exceeded',
    description: `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${MAX_RECEIVERS}.`,
  };
}
