import type { EventHubs } from '../../../local/eventhubs/server.ts';

/** Watches that somebody reads each partition of the hub. */
export interface ReadingWatch {
  look(nowMs: number): void;
  /** The longest that a partition had no reader. */
  longestUnreadMs(): number;
  /** Whether each partition had a reader when it was looked last. */
  isEachRead(): boolean;
}

/** A partition counts as read from the first time that it was. */
export function watchReading(hub: Pick<EventHubs, 'receivers'>, partitionIds: readonly string[]): ReadingWatch {
  const lastReadAt = new Map<string, number>();
  let longest = 0;
  let isEachRead = false;
  return {
    look(nowMs) {
      const read = new Set(hub.receivers().map(({ partitionId }) => partitionId));
      isEachRead = partitionIds.every((id) => read.has(id));
      for (const id of partitionIds) {
        longest = Math.max(longest, nowMs - (lastReadAt.get(id) ?? nowMs));
        if (read.has(id)) lastReadAt.set(id, nowMs);
      }
    },
    longestUnreadMs: () => Math.round(longest),
    isEachRead: () => isEachRead,
  };
}
