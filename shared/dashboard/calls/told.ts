import { fromTwilioStatus } from '../../messaging/deliveryStatus.ts';
import type { Delivery } from '../../oncall/delivery.ts';
import { isToPlace } from '../../oncall/place.ts';
import type { Services } from '../../pipeline/services.ts';
import type { CallDetail, Live } from '../contract.ts';
import { personOf } from './summary.ts';

type Told = Live['active'][number]['told'][number];
type State = Told['state'];

/** What says more of somebody who was told in several ways. */
const FURTHEST: readonly State[] = ['delivered', 'sent', 'sending', 'waiting', 'failed'];

/** Each person once, by the message that got furthest; who was told first comes first. */
export function toldOf(services: Services, deliveries: readonly Delivery[]): Told[] {
  const told = new Map<string, Told>();
  const inOrder = [...deliveries].sort((a, b) => a.firstClaimedAt.localeCompare(b.firstClaimedAt));
  for (const delivery of inOrder.filter((one) => !isToPlace(one))) {
    const { recipientId, channel, settledAt, claimedAt } = delivery;
    const state = stateOf(delivery);
    const known = told.get(recipientId);
    if (known && FURTHEST.indexOf(known.state) <= FURTHEST.indexOf(state)) continue;
    told.set(recipientId, { person: personOf(services, recipientId), channel, state, at: settledAt ?? claimedAt });
  }
  return [...told.values()];
}

/** Ids of the other calls of which these messages tell: a list names each of them, and its place. */
export function othersIn(deliveries: readonly Pick<Delivery, 'callId' | 'listed'>[]): string[] {
  const ids = deliveries.flatMap(({ callId, listed = [] }) =>
    listed.filter((one) => one.callId !== callId).map((one) => one.callId),
  );
  return [...new Set(ids)];
}

/** `withWords`: false where they would tell what is withheld. */
export function toDelivery(
  services: Services,
  delivery: Delivery,
  withWords: boolean,
): CallDetail['deliveries'][number] {
  const { alertKey, recipientId, channel, attempts, firstClaimedAt, settledAt, nextAttemptAt, lastError } = delivery;
  return {
    alert: alertKey,
    person: personOf(services, recipientId),
    ...{ channel, state: stateOf(delivery), attempts, claimedAt: firstClaimedAt, settledAt, nextAttemptAt, lastError },
    words: withWords ? delivery.bodies : [],
  };
}

/** Of several parts the one that fared worst counts: who got half of a message was not told. */
function stateOf({ state, providerMessages }: Delivery): State {
  if (state === 'claimed') return 'sending';
  if (state === 'waiting' || state === 'failed') return state;
  const parts = providerMessages.map(({ status }) => fromTwilioStatus(status));
  if (parts.some((part) => part === 'undelivered' || part === 'failed')) return 'failed';
  return parts.length > 0 && parts.every((part) => part === 'delivered') ? 'delivered' : 'sent';
}
