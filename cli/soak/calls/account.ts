import { cpus } from 'node:os';
import { type AccountLine, equal, megabytes, none, told } from '../account.ts';
import type { CallSoakResult } from './run.ts';
import { countBy } from './tally.ts';

/** What a process may need at most: a run of thousands of calls must not fill it. */
const MOST_MEGABYTES = 1_024;

/** The account of a run with calls. One bad line makes the run a failure. */
export function accountOfCalls(result: CallSoakResult): AccountLine[] {
  const { calls, tally, hasEvents, log, memory } = result;
  const lostOf = (source: 'chat' | 'event') =>
    calls.filter((call) => call.sources.includes(source) && !call.announce[source]).length;
  return [
    told('calls placed', calls.length),
    told('  told by Graph through', hasEvents ? 'chat and event' : 'chat only'),
    told('  by one source only', calls.filter(({ sources }) => sources.length === 1).length),
    told('  with a lost chat notification', lostOf('chat')),
    told('  with a lost event notification', hasEvents ? lostOf('event') : 0),
    equal('calls told', tally.told, calls.length),
    none('calls lost', tally.lost.length),
    none('calls of which one of the team heard nothing', tally.notEverybody.length),
    told('calls told twice', tally.toldTwice),
    told('  messages too many', tally.extraMessages),
    told('  of them of calls with more than one record', tally.extraByMoreRecords),
    told('calls with more than one record', tally.callsWithMoreRecords),
    none('calls without a record', tally.callsWithoutRecord),
    told('calls told late', tally.late.length),
    told('slowest first message in seconds', tally.slowestSeconds),
    told('messages', tally.messages),
    told('  updates', tally.updates),
    told('  of a call without its details and its record', tally.unknownCodes),
    told('  of no call: alarms', tally.otherMessages),
    none('work left over', tally.left.work.length),
    none('deliveries not settled', tally.unsettledDeliveries),
    none('messages in the queue', tally.left.queued),
    told('  hidden, of a host that was killed', tally.left.hidden),
    none('messages in the poison queue', tally.left.poison),
    told(
      'dead letters',
      Object.values(tally.deadLetters).reduce((sum, count) => sum + count, 0),
    ),
    none('  without a reason', tally.deadLettersWithoutReason),
    told('faults', result.changes.filter(({ what }) => what === 'applied').length),
    told('longest time without a reader of a partition in seconds', Math.round(result.longestUnreadMs / 1_000)),
    told('log lines of both hosts', log.count()),
    none('  with something personal or secret', log.personal().length),
    megabytesOf('most memory that this process took in MB', memory.here),
    megabytesOf('most memory of a host in MB', memory.host),
    told('seconds', Math.round(result.seconds)),
    told('  until nothing was left to do', Math.round(result.drainSeconds)),
    told('machine', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`),
  ];
}

function megabytesOf(name: string, bytes: number): AccountLine {
  if (bytes === 0) return told(name, 'not measured here');
  const value = megabytes(bytes);
  return { name, value, must: `${MOST_MEGABYTES} at most`, isBad: value > MOST_MEGABYTES };
}

/** How often each fault was applied. */
export function faultsApplied({ changes }: Pick<CallSoakResult, 'changes'>): Record<string, number> {
  return countBy(changes.flatMap(({ what, part, kind }) => (what === 'applied' ? [`${part} ${kind}`] : [])));
}
