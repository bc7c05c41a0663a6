import { invalidSubscription } from '../graphRefusal.ts';
import type { Subscription } from '../model.ts';
import type { State } from '../state.ts';
import { liveSubscriptions } from './subscription.ts';

/** Graph waits 10 seconds for the answer to a validation request. */
const VALIDATION_TIMEOUT_MS = 10_000;

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved';

/** What became of a lifecycle notification: the status that answered it, `null` when nothing did, or no address. */
export interface LifecyclePost {
  posted: boolean;
  status: number | null;
}

/**
 * The handshake: POST with `?validationToken=`, to be answered 200, text/plain, with the decoded token. Throws the 400
 * that the creation of the subscription is then refused with.
 */
export async function validateLifecycleUrl(url: string, requestId: string): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${requestId}`;
  const target = new URL(toCarrier(url));
  target.searchParams.set('validationToken', token);
  const answer = await post(target.href, '', 'text/plain; charset=utf-8');
  const isText = answer?.contentType.startsWith('text/plain') ?? false;
  if (answer?.status !== 200 || !isText || answer.body !== token) {
    throw invalidSubscription(
      'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
    );
  }
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
  const url = toCarrier(subscription.lifecycleNotificationUrl);
  const answer = await post(url, JSON.stringify({ value: [value] }), 'application/json');
  return { posted: true, status: answer?.status ?? null };
}

/** One attempt; the real one repeats for up to four hours. */
async function post(
  url: string,
  body: string,
  contentType: string,
): Promise<{ status: number; contentType: string; body: string } | null> {
  try {
    const signal = AbortSignal.timeout(VALIDATION_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': contentType }, signal });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType: type, body: await response.text() };
  } catch {
    return null;
  }
}

/** Graph takes https only. On this machine there is no certificate, so https on loopback is carried by http. */
function toCarrier(url: string): string {
  return url.replace(/^https:\/\/(127\.0\.0\.1|localhost)(?=[:/?]|$)/i, 'http://$1');
}
