/** Something that goes wrong with requests. */
export type TwilioFault = (
  | {
      kind: 'status';
      /** 401, 429, 500, 503 …, with Twilio's own code for it. */
      status: number;
      /** The `Retry-After` header. */
      retryAfterSeconds?: number;
    }
  | { kind: 'delay'; delayMs: number }
  /** `hang` takes the request and never answers; `reset` breaks the connection. */
  | { kind: 'hang' | 'reset' }
  /** The message is created, and the answer never comes: the doubtful case. */
  | { kind: 'acceptThenHang' | 'acceptThenReset' }
) & {
  /** How many requests it befalls; without it, all until it is cleared. */
  times?: number;
  /** `send`, the default: only requests that create a message; `call`: only those that create a call. */
  on?: 'send' | 'call' | 'every';
};

export interface TwilioFaults {
  /** Replaces what was set. Of several, the first one that is not used up befalls a request. */
  set(...faults: TwilioFault[]): void;
  clear(): void;
}

/** What the server asks at each request. */
export interface FaultState {
  faults: TwilioFaults;
  /** Counts the request. */
  take(kind: 'send' | 'call' | 'other'): TwilioFault | null;
}

export function createFaults(): FaultState {
  let active: { fault: TwilioFault; left: number }[] = [];
  return {
    faults: {
      set(...faults) {
        active = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
      },
      clear() {
        active = [];
      },
    },
    take(kind) {
      const next = active.find(({ fault, left }) => left > 0 && [kind, 'every'].includes(fault.on ?? 'send'));
      if (next === undefined) {
        return null;
      }
      next.left -= 1;
      return next.fault;
    },
  };
}
