import { randomBytes } from 'node:crypto';
import {
  expiryFor,
  gapBegin,
  hasId,
  isSameTarget,
  type KnownSubscription,
  type SubscriptionTarget,
} from '../graph/subscriptionPlan.ts';
import type { SubscriptionFailure, Subscriptions } from '../graph/subscriptions.ts';
import type { RenewalFailure, RenewalReport } from './renewalReport.ts';
import type { HeldRecord } from './subscriptionLease.ts';

type WithId = KnownSubscription & { subscriptionId: string };

/** One renewal: what is known as it goes on, what was done and what failed. */
export interface RenewalRun {
  readonly known: KnownSubscription[];
  readonly actions: RenewalReport['actions'];
  readonly failures: Omit<RenewalFailure, 'since'>[];
  readonly reconcileFrom: Date | null;
  now(): Date;
  fail(action: RenewalFailure['action'], code: string): void;
  create(target: SubscriptionTarget): Promise<void>;
  replace(current: WithId, target: SubscriptionTarget): Promise<void>;
  renew(current: WithId, target: SubscriptionTarget): Promise<void>;
  check(current: WithId, target: SubscriptionTarget): Promise<void>;
}

const CHANGE_TYPE = 'created,updated';
/** Each 409 removes or adopts what is in the way; after that many there is no sense in it. */
const MAX_ATTEMPTS = 3;

export function startRun(parts: { subscriptions: Subscriptions; record: HeldRecord; now: () => Date }): RenewalRun {
  const { subscriptions, record, now } = parts;
  const actions: RenewalReport['actions'] = [];
  const failures: Omit<RenewalFailure, 'since'>[] = [];
  let known = [...record.known];
  let reconcileFrom: Date | null = null;

  function fail(action: RenewalFailure['action'], code: string): void {
    failures.push({ action, code });
  }

  /** Keeps the order: `before` may be new, `after` is `null` where it is to be forgotten. */
  function put(before: KnownSubscription, after: KnownSubscription | null): void {
    known = known.includes(before) ? known.flatMap((one) => (one !== before ? [one] : after ? [after] : [])) : known;
  }

  /**
   * The `clientState` is recorded before Graph hears of it, so that no notification comes with one that is not known.
   * One that was chosen before and may be at Graph already is used again.
   */
  async function intend(target: SubscriptionTarget): Promise<KnownSubscription> {
    const before = known.find((one) => one.state === 'creating' && isSameTarget(one, target));
    if (before) return before;
    const intended: KnownSubscription = {
      ...target,
      state: 'creating',
      subscriptionId: null,
      clientState: randomBytes(32).toString('base64url'),
      createdAt: now().toISOString(),
      renewedAt: null,
      expiresAt: null,
      confirmedAt: null,
    };
    known = [...known, intended];
    await record.save({ known });
    return intended;
  }

  async function create(target: SubscriptionTarget): Promise<void> {
    const gap = gapBegin(known, now());
    const intended = await intend(target);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const { clientState } = intended;
      const expiresAt = expiryFor(target, now());
      const answer = await subscriptions.create({ ...target, clientState, changeType: CHANGE_TYPE, expiresAt });
      if (answer.outcome === 'created') {
        await begin(intended, answer, gap);
        return;
      }
      if (answer.outcome === 'failed') {
        if (isRefusal(answer)) put(intended, null);
        fail('create', answer.code);
        return;
      }
      if (await settle(answer.id, intended, gap)) return;
    }
    fail('create', '409');
  }

  async function begin(
    intended: KnownSubscription,
    { id, expiresAt }: { id: string; expiresAt: string },
    gap: Date,
  ): Promise<void> {
    const at = now().toISOString();
    known = known.map((one) => (one.state === 'active' ? { ...one, state: 'gone' } : one));
    put(intended, { ...intended, state: 'active', subscriptionId: id, createdAt: at, confirmedAt: at, expiresAt });
    actions.push('created');
    reconcileFrom = gap;
    await record.save({ known });
  }

  /**
   * Graph has a subscription of this kind already. One whose `clientState` we know is adopted; any other is removed,
   * since its notifications could never be checked. True when there is nothing left to try.
   */
  async function settle(id: string | null, intended: KnownSubscription, gap: Date): Promise<boolean> {
    const ids = id === null ? await idsInTheWay(intended) : [id];
    for (const other of ids) {
      const ours = known.filter(hasId).find((one) => one.subscriptionId === other && isSameTarget(one, intended));
      if (ours ? await adopt(ours, intended, gap) : await removeForeign(other)) return true;
    }
    return false;
  }

  /** Not without the lease: what another instance has just made would look foreign too. */
  async function removeForeign(id: string): Promise<boolean> {
    await record.save({ known });
    return remove(id);
  }

  async function idsInTheWay({ resource }: KnownSubscription): Promise<string[]> {
    const listed = await subscriptions.list();
    if (listed.outcome === 'failed') return [];
    return listed.subscriptions
      .filter((one) => toComparable(one.resource) === toComparable(resource) && one.changeType === CHANGE_TYPE)
      .map((one) => one.id);
  }

  async function adopt(ours: WithId, intended: KnownSubscription, gap: Date): Promise<boolean> {
    const answer = await subscriptions.renew(ours.subscriptionId, expiryFor(intended, now()));
    if (answer.outcome === 'notFound') return false;
    if (answer.outcome === 'failed') {
      fail('renew', answer.code);
      return true;
    }
    put(intended, null);
    put(ours, renewed(ours, answer.expiresAt));
    actions.push('adopted');
    reconcileFrom = gap;
    return true;
  }

  /** True when it failed. */
  async function remove(id: string): Promise<boolean> {
    const answer = await subscriptions.remove(id);
    if (answer.outcome === 'failed') fail('remove', answer.code);
    else actions.push('removed');
    return answer.outcome === 'failed';
  }

  function renewed(one: KnownSubscription, expiresAt: string): KnownSubscription {
    const at = now().toISOString();
    return { ...one, state: 'active', renewedAt: at, confirmedAt: at, expiresAt };
  }

  async function createAgain(lost: WithId, target: SubscriptionTarget): Promise<void> {
    put(lost, { ...lost, state: 'gone' });
    await create(target);
  }

  return {
    get known() {
      return known;
    },
    get reconcileFrom() {
      return reconcileFrom;
    },
    actions,
    failures,
    now,
    fail,
    create,

    async replace(current, target) {
      if (await remove(current.subscriptionId)) return;
      await createAgain(current, target);
    },

    async renew(current, target) {
      const answer = await subscriptions.renew(current.subscriptionId, expiryFor(target, now()));
      if (answer.outcome === 'notFound') return createAgain(current, target);
      if (answer.outcome === 'failed') return fail('renew', answer.code);
      put(current, renewed(current, answer.expiresAt));
      actions.push('renewed');
    },

    async check(current, target) {
      const answer = await subscriptions.find(current.subscriptionId);
      if (answer.outcome === 'notFound') return createAgain(current, target);
      if (answer.outcome === 'failed') return fail('check', answer.code);
      put(current, {
        ...current,
        confirmedAt: now().toISOString(),
        expiresAt: answer.expiresAt ?? current.expiresAt,
      });
      actions.push('confirmed');
    },
  };
}

/** Graph said no: then there is no such subscription. Without an answer, or with a failure of Graph's, there may be. */
function isRefusal({ status }: SubscriptionFailure): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Graph lists resources with or without the leading slash. */
function toComparable(resource: string): string {
  return resource.replace(/^\//, '').toLowerCase();
}
