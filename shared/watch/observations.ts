/** What was seen of one part, or why it could not be looked at: a code that may be logged. */
export type Observed<T> = { value: T } | { failed: string };

/** Everything that is watched, as it was at one time. No phone number, name or address is in it. */
export interface Observations {
  /**
   * Since when the watch has run without a gap; `null` before its first run. After a gap everything is late at first,
   * and that says nothing: what is late is late by the time since then.
   */
  watchedSince: Date | null;
  /** `clockOffsetMs`: by how much this machine's clock is ahead of the storage's; `null` where it does not say. */
  storage: Observed<{ clockOffsetMs: number | null }>;
  settings: Observed<SettingsState>;
  people: Observed<PeopleState>;
  channel: Observed<ChannelState>;
  subscriptions: Observed<SubscriptionState>;
  signIn: Observed<TokenState>;
  appSignIn: Observed<TokenState>;
  chats: Observed<ChatsState>;
  calls: Observed<CallsState>;
  work: Observed<WorkState>;
  poison: Observed<PoisonState>;
  deadLetters: Observed<DeadLetterState>;
  canaries: Observed<CanaryState>;
  timers: Observed<TimerState>;
  certificates: Observed<CertificateState>;
  tenant: Observed<TenantState>;
  siteTests: Observed<SiteTestsState>;
}

export interface SettingsState {
  faults: readonly { name: string; problem: string; feature: string }[];
}

export interface PeopleState {
  /** Roster ids, in order of duty; `isLastResort` where the roster names nobody. */
  recipients: readonly { id: string; isLastResort: boolean }[];
  administrators: readonly string[];
  /** Attempts that have ended, of calls and of alarms, the newest last. */
  attempts: readonly Attempt[];
}

/** A message that was taken by the provider, or failed for good. */
export interface Attempt {
  recipientId: string;
  at: Date;
  /** `null` when it was taken; else the provider's code and reason. */
  failure: string | null;
  /** Whether it went to the number that the person has now. */
  isCurrentNumber: boolean;
}

export interface ChannelState {
  name: string | null;
  /** Code of the failure when the provider was asked for messages; `null` when it answered. */
  failure: string | null;
}

export interface SubscriptionState {
  /** Where the chats are a source: how their messages are announced; `null` where they are none. */
  mode: { name: 'allChats' | 'perChat' | 'polling'; since: Date; readBackOnly: number } | null;
  /** Those that are wanted, except those of single chats. */
  sources: readonly SourceState[];
  /** Where each chat has a subscription of its own. */
  singleChats: readonly SourceState[];
  /** When a delivery for one of them was last refused for its validation tokens; `null` for never. */
  refusedAt: Date | null;
}

/** One source: `chat`, `chats`, `chat:<id>` or `event:<policy>`. */
export interface SourceState {
  source: string;
  /** What Graph granted and has not expired; `null` where none lives. */
  grant: { from: Date; until: Date } | null;
  /** When one was last known to be there. */
  lastSeenAt: Date | null;
  /** Renewals that fail, since the first of them. */
  failure: { action: string; code: string; since: Date } | null;
  /** The last time without a subscription, of a source that cannot be read back. */
  gap: { from: Date; until: Date } | null;
}

export interface TokenState {
  /** Whether the settings ask for it. */
  isWanted: boolean;
  /** Why there is no token. `advice` is in an administrator's words. */
  failure: { code: string; isTemporary: boolean; advice: string } | null;
  /** When a refreshed sign-in was last stored; `null` where nothing is stored. */
  refreshedAt: Date | null;
}

export interface ChatsState {
  isWanted: boolean;
  /** Up to when all chats have been read back; `null` for never. */
  readUpTo: Date | null;
  /** Of the chats that could not be read back: since when each must be. */
  lagging: readonly Date[];
}

export interface CallsState {
  /** Of the last day. */
  recorded: number;
  /** Calls that nobody has been told of. */
  untold: readonly { code: string; isTest: boolean; recordedAt: Date }[];
}

export interface WorkState {
  open: number;
  /** The longest overdue, by when it was due. */
  oldestAlert: Date | null;
  oldestOther: Date | null;
  /** Rows that cannot be read. */
  unreadable: number;
}

export interface PoisonState {
  messages: number;
  oldest: Date | null;
}

export interface DeadLetterState {
  count: number;
  /** More were there than were counted. */
  isMore: boolean;
  newest: { id: string; at: Date; reason: string } | null;
  oldest: Date | null;
  /** Alerts that were given up. */
  untold: { count: number; since: Date | null };
}

export interface CanaryState {
  isWanted: boolean;
  partitions: readonly CanaryPartition[];
  /** Canaries that cannot be sent, since the first of them. */
  failure: { code: string; since: Date } | null;
}

export interface CanaryPartition {
  partitionId: string;
  /** The newest last. */
  sent: readonly Date[];
  /** The one that arrived last. */
  arrived: { sentAt: Date; arrivedAt: Date } | null;
}

export interface TimerState {
  /** The last run of each that ended well. */
  ranAt: Readonly<Record<string, Date>>;
}

export interface CertificateState {
  isWanted: boolean;
  /** Encryption certificates and secrets of the vault. */
  expiring: readonly { name: string; expiresAt: Date }[];
  /** Whether the certificate that Graph encrypts for is still enabled; `null` where none is in use. */
  isInUseEnabled: boolean | null;
}

export interface SiteTestsState {
  sites: readonly SiteTestState[];
}

/** How the test of one site's emergency address stands. */
export interface SiteTestState {
  id: string;
  name: string;
  directRouting: boolean;
  /** Whether the roster says how often it is tested. */
  isWanted: boolean;
  /** `null` for never. */
  lastTestAt: Date | null;
  /** Since when a test has been missing, or will be; `null` where nothing says so. */
  missingSince: Date | null;
  /** What the last test that somebody answered came to; `null` where nobody has answered any. */
  verdict: { answer: 'right' | 'wrong'; code: string; at: Date } | null;
  /** Whether the last reminder or question reached nobody. */
  isUnreached: boolean;
}

export interface TenantState {
  /** The newest configuration of the tenant that is whole; `null` where none was imported. */
  inForce: { version: number; exportedAt: Date } | null;
  /** The newest version, where it cannot be read; `null` where it can. */
  damaged: number | null;
}
