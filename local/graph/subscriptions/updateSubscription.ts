import { authenticate } from '../authorization.ts';
import { invalidSubscription, notKnown } from '../graphRefusal.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import type { Subscription } from '../model.ts';
import { contextOf, readOptions } from '../odata.ts';
import type { State } from '../state.ts';
import { namesCertificate, readCertificate } from './encryption.ts';
import { noteHaste } from './reauthorizeSubscription.ts';
import { readExpiration, readObject, requiredText } from './rules.ts';
import { ownSubscription, requirePermission, toWireSubscription } from './subscription.ts';

type Body = Readonly<Record<string, unknown>>;

/** What can be changed: the expiration, which renews and so reauthorizes, and the certificate with its id. */
const KNOWN_PROPERTIES = ['expirationDateTime', 'encryptionCertificate', 'encryptionCertificateId'];

/** `PATCH /subscriptions/{id}`. */
export function updateSubscription(state: State, request: WireRequest): Reply {
  const caller = authenticate(state, request);
  readOptions(request, []);
  const subscription = ownSubscription(state, caller, param(request, 'id'));
  requirePermission(caller, subscription.target);
  const body = readObject(request.body);
  refuseOthers(body);
  const isRotation = namesCertificate(body);
  const encryption = isRotation ? readRotation(subscription, body) : subscription.encryption;
  if (!isRotation || 'expirationDateTime' in body) {
    renew(state, request, subscription, body);
  }
  subscription.encryption = encryption;
  const wire = toWireSubscription(subscription, null);
  return { status: 200, json: { '@odata.context': contextOf(state, 'subscriptions/$entity'), ...wire } };
}

function refuseOthers(body: Body): void {
  if ('lifecycleNotificationUrl' in body) {
    throw invalidSubscription(
      'lifecycleNotificationUrl cannot be changed: delete the subscription and create it anew.',
    );
  }
  const other = Object.keys(body).find((name) => !KNOWN_PROPERTIES.includes(name));
  if (other !== undefined) {
    throw notKnown(`a PATCH of ${other}`);
  }
}

function readRotation({ encryption }: Subscription, body: Body): Subscription['encryption'] {
  if (encryption === null) {
    throw notKnown('a PATCH of the certificate where there are no resource data');
  }
  return readCertificate(body);
}

function renew(state: State, request: WireRequest, subscription: Subscription, body: Body): void {
  const hasLifecycleUrl = subscription.lifecycleNotificationUrl !== null;
  const expiration = requiredText(body, 'expirationDateTime');
  subscription.expirationDateTime = readExpiration(expiration, state.now(), subscription.target, hasLifecycleUrl);
  noteHaste(state, request, subscription.reauthorizedAt);
  subscription.renewedAt = state.now();
  subscription.isPaused = false;
}
