import type { SubscriptionSettings } from '../settings.ts';

/** What a subscription watches and where its notifications go. */
export interface SubscriptionTarget {
  resource: string;
  notificationUrl: string;
  /** Without one, Graph grants no more than an hour. */
  lifecycleNotificationUrl: string | null;
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
  createdAt: string;
  renewedAt: string | null;
  expiresAt: string | null;
  /** When Graph last said that it is there. */
  confirmedAt: string | null;
}

/** `check`: nothing is due, but Graph may have removed it without a word. */
export type SubscriptionPlan =
  | { action: 'create' }
  | { action: 'replace' | 'renew' | 'check'; current: KnownSubscription & { subscriptionId: string } };

const MINUTE_MS = 60_000;

/**
 * Minutes asked for, and how many of them may be used up before they are asked for again.
 * https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime: chatMessage lives 4,320 minutes at
 * most, and 60 without a lifecycle address.
 */
const LIVES = {
  long: { minutes: 4_320, renewAfterMinutes: 2_160 },
  short: { minutes: 60, renewAfterMinutes: 20 },
} as const;

function lifeOf({ lifecycleNotificationUrl }: Pick<SubscriptionSettings, 'lifecycleNotificationUrl'>) {
  return lifecycleNotificationUrl === null ? LIVES.short : LIVES.long;
}

/** When a subscription that is created or renewed now is to expire. */
export function expiryFor(target: Pick<SubscriptionTarget, 'lifecycleNotificationUrl'>, now: Date): Date {
  return new Date(now.getTime() + lifeOf(target).minutes * MINUTE_MS);
}

/**
 * What is to be done about the subscription to `target`, given what we know of ours. It is replaced when the settings
 * name other addresses, since Graph cannot change those, and created when none lives.
 */
export function planSubscription(
  known: readonly KnownSubscription[],
  target: SubscriptionTarget,
  now: Date,
): SubscriptionPlan {
  const current = known.find((one) => isAlive(one, now));
  if (!current || !hasId(current)) return { action: 'create' };
  if (!isSameTarget(current, target)) return { action: 'replace', current };
  const { minutes, renewAfterMinutes } = lifeOf(target);
  const leftMs = Date.parse(current.expiresAt ?? '') - now.getTime();
  return { action: leftMs <= (minutes - renewAfterMinutes) * MINUTE_MS ? 'renew' : 'check', current };
}

/** Graph said that it is there, and it has not expired. */
export function isAlive({ state, expiresAt }: KnownSubscription, now: Date): boolean {
  return state === 'active' && expiresAt !== null && Date.parse(expiresAt) > now.getTime();
}

export function hasId(one: KnownSubscription): one is KnownSubscription & { subscriptionId: string } {
  return one.subscriptionId !== null;
}

export function isSameTarget(a: SubscriptionTarget, b: SubscriptionTarget): boolean {
  return (
    a.resource === b.resource &&
    a.notificationUrl === b.notificationUrl &&
    a.lifecycleNotificationUrl === b.lifecycleNotificationUrl
  );
}

/** The last notifications of a subscription that has ended are still known as ours for this long. */
const KEPT_AFTER_END_MS = 24 * 60 * MINUTE_MS;

/** Without those that ended long ago; all of them while none lives, since they tell how long that has been so. */
export function withoutForgotten(known: readonly KnownSubscription[], now: Date): KnownSubscription[] {
  const isLiving = known.some((one) => isAlive(one, now));
  return known.filter((one) => !isLiving || lastSignOf(one) + KEPT_AFTER_END_MS > now.getTime() || isAlive(one, now));
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
