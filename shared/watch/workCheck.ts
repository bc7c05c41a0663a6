import { ageOf, durationText, earliest, MINUTE_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { CallsState, Observations } from './observations.ts';
import { judge, present } from './watchedPart.ts';

/** Promise 1: within two minutes somebody has a message. What is due for longer is stuck. */
const LONGEST_OVERDUE_MS = 2 * MINUTE_MS;
/** The sweep empties the poison queue each 30 s. */
const LONGEST_POISON_MS = 2 * MINUTE_MS;
/** By then every attempt was made once and the last-resort numbers are being told. */
const LONGEST_UNTOLD_MS = MINUTE_MS;

const SWEEP_LOG = 'Look into the logs of the functions "sweep" and "notifyOnCall"; restart the function app.';

/** Whether every call of the last day was told to somebody. */
export function checkCalls({ calls }: Observations, now: Date): WatchedPart {
  return judge('calls', calls, ({ recorded, untold }) => {
    const late = untold.filter(({ recordedAt }) => ageOf(recordedAt, now) > LONGEST_UNTOLD_MS);
    return {
      detail: `${recorded} in the last 24 h, ${late.length} told to nobody`,
      findings: late.length > 0 ? [nobodyTold(late)] : [],
    };
  });
}

function nobodyTold(late: CallsState['untold']): Finding {
  const [first] = late;
  const name = `${first?.isTest ? 'test call' : 'emergency call'} ${first?.code ?? ''}`;
  return {
    id: 'untold',
    severity: 'critical',
    since: earliest(late.map(({ recordedAt }) => recordedAt)),
    title: 'calls told to nobody',
    what: `NOBODY has been told of ${name}${late.length > 1 ? ` and ${late.length - 1} more` : ''}. It is tried again all the time.`,
    todo: 'Look at the Teams chat of the service account NOW. Then at Twilio and the roster: npm run status.',
    news: String(late.length),
  };
}

export function checkWork({ work }: Observations, now: Date): WatchedPart {
  return judge('work', work, ({ open, oldestAlert, oldestOther, unreadable }) => ({
    detail: `${open} open`,
    findings: present([
      overdue(oldestAlert, now, true),
      overdue(oldestOther, now, false),
      unreadable > 0 ? unreadableWork(unreadable) : null,
    ]),
  }));
}

function overdue(dueAt: Date | null, now: Date, isAlert: boolean): Finding | null {
  if (dueAt === null || ageOf(dueAt, now) <= LONGEST_OVERDUE_MS) return null;
  const age = durationText(ageOf(dueAt, now));
  return {
    id: isAlert ? 'stuckAlert' : 'stuckWork',
    severity: isAlert ? 'critical' : 'warning',
    since: dueAt,
    title: isAlert ? 'alerts are stuck' : 'work is stuck',
    what: isAlert
      ? `An alert about a call is overdue by ${age}: somebody was not told.`
      : `Work is overdue by ${age}, such as fetching a message or renewing a subscription.`,
    todo: SWEEP_LOG,
  };
}

function unreadableWork(count: number): Finding {
  return {
    id: 'unreadableWork',
    severity: 'critical',
    since: null,
    title: 'work cannot be read',
    what: `${count} row${count === 1 ? '' : 's'} of the table Work cannot be read: an alert may be among them.`,
    todo: 'The log of the function "sweep" names the rows. Compare the last calls with the Teams chat.',
    news: String(count),
  };
}

export function checkPoison({ poison }: Observations, now: Date): WatchedPart {
  return judge('poison queue', poison, ({ messages, oldest }) => ({
    detail: messages === 0 ? 'empty' : `${messages} messages`,
    findings: oldest !== null && ageOf(oldest, now) > LONGEST_POISON_MS ? [poisoned(messages, oldest)] : [],
  }));
}

function poisoned(messages: number, since: Date): Finding {
  return {
    id: 'poison',
    severity: 'warning',
    since,
    title: 'poison queue not emptied',
    what: `${messages} message${messages === 1 ? '' : 's'} failed too often and the sweep does not take ${messages === 1 ? 'it' : 'them'} up.`,
    todo: SWEEP_LOG,
  };
}

export function checkDeadLetters({ deadLetters }: Observations): WatchedPart {
  return judge('dead letters', deadLetters, ({ count, isMore, newest, oldest, untold }) => {
    const total = `${count}${isMore ? ' or more' : ''}`;
    return {
      detail: count === 0 ? 'none' : total,
      findings: present([
        untold.count > 0 ? givenUp(untold.count, untold.since) : null,
        newest ? standing(total, newest, oldest) : null,
      ]),
    };
  });
}

function givenUp(count: number, since: Date | null): Finding {
  return {
    id: 'givenUp',
    severity: 'critical',
    since,
    title: 'alerts given up',
    what: `${count} alert${count === 1 ? ' was' : 's were'} given up after a day: somebody was never told of a call.`,
    todo: 'Run: npm run dead-letters. Mend the cause, then: npm run dead-letters -- replay ID.',
    news: String(count),
  };
}

function standing(total: string, { id, reason }: { id: string; reason: string }, oldest: Date | null): Finding {
  return {
    id: 'deadLetters',
    severity: 'warning',
    since: oldest,
    title: 'dead letters',
    what: `Dead letters: ${total}. The newest: ${reason.slice(0, 80)}.`,
    todo: 'Run: npm run dead-letters. Each may hide a call.',
    news: id,
  };
}
