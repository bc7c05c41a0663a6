import { randomUUID } from 'node:crypto';
import { authenticate, type Caller, requireScope } from '../authorization.ts';
import { badRequest, duplicateSubscription, invalidSubscription, notKnown, quotaExceeded } from '../graphRefusal.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { Subscription } from '../model.ts';
import { toValidationEvent } from '../notifications/notification.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { validateLifecycleUrl } from './lifecycle.ts';
import {
  optionalText,
  readChangeTypes,
  readClientState,
  readExpiration,
  readLifecycleUrl,
  readNotificationUrl,
  readObject,
  requiredText,
} from './rules.ts';
import { liveSubscriptions, scopesFor, toWireSubscription } from './subscription.ts';
import { keyOf, readTarget } from './target.ts';

const KNOWN_PROPERTIES = [
  'changeType',
  'notificationUrl',
  'lifecycleNotificationUrl',
  'resource',
  'expirationDateTime',
  'clientState',
  'latestSupportedTlsVersion',
  'includeResourceData',
];

/**
 * `POST /subscriptions`. Before the 201, Graph tries the hub with a validation message, and the lifecycle address with
 * a validation token; when one of them fails, there is no subscription.
 */
export async function createSubscription(state: State, request: WireRequest): Promise<Reply> {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = readSubscription(state, caller, readObject(request.body));
  requireRoom(state, subscription);
  await validateHub(state, request.id);
  if (subscription.lifecycleNotificationUrl !== null) {
    await validateLifecycleUrl(subscription.lifecycleNotificationUrl, request.id);
  }
  // Another request may have been quicker while these two were tried.
  requireRoom(state, subscription);
  state.subscriptions.set(subscription.id, subscription);
  const wire = toWireSubscription(state, subscription, subscription.clientState);
  return { status: 201, json: { '@odata.context': contextOf(state, 'subscriptions/$entity'), ...wire } };
}

function readSubscription(state: State, caller: Caller, body: Record<string, unknown>): Subscription {
  refuseUnknown(body);
  const [changeType, notificationUrl, resource, expiration] = [
    requiredText(body, 'changeType'),
    requiredText(body, 'notificationUrl'),
    requiredText(body, 'resource'),
    requiredText(body, 'expirationDateTime'),
  ];
  const target = readTarget(state, caller, resource);
  requireScope(caller, scopesFor(target));
  const lifecycleNotificationUrl = readLifecycleUrl(optionalText(body, 'lifecycleNotificationUrl'));
  return {
    id: randomUUID(),
    resource,
    target,
    changeType,
    changeTypes: readChangeTypes(changeType, target),
    notificationUrl: readNotificationUrl(notificationUrl),
    lifecycleNotificationUrl,
    expirationDateTime: readExpiration(expiration, state.now(), lifecycleNotificationUrl !== null),
    clientState: readClientState(optionalText(body, 'clientState')),
    latestSupportedTlsVersion: optionalText(body, 'latestSupportedTlsVersion') ?? 'v1_2',
    creatorId: caller.user.id,
    isPaused: false,
    renewedAt: null,
    reauthorizedAt: null,
  };
}

function refuseUnknown(body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((name) => !KNOWN_PROPERTIES.includes(name));
  if (unknown?.startsWith('encryptionCertificate') || body.includeResourceData === true) {
    throw notKnown('subscriptions with encrypted resource data');
  }
  if (unknown !== undefined) {
    throw badRequest(
      `The property '${unknown}' does not exist on type 'microsoft.graph.subscription'. Make sure to only use property names that are defined by the type.`,
    );
  }
}

/** Throws 409 for the same change types on the same resource, 403 where a quota is used up. */
function requireRoom(state: State, wanted: Subscription): void {
  const live = liveSubscriptions(state);
  const onSameTarget = live.filter((one) => keyOf(one.target) === keyOf(wanted.target));
  const twin = onSameTarget.find((one) => one.changeTypes.join() === wanted.changeTypes.join());
  if (twin !== undefined) {
    throw duplicateSubscription(twin.id);
  }
  const { perChat, allChatsPerUser, organization, singleChatsPerUser } = state.quotas;
  requireBelow(live.length, organization, 'per organization');
  if (wanted.target.kind === 'chatMessages') {
    const single = live.filter((one) => one.target.kind === 'chatMessages' && one.creatorId === wanted.creatorId);
    requireBelow(onSameTarget.length, perChat, 'per app and chat');
    requireBelow(single.length, singleChatsPerUser, 'to single chats per user');
  } else {
    requireBelow(onSameTarget.length, allChatsPerUser, 'per app and user');
  }
}

function requireBelow(count: number, limit: number, quota: string): void {
  if (count >= limit) {
    throw quotaExceeded(quota, limit);
  }
}

async function validateHub(state: State, requestId: string): Promise<void> {
  try {
    await state.outbox.putEvent(toValidationEvent(requestId));
  } catch {
    throw invalidSubscription('Subscription validation request failed. The event hub did not take the message.');
  }
}
