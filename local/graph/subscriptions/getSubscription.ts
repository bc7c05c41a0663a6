import { authenticate } from '../authorization.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { ownSubscription, toWireSubscription } from './subscription.ts';

/** `GET /subscriptions/{id}`, without clientState. */
export function getSubscription(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = ownSubscription(state, caller, param(request, 'id'));
  const wire = toWireSubscription(subscription, null);
  return { status: 200, json: { '@odata.context': contextOf(state, 'subscriptions/$entity'), ...wire } };
}
