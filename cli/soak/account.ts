import { cpus } from 'node:os';
import type { SoakResult } from './run.ts';

/** The heap may grow by half between a fifth of the run and its end. */
const MAX_HEAP_RATIO = 1.5;

export interface AccountLine {
  name: string;
  value: number | string;
  /** What it must be, in words; nothing for what is only told. */
  must?: string;
  isBad: boolean;
}

/** The account of a run. One bad line makes the run a failure. */
export function accountOf(result: SoakResult): AccountLine[] {
  const { tally, heap, log } = result;
  const ratio = heap.late / heap.early;
  return [
    told('events in', result.events),
    told('messages about a call, announced without damage', tally.announced),
    equal('  recorded as calls, found by their id', tally.recorded, tally.announced),
    none('  only kept as work to fetch them', tally.onlyAsWork),
    none('  lost', tally.lost),
    told('calls of damaged items or messages', tally.fromDamage),
    none('calls of messages that are none', tally.falseCalls),
    none('calls recorded twice', tally.repeatedCalls),
    none('calls without an alert to send', tally.callsWithoutAlert),
    none('calls that nobody was woken for', tally.callsNotWokenFor),
    equal('ordinary messages kept', tally.ordinaryKept, tally.ordinaryAnnounced),
    equal('damaged messages kept, or to be fetched again', tally.damagedKept, tally.damagedAnnounced),
    told('dead letters', tally.deadLetters),
    none('  without a reason', tally.deadLettersWithoutReason),
    told('work rows', tally.workRows),
    none('  of a kind that is not expected', tally.unexpectedWork),
    none('throws', result.throws),
    { name: 'prototypes untouched', value: String(result.isPrototypeClean), isBad: !result.isPrototypeClean },
    told('log lines', log.count()),
    told('  distinct, digits and ids alike', log.distinct()),
    none('  with a number, a name or words of a message', log.personal().length),
    none('  longer than any of ours', log.tooLong().length),
    told('heap in MB at a fifth of the run', megabytes(heap.early)),
    told('heap in MB at its end', megabytes(heap.late)),
    {
      name: '  grown to',
      value: round(ratio),
      must: `${MAX_HEAP_RATIO} at most`,
      isBad: !(ratio <= MAX_HEAP_RATIO),
    },
    told('slowest batch in ms', Math.round(result.slowestBatchMs)),
    told('events per second', Math.round(result.events / result.seconds)),
    told('machine', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`),
  ];
}

export function told(name: string, value: number | string): AccountLine {
  return { name, value, isBad: false };
}

export function none(name: string, value: number): AccountLine {
  return equal(name, value, 0);
}

export function equal(name: string, value: number, expected: number): AccountLine {
  return { name, value, must: String(expected), isBad: value !== expected };
}

export const megabytes = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10;
const round = (value: number) => Math.round(value * 100) / 100;
