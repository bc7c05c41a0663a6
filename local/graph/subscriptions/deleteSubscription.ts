import { authenticate } from '../authorization.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { ownSubscription } from './subscription.ts';

/** `DELETE /subscriptions/{id}`: no lifecycle notification follows what the app itself did. */
export function deleteSubscription(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  state.subscriptions.delete(ownSubscription(state, caller, param(request, 'id')).id);
  return { status: 204 };
}
