import type { StoredEvent } from './eventContent.ts';
import { notImplemented, type Refusal } from './refusals.ts';

const SELECTOR =
  /^amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*(?:'([^']*)'|(-?\d+|@latest))$/;

/**
 * Where a receiver begins: the sequence number of the first event it gets, by the selector it attached with (`null`
 * for none: from the earliest). An offset or sequence number past the end is refused as the service does, which is
 * what a checkpoint older than the hub meets.
 */
export function startOf(selector: string | null, events: readonly StoredEvent[]): number | Refusal {
  if (selector === null) {
    return 0;
  }
  const [, field, operator, quoted, bare] = SELECTOR.exec(selector.trim()) ?? [];
  const value = quoted ?? bare;
  if (field === undefined || value === undefined) {
    return notImplemented(`the selector "${selector}"`);
  }
  if (value === '@latest') {
    return events.length;
  }
  const position = Number(value);
  if (value === '' || !Number.isInteger(position)) {
    return argumentError(`The supplied ${field} '${value}' is invalid.`);
  }
  const isInclusive = operator === '>=';
  if (field === 'enqueued-time') {
    return firstIndex(events, ({ enqueuedAt }) => enqueuedAt.getTime(), position, isInclusive);
  }
  return field === 'offset'
    ? startAtOffset(events, position, isInclusive)
    : startAtSequenceNumber(events, position, isInclusive);
}

function startAtOffset(events: readonly StoredEvent[], offset: number, isInclusive: boolean): number | Refusal {
  const last = Number(events.at(-1)?.offset ?? -1);
  return offset > last
    ? argumentError(`The supplied offset '${offset}' is invalid. The last offset in the system is '${last}'`)
    : firstIndex(events, (event) => Number(event.offset), offset, isInclusive);
}

function startAtSequenceNumber(events: readonly StoredEvent[], number: number, isInclusive: boolean): number | Refusal {
  const last = events.length - 1;
  return number > last
    ? argumentError(
        `The supplied sequence number '${number}' is invalid. The last sequence number in the system is '${last}'`,
      )
    : firstIndex(events, (event) => event.sequenceNumber, number, isInclusive);
}

function firstIndex(
  events: readonly StoredEvent[],
  positionOf: (event: StoredEvent) => number,
  position: number,
  isInclusive: boolean,
): number {
  const index = events.findIndex((event) =>
    isInclusive ? positionOf(event) >= position : positionOf(event) > position,
  );
  return index === -1 ? events.length : index;
}

function argumentError(description: string): Refusal {
  return { condition: 'com.microsoft:argument-error', description };
}
