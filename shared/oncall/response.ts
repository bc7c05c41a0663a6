/** Why a call is closed. A misdial is closed by a person, never by the product. */
export type ResolveReason = 'real' | 'misdial' | 'test' | 'other';

/** What somebody who was told can answer. */
export type ResponseAction =
  | { kind: 'acknowledge' }
  | { kind: 'onScene' }
  | { kind: 'handBack' }
  | { kind: 'escalate' }
  | { kind: 'resolve'; reason: ResolveReason };

/** How far somebody has taken a call in hand. Times are ISO 8601 in UTC, by our clock. */
export interface CallResponse {
  state: 'open' | 'acknowledged' | 'onScene' | 'resolved';
  /** Id of the recipient who has it, or resolved it; `null` while nobody has. */
  holder: string | null;
  /** Who gave the latest answer, also one that handed it back; `null` while nobody has answered. */
  answeredBy: string | null;
  /** Since when; `null` while nobody has answered. */
  since: string | null;
  /** The first acknowledgement there was: handing back does not undo that it was seen. */
  firstAcknowledgedAt: string | null;
  resolvedAs: ResolveReason | null;
  /** Raised when telling begins anew: what an earlier round of telling left behind is void. */
  run: number;
  /** Raised with every change that the others hear of. */
  version: number;
}

export const NOBODY_ANSWERED: CallResponse = {
  state: 'open',
  holder: null,
  answeredBy: null,
  since: null,
  firstAcknowledgedAt: null,
  resolvedAs: null,
  run: 0,
  version: 0,
};

/**
 * What became of an answer: `done`; `yours` when it changes nothing, since who answers has it already; `taken` when
 * somebody else was first; `notYours` when only who has it can hand it back; `resolved` when the call is closed.
 */
export type Verdict = 'done' | 'yours' | 'taken' | 'notYours' | 'resolved';

/**
 * What an answer makes of a call. The first acknowledgement holds until who gave it hands back; whoever is on scene has
 * the call. Closing it is open to everybody who was told, and final: no later answer undoes it. `escalate` changes no
 * state: that others are told at once is done by whoever asked for the verdict.
 */
export function respond(
  before: CallResponse,
  action: ResponseAction,
  by: string,
  at: Date,
): { after: CallResponse; verdict: Verdict } {
  const same = (verdict: Verdict) => ({ after: before, verdict });
  const done = (changes: Partial<CallResponse>) => ({
    after: { ...before, answeredBy: by, since: at.toISOString(), ...changes, version: before.version + 1 },
    verdict: 'done' as const,
  });
  if (before.state === 'resolved') return same('resolved');
  const isTheirs = before.holder === by;
  const firstAcknowledgedAt = before.firstAcknowledgedAt ?? at.toISOString();
  switch (action.kind) {
    case 'acknowledge':
      if (before.state !== 'open') return same(isTheirs ? 'yours' : 'taken');
      return done({ state: 'acknowledged', holder: by, firstAcknowledgedAt });
    case 'onScene':
      if (before.state === 'onScene') return same(isTheirs ? 'yours' : 'taken');
      return done({ state: 'onScene', holder: by, firstAcknowledgedAt });
    case 'handBack':
      // The same answer again: whoever gives it again must not hear that it did not count.
      if (before.state === 'open' && before.answeredBy === by) return same('done');
      if (!isTheirs) return same('notYours');
      return done({ state: 'open', holder: null, run: before.run + 1 });
    case 'escalate':
      return same('done');
    case 'resolve':
      return done({ state: 'resolved', holder: by, firstAcknowledgedAt, resolvedAs: action.reason });
  }
}
