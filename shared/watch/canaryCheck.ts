import { ageOf, durationText, earliest, later, MINUTE_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { CanaryPartition, CanaryState, Observations } from './observations.ts';
import { judge, notUsed, present } from './watchedPart.ts';

/** Promise 1 gives a call two minutes from the hub to a person; a canary needs a second. */
const LONGEST_WAY_MS = 2 * MINUTE_MS;
/** Two canaries in a row, and a minute for the timer. */
const LONGEST_SILENCE_MS = 11 * MINUTE_MS;

/** Whether what is put into the hub arrives, through every partition: a call may lie in any of them. */
export function checkCanaries({ canaries, watchedSince }: Observations, now: Date): WatchedPart {
  return judge('canary', canaries, (state) => {
    if (!state.isWanted) return notUsed();
    const findings = present([lost(state, watchedSince, now), slow(state), unsent(state, now)]);
    return { detail: detailOf(state, now), findings };
  });
}

function detailOf({ partitions }: CanaryState, now: Date): string {
  if (partitions.length === 0) return 'none sent yet';
  return partitions
    .map(({ partitionId, arrived }) => {
      const age = arrived === null ? 'never arrived' : `arrived ${durationText(ageOf(arrived.arrivedAt, now))} ago`;
      return `partition ${partitionId}: ${age}`;
    })
    .join('; ');
}

/** The oldest canary that was sent after the one that arrived last. */
function waitingSince({ sent, arrived }: CanaryPartition): Date | null {
  return earliest(sent.filter((sentAt) => arrived === null || sentAt > arrived.sentAt));
}

function lost({ partitions }: CanaryState, watchedSince: Date | null, now: Date): Finding | null {
  const waiting = partitions.flatMap((partition) => {
    const since = waitingSince(partition);
    const isLate = since !== null && ageOf(later(since, watchedSince), now) > LONGEST_WAY_MS;
    return isLate ? [{ id: partition.partitionId, since }] : [];
  });
  if (waiting.length === 0) return null;
  const which =
    waiting.length === partitions.length ? 'the Event Hub' : `partition ${waiting.map(({ id }) => id).join(', ')}`;
  return {
    id: 'canaryLost',
    severity: 'critical',
    since: earliest(waiting.map(({ since }) => since)),
    title: 'Event Hub not read',
    what: `What is put into ${which} does not arrive: calls that Graph announces are not noticed.`,
    todo: 'Restart the function app. Then look into the log of "ingestNotifications", and at Event Hub and storage.',
  };
}

function slow({ partitions }: CanaryState): Finding | null {
  const late = partitions.flatMap(({ arrived }) =>
    arrived && ageOf(arrived.sentAt, arrived.arrivedAt) > LONGEST_WAY_MS ? [arrived] : [],
  );
  const [worst] = late.sort((a, b) => ageOf(b.sentAt, b.arrivedAt) - ageOf(a.sentAt, a.arrivedAt));
  if (!worst) return null;
  return {
    id: 'canarySlow',
    severity: 'warning',
    since: worst.sentAt,
    title: 'Event Hub slow',
    what: `The last canary took ${durationText(ageOf(worst.sentAt, worst.arrivedAt))} through the Event Hub: so would a call.`,
    todo: 'Look into the log of "ingestNotifications": was the function app restarted or out of memory?',
  };
}

/** Calls may still come through; but nobody would notice if they did not. */
function unsent({ partitions, failure }: CanaryState, now: Date): Finding | null {
  if (failure === null) return null;
  const lastArrival = Math.max(0, ...partitions.map(({ arrived }) => arrived?.arrivedAt.getTime() ?? 0));
  const isLong = ageOf(failure.since, now) > LONGEST_SILENCE_MS && now.getTime() - lastArrival > LONGEST_SILENCE_MS;
  return {
    id: 'canaryUnsent',
    severity: isLong ? 'critical' : 'warning',
    since: failure.since,
    title: 'canary not sent',
    what: `The watch cannot put a canary into the Event Hub (${failure.code})${isLong ? ': it may be down' : ''}.`,
    todo: 'Event Hubs namespace: is it up, and has the function app the role Data Sender?',
  };
}
