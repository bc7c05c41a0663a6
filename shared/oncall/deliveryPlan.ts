import type { Delivery } from './delivery.ts';

/** What to do about one recipient of an alert. */
export type DeliveryStep<R> =
  | { kind: 'send'; recipient: R; existing: Delivery | null }
  | { kind: 'wait'; recipient: R; until: Date }
  | { kind: 'settled'; recipient: R };

/**
 * Who is to be sent to now: whoever has no delivery yet, whose next attempt is due, or whose claim has lapsed (its
 * holder died). An accepted or finally failed delivery is never repeated, unless it failed with a number that the
 * recipient no longer has.
 */
export function planDeliveries<R extends { id: string; phone: string }>(
  recipients: readonly R[],
  deliveries: readonly Delivery[],
  now: Date,
): DeliveryStep<R>[] {
  return recipients.map((recipient) => {
    const existing = deliveries.find((delivery) => delivery.recipientId === recipient.id) ?? null;
    const isOutdated = existing?.state === 'failed' && existing.to !== recipient.phone;
    const until = existing === null || isOutdated ? null : heldUntil(existing);
    if (until === 'settled') return { kind: 'settled', recipient };
    if (until !== null && until > now) return { kind: 'wait', recipient, until };
    return { kind: 'send', recipient, existing };
  });
}

/** How an alert stands after an attempt. */
export type AlertOutcome = { kind: 'done'; isAnyoneTold: boolean } | { kind: 'open'; nextAt: Date };

/** Done when every recipient's delivery is accepted or failed for good; else when to look again. */
export function outcomeOf(deliveries: readonly Delivery[]): AlertOutcome {
  const holds = deliveries.map(heldUntil).filter((until) => until !== 'settled');
  const [first] = holds.sort((a, b) => a.getTime() - b.getTime());
  if (first === undefined) {
    return { kind: 'done', isAnyoneTold: deliveries.some((delivery) => delivery.state === 'accepted') };
  }
  return { kind: 'open', nextAt: first };
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

/** Whoever was told of older facts than these: each once, by the way they were told. */
export function recipientsOfUpdate<R extends { id: string; phone: string }>(
  deliveries: readonly Delivery[],
  factsVersion: number,
  recipients: readonly R[],
): { id: string; phone: string }[] {
  const told = new Map<string, { phone: string; version: number }>();
  for (const delivery of deliveries.filter(({ state }) => state === 'accepted')) {
    const version = Math.max(told.get(delivery.recipientId)?.version ?? 0, delivery.factsVersion);
    told.set(delivery.recipientId, { phone: delivery.to, version });
  }
  const inOrderOfDuty = [...recipients.map(({ id }) => id), ...told.keys()];
  return [...new Set(inOrderOfDuty)].flatMap((id) => {
    const known = told.get(id);
    return known && known.version < factsVersion ? [{ id, phone: known.phone }] : [];
  });
}
