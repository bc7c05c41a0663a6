import { randomUUID } from 'node:crypto';
import { authenticate, type Caller } from '../authorization.ts';
import { prefersUnknownMembers } from '../chats/chatMessage.ts';
import {
  badRequest,
  duplicateSubscription,
  invalidSubscription,
  quotaExceeded,
  refusedByExtension,
} from '../graphRefusal.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { Subscription } from '../model.ts';
import { isHub } from '../notifications/carriers.ts';
import { toValidationEvent } from '../notifications/notification.ts';
import { validateEndpoint } from '../notifications/validateEndpoint.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { readEncryption } from './encryption.ts';
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
import { applicationOf, liveSubscriptions, requirePermission, toWireSubscription } from './subscription.ts';
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
  'encryptionCertificate',
  'encryptionCertificateId',
];

/**
 * `POST /subscriptions`. Before the 201, Graph tries the hub with a validation message, and a webhook and the
 * lifecycle address with a validation token; when one of them fails, there is no subscription.
 */
export async function createSubscription(state: State, request: WireRequest): Promise<Reply> {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = readSubscription(state, caller, request);
  refuseAsToldTo(state, subscription);
  requireRoom(state, subscription);
  await validateDestination(state, subscription.notificationUrl, request.id);
  if (subscription.lifecycleNotificationUrl !== null) {
    await validateEndpoint(subscription.lifecycleNotificationUrl, request.id);
  }
  // Another request may have been quicker while these two were tried.
  requireRoom(state, subscription);
  state.subscriptions.set(subscription.id, subscription);
  const wire = toWireSubscription(subscription, subscription.clientState);
  return { status: 201, json: { '@odata.context': contextOf(state, 'subscriptions/$entity'), ...wire } };
}

function readSubscription(state: State, caller: Caller, request: WireRequest): Subscription {
  const body = readObject(request.body);
  refuseUnknown(body);
  const [changeType, notificationUrl, resource, expiration] = [
    requiredText(body, 'changeType'),
    requiredText(body, 'notificationUrl'),
    requiredText(body, 'resource'),
    requiredText(body, 'expirationDateTime'),
  ];
  const target = readTarget(state, caller, resource);
  requirePermission(caller, target);
  const lifecycleNotificationUrl = readLifecycleUrl(optionalText(body, 'lifecycleNotificationUrl'));
  return {
    id: randomUUID(),
    resource,
    target,
    changeType,
    changeTypes: readChangeTypes(changeType, target),
    notificationUrl: readNotificationUrl(notificationUrl),
    lifecycleNotificationUrl,
    expirationDateTime: readExpiration(expiration, state.now(), target, lifecycleNotificationUrl !== null),
    clientState: readClientState(optionalText(body, 'clientState')),
    latestSupportedTlsVersion: optionalText(body, 'latestSupportedTlsVersion') ?? 'v1_2',
    creatorId: caller.kind === 'app' ? state.managedIdentity.servicePrincipalId : caller.user.id,
    applicationId: applicationOf(state, caller),
    encryption: readEncryption(body, target),
    showsUnknownMembers: prefersUnknownMembers(request),
    isPaused: false,
    renewedAt: null,
    reauthorizedAt: null,
  };
}

function refuseUnknown(body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((name) => !KNOWN_PROPERTIES.includes(name));
  if (unknown !== undefined) {
    throw badRequest(
      `The property '${unknown}' does not exist on type 'microsoft.graph.subscription'. Make sure to only use property names that are defined by the type.`,
    );
  }
}

/** Whether Graph lets an app subscribe to all messages with delegated permissions, the sources contradict each other. */
function refuseAsToldTo({ behaviour }: State, { target }: Subscription): void {
  const refused = { allMessages: behaviour.allChatsRefused, chats: behaviour.chatsRefused };
  if ((target.kind === 'allMessages' || target.kind === 'chats') && refused[target.kind]) {
    throw refusedByExtension();
  }
}

/** Throws 409 for the same change types on the same resource, 403 where a quota is used up. */
function requireRoom(state: State, wanted: Subscription): void {
  const live = liveSubscriptions(state);
  const onSameTarget = live.filter(
    (one) => one.applicationId === wanted.applicationId && keyOf(one.target) === keyOf(wanted.target),
  );
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
  } else if (wanted.target.kind !== 'emergencyEvents') {
    requireBelow(onSameTarget.length, allChatsPerUser, 'per app and user');
  }
}

function requireBelow(count: number, limit: number, quota: string): void {
  if (count >= limit) {
    throw quotaExceeded(quota, limit);
  }
}

async function validateDestination(state: State, url: string, requestId: string): Promise<void> {
  if (!isHub(url)) {
    await validateEndpoint(url, requestId);
    return;
  }
  try {
    await state.publish(toValidationEvent(requestId));
  } catch {
    throw invalidSubscription('Subscription validation request failed. The event hub did not take the message.');
  }
}
