import { randomBytes } from 'node:crypto';
import type { TwilioCall } from './call.ts';

export type NewCall = Pick<
  TwilioCall,
  'to' | 'from' | 'twiml' | 'machineDetection' | 'statusCallback' | 'statusCallbackEvents' | 'ringSeconds'
>;

/** The state of the account's calls. What it gives out are copies. */
export interface CallStore {
  create(fields: NewCall): TwilioCall;
  update(sid: string, change: Partial<TwilioCall>): TwilioCall;
  get(sid: string): TwilioCall | undefined;
  /** The newest first. */
  list(): TwilioCall[];
  /** Resolves with the first call, now or later, that the predicate takes; rejects after `timeoutMs`. */
  waitFor(predicate: (call: TwilioCall) => boolean, timeoutMs: number): Promise<TwilioCall>;
  close(): void;
}

export function createCallStore(now: () => Date): CallStore {
  const calls = new Map<string, TwilioCall>();
  const waiters = new Set<(call: TwilioCall | null) => void>();

  function keep(call: TwilioCall): TwilioCall {
    calls.set(call.sid, call);
    for (const look of [...waiters]) look(copy(call));
    return copy(call);
  }

  return {
    create(fields) {
      const at = now();
      const sid = `CA${randomBytes(16).toString('hex')}`;
      const unknown = { answeredBy: null, startedAt: null, endedAt: null, durationSeconds: null };
      const state = { status: 'queued', statuses: ['queued'], heard: [], pressed: [] } satisfies Partial<TwilioCall>;
      return keep({ ...fields, ...unknown, ...state, sid, createdAt: at, updatedAt: at });
    },
    update(sid, change) {
      const call = calls.get(sid);
      if (call === undefined) throw new Error(`There is no call ${sid}.`);
      const statuses = change.status ? [...call.statuses, change.status] : call.statuses;
      return keep({ ...call, ...change, statuses, updatedAt: now() });
    },
    get(sid) {
      const call = calls.get(sid);
      return call && copy(call);
    },
    list: () => [...calls.values()].reverse().map(copy),
    waitFor(predicate, timeoutMs) {
      return new Promise((resolve, reject) => {
        const look = (call: TwilioCall | null) => {
          if (call !== null && !predicate(call)) return;
          clearTimeout(timer);
          waiters.delete(look);
          if (call === null) reject(new Error(`No such call came. There are ${calls.size} calls.`));
          else resolve(call);
        };
        const timer = setTimeout(() => look(null), timeoutMs);
        waiters.add(look);
        const present = [...calls.values()].find((call) => predicate(copy(call)));
        if (present) look(copy(present));
      });
    },
    close() {
      for (const look of [...waiters]) look(null);
    },
  };
}

function copy(call: TwilioCall): TwilioCall {
  return { ...call, statuses: [...call.statuses], heard: [...call.heard], pressed: [...call.pressed] };
}
