import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { Recipient } from './deliver.ts';
import type { Services } from './services.ts';
import { alertWork } from './startAlert.ts';
import { wordsOf } from './wordsOf.ts';

/** Promise 1: when the storage has not taken a call for this long, people are told without it. */
const TELL_AFTER_MS = 3_000;
/** Messages sent directly that a process remembers; older ones would be sent once more. */
const REMEMBERED = 10_000;

export interface DirectAlert {
  /** What was read since; `null` for what is no emergency, which nobody is told of. */
  know(call: EmergencyCall | null): void;
  /** From here on the storage has {@link TELL_AFTER_MS}. */
  start(): void;
  /** The storage has it: nobody is told from here. */
  disarm(): void;
  /** Tells now, unless that has been done or the storage has it. */
  tell(): Promise<void>;
}

/**
 * The way past a storage that is down: texts the people whom this process knows, by what it has read, else that `call`
 * was announced, once for each call and person. Whoever calls it then throws, so that the hub keeps the event and the
 * call is recorded later; people may then hear of it a second time.
 */
export function createDirectAlert(services: Services, call: EmergencyCall): DirectAlert {
  let known: EmergencyCall | null = call;
  let timer: NodeJS.Timeout | undefined;
  let telling: Promise<void> | null = null;
  let isKept = false;

  const tell = () => {
    clearTimeout(timer);
    telling ??= isKept || known === null ? Promise.resolve() : tellFromRecord(services, known);
    return telling;
  };
  return {
    know: (read) => {
      known = read;
    },
    start: () => {
      timer ??= setTimeout(() => void tell(), TELL_AFTER_MS);
    },
    disarm: () => {
      isKept = true;
      clearTimeout(timer);
    },
    tell,
  };
}

/** Never throws: what could not be sent is logged, and tried again when it is called again. Each person is told once. */
export async function tellFromRecord(services: Services, call: EmergencyCall): Promise<void> {
  services.log.error('The storage does not take a call, people are told without it', { callId: call.id });
  const work = alertWork(call.id, 'first', services.now());
  await Promise.all(
    call.recipients.map((recipient) => {
      const { bodies } = wordsOf(services, { call, work, recipientId: recipient.id });
      return tellOne(services, call, recipient, bodies);
    }),
  );
}

async function tellOne(services: Services, call: EmergencyCall, recipient: Recipient, bodies: string[]): Promise<void> {
  const { toldDirectly, channels, log } = services;
  const name = `${call.id}|${recipient.id}`;
  if (toldDirectly.has(name)) return;
  remember(toldDirectly, name);
  for (const body of bodies) {
    const result = await channels.sms?.send({ to: recipient.phone, body });
    const outcome = result?.outcome ?? 'no channel';
    log.error('Message sent without a record', { callId: call.id, recipient: recipient.id, outcome });
    if (outcome === 'temporary' || outcome === 'no channel') toldDirectly.delete(name);
  }
}

function remember(told: Set<string>, name: string): void {
  told.add(name);
  const [oldest] = told;
  if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
}
