import type { ChannelName } from './delivery.ts';
import type { EscalationPosition } from './escalation.ts';

/** One step of telling people about one call. */
export interface AlertWork {
  kind: 'alert';
  callId: string;
  /**
   * `first`; `step-…` of an escalation; `last-resort` when nobody of the first could be reached; `update-N` for the facts
   * of version N, `response-N` for what somebody answered, `reminder-N` when nobody is on scene yet, `ended` once the
   * emergency call itself is over.
   */
  alertKey: string;
  /** Who is told in a step of an escalation, as it was when the step began. */
  recipients?: { id: string; phone: string }[];
  /** By which channel a step is told first; without it, by each person's own. */
  channel?: ChannelName | null;
  /** A step that somebody asked for is told though somebody has the call. */
  isForced?: boolean;
  /** Once its first try has come to an end: places have their own alert by then. */
  isBegun?: boolean;
  createdAt: string;
  dueAt: string;
  attempts: number;
}

/** The next step of telling people, while nobody has the call: one for each call, which moves on. */
export interface EscalateWork extends EscalationPosition {
  kind: 'escalate';
  callId: string;
  /** Whose plan it is a step of: a call may turn out to be another team's. */
  teamId: string;
  /** That of the call's response when this was planned: after a hand-back it is void. */
  run: number;
  /** Somebody asked for it: it is done though somebody has the call. */
  isForced: boolean;
  dueAt: string;
  attempts: number;
}

/** Somebody has acknowledged, and nobody is on scene yet. */
export interface RemindWork {
  kind: 'remind';
  callId: string;
  /** That of the call's response: any later answer voids it. */
  version: number;
  /** How often people were reminded before. */
  reminders: number;
  dueAt: string;
  attempts: number;
}

/** Somebody answered, and whoever recorded that has not yet seen to what follows. */
export interface FollowWork {
  kind: 'follow';
  callId: string;
  dueAt: string;
  attempts: number;
}

/** A chat message that Graph announced and could not give yet. */
export interface FetchMessageWork {
  kind: 'fetchMessage';
  /** The id that the call will have, or has since people were told without the details. */
  callId: string;
  chatId: string;
  messageId: string;
  /** The notification as it came in, for the record. */
  notification: unknown;
  hubEnqueuedAt: string | null;
  receivedAt: string;
  /** True once people have been told without the details. */
  isTold: boolean;
  dueAt: string;
  attempts: number;
}

/** An emergency call event that cannot be decrypted yet: the vault that holds the key does not answer. */
export interface ReadEventWork {
  kind: 'readEvent';
  /** The id that the call has once people were told without the details. */
  callId: string;
  /** The notification as it came in. */
  notification: unknown;
  hubEnqueuedAt: string | null;
  receivedAt: string;
  /** True once people have been told without the details. */
  isTold: boolean;
  dueAt: string;
  attempts: number;
}

/** The subscriptions are looked after now, because Graph said something of one or there is a new chat. */
export interface RenewWork {
  kind: 'renewSubscriptions';
  reason: 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed' | 'newChat';
  /** The subscription that Graph spoke of. */
  subscriptionId: string;
  dueAt: string;
  attempts: number;
}

/** A dead letter that goes through the door once more. */
export interface ReplayWork {
  kind: 'replayDeadLetter';
  deadLetterId: string;
  dueAt: string;
  attempts: number;
}

/** What must happen at or after `dueAt` (ISO 8601, UTC). The row is the truth; a queue message only wakes someone. */
export type Work =
  | AlertWork
  | EscalateWork
  | RemindWork
  | FollowWork
  | FetchMessageWork
  | ReadEventWork
  | RenewWork
  | ReplayWork;

/** The same for the same piece of work, so that writing it twice is writing it once. */
export function workIdOf(work: Work): string {
  switch (work.kind) {
    case 'alert':
      return `${work.callId}|alert|${work.alertKey}`;
    case 'escalate':
      return `${work.callId}|escalate`;
    case 'remind':
      return `${work.callId}|remind`;
    case 'follow':
      return `${work.callId}|follow`;
    case 'fetchMessage':
      return `${work.callId}|fetch`;
    case 'readEvent':
      return `${work.callId}|read`;
    case 'renewSubscriptions':
      return `renew|${work.subscriptionId}|${work.reason}`;
    case 'replayDeadLetter':
      return `replay|${work.deadLetterId}`;
  }
}
