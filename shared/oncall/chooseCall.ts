import type { CallResponse, ResponseAction } from './response.ts';

/** A call that the sender of an answer was told of. Times are ISO 8601 in UTC. */
export interface ToldCall {
  id: string;
  code: string;
  /** When it was, as messages say it to the sender: `14:05:09` by the clock of the team. */
  clock: string;
  /** When the sender was last told of it. */
  toldAt: string;
  response: Pick<CallResponse, 'state' | 'since'>;
}

/**
 * The call that is meant; or none, since nothing is open; or the calls to ask about: `several` are open and the answer
 * gave no code, several have the `sameCode`, none that is open has this code, or it is `unheld`: nobody has it, and one
 * digit is too little to close it.
 */
export type CallChoice =
  | { call: ToldCall }
  | { none: true }
  | { which: ToldCall[]; why: 'several' | 'sameCode' | 'unknownCode' | 'unheld' };

/** An answer without a code means something of today: what nobody closed last week must not make it ambiguous for ever. */
const CURRENT_FOR_MS = 24 * 60 * 60_000;
/** Who acknowledges now does not mean a call that somebody has had for this long. */
const LONG_HELD_MS = 2 * 60 * 60_000;

/**
 * Which of the calls that the sender was told of an answer means. A code names it, together with the time where two have
 * the same code; without one it is the only open call. Never a guess between two: a call whose telling stops because
 * of an answer to another one is heard of by nobody.
 */
export function chooseCall(
  told: readonly ToldCall[],
  { action, code, time }: { action: ResponseAction; code: string | null; time: string | null },
  now: Date,
): CallChoice {
  const open = newestFirst(told.filter(({ response }) => response.state !== 'resolved'));
  if (code === null) {
    const choice = choiceOf(meantWithoutCode(open, action, now), 'several');
    // A slip of the thumb must not silence a call that nobody has.
    const isSlip = 'call' in choice && action.kind === 'resolve' && choice.call.response.state === 'open';
    return isSlip ? { which: [choice.call], why: 'unheld' } : choice;
  }
  const named = (call: ToldCall) => call.code === code && call.clock.startsWith(time ?? '');
  const choice = choiceOf(open.filter(named), 'sameCode');
  if (!('none' in choice)) return choice;
  const [closed] = newestFirst(told.filter(named));
  if (closed) return { call: closed };
  return open.length === 0 ? { none: true } : { which: open, why: 'unknownCode' };
}

function choiceOf(calls: ToldCall[], why: 'several' | 'sameCode'): CallChoice {
  const [call] = calls;
  if (call === undefined) return { none: true };
  return calls.length === 1 ? { call } : { which: calls, why };
}

function meantWithoutCode(open: ToldCall[], action: ResponseAction, now: Date): ToldCall[] {
  const ageMs = (iso: string | null) => (iso === null ? 0 : now.getTime() - new Date(iso).getTime());
  const current = open.filter(({ toldAt }) => ageMs(toldAt) < CURRENT_FOR_MS);
  const unheld = current.filter(({ response }) => response.state === 'open' || ageMs(response.since) < LONG_HELD_MS);
  const [meant = open] = [action.kind === 'acknowledge' ? unheld : [], current].filter(({ length }) => length > 0);
  return meant;
}

function newestFirst(calls: readonly ToldCall[]): ToldCall[] {
  return [...calls].sort((a, b) => b.toldAt.localeCompare(a.toldAt));
}
