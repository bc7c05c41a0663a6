import { randomBytes } from 'node:crypto';
import {
  expiryFor,
  gapBegin,
  hasId,
  isAlive,
  isSameTarget,
  type KnownSubscription,
  type SubscriptionTarget,
  type WithId,
} from '../graph/subscriptionPlan.ts';
import type { EncryptionCertificate, SubscriptionFailure, Subscriptions } from '../graph/subscriptions.ts';
import type { RenewalFailure, SourceReport } from './renewalReport.ts';
import type { HeldRecord } from './subscriptionLease.ts';

export interface RunParts {
  subscriptions: Subscriptions;
  record: HeldRecord;
  /** What Graph is to encrypt with; `null` while there is none. */
  certificate: EncryptionCertificate | null;
  /** Where the content is wanted and there is no certificate: events must wait, messages can be fetched. */
  withoutCertificate: 'wait' | 'plain';
  /** Called before a new subscription is recorded: notifications may be missing since then. */
  onGap(from: Date): Promise<void>;
  now(): Date;
}

type Failure = Omit<RenewalFailure, 'since'>;

/** One renewal of one source: what is known as it goes on, what was done and what failed. */
export interface RenewalRun {
  readonly known: KnownSubscription[];
  /** Of the certificate that Graph is to encrypt with. */
  readonly certificateId: string | null;
  readonly actions: SourceReport['actions'];
  readonly failures: Failure[];
  /** Graph's code where it refused the creation with 403. */
  readonly refusedWith: string | null;
  /** A subscription is new: since when notifications may be missing. */
  readonly gap: Date | null;
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

/** Each 409 removes or adopts what is in the way; after that many there is no sense in it. */
const MAX_ATTEMPTS = 3;

export function startRun(parts: RunParts): RenewalRun {
  const { subscriptions, record, certificate, now } = parts;
  const actions: SourceReport['actions'] = [];
  const failures: Failure[] = [];
  let known = [...record.value.known];
  let gap: Date | null = null;
  let refusedWith: string | null = null;

  function fail(action: RenewalFailure['action'], code: string, retryAfterMs: number | null = null): void {
    failures.push({ action, code, retryAfterMs });
  }

  function failAt(action: RenewalFailure['action'], { code, retryAfterMs }: SubscriptionFailure): void {
    fail(action, code, retryAfterMs);
  }

  /** Keeps the order: `before` may be new, `after` is `null` where it is to be forgotten. */
  function put(before: KnownSubscription, after: KnownSubscription | null): void {
    known = known.includes(before) ? known.flatMap((one) => (one !== before ? [one] : after ? [after] : [])) : known;
  }

  /** Without a certificate: the same without content, or `null` where that cannot be. */
  function obtainable(target: SubscriptionTarget): SubscriptionTarget | null {
    if (!target.includeResourceData || certificate) return target;
    return parts.withoutCertificate === 'plain' ? { ...target, includeResourceData: false } : null;
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
      encryptionCertificateId: null,
      createdAt: now().toISOString(),
      renewedAt: null,
      expiresAt: null,
      confirmedAt: null,
    };
    known = [...known, intended];
    await record.save({ known });
    return intended;
  }

  async function create(wanted: SubscriptionTarget): Promise<void> {
    const target = obtainable(wanted);
    if (!target) return;
    const from = missingSince();
    const intended = await intend(target);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await subscriptions.create(toRequest(intended));
      if (answer.outcome === 'created') return begin(intended, answer, from);
      if (answer.outcome === 'failed') {
        if (isRefusal(answer)) put(intended, null);
        if (answer.status === 403) refusedWith = answer.code;
        else failAt('create', answer);
        return;
      }
      if (await settle(answer.id, intended, from)) return;
    }
    fail('create', '409');
  }

  /** While Graph refused it, notifications came another way. */
  function missingSince(): Date {
    const begin = gapBegin(known, now()).getTime();
    return new Date(Math.max(begin, Date.parse(record.value.refusal?.at ?? '') || 0));
  }

  function toRequest(intended: KnownSubscription) {
    const { resource, changeType, notificationUrl, lifecycleNotificationUrl, clientState } = intended;
    const request = { resource, changeType, notificationUrl, lifecycleNotificationUrl, clientState };
    const expiresAt = expiryFor(intended, now());
    return { ...request, expiresAt, certificate: intended.includeResourceData ? certificate : null };
  }

  async function begin(
    intended: KnownSubscription,
    { id, expiresAt }: { id: string; expiresAt: string },
    from: Date,
  ): Promise<void> {
    await noteGap(from);
    const at = now().toISOString();
    const encryptionCertificateId = intended.includeResourceData ? (certificate?.certificateId ?? null) : null;
    known = known.map((one) => (one.state === 'active' ? { ...one, state: 'gone' } : one));
    const begun = { subscriptionId: id, encryptionCertificateId, createdAt: at, confirmedAt: at, expiresAt };
    put(intended, { ...intended, ...begun, state: 'active' });
    actions.push('created');
    await record.save({ known });
  }

  async function noteGap(from: Date): Promise<void> {
    gap = from;
    await parts.onGap(from);
  }

  /**
   * Graph has a subscription of this kind already. One whose `clientState` we know is adopted; any other is removed,
   * since its notifications could never be checked. True when there is nothing left to try.
   */
  async function settle(id: string | null, intended: KnownSubscription, from: Date): Promise<boolean> {
    const ids = id === null ? await idsLike(intended) : [id];
    for (const other of ids) {
      const ours = known.filter(hasId).find((one) => one.subscriptionId === other && isSameTarget(one, intended));
      if (ours ? await adopt(ours, intended, from) : await removeForeign(other)) return true;
    }
    return false;
  }

  /** Not without the lease: what another instance has just made would look foreign too. */
  async function removeForeign(id: string): Promise<boolean> {
    await record.save({ known });
    return remove(id);
  }

  async function idsLike({ resource, changeType }: SubscriptionTarget): Promise<string[]> {
    const listed = await subscriptions.list();
    if (listed.outcome === 'failed') {
      failAt('check', listed);
      return [];
    }
    return listed.subscriptions
      .filter((one) => toComparable(one.resource) === toComparable(resource))
      .filter((one) => toParts(one.changeType) === toParts(changeType))
      .map((one) => one.id);
  }

  async function adopt(ours: WithId, intended: KnownSubscription, from: Date): Promise<boolean> {
    const other = otherCertificate(ours);
    const answer = await subscriptions.renew(ours.subscriptionId, expiryFor(intended, now()), other);
    if (answer.outcome === 'notFound') return false;
    if (answer.outcome === 'failed') {
      failAt('renew', answer);
      return true;
    }
    await noteGap(from);
    put(intended, null);
    put(ours, renewed(ours, answer.expiresAt, other));
    actions.push('adopted');
    return true;
  }

  /** True when it failed. */
  async function remove(id: string): Promise<boolean> {
    const answer = await subscriptions.remove(id);
    if (answer.outcome === 'failed') failAt('remove', answer);
    else actions.push('removed');
    return answer.outcome === 'failed';
  }

  /** What a subscription is to encrypt with from now on; `null` where nothing changes. */
  function otherCertificate(one: KnownSubscription): EncryptionCertificate | null {
    return one.includeResourceData && certificate?.certificateId !== one.encryptionCertificateId ? certificate : null;
  }

  function renewed(one: KnownSubscription, expiresAt: string, other: EncryptionCertificate | null): KnownSubscription {
    const at = now().toISOString();
    const encryptionCertificateId = other?.certificateId ?? one.encryptionCertificateId;
    return { ...one, encryptionCertificateId, state: 'active', renewedAt: at, confirmedAt: at, expiresAt };
  }

  async function createAgain(lost: WithId, target: SubscriptionTarget): Promise<void> {
    put(lost, { ...lost, state: 'gone' });
    await create(target);
  }

  async function renew(
    current: WithId,
    target: SubscriptionTarget,
    other: EncryptionCertificate | null = otherCertificate(current),
  ): Promise<void> {
    const answer = await subscriptions.renew(current.subscriptionId, expiryFor(target, now()), other);
    if (answer.outcome === 'notFound') return createAgain(current, target);
    if (answer.outcome === 'renewed') {
      put(current, renewed(current, answer.expiresAt, other));
      actions.push('renewed');
      return;
    }
    if (other && answer.status === 400) {
      // Better with the certificate it has than not at all.
      failAt('certificate', answer);
      return renew(current, target, null);
    }
    failAt('renew', answer);
    // Refused, it goes on as long as Graph says that it is there.
    if (answer.status === 403) await check(current, target);
  }

  async function check(current: WithId, target: SubscriptionTarget): Promise<void> {
    const answer = await subscriptions.find(current.subscriptionId);
    if (answer.outcome === 'notFound') return createAgain(current, target);
    if (answer.outcome === 'failed') return failAt('check', answer);
    const expiresAt = answer.expiresAt ?? current.expiresAt;
    put(current, { ...current, confirmedAt: now().toISOString(), expiresAt });
    actions.push('confirmed');
  }

  /** Graph may have made one of which we never heard. */
  async function retireIntended(intended: KnownSubscription): Promise<void> {
    const before = failures.length;
    const ours = known.map((one) => one.subscriptionId);
    for (const id of await idsLike(intended)) {
      if (!ours.includes(id)) await remove(id);
    }
    if (failures.length === before) put(intended, null);
  }

  return {
    get known() {
      return known;
    },
    get gap() {
      return gap;
    },
    get refusedWith() {
      return refusedWith;
    },
    certificateId: certificate?.certificateId ?? null,
    actions,
    failures,
    isAlive: () => known.some((one) => isAlive(one, now())),
    fail,
    create,
    renew: (current, target) => renew(current, target),
    check,

    async replace(current, target) {
      if (await remove(current.subscriptionId)) return;
      const ended = { ...current, confirmedAt: now().toISOString() };
      put(current, ended);
      await createAgain(ended, target);
    },

    markGone(subscriptionId) {
      known = known.map((one) => (one.subscriptionId === subscriptionId ? { ...one, state: 'gone' } : one));
    },

    async retire() {
      for (const one of known) {
        if (one.state === 'creating') await retireIntended(one);
        else if (one.state === 'active' && hasId(one) && !(await remove(one.subscriptionId))) {
          put(one, { ...one, state: 'gone' });
        }
      }
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

function toParts(changeType: string): string {
  return changeType.split(',').sort().join();
}
