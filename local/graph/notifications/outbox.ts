import type { ChangeNotification } from './notification.ts';

/** What goes wrong between Graph and the hub. Everything but `lose` lasts until it is changed. */
export interface NotificationFaults {
  /** How many of the next notifications are lost; `all` until changed. */
  lose?: number | 'all';
  /** How often each is put into the hub; 1 when left out. */
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

/** A notification that did not reach the hub, and why. What Graph does when a hub refuses is not documented. */
export interface LostNotification {
  reason: 'fault' | 'hubRefused' | 'deliveryPaused' | 'closed';
  notification: ChangeNotification;
}

export interface Outbox {
  /** Puts it into the hub, or does to it what the faults say. Never rejects. */
  put(notification: ChangeNotification): Promise<void>;
  /** Puts a whole event into the hub past all faults. Rejects when the hub refuses. */
  putEvent(body: string): Promise<void>;
  lose(notification: ChangeNotification, reason: LostNotification['reason']): void;
  setFaults(faults: NotificationFaults): void;
  /** Sends what is held back. */
  flush(): Promise<void>;
  held(): ChangeNotification[];
  lost(): LostNotification[];
  close(): void;
}

export function createOutbox(publish: (eventBody: string, partitionKey?: string) => Promise<void>): Outbox {
  const lost: LostNotification[] = [];
  const timers = new Map<NodeJS.Timeout, ChangeNotification[]>();
  let faults: NotificationFaults = {};
  let held: ChangeNotification[] = [];

  function lose(notification: ChangeNotification, reason: LostNotification['reason']): void {
    lost.push({ reason, notification });
  }

  async function put(notification: ChangeNotification): Promise<void> {
    if (isLost()) {
      lose(notification, 'fault');
      return;
    }
    held.push(notification);
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
    const events = faults.oneEvent && copied.length > 0 ? [copied] : copied.map((one) => [one]);
    for (const event of events) {
      await sendNowOrLater(event);
    }
  }

  async function sendNowOrLater(event: ChangeNotification[]): Promise<void> {
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

  async function sendEvent(event: ChangeNotification[]): Promise<void> {
    try {
      await publish(JSON.stringify({ value: event }));
    } catch {
      event.forEach((notification) => {
        lose(notification, 'hubRefused');
      });
    }
  }

  function close(): void {
    for (const [timer, event] of timers) {
      clearTimeout(timer);
      event.forEach((notification) => {
        lose(notification, 'closed');
      });
    }
    timers.clear();
  }

  return {
    put,
    putEvent: (body) => publish(body),
    lose,
    setFaults: (wanted) => {
      faults = { ...wanted };
    },
    flush,
    held: () => [...held],
    lost: () => [...lost],
    close,
  };
}
