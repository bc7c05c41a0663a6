import { createBoundedList } from '../boundedList.ts';
import type { Carry, LossOnTheWay } from './carriers.ts';
import type { ChangeNotification, Outgoing } from './notification.ts';

/** What goes wrong between Graph and the hub or webhook. Everything but `lose` lasts until it is changed. */
export interface NotificationFaults {
  /** How many of the next notifications are lost; `all` until changed. */
  lose?: number | 'all';
  /** How often each is sent; 1 when left out. */
  copies?: number;
  /** By the wall clock. */
  delayMs?: number;
  /** Held back until there are so many, or until `flush()`. */
  gather?: number;
  /** What was gathered goes out newest first. */
  reverse?: boolean;
  /** What was gathered goes out in one event. */
  oneEvent?: boolean;
}

/** A notification that did not arrive, and why. What Graph does when a hub refuses is not documented. */
export interface LostNotification {
  reason: 'fault' | 'deliveryPaused' | 'hubDeliversNoEvents' | LossOnTheWay;
  notification: ChangeNotification;
}

export interface Outbox {
  /** Sends it, or does to it what the faults say. Done when the hub has it, or the webhook was tried. Never rejects. */
  put(outgoing: Outgoing): Promise<void>;
  lose(notification: ChangeNotification, reason: LostNotification['reason']): void;
  setFaults(faults: NotificationFaults): void;
  /** Sends what is held back. */
  flush(): Promise<void>;
  held(): ChangeNotification[];
  lost(): LostNotification[];
  close(): void;
}

export function createOutbox(carry: Carry): Outbox {
  const lost = createBoundedList<LostNotification>();
  const timers = new Map<NodeJS.Timeout, Outgoing[]>();
  let faults: NotificationFaults = {};
  let held: Outgoing[] = [];

  function lose(notification: ChangeNotification, reason: LostNotification['reason']): void {
    lost.push({ reason, notification });
  }

  async function put(outgoing: Outgoing): Promise<void> {
    if (isLost()) {
      lose(outgoing.notification, 'fault');
      return;
    }
    held.push(outgoing);
    if (held.length >= (faults.gather ?? 1)) {
      await flush();
    }
  }

  function isLost(): boolean {
    if (typeof faults.lose === 'number' && faults.lose > 0) {
      faults = { ...faults, lose: faults.lose - 1 };
      return true;
    }
    return faults.lose === 'all';
  }

  async function flush(): Promise<void> {
    const waiting = faults.reverse ? held.reverse() : held;
    held = [];
    const copied = waiting.flatMap((one) => Array.from({ length: faults.copies ?? 1 }, () => one));
    const events = faults.oneEvent ? byAddress(copied) : copied.map((one) => [one]);
    for (const event of events) {
      await sendNowOrLater(event);
    }
  }

  async function sendNowOrLater(event: Outgoing[]): Promise<void> {
    if (faults.delayMs === undefined) {
      await sendEvent(event);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      void sendEvent(event);
    }, faults.delayMs);
    timers.set(timer, event);
  }

  async function sendEvent(event: Outgoing[]): Promise<void> {
    const [first] = event;
    if (first !== undefined) {
      await carry(first.url, event, (reason) => loseAll(event, reason));
    }
  }

  function loseAll(event: readonly Outgoing[], reason: LostNotification['reason']): void {
    for (const { notification } of event) {
      lose(notification, reason);
    }
  }

  function close(): void {
    for (const [timer, event] of timers) {
      clearTimeout(timer);
      loseAll(event, 'closed');
    }
    timers.clear();
  }

  return {
    put,
    lose,
    setFaults: (wanted) => {
      faults = { ...wanted };
    },
    flush,
    held: () => held.map(({ notification }) => notification),
    lost: () => lost.list(),
    close,
  };
}

/** What goes to one address goes in one event. */
function byAddress(outgoing: readonly Outgoing[]): Outgoing[][] {
  const addresses = new Map<string, Outgoing[]>();
  for (const one of outgoing) {
    addresses.set(one.url, [...(addresses.get(one.url) ?? []), one]);
  }
  return [...addresses.values()];
}
