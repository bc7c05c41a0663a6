import type { ChatCoverage } from '../graph/chatCoverage.ts';
import type { SubscriptionSource } from '../graph/subscriptionTargets.ts';

export interface RenewalFailure {
  /** `certificate`: there is none to encrypt with; `list`: the chats of the account could not be listed. */
  action: 'signIn' | 'create' | 'renew' | 'check' | 'remove' | 'certificate' | 'list';
  /** Graph's, Entra's or the vault's code: may be logged. */
  code: string;
  /** When the failures began that have not ended yet. */
  since: Date;
  /** Graph's own word on when to ask again. */
  retryAfterMs: number | null;
}

export interface SourceReport {
  source: SubscriptionSource;
  /** Whether a subscription lives; `off` where settings are missing, `busy` where another instance is at work. */
  state: 'active' | 'none' | 'off' | 'busy';
  actions: ('created' | 'renewed' | 'adopted' | 'removed' | 'confirmed')[];
  failures: RenewalFailure[];
  /** Graph's code where it refused the creation with 403, and chats are heard of another way. */
  refusedWith: string | null;
  /** A subscription is new: since when chats are read back. `null` for events, which cannot be. */
  reconcileFrom: Date | null;
}

export interface RenewalReport {
  /** Each that was looked after. */
  sources: SourceReport[];
  /** How chats are heard of; `null` where that is not known. */
  coverage: ChatCoverage | null;
}

/** Of a source that was left as it is. */
export function untouched(source: SubscriptionSource, state: 'off' | 'busy'): SourceReport {
  return { source, state, actions: [], failures: [], refusedWith: null, reconcileFrom: null };
}
