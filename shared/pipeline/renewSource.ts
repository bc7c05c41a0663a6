import { type ChatCoverage, mayTryAgain } from '../graph/chatCoverage.ts';
import { type CertificateReading, newestCertificate } from '../graph/newestCertificate.ts';
import {
  planSubscription,
  type SubscriptionTarget,
  stillRemembered,
  withoutForgotten,
} from '../graph/subscriptionPlan.ts';
import type { Subscriptions } from '../graph/subscriptions.ts';
import { isOneChat, type SubscriptionSource } from '../graph/subscriptionTargets.ts';
import type { RenewWork } from '../oncall/work.ts';
import type { SubscriptionRecord } from '../store/subscriptionStore.ts';
import { type SourceReport, untouched } from './renewalReport.ts';
import { type RenewalRun, startRun } from './renewalRun.ts';
import type { RenewalServices } from './renewalServices.ts';
import { type HeldRecord, LeaseLostError, leaseRecord } from './subscriptionLease.ts';

/** What Graph said of a subscription, or of the list of chats. */
export type LifecycleWord = Pick<RenewWork, 'reason' | 'subscriptionId'>;

/** What sources of one kind have in common. */
export interface SourceKind {
  services: RenewalServices;
  /** With the token of whoever subscribes. */
  subscriptions: Subscriptions;
  /** Read once a run, and only where it is needed. */
  certificate(): Promise<CertificateReading>;
  withoutCertificate: 'wait' | 'plain';
  /** Graph's 403: a failure, or the reason for another way. */
  onRefusal: 'fail' | 'otherWay';
  /** Whether what was missed can be read back. */
  canReadBack: boolean;
  /** Called before a new subscription is recorded: notifications may be missing since then. */
  onGap(from: Date, record: HeldRecord): Promise<void>;
}

/** Asks the vault at most once. */
export function certificateOf({ certificates, now }: RenewalServices): SourceKind['certificate'] {
  let reading: Promise<CertificateReading> | undefined;
  return () => {
    reading ??= newestCertificate(certificates, now());
    return reading;
  };
}

/** Looks after the subscription of one source, alone. What Graph refuses is in the report; throws for the storage. */
export function renewSource(
  kind: SourceKind,
  source: SubscriptionSource,
  target: SubscriptionTarget,
  word: LifecycleWord | null,
): Promise<SourceReport> {
  return atSource(kind, source, target, async (run, record) => {
    await carryOut(run, record, target, word, kind.services.now());
    return null;
  });
}

/** Ends what a source that is no longer wanted is subscribed to. `null` when there is nothing to be done. */
export async function retireSource(kind: SourceKind, record: SubscriptionRecord): Promise<SourceReport | null> {
  const { source, known, lastFailure } = record;
  const isForgotten = stillRemembered(known, kind.services.now()).length < known.length;
  const isOver = known.length > 0 && known.every(({ state }) => state === 'gone') && !lastFailure;
  if (isOver && !isForgotten) return null;
  return atSource(kind, source, null, async (run) => {
    await run.retire();
    return null;
  });
}

/** Brings about what the plan says; what Graph refused lately is not asked for again. */
export async function carryOut(
  run: RenewalRun,
  record: HeldRecord,
  target: SubscriptionTarget,
  word: LifecycleWord | null,
  now: Date,
): Promise<void> {
  if (word?.reason === 'subscriptionRemoved') run.markGone(word.subscriptionId);
  const plan = planSubscription(run.outcome.known, target, run.certificateId, now);
  switch (plan.action) {
    case 'create':
      return mayTryAgain(record.value.refusal, now) ? run.create(target) : undefined;
    case 'replace':
      return run.replace(plan.current, target);
    case 'renew':
      return run.renew(plan.current, target);
    case 'check': {
      const { reason, subscriptionId } = word ?? {};
      const isAsked = reason === 'reauthorizationRequired' && subscriptionId === plan.current.subscriptionId;
      // Renewing reauthorizes: https://learn.microsoft.com/graph/change-notifications-lifecycle-events
      return isAsked ? run.renew(plan.current, target) : run.check(plan.current, target);
    }
  }
}

/**
 * Does what `work` says while nobody else may change the record, saves what came of it and reports it. `wanted` is
 * `null` where the source is no longer wanted; `work` returns how chats are heard of, where it knows.
 */
export async function atSource(
  kind: SourceKind,
  source: SubscriptionSource,
  wanted: Pick<SubscriptionTarget, 'includeResourceData'> | null,
  work: (run: RenewalRun, record: HeldRecord) => Promise<ChatCoverage | null>,
): Promise<SourceReport> {
  const { services, subscriptions, withoutCertificate } = kind;
  const { store, now, log } = services;
  const record = await leaseRecord(store.subscriptions, source, now);
  if (!record) return untouched(source, 'busy');
  const reading = wanted?.includeResourceData ? await kind.certificate() : null;
  const certificate = reading?.certificate ?? null;
  const onGap = (from: Date) => kind.onGap(from, record);
  const run = startRun({ subscriptions, record, certificate, withoutCertificate, onGap, now });
  if (reading && 'code' in reading) run.fail('certificate', reading.code);
  try {
    const coverage = await work(run, record);
    if (run.outcome.refusedWith !== null && kind.onRefusal === 'fail') run.fail('create', run.outcome.refusedWith);
    await finish(kind, run, record, wanted === null, coverage);
  } catch (caught) {
    if (!(caught instanceof LeaseLostError)) throw caught;
    log.warn('Another instance has taken over a subscription');
  }
  return toReport(kind, source, run, record);
}

async function finish(
  { services, onRefusal }: SourceKind,
  run: RenewalRun,
  record: HeldRecord,
  isRetired: boolean,
  coverage: ChatCoverage | null,
): Promise<void> {
  const now = services.now();
  const failure = run.outcome.failures.at(-1);
  const { value } = record;
  const lastFailure = failure
    ? { action: failure.action, code: failure.code, at: now.toISOString(), since: sinceOf(record, now).toISOString() }
    : null;
  if (isRetired) {
    const known = stillRemembered(run.outcome.known, now);
    await record.release({ known, lastFailure, refusal: null, coverage: null, lastGap: null });
    return;
  }
  const stands = isOneChat(value.source) || onRefusal === 'fail' || run.isAlive() ? null : value.refusal;
  const isRefused = run.outcome.refusedWith !== null && onRefusal === 'otherWay' && !isOneChat(value.source);
  await record.release({
    known: withoutForgotten(run.outcome.known, now),
    lastFailure,
    refusal: isRefused ? { code: run.outcome.refusedWith ?? '', at: now.toISOString() } : stands,
    coverage: coverage ?? value.coverage,
  });
}

function toReport(kind: SourceKind, source: SubscriptionSource, run: RenewalRun, record: HeldRecord): SourceReport {
  const since = sinceOf(record, kind.services.now());
  return {
    source,
    state: run.isAlive() ? 'active' : 'none',
    actions: run.outcome.actions,
    failures: run.outcome.failures.map((failure) => ({ ...failure, since })),
    refusedWith: kind.onRefusal === 'otherWay' ? run.outcome.refusedWith : null,
    reconcileFrom: kind.canReadBack ? run.outcome.gap : null,
  };
}

function sinceOf({ value }: HeldRecord, now: Date): Date {
  return value.lastFailure ? new Date(value.lastFailure.since) : now;
}
