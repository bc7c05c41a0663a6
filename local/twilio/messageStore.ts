import { randomBytes } from 'node:crypto';
import type { TwilioMessage } from './message.ts';

/** What a phone shows of one message. */
export interface PhoneMessage {
  messageSid: string;
  from: string;
  body: string;
  at: Date;
}

export type NewMessage = Omit<TwilioMessage, 'sid' | 'statuses' | 'createdAt' | 'updatedAt' | 'sentAt'>;

/** The state of the account's messages. What it gives out are copies. */
export interface MessageStore {
  create(fields: NewMessage): TwilioMessage;
  update(sid: string, change: Partial<TwilioMessage>): TwilioMessage;
  get(sid: string): TwilioMessage | undefined;
  /** The newest first. */
  list(): TwilioMessage[];
  /** What was delivered to this phone, the oldest first. */
  inbox(number: string): PhoneMessage[];
  /** Resolves with the first message, now or later, that the predicate takes. */
  waitFor(predicate: (message: TwilioMessage) => boolean, timeoutMs: number): Promise<TwilioMessage>;
  close(): void;
}

interface Waiter {
  look(message: TwilioMessage): void;
  giveUp(reason: string): void;
}

export function createMessageStore(now: () => Date): MessageStore {
  const messages = new Map<string, TwilioMessage>();
  const inboxes = new Map<string, PhoneMessage[]>();
  const waiters = new Set<Waiter>();

  function keep(message: TwilioMessage): TwilioMessage {
    messages.set(message.sid, message);
    for (const waiter of [...waiters]) {
      waiter.look(copy(message));
    }
    return copy(message);
  }

  function show({ sid, from, to, body, updatedAt }: TwilioMessage): void {
    const shown = { messageSid: sid, from: from ?? '', body, at: updatedAt };
    inboxes.set(to, [...(inboxes.get(to) ?? []), shown]);
  }

  return {
    create(fields) {
      const at = now();
      const sid = `SM${randomBytes(16).toString('hex')}`;
      // Of a message that comes in, it is when it came.
      const sentAt = fields.direction === 'inbound' ? at : null;
      return keep({ ...fields, sid, statuses: [fields.status], createdAt: at, updatedAt: at, sentAt });
    },
    update(sid, change) {
      const message = messages.get(sid);
      if (message === undefined) {
        throw new Error(`There is no message ${sid}.`);
      }
      const statuses = change.status ? [...message.statuses, change.status] : message.statuses;
      const at = now();
      const sentAt = change.status === 'sent' ? at : message.sentAt;
      const updated = { ...message, ...change, statuses, sentAt, updatedAt: at };
      if (change.status === 'delivered') {
        show(updated);
      }
      return keep(updated);
    },
    get(sid) {
      const message = messages.get(sid);
      return message && copy(message);
    },
    list: () => [...messages.values()].reverse().map(copy),
    inbox: (number) => [...(inboxes.get(number) ?? [])],
    waitFor(predicate, timeoutMs) {
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiters.delete(waiter);
        };
        const waiter: Waiter = {
          look(message) {
            if (predicate(message)) {
              end();
              resolve(message);
            }
          },
          giveUp(reason) {
            end();
            reject(new Error(`No such message came: ${reason}. There are ${messages.size} messages.`));
          },
        };
        const timer = setTimeout(() => waiter.giveUp(`${timeoutMs} ms have passed`), timeoutMs);
        waiters.add(waiter);
        const present = [...messages.values()].find((message) => predicate(copy(message)));
        if (present) {
          waiter.look(copy(present));
        }
      });
    },
    close() {
      for (const waiter of [...waiters]) {
        waiter.giveUp('the look-alike was closed');
      }
    },
  };
}

function copy(message: TwilioMessage): TwilioMessage {
  return { ...message, statuses: [...message.statuses] };
}
