/** What can be made to fail, and made well again. */
export interface EventHubsFaults {
  /** From now on a new connection is closed before a word is said on it. Those that are open stay. */
  refuseConnections(): void;
  acceptConnections(): void;
  /** Breaks every open connection off, without a word. */
  dropConnections(): void;
  /** Events of this partition (of all, without an id) are kept and not handed out; nobody is told. */
  stopDelivering(partitionId?: string): void;
  resumeDelivering(partitionId?: string): void;
  /** The next sends (all, without a count) are rejected with `com.microsoft:server-busy`; nothing of them is kept. */
  rejectSends(times?: number): void;
  acceptSends(): void;
  /** Makes everything well again. */
  clear(): void;
}

/** What the server asks before it does something. */
export interface FaultState {
  faults: EventHubsFaults;
  isRefusingConnections(): boolean;
  isHanging(partitionId: string): boolean;
  /** Counts the send. */
  takeSendRejection(): boolean;
}

export function createFaults(effects: { dropConnections(): void; deliver(): void }): FaultState {
  let isRefusingConnections = false;
  let isEverythingHanging = false;
  let sendsToReject = 0;
  const hangingPartitions = new Set<string>();

  const faults: EventHubsFaults = {
    refuseConnections() {
      isRefusingConnections = true;
    },
    acceptConnections() {
      isRefusingConnections = false;
    },
    dropConnections: effects.dropConnections,
    stopDelivering(partitionId) {
      if (partitionId === undefined) {
        isEverythingHanging = true;
      } else {
        hangingPartitions.add(partitionId);
      }
    },
    resumeDelivering(partitionId) {
      if (partitionId === undefined) {
        isEverythingHanging = false;
        hangingPartitions.clear();
      } else {
        hangingPartitions.delete(partitionId);
      }
      effects.deliver();
    },
    rejectSends(times = Number.POSITIVE_INFINITY) {
      sendsToReject = times;
    },
    acceptSends() {
      sendsToReject = 0;
    },
    clear() {
      faults.acceptConnections();
      faults.acceptSends();
      faults.resumeDelivering();
    },
  };

  return {
    faults,
    isRefusingConnections: () => isRefusingConnections,
    isHanging: (partitionId) => isEverythingHanging || hangingPartitions.has(partitionId),
    takeSendRejection() {
      const isRejected = sendsToReject > 0;
      sendsToReject = Math.max(0, sendsToReject - 1);
      return isRejected;
    },
  };
}
