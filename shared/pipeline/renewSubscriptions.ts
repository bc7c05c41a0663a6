import type { SignIn } from '../graph/signIn.ts';
import { SignInError } from '../graph/signInError.ts';
import { isAlive, planSubscription, type SubscriptionTarget, withoutForgotten } from '../graph/subscriptionPlan.ts';
import { createSubscriptions } from '../graph/subscriptions.ts';
import type { Logger } from '../log.ts';
import type { Settings } from '../settings.ts';
import type { SubscriptionRecord, SubscriptionStore } from '../store/subscriptionStore.ts';
import type { RenewalReport } from './renewalReport.ts';
import { type RenewalRun, startRun } from './renewalRun.ts';
import { type HeldRecord, LeaseLostError, leaseRecord } from './subscriptionLease.ts';

/** The part of the services that is used here. */
export interface RenewalServices {
  settings: Pick<Settings, 'graph' | 'subscription'>;
  store: { subscriptions: SubscriptionStore };
  signIn: SignIn | null;
  now(): Date;
  log: Logger;
}

/**
 * Sees to it that Graph tells of the service account's chat messages: creates the subscription, renews it, replaces it
 * when the settings changed, and creates it again when Graph knows it no more. Two at once do not get in each other's
 * way. What Graph or the sign-in refuse is in the report and in the log, the first time and every time; throws only
 * for what the storage did.
 */
export async function renewSubscriptions(services: RenewalServices): Promise<RenewalReport> {
  const { settings, store, signIn, now, log } = services;
  const { graph, subscription } = settings;
  if (!graph || !subscription || !signIn) {
    log.error('There is no subscription to chat messages: settings are missing');
    return { state: 'off', actions: [], failures: [], reconcileFrom: null };
  }
  const record = await leaseRecord(store.subscriptions, 'chat', now);
  if (!record) return { state: 'busy', actions: [], failures: [], reconcileFrom: null };

  const run = startRun({ subscriptions: createSubscriptions(graph, signIn), record, now });
  try {
    const target = await targetOf(signIn, subscription, run);
    if (target) await carryOut(run, target);
    await finish(run, record, now());
  } catch (caught) {
    if (!(caught instanceof LeaseLostError)) throw caught;
    log.warn('Another instance has taken over the subscriptions');
  }
  const failures = run.failures.map((failure) => ({ ...failure, since: sinceOf(record, now()) }));
  for (const { action, code, since } of failures) {
    log.error('The subscription to chat messages is in danger', { action, code, since: since.toISOString() });
  }
  if (run.actions.some((action) => action !== 'confirmed')) {
    log.info('Subscription to chat messages', { actions: run.actions.join(' ') });
  }
  const isActive = run.known.some((one) => isAlive(one, now()));
  return { state: isActive ? 'active' : 'none', actions: run.actions, failures, reconcileFrom: run.reconcileFrom };
}

/** `/users/{id}` and not `/me`: the address says by itself whose chats they are. */
async function targetOf(
  signIn: SignIn,
  { notificationUrl, lifecycleNotificationUrl }: NonNullable<Settings['subscription']>,
  run: RenewalRun,
): Promise<SubscriptionTarget | null> {
  try {
    const account = await signIn.account();
    if (account) {
      const resource = `/users/${account.userId}/chats/getAllMessages`;
      return { resource, notificationUrl, lifecycleNotificationUrl };
    }
    run.fail('signIn', 'notSignedIn');
  } catch (caught) {
    if (!(caught instanceof SignInError)) throw caught;
    run.fail('signIn', caught.code);
  }
  return null;
}

async function carryOut(run: RenewalRun, target: SubscriptionTarget): Promise<void> {
  const plan = planSubscription(run.known, target, run.now());
  switch (plan.action) {
    case 'create':
      return run.create(target);
    case 'replace':
      return run.replace(plan.current, target);
    case 'renew':
      return run.renew(plan.current, target);
    case 'check':
      return run.check(plan.current, target);
  }
}

async function finish(run: RenewalRun, record: HeldRecord, now: Date): Promise<void> {
  const failure = run.failures.at(-1);
  const lastFailure: SubscriptionRecord['lastFailure'] = failure
    ? { ...failure, at: now.toISOString(), since: sinceOf(record, now).toISOString() }
    : null;
  await record.release({ known: withoutForgotten(run.known, now), lastFailure });
}

function sinceOf({ lastFailure }: HeldRecord, now: Date): Date {
  return lastFailure ? new Date(lastFailure.since) : now;
}
