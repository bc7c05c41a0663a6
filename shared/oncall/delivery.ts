import type { BurstKind } from './burst.ts';

/** Ways to reach people. `sms`, `voice`: a phone number; `email`: an address; `teams`, `webhook`: a place of the team's. */
export const CHANNEL_NAMES = ['sms', 'voice', 'email', 'teams', 'webhook'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** One way to reach somebody. */
export interface Way {
  channel: ChannelName;
  /** E.164 for `sms` and `voice`. */
  to: string;
}

/** Who hears of an alert. Ids. */
export interface Audience {
  /** All who are told in it; of an update, all who were told of the call. */
  told: readonly string[];
  /** Those who have the location already, or get it whoever they are. */
  know: readonly string[];
}

/** One call in a message that lists several: its delivery is to the same recipient, by the same channel. */
export interface ListedCall {
  callId: string;
  alertKey: string;
}

/**
 * One alert to one recipient by one channel, and the claim on it: the row is inserted before the message is sent.
 * `claimed`: somebody is sending it until `leaseUntil`; `waiting`: to be tried again at `nextAttemptAt`; `accepted`:
 * the provider has it; `failed`: never to be tried again. Times are ISO 8601 in UTC by our clock.
 */
export interface Delivery {
  callId: string;
  alertKey: string;
  recipientId: string;
  channel: ChannelName;
  /** E.164 for `sms` and `voice`. */
  to: string;
  state: 'claimed' | 'waiting' | 'accepted' | 'failed';
  /** Names the attempt that holds the claim. */
  owner: string;
  attempts: number;
  /** When the notifier was woken for this attempt and when it began; `null` where the sweep found it. */
  queuedAt: string | null;
  startedAt: string;
  /** When the first attempt was claimed, and this one. */
  firstClaimedAt: string;
  claimedAt: string;
  leaseUntil: string;
  nextAttemptAt: string | null;
  /** The messages to send (nearly always one) and how many the provider has taken. */
  bodies: string[];
  /** What the provider made of each body it took. */
  providerMessages: { id: string; status: string }[];
  /** The version of the facts that these words tell. */
  factsVersion: number;
  /** Of a call from off site: whether these words say the location, or who knows it; `null` where they say neither. */
  homeAddress?: 'told' | 'withheld' | null;
  /** When it was accepted or failed for good. */
  settledAt: string | null;
  /** The provider's code and reason of the last attempt that failed. */
  lastError: string | null;
  /** Of a step that somebody asked for, though somebody has the call. */
  isForced?: boolean;
  /** Waits for the list of further calls, as one of the given kind; `rank` is its place in the order of duty. */
  held?: { kind: BurstKind; rank: number; audience: Audience };
  /** All calls that the message lists, where it tells of several; what becomes of the message becomes of each of them. */
  listed?: ListedCall[];
  /** Attempts of which it is not known whether they reached the provider: it took no answer, or the process died. */
  doubts: number;
}

export function deliveryKeyOf(delivery: Pick<Delivery, 'alertKey' | 'recipientId' | 'channel'>): string {
  return `${delivery.alertKey}|${delivery.recipientId}|${delivery.channel}`;
}
