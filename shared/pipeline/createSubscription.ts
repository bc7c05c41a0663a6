import { randomBytes } from 'node:crypto';
import {
  expiryFor,
  gapBegin,
  hasId,
  isSameTarget,
  type KnownSubscription,
  type SubscriptionTarget,
  type WithId,
} from '../graph/subscriptionPlan.ts';
import type { SubscriptionFailure } from '../graph/subscriptions.ts';
import type { RenewalState } from './renewalState.ts';

/** Each 409 removes or adopts what is in the way; after that many there is no sense in it. */
const MAX_ATTEMPTS = 3;

/**
 * Creates what is wanted, or adopts what Graph has of it already. Where there is no certificate, it is created without
 * content or not at all. What Graph refuses is in the state.
 */
export async function createSubscription(state: RenewalState, wanted: SubscriptionTarget): Promise<void> {
  const target = obtainable(state, wanted);
  if (!target) return;
  const from = missingSince(state);
  const intended = await intend(state, target);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const answer = await state.subscriptions.create(toRequest(state, intended));
    if (answer.outcome === 'created') return begin(state, intended, answer, from);
    if (answer.outcome === 'failed') {
      if (isRefusal(answer)) state.put(intended, null);
      if (answer.status === 403) state.refusedWith = answer.code;
      else state.fail('create', answer);
      return;
    }
    if (await settle(state, answer.id, intended, from)) return;
  }
  state.fail('create', { code: '409' });
}

function obtainable(
  { certificate, withoutCertificate }: RenewalState,
  target: SubscriptionTarget,
): SubscriptionTarget | null {
  if (!target.includeResourceData || certificate) return target;
  return withoutCertificate === 'plain' ? { ...target, includeResourceData: false } : null;
}

/** While Graph refused it, notifications came another way. */
function missingSince({ known, record, now }: RenewalState): Date {
  const begin = gapBegin(known, now()).getTime();
  return new Date(Math.max(begin, Date.parse(record.value.refusal?.at ?? '') || 0));
}

/**
 * The `clientState` is recorded before Graph hears of it, so that no notification comes with one that is not known.
 * One that was chosen before and may be at Graph already is used again.
 */
async function intend(state: RenewalState, target: SubscriptionTarget): Promise<KnownSubscription> {
  const before = state.known.find((one) => one.state === 'creating' && isSameTarget(one, target));
  if (before) return before;
  const intended: KnownSubscription = {
    ...target,
    state: 'creating',
    subscriptionId: null,
    clientState: randomBytes(32).toString('base64url'),
    encryptionCertificateId: null,
    createdAt: state.now().toISOString(),
    renewedAt: null,
    expiresAt: null,
    confirmedAt: null,
  };
  state.known = [...state.known, intended];
  await state.record.save({ known: state.known });
  return intended;
}

function toRequest({ certificate, now }: RenewalState, intended: KnownSubscription) {
  const { resource, changeType, notificationUrl, lifecycleNotificationUrl, clientState } = intended;
  const request = { resource, changeType, notificationUrl, lifecycleNotificationUrl, clientState };
  const expiresAt = expiryFor(intended, now());
  return { ...request, expiresAt, certificate: intended.includeResourceData ? certificate : null };
}

async function begin(
  state: RenewalState,
  intended: KnownSubscription,
  { id, expiresAt }: { id: string; expiresAt: string },
  from: Date,
): Promise<void> {
  await state.noteGap(from);
  const at = state.now().toISOString();
  const encryptionCertificateId = intended.includeResourceData ? (state.certificate?.certificateId ?? null) : null;
  const begun = { subscriptionId: id, encryptionCertificateId, createdAt: at, confirmedAt: at, expiresAt };
  state.known = state.known.map((one) => (one.state === 'active' ? { ...one, state: 'gone' } : one));
  state.put(intended, { ...intended, ...begun, state: 'active' });
  state.actions.push('created');
  await state.record.save({ known: state.known });
}

/**
 * Graph has a subscription of this kind already. One whose `clientState` we know is adopted; any other is removed,
 * since its notifications could never be checked. True when there is nothing left to try.
 */
async function settle(
  state: RenewalState,
  id: string | null,
  intended: KnownSubscription,
  from: Date,
): Promise<boolean> {
  const ids = id === null ? await state.idsLike(intended) : [id];
  for (const other of ids) {
    const ours = state.known.filter(hasId).find((one) => one.subscriptionId === other && isSameTarget(one, intended));
    if (ours ? await adopt(state, ours, intended, from) : await removeForeign(state, other)) return true;
  }
  return false;
}

/** Not without the lease: what another instance has just made would look foreign too. */
async function removeForeign(state: RenewalState, id: string): Promise<boolean> {
  await state.record.save({ known: state.known });
  return state.remove(id);
}

async function adopt(state: RenewalState, ours: WithId, intended: KnownSubscription, from: Date): Promise<boolean> {
  const other = state.otherCertificate(ours);
  const answer = await state.subscriptions.renew(ours.subscriptionId, expiryFor(intended, state.now()), other);
  if (answer.outcome === 'notFound') return false;
  if (answer.outcome === 'failed') {
    state.fail('renew', answer);
    return true;
  }
  await state.noteGap(from);
  state.put(intended, null);
  state.noteRenewal(ours, answer.expiresAt, other);
  state.actions.push('adopted');
  return true;
}

/** Graph said no: then there is no such subscription. Without an answer, or with a failure of Graph's, there may be. */
function isRefusal({ status }: SubscriptionFailure): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
