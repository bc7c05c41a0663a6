import { authenticate } from '../authorization.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { ownSubscription, requirePermission } from './subscription.ts';

const HASTE_MS = 600_000;

/** `POST /subscriptions/{id}/reauthorize`: delivery goes on, the expiration stays. */
export function reauthorizeSubscription(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = ownSubscription(state, caller, param(request, 'id'));
  requirePermission(caller, subscription.target);
  noteHaste(state, request, subscription.renewedAt);
  subscription.reauthorizedAt = state.now();
  subscription.isPaused = false;
  return { status: 204 };
}

/**
 * Microsoft says never to renew and reauthorize within ten minutes, and not what happens then: it is done, and
 * remembered as a refusal so that a test sees it.
 */
export function noteHaste(state: State, request: WireRequest, other: Date | null): void {
  const now = state.now();
  if (other !== null && now.getTime() - other.getTime() < HASTE_MS) {
    const reason = 'PATCH and reauthorize of one subscription within ten minutes';
    state.journal.refusals.push({ at: now.toISOString(), method: request.method, path: request.path, reason });
  }
}
