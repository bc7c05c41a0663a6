import {
  expiryFor,
  hasId,
  isAlive,
  type KnownSubscription,
  type SubscriptionTarget,
  type WithId,
} from '../graph/subscriptionPlan.ts';
import type { EncryptionCertificate } from '../graph/subscriptions.ts';
import { createSubscription } from './createSubscription.ts';
import type { RenewalFailure } from './renewalReport.ts';
import { createState, type RenewalState, type RunParts } from './renewalState.ts';

/** One renewal of one source: what is known as it goes on, what was done and what failed. */
export interface RenewalRun {
  readonly outcome: Readonly<Pick<RenewalState, 'known' | 'actions' | 'failures' | 'refusedWith' | 'gap'>>;
  /** Of the certificate that Graph is to encrypt with. */
  readonly certificateId: string | null;
  isAlive(): boolean;
  fail(action: RenewalFailure['action'], code: string, retryAfterMs?: number | null): void;
  create(target: SubscriptionTarget): Promise<void>;
  replace(current: WithId, target: SubscriptionTarget): Promise<void>;
  renew(current: WithId, target: SubscriptionTarget): Promise<void>;
  check(current: WithId, target: SubscriptionTarget): Promise<void>;
  /** Graph said that it is gone. */
  markGone(subscriptionId: string): void;
  /** Removes what lives: the source is no longer wanted. */
  retire(): Promise<void>;
}

export function startRun(parts: RunParts): RenewalRun {
  const state = createState(parts);
  return {
    outcome: state,
    certificateId: parts.certificate?.certificateId ?? null,
    isAlive: () => state.known.some((one) => isAlive(one, parts.now())),
    fail: (action, code, retryAfterMs = null) => state.fail(action, { code, retryAfterMs }),
    create: (target) => createSubscription(state, target),
    renew: (current, target) => renew(state, current, target, state.otherCertificate(current)),
    check: (current, target) => check(state, current, target),
    retire: () => retire(state),

    async replace(current, target) {
      if (await state.remove(current.subscriptionId)) return;
      const ended: WithId = { ...current, confirmedAt: parts.now().toISOString() };
      state.put(current, ended);
      await createAgain(state, ended, target);
    },

    markGone(subscriptionId) {
      const lost = state.known.find((one) => one.subscriptionId === subscriptionId);
      if (lost) state.put(lost, { ...lost, state: 'gone' });
    },
  };
}

async function createAgain(state: RenewalState, lost: WithId, target: SubscriptionTarget): Promise<void> {
  state.put(lost, { ...lost, state: 'gone' });
  await createSubscription(state, target);
}

/** `other`: what it is to encrypt with from now on. */
async function renew(
  state: RenewalState,
  current: WithId,
  target: SubscriptionTarget,
  other: EncryptionCertificate | null,
): Promise<void> {
  const answer = await state.subscriptions.renew(current.subscriptionId, expiryFor(target, state.now()), other);
  if (answer.outcome === 'notFound') return createAgain(state, current, target);
  if (answer.outcome === 'renewed') {
    state.noteRenewal(current, answer.expiresAt, other);
    state.actions.push('renewed');
    return;
  }
  if (other && answer.status === 400) {
    // Better with the certificate it has than not at all.
    state.fail('certificate', answer);
    return renew(state, current, target, null);
  }
  state.fail('renew', answer);
  // Refused, it goes on as long as Graph says that it is there.
  if (answer.status === 403) await check(state, current, target);
}

async function check(state: RenewalState, current: WithId, target: SubscriptionTarget): Promise<void> {
  const answer = await state.subscriptions.find(current.subscriptionId);
  if (answer.outcome === 'notFound') return createAgain(state, current, target);
  if (answer.outcome === 'failed') return state.fail('check', answer);
  const expiresAt = answer.expiresAt ?? current.expiresAt;
  state.put(current, { ...current, confirmedAt: state.now().toISOString(), expiresAt });
  state.actions.push('confirmed');
}

async function retire(state: RenewalState): Promise<void> {
  for (const one of state.known) {
    if (one.state === 'creating') await retireIntended(state, one);
    else if (one.state === 'active' && hasId(one) && !(await state.remove(one.subscriptionId))) {
      state.put(one, { ...one, state: 'gone' });
    }
  }
}

/** Graph may have made one of which we never heard. */
async function retireIntended(state: RenewalState, intended: KnownSubscription): Promise<void> {
  const failed = state.failures.length;
  const ours = state.known.map((one) => one.subscriptionId);
  for (const id of await state.idsLike(intended)) {
    if (!ours.includes(id)) await state.remove(id);
  }
  if (state.failures.length === failed) state.put(intended, null);
}
