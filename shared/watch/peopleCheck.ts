import { ageOf, DAY_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Attempt, Observations, PeopleState } from './observations.ts';
import { judge, present } from './watchedPart.ts';

/** Somebody who is no longer on the roster is only worth a word while it may still be about a call of today. */
const OF_OTHERS_MS = DAY_MS;

/** Who is told, and whether messages reach them. */
export function checkPeople({ people }: Observations, now: Date): WatchedPart {
  return judge('people', people, (state) => {
    const unreachable = unreachableOf(state, now);
    const silent = new Set(unreachable.map(({ recipientId }) => recipientId));
    const reachable = state.recipients.filter(({ id }) => !silent.has(id));
    const isAnyoneLeft = reachable.length > 0;
    return {
      detail: `${reachable.length} of ${state.recipients.length} on call can be reached`,
      findings: present([
        rosterFinding(state),
        ...unreachable.map((attempt) => unreachableFinding(attempt, isAnyoneLeft || state.recipients.length === 0)),
      ]),
    };
  });
}

/** Whoever's last attempt failed for good. A number that was replaced since says nothing of its owner. */
function unreachableOf({ recipients, administrators, attempts }: PeopleState, now: Date): Attempt[] {
  const last = new Map<string, Attempt>();
  for (const attempt of [...attempts].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    last.set(attempt.recipientId, attempt);
  }
  const current = new Set([...recipients.map(({ id }) => id), ...administrators]);
  return [...last.values()].filter(
    ({ recipientId, failure, isCurrentNumber, at }) =>
      failure !== null && (current.has(recipientId) ? isCurrentNumber : ageOf(at, now) < OF_OTHERS_MS),
  );
}

function rosterFinding({ recipients }: PeopleState): Finding | null {
  if (recipients.length === 0) {
    return {
      id: 'noRecipients',
      severity: 'critical',
      since: null,
      title: 'nobody on call',
      what: 'Nobody would be told of an emergency call: the roster names no number, and there is no last resort.',
      todo: 'Import a roster with people in it (npm run roster -- import FILE), or set LAST_RESORT_NUMBERS.',
    };
  }
  if (recipients.every(({ isLastResort }) => isLastResort)) {
    return {
      id: 'lastResortOnly',
      severity: 'critical',
      since: null,
      title: 'roster not in use',
      what: 'The roster names nobody who can be texted: only the last-resort numbers would be told of a call.',
      todo: 'Import a good roster: npm run roster -- import FILE.',
    };
  }
  return null;
}

function unreachableFinding({ recipientId, failure, at }: Attempt, isAnyoneLeft: boolean): Finding {
  return {
    id: `unreachable:${recipientId}`,
    severity: isAnyoneLeft ? 'warning' : 'critical',
    since: at,
    title: `${recipientId} unreachable`,
    what: `Messages to "${recipientId}" of the roster fail for good: ${failure}.${isAnyoneLeft ? '' : ' Nobody else is left.'}`,
    todo: cureOf(failure ?? ''),
  };
}

/** By the code that the failure begins with; https://www.twilio.com/docs/api/errors. */
function cureOf(failure: string): string {
  if (failure.startsWith('21610')) return 'They must text START to the number of TWILIO_FROM.';
  if (failure.startsWith('21408')) return 'Twilio console, Messaging, Geo permissions: allow their country.';
  if (/^(21211|21214|21217|21265|21266|21268|21421|21604|21614|21635|30005|30006)/.test(failure)) {
    return 'Correct the number in the roster and import it: npm run roster -- import FILE.';
  }
  return 'Twilio console, Monitor, Errors. Reach them by another way until then.';
}
