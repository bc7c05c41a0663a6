import type { Subscription } from '../model.ts';
import { post } from '../notifications/post.ts';
import type { State } from '../state.ts';
import { liveSubscriptions } from './subscription.ts';

const TIMEOUT_MS = 10_000;

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved';

/** What became of a lifecycle notification: the status that answered it, `null` when nothing did, or no address. */
export interface LifecyclePost {
  posted: boolean;
  status: number | null;
}

/**
 * Graph wants a subscription reauthorized. Until a reauthorize or a PATCH comes, it sends nothing, and what happens
 * meanwhile is lost; `pause` false is the time before, when notifications still flow. Graph itself decides when: as a
 * token or the subscription nears its end, in intervals that Microsoft says may change, so here a test does.
 */
export async function requireReauthorization(
  state: State,
  id: string,
  { pause = true }: { pause?: boolean } = {},
): Promise<LifecyclePost> {
  const subscription = requireLive(state, id);
  subscription.isPaused = pause;
  return postLifecycle(state, subscription, 'reauthorizationRequired');
}

/** Graph drops a subscription, and says so where it has an address for that. */
export async function removeSubscription(state: State, id: string): Promise<LifecyclePost> {
  const subscription = requireLive(state, id);
  state.subscriptions.delete(id);
  return postLifecycle(state, subscription, 'subscriptionRemoved');
}

function requireLive(state: State, id: string): Subscription {
  const subscription = liveSubscriptions(state).find((one) => one.id === id);
  if (subscription === undefined) {
    throw new Error(`There is no live subscription ${id}`);
  }
  return subscription;
}

async function postLifecycle(
  state: State,
  subscription: Subscription,
  lifecycleEvent: LifecycleEvent,
): Promise<LifecyclePost> {
  if (subscription.lifecycleNotificationUrl === null) {
    return { posted: false, status: null };
  }
  const value = {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: subscription.expirationDateTime.toISOString(),
    tenantId: state.tenantId,
    clientState: subscription.clientState,
    lifecycleEvent,
  };
  // One attempt; the real one repeats for up to four hours.
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const body = JSON.stringify({ value: [value] });
  const answer = await post(subscription.lifecycleNotificationUrl, body, { contentType: 'application/json', signal });
  return { posted: true, status: answer?.status ?? null };
}
