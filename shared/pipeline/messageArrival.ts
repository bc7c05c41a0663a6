import type { MessageOrigin } from '../emergency/callLife.ts';

/** A chat message on its way in. `notification` is what announced it, for the record. */
export interface MessageArrival extends MessageOrigin {
  via: 'hub' | 'fetch' | 'reconcile' | 'replay';
  notification: unknown;
  /** The call that people may already have been told of without details. */
  callId?: string;
}
