import { createRandom, type Random } from '../../../local/faults/random.ts';
import type { CallSource } from '../../../local/graph/emergency/placeEmergencyCall.ts';

/** A call of the run. */
export interface PlannedCall {
  /** Since the beginning of the run. */
  atMs: number;
  caller: string;
  numberDialed: '911' | '933';
  /** No other call has it: it tells what a phone's message is about. */
  place: string;
  sources: CallSource[];
  /** False: Graph loses the notification of that source. */
  announce: Record<CallSource, boolean>;
}

/** A call that was made, with what Graph names it by: empty where that source did not tell of it. */
export interface PlacedSoakCall extends PlannedCall {
  /** Its number in the plan. */
  n: number;
  placedAtMs: number;
  chatId: string;
  messageId: string;
  eventId: string;
}

export interface PlanOptions {
  seed: number;
  calls: number;
  durationMs: number;
  /** Whether Graph tells of emergency call events too. */
  hasEvents: boolean;
}

/** Names of Microsoft's sample people. */
export const FIRST_NAMES = [
  ...['alex', 'adele', 'megan', 'diego', 'lidia', 'nestor', 'grady', 'isaiah', 'johanna', 'joni', 'lynne', 'miriam'],
  ...['patti', 'pradeep', 'henrietta', 'christie', 'allan', 'debra'],
];
export const LAST_NAMES = [
  ...['wilber', 'vance', 'bowen', 'siciliani', 'holloway', 'wilke', 'archie', 'langer', 'lorenz', 'sherman'],
  ...['robbins', 'graham', 'fernandez', 'gupta', 'mueller', 'cline', 'deyoung', 'berger'],
];

const PLACE = /Building \d\d, Room (\d{5})/;

/** The place of the n-th call. */
export function placeOfCall(n: number): string {
  return `Building ${10 + (n % 90)}, Room ${10_000 + n}`;
}

/** Which call a text names the place of first; `null` when it names none. */
export function callNamedIn(text: string): number | null {
  return callsNamedIn(text)[0] ?? null;
}

/** Every call of which a text names the place: two, where two sources told of two places. */
export function callsNamedIn(text: string): number[] {
  return [...text.matchAll(new RegExp(PLACE, 'g'))].map(([, room]) => Number(room) - 10_000);
}

/**
 * The calls of a run in the order of time: the same for the same options. One in twelve is a redial, also where each of
 * the two is told of by one source only: those may become one record, and both places must be told all the same.
 */
export function planCalls({ seed, calls, durationMs, hasEvents }: PlanOptions): PlannedCall[] {
  const random = createRandom(seed, calls);
  const times = Array.from({ length: calls }, () => random.below(durationMs)).sort((a, b) => a - b);
  const callers: string[] = [];
  return times.map((atMs, n) => {
    const telling = tellingOf(random, hasEvents);
    const again = random.oneIn(12) ? callers.at(-1 - random.below(8)) : undefined;
    const caller = again ?? `${random.pick(FIRST_NAMES)}.${random.pick(LAST_NAMES)}@contoso.com`;
    callers.push(caller);
    const numberDialed = random.oneIn(10) ? '933' : '911';
    return { atMs, caller, numberDialed, place: placeOfCall(n), ...telling };
  });
}

/** One source, or both, of which one may be lost. An event alone is never lost: nothing could bring it back. */
function tellingOf(random: Random, hasEvents: boolean): Pick<PlannedCall, 'sources' | 'announce'> {
  const lost = random.pick<CallSource | null>(LOST);
  const sources = random.pick(SOURCES);
  const announce = { chat: lost !== 'chat', event: lost !== 'event' };
  if (!hasEvents) return { sources: ['chat'], announce };
  if (sources.length > 1) return { sources: random.shuffled(sources), announce };
  return { sources, announce: { ...announce, event: true } };
}

/** One notification in six. */
const LOST: readonly (CallSource | null)[] = ['chat', 'event', ...Array.from({ length: 10 }, () => null)];
const SOURCES: readonly CallSource[][] = [['chat', 'event'], ['chat', 'event'], ['chat', 'event'], ['chat'], ['event']];
