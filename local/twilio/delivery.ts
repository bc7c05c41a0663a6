import type { Account } from './account.ts';
import { UNDELIVERED, type Undelivered, VALIDITY_PERIOD_EXPIRED } from './behaviours.ts';
import { API_VERSION, type MessageStatus, type TwilioMessage } from './message.ts';
import type { MessageStore } from './messageStore.ts';
import { countSegments } from './segments.ts';
import type { Timers } from './timers.ts';
import type { WebhookParameters, Webhooks } from './webhooks.ts';

/** A status callback that was made. */
export interface StatusCallback {
  messageSid: string;
  status: MessageStatus;
  url: string;
  /** What the receiver answered; `null` when it did not. */
  httpStatus: number | null;
}

export interface DeliveryOptions {
  account: Account;
  store: MessageStore;
  webhooks: Webhooks;
  timers: Timers;
  /** Time between two statuses. */
  deliverAfterMs: number;
  /** How fast one sender sends; `null` for no limit. */
  segmentsPerSecond: number | null;
}

export interface Delivery {
  /** Walks a new message through its statuses, each with a status callback where one was asked for. */
  start(message: TwilioMessage): void;
  callbacks(): StatusCallback[];
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { account, store, webhooks, timers, deliverAfterMs } = options;
  const callbacks: StatusCallback[] = [];
  /** The callbacks of one message are made one after the other. */
  const lastCallback = new Map<string, Promise<void>>();
  const waitForTurn = createQueue(options.segmentsPerSecond);

  function moveTo(sid: string, status: MessageStatus, change: Partial<TwilioMessage> = {}): TwilioMessage {
    const message = store.update(sid, { status, ...change });
    tell(message);
    return message;
  }

  function tell(message: TwilioMessage): void {
    const { sid, status, statusCallback: url } = message;
    if (url === null) {
      return;
    }
    const parameters = toCallbackParameters(message, account.accountSid);
    const before = lastCallback.get(sid) ?? Promise.resolve();
    const made = before.then(async () => {
      const answer = await webhooks.post(url, parameters);
      callbacks.push({ messageSid: sid, status, url, httpStatus: answer.status });
    });
    lastCallback.set(sid, made);
  }

  function fail(sid: string, status: 'failed' | 'undelivered', { code, message }: Undelivered): void {
    moveTo(sid, status, { errorCode: code, errorMessage: message });
  }

  function assignSender({ sid, body }: TwilioMessage): void {
    const change = { from: account.numbers[0] ?? null, numSegments: countSegments(body) };
    const message = moveTo(sid, 'queued', change);
    timers.after(deliverAfterMs, () => queue(message));
  }

  function queue({ sid, from, numSegments, validityPeriodSeconds }: TwilioMessage): void {
    const waitMs = waitForTurn(from ?? '', numSegments, validityPeriodSeconds * 1_000);
    if (waitMs === null) {
      timers.after(validityPeriodSeconds * 1_000, () => fail(sid, 'failed', VALIDITY_PERIOD_EXPIRED));
      return;
    }
    timers.after(waitMs, () => {
      moveTo(sid, 'sending');
      timers.after(deliverAfterMs, () => send(sid));
    });
  }

  function send(sid: string): void {
    const { to } = moveTo(sid, 'sent');
    timers.after(deliverAfterMs, () => {
      const behaviour = account.behaviourOf(to);
      const undelivered = UNDELIVERED[behaviour];
      if (undelivered) {
        fail(sid, 'undelivered', undelivered);
      } else if (behaviour !== 'noReceipt') {
        moveTo(sid, 'delivered');
      }
    });
  }

  return {
    start(message) {
      tell(message);
      timers.after(deliverAfterMs, () => (message.status === 'accepted' ? assignSender(message) : queue(message)));
    },
    callbacks: () => [...callbacks],
  };
}

/**
 * How long a message waits until its sender is free, by the segments of those before it; `null` when that is longer
 * than it may wait. A message that is given up takes no turn.
 */
function createQueue(segmentsPerSecond: number | null) {
  const freeAt = new Map<string, number>();
  return (sender: string, segments: number, maxWaitMs: number): number | null => {
    if (segmentsPerSecond === null) {
      return 0;
    }
    const nowMs = performance.now();
    const begin = Math.max(nowMs, freeAt.get(sender) ?? 0);
    if (begin - nowMs > maxWaitMs) {
      return null;
    }
    freeAt.set(sender, begin + (segments * 1_000) / segmentsPerSecond);
    return begin - nowMs;
  };
}

function toCallbackParameters(message: TwilioMessage, accountSid: string): WebhookParameters {
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
    ...(message.from === null ? {} : { From: message.from }),
    ...(message.messagingServiceSid === null ? {} : { MessagingServiceSid: message.messagingServiceSid }),
    ...(message.errorCode === null ? {} : { ErrorCode: String(message.errorCode) }),
    ...(['delivered', 'undelivered'].includes(message.status) ? { RawDlrDoneDate: toDlrDate(message.updatedAt) } : {}),
  };
}

/** `YYMMDDhhmm`, as carriers write it in their receipts. */
function toDlrDate(date: Date): string {
  return date.toISOString().replace(/\D/g, '').slice(2, 12);
}
