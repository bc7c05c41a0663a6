import type { EventContent, StoredEvent } from './eventContent.ts';
import { partitionOfKey } from './partitionKey.ts';

/** The state of one event hub. Nothing is ever dropped: there is no retention here. */
export interface EventLog {
  readonly hubName: string;
  readonly createdAt: Date;
  readonly partitionIds: readonly string[];
  /** The partition of a key, or for none the next in turn. */
  choosePartition(partitionKey: string | null): string;
  append(partitionId: string, content: EventContent, partitionKey: string | null, enqueuedAt: Date): StoredEvent;
  /** All events of a partition, in order; empty for one that does not exist. */
  events(partitionId: string): readonly StoredEvent[];
}

export function createEventLog(hubName: string, partitionCount: number, createdAt: Date): EventLog {
  const partitions = new Map(
    Array.from({ length: partitionCount }, (_, index) => [String(index), { events: [] as StoredEvent[], size: 0 }]),
  );
  let turn = 0;
  return {
    hubName,
    createdAt,
    partitionIds: [...partitions.keys()],
    choosePartition(partitionKey) {
      if (partitionKey !== null) {
        return String(partitionOfKey(partitionKey, partitionCount));
      }
      turn = (turn + 1) % partitionCount;
      return String(turn);
    },
    append(partitionId, content, partitionKey, enqueuedAt) {
      const partition = partitions.get(partitionId);
      if (partition === undefined) {
        throw new Error(`The hub has no partition ${partitionId}.`);
      }
      const event: StoredEvent = {
        partitionId,
        sequenceNumber: partition.events.length,
        offset: String(partition.size),
        enqueuedAt,
        partitionKey,
        content,
      };
      partition.events.push(event);
      // What the service adds to an event takes room as well; an event without content still moves the offset.
      partition.size += content.bareMessage.length + 48;
      return event;
    },
    events: (partitionId) => partitions.get(partitionId)?.events ?? [],
  };
}
