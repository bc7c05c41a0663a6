import type { KnownSubscription } from '../graph/subscriptionPlan.ts';
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

/** One renewal of one source as it goes on. */
export interface RenewalState extends RunParts {
  known: KnownSubscription[];
  readonly actions: SourceReport['actions'];
  readonly failures: Omit<RenewalFailure, 'since'>[];
  /** Graph's code where it refused the creation with 403. */
  refusedWith: string | null;
  /** A subscription is new: since when notifications may be missing. */
  gap: Date | null;
  fail(
    action: RenewalFailure['action'],
    failure: Pick<SubscriptionFailure, 'code'> & Partial<SubscriptionFailure>,
  ): void;
  /** Keeps the order: `before` may be new, `after` is `null` where it is to be forgotten. */
  put(before: KnownSubscription, after: KnownSubscription | null): void;
  /** What a subscription is to encrypt with from now on; `null` where nothing changes. */
  otherCertificate(one: KnownSubscription): EncryptionCertificate | null;
  noteRenewal(one: KnownSubscription, expiresAt: string, other: EncryptionCertificate | null): void;
  noteGap(from: Date): Promise<void>;
  /** At Graph; true when it failed. */
  remove(subscriptionId: string): Promise<boolean>;
  /** Of all at Graph that watch the same. */
  idsLike(one: KnownSubscription): Promise<string[]>;
}

export function createState(parts: RunParts): RenewalState {
  const state: RenewalState = {
    ...parts,
    known: [...parts.record.value.known],
    actions: [],
    failures: [],
    refusedWith: null,
    gap: null,

    fail(action, { code, retryAfterMs = null }) {
      state.failures.push({ action, code, retryAfterMs });
    },

    put(before, after) {
      state.known = state.known.flatMap((one) => (one !== before ? [one] : after ? [after] : []));
    },

    otherCertificate({ includeResourceData, encryptionCertificateId }) {
      const { certificate } = parts;
      return includeResourceData && certificate?.certificateId !== encryptionCertificateId ? certificate : null;
    },

    noteRenewal(one, expiresAt, other) {
      const at = parts.now().toISOString();
      const encryptionCertificateId = other?.certificateId ?? one.encryptionCertificateId;
      const times = { renewedAt: at, confirmedAt: at, expiresAt };
      state.put(one, { ...one, ...times, encryptionCertificateId, state: 'active' });
    },

    async noteGap(from) {
      state.gap = from;
      await parts.onGap(from);
    },

    async remove(subscriptionId) {
      const answer = await parts.subscriptions.remove(subscriptionId);
      if (answer.outcome === 'failed') state.fail('remove', answer);
      else state.actions.push('removed');
      return answer.outcome === 'failed';
    },

    async idsLike({ resource, changeType }) {
      const listed = await parts.subscriptions.list();
      if (listed.outcome === 'failed') {
        state.fail('check', listed);
        return [];
      }
      return listed.subscriptions
        .filter((one) => toComparable(one.resource) === toComparable(resource))
        .filter((one) => toParts(one.changeType) === toParts(changeType))
        .map((one) => one.id);
    },
  };
  return state;
}

/** Graph lists resources with or without the leading slash. */
function toComparable(resource: string): string {
  return resource.replace(/^\//, '').toLowerCase();
}

function toParts(changeType: string): string {
  return changeType.split(',').sort().join();
}
