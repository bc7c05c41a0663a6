import type { Delivery, Way } from './delivery.ts';

/** Somebody to be told, and by what ways, the best first. */
export interface Reachable {
  id: string;
  ways: readonly Way[];
}

/** What to do about one recipient of an alert. */
export type DeliveryStep<R> =
  | { kind: 'send'; recipient: R; way: Way; existing: Delivery | null }
  | { kind: 'wait'; recipient: R; until: Date }
  | { kind: 'settled'; recipient: R };

/**
 * Who is to be sent to now, and how: whoever has no delivery yet, whose next attempt is due, or whose claim has lapsed
 * (its holder died). A way that fails for good, or for a time, is not waited for: the next one is taken at once, and the
 * first is tried again until one of them is taken. An accepted delivery is never repeated, and a finally failed one only
 * when the recipient has another number since.
 */
export function planDeliveries<R extends Reachable>(
  recipients: readonly R[],
  deliveries: readonly Delivery[],
  now: Date,
): DeliveryStep<R>[] {
  return recipients.flatMap((recipient): DeliveryStep<R>[] => {
    const own = deliveries.filter(({ recipientId }) => recipientId === recipient.id);
    if (own.some(({ state }) => state === 'accepted')) return [{ kind: 'settled', recipient }];
    const steps: DeliveryStep<R>[] = [];
    for (const way of recipient.ways) {
      const existing = own.find(({ channel }) => channel === way.channel) ?? null;
      const isOutdated = existing?.state === 'failed' && existing.to !== way.to;
      const until = existing === null || isOutdated ? null : heldUntil(existing);
      if (until === 'settled') continue;
      steps.push(
        until !== null && until > now ? { kind: 'wait', recipient, until } : { kind: 'send', recipient, way, existing },
      );
      // What was never tried, is under way or stumbled once is given its chance before the next way is.
      if (existing === null || isOutdated || existing.state === 'claimed' || existing.attempts < TRIED) break;
    }
    return steps.length > 0 ? steps : [{ kind: 'settled', recipient }];
  });
}

/** After so many attempts that failed for a time, the next way is taken too. */
const TRIED = 2;

/** How an alert stands after an attempt. */
export type AlertOutcome = { kind: 'done' } | { kind: 'open'; nextAt: Date };

/** Done when everybody's deliveries are accepted or failed for good; else when to look again, `now` for at once. */
export function outcomeOf(steps: readonly DeliveryStep<unknown>[], now: Date): AlertOutcome {
  const times = steps.flatMap((step) => (step.kind === 'settled' ? [] : [step.kind === 'wait' ? step.until : now]));
  const [first] = times.sort((a, b) => a.getTime() - b.getTime());
  return first === undefined ? { kind: 'done' } : { kind: 'open', nextAt: first };
}

function heldUntil(delivery: Delivery): Date | 'settled' {
  switch (delivery.state) {
    case 'accepted':
    case 'failed':
      return 'settled';
    case 'claimed':
      return new Date(delivery.leaseUntil);
    case 'waiting':
      return new Date(delivery.nextAttemptAt ?? delivery.leaseUntil);
  }
}

/** So that a recipient is tried again within a minute of the provider's return (promise 1). */
const LONGEST_RETRY_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long to wait after the given attempt (1 is the first) failed for a time: doubling from 1 s to 30 s, or as long
 * as the provider asks, up to a minute.
 */
export function retryDelayMs(attempts: number, retryAfterMs: number | null): number {
  const backoff = Math.min(1_000 * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return Math.max(backoff, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}

/** Whoever was told of older facts than these: each once, by the ways they were told. */
export function recipientsOfUpdate<R extends { id: string }>(
  deliveries: readonly Delivery[],
  factsVersion: number,
  recipients: readonly R[],
): Reachable[] {
  return whoWasTold(deliveries, recipients).filter(({ version }) => version < factsVersion);
}

/**
 * Everybody who has a message about the call, in order of duty, and how they were told. Who was called is texted: a
 * second call would be an alarm of its own.
 */
export function whoWasTold<R extends { id: string }>(
  deliveries: readonly Delivery[],
  recipients: readonly R[],
): (Reachable & { version: number })[] {
  const told = new Map<string, { ways: Way[]; version: number }>();
  for (const { recipientId, channel, to, factsVersion } of deliveries.filter(({ state }) => state === 'accepted')) {
    const known = told.get(recipientId) ?? { ways: [], version: 0 };
    const way: Way = { channel: channel === 'voice' ? 'sms' : channel, to };
    const isNew = !known.ways.some((other) => other.channel === way.channel);
    const ways = isNew ? [...known.ways, way] : known.ways;
    told.set(recipientId, { ways, version: Math.max(known.version, factsVersion) });
  }
  const inOrderOfDuty = new Set([...recipients.map(({ id }) => id), ...told.keys()]);
  return [...inOrderOfDuty].flatMap((id) => {
    const known = told.get(id);
    return known ? [{ id, ...known }] : [];
  });
}
