/** What a subscription watches, where its notifications go, and how long it lives. */
export interface SubscriptionTarget {
  resource: string;
  changeType: string;
  notificationUrl: string;
  /** Without one, Graph grants no more than an hour. */
  lifecycleNotificationUrl: string | null;
  /** Whether what changed comes with its notification, encrypted. */
  includeResourceData: boolean;
  /** What is asked for. */
  lifeMinutes: number;
}

/**
 * A subscription of ours. `creating`: its `clientState` was chosen, and Graph may have made it, but that has not been
 * recorded; `active`: Graph said so; `gone`: Graph knows it no more, while its last notifications may still come.
 * Times are ISO 8601 in UTC, by our clock; `expiresAt` is Graph's.
 */
export interface KnownSubscription extends SubscriptionTarget {
  state: 'creating' | 'active' | 'gone';
  /** `null` while `creating`. */
  subscriptionId: string | null;
  /** Secret: whoever has it can pass a notification off as Graph's. */
  clientState: string;
  /** The certificate that Graph encrypts with; `null` where it does not. */
  encryptionCertificateId: string | null;
  createdAt: string;
  renewedAt: string | null;
  expiresAt: string | null;
  /** When Graph last said that it is there. */
  confirmedAt: string | null;
}

export type WithId = KnownSubscription & { subscriptionId: string };

/** `check`: nothing is due, but Graph may have removed it without a word. */
export type SubscriptionPlan =
  | { action: 'create' }
  | { action: 'replace' | 'renew' | 'check'; current: KnownSubscription & { subscriptionId: string } };

const MINUTE_MS = 60_000;

/** When a subscription that is created or renewed now is to expire. */
export function expiryFor({ lifeMinutes }: Pick<SubscriptionTarget, 'lifeMinutes'>, now: Date): Date {
  return new Date(now.getTime() + lifeMinutes * MINUTE_MS);
}

/** Minutes that may be used up before it is renewed: half of its life, and a third where that is only an hour. */
function renewAfterMinutes({ lifeMinutes }: Pick<SubscriptionTarget, 'lifeMinutes'>): number {
  return lifeMinutes <= 60 ? lifeMinutes / 3 : lifeMinutes / 2;
}

/**
 * What is to be done about the subscription to `target`, given what we know of ours. It is replaced when the settings
 * name other addresses, since Graph cannot change those, and created when none lives. `certificateId` is the one to
 * encrypt with; while it is `null`, as when the vault does not answer, what lives keeps its own.
 */
export function planSubscription(
  known: readonly KnownSubscription[],
  target: SubscriptionTarget,
  certificateId: string | null,
  now: Date,
): SubscriptionPlan {
  const current = known.find((one) => isAlive(one, now));
  if (!current || !hasId(current)) return { action: 'create' };
  const mustWait = target.includeResourceData && certificateId === null;
  const { includeResourceData } = mustWait ? current : target;
  if (!isSameTarget(current, { ...target, includeResourceData })) return { action: 'replace', current };
  const isOutdated = includeResourceData && !mustWait && current.encryptionCertificateId !== certificateId;
  const leftMs = Date.parse(current.expiresAt ?? '') - now.getTime();
  const isDue = leftMs <= (target.lifeMinutes - renewAfterMinutes(target)) * MINUTE_MS;
  return { action: isDue || isOutdated ? 'renew' : 'check', current };
}

/** Graph said that it is there, and it has not expired. */
export function isAlive({ state, expiresAt }: KnownSubscription, now: Date): boolean {
  return state === 'active' && expiresAt !== null && Date.parse(expiresAt) > now.getTime();
}

export function hasId(one: KnownSubscription): one is WithId {
  return one.subscriptionId !== null;
}

export function isSameTarget(a: SubscriptionTarget, b: SubscriptionTarget): boolean {
  return (
    a.resource === b.resource &&
    a.changeType === b.changeType &&
    a.notificationUrl === b.notificationUrl &&
    a.lifecycleNotificationUrl === b.lifecycleNotificationUrl &&
    a.includeResourceData === b.includeResourceData
  );
}

/** The last notifications of a subscription that has ended are still known as ours for this long. */
const KEPT_AFTER_END_MS = 24 * 60 * MINUTE_MS;

/** Without those that ended long ago; all of them while none lives, since they tell how long that has been so. */
export function withoutForgotten(known: readonly KnownSubscription[], now: Date): KnownSubscription[] {
  return known.some((one) => isAlive(one, now)) ? stillRemembered(known, now) : [...known];
}

/** Without those that ended long ago: of a source that is no longer wanted. */
export function stillRemembered(known: readonly KnownSubscription[], now: Date): KnownSubscription[] {
  return known.filter((one) => lastSignOf(one) + KEPT_AFTER_END_MS > now.getTime() || isAlive(one, now));
}

/**
 * Since when notifications may be missing while none lives: since Graph last said that one was there; where there never
 * was one, since it was first wanted.
 */
export function gapBegin(known: readonly KnownSubscription[], now: Date): Date {
  const ended = known.filter((one) => one.state !== 'creating').map(lastSignOf);
  const wanted = known.filter((one) => one.state === 'creating').map(lastSignOf);
  return new Date(ended.length > 0 ? Math.max(...ended) : Math.min(now.getTime(), ...wanted));
}

function lastSignOf({ confirmedAt, createdAt }: KnownSubscription): number {
  return Date.parse(confirmedAt ?? createdAt);
}
