import { authenticate, requireScope } from '../authorization.ts';
import { invalidSubscription, notKnown } from '../graphRefusal.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { noteHaste } from './reauthorizeSubscription.ts';
import { readExpiration, readObject, requiredText } from './rules.ts';
import { ownSubscription, scopesFor, toWireSubscription } from './subscription.ts';

/** `PATCH /subscriptions/{id}`: renews, and so reauthorizes. Nothing but the expiration can be changed here. */
export function updateSubscription(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = ownSubscription(state, caller, param(request, 'id'));
  requireScope(caller, scopesFor(subscription.target));
  const body = readObject(request.body);
  refuseOthers(body);
  const hasLifecycleUrl = subscription.lifecycleNotificationUrl !== null;
  const expiration = requiredText(body, 'expirationDateTime');
  subscription.expirationDateTime = readExpiration(expiration, state.now(), hasLifecycleUrl);
  noteHaste(state, request, subscription.reauthorizedAt);
  subscription.renewedAt = state.now();
  subscription.isPaused = false;
  const wire = toWireSubscription(state, subscription, null);
  return { status: 200, json: { '@odata.context': contextOf(state, 'subscriptions/$entity'), ...wire } };
}

function refuseOthers(body: Record<string, unknown>): void {
  if ('lifecycleNotificationUrl' in body) {
    throw invalidSubscription(
      'lifecycleNotificationUrl cannot be changed: delete the subscription and create it anew.',
    );
  }
  const other = Object.keys(body).find((name) => name !== 'expirationDateTime');
  if (other !== undefined) {
    throw notKnown(`a PATCH of ${other}`);
  }
}
