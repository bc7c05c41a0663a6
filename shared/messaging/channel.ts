import type { ChannelName } from '../oncall/delivery.ts';
import type { CallResponse } from '../oncall/response.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';

export type { ChannelName } from '../oncall/delivery.ts';

/** One message to one person. */
export interface OutgoingMessage {
  /** E.164 for `sms` and `voice`. */
  to: string;
  body: string;
  /** Names the delivery (call, alert, recipient): what the provider reports comes back with it. None for alarms. */
  reference?: DeliveryReference;
  /** Ids of messages that are known to be others: what is looked for is none of them. */
  others?: readonly string[];
}

/** Which delivery a message belongs to. */
export interface DeliveryReference {
  callId: string;
  alertKey: string;
  recipientId: string;
}

/**
 * What a provider said to one attempt, cut by what the caller does next:
 * `accepted`: the provider has taken it; `permanent`: never to be tried again for this recipient and channel;
 * `temporary`: to be tried again, not before `retryAfterMs` where the provider named it; `doubtful`: the request may
 * or may not have been taken (time-out, broken connection), so look it up where time allows, else send again.
 * `code` and `reason` hold no number, name or text of a message: they may be logged.
 */
export type SendResult =
  | { outcome: 'accepted'; providerMessageId: string; status: string }
  | { outcome: 'permanent'; code: string; reason: string }
  | { outcome: 'temporary'; code: string; reason: string; retryAfterMs: number | null }
  | { outcome: 'doubtful'; code: string; reason: string };

/** News of a call that are no facts of it, for a channel that carries more than text. */
export interface CallNews {
  /** Somebody answered; nobody is on scene yet; the emergency call itself is over. */
  kind: 'response' | 'reminder' | 'ended';
  callCode: string;
  isTest: boolean;
  state: CallResponse['state'];
  /** How others know who has the call or closed it; `null` for nobody. */
  by: string | null;
  /** ISO 8601, UTC. */
  since: string | null;
  resolvedAs: CallResponse['resolvedAs'];
  /** When the emergency call itself ended; `null` while that is not known. */
  endedAt: string | null;
  /** The same in words. */
  text: string;
}

/** A way to reach people. An implementation never throws for what the provider or the network did. */
export interface Channel {
  readonly name: ChannelName;
  /** The words of an alert as this channel carries them: what is claimed, sent and looked for. None of the law's three facts is left out. */
  compose(alert: AlertWords, style: AlertStyle): string[];
  /** News, where the channel carries more than its text. */
  composeNews?(news: CallNews): string[];
  send(message: OutgoingMessage): Promise<SendResult>;
  /**
   * Looks for a message to `to` with exactly this body accepted since `since`; `null` when the provider knows none.
   * Throws when the provider cannot be asked.
   */
  find(message: OutgoingMessage, since: Date): Promise<{ providerMessageId: string; status: string } | null>;
}
