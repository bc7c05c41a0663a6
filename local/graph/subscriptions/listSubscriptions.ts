import { authenticate } from '../authorization.ts';
import type { Reply, WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { isOwn, liveSubscriptions, toWireSubscription } from './subscription.ts';

/** `GET /subscriptions`: the caller's own, all on one page, without clientState. */
export function listSubscriptions(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const own = liveSubscriptions(state).filter((one) => isOwn(state, caller, one));
  const value = own.map((subscription) => toWireSubscription(subscription, null));
  return { status: 200, json: { '@odata.context': contextOf(state, 'subscriptions'), value } };
}
