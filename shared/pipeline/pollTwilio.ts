import { attemptAll, errorCodeOf, toError } from '../errors.ts';
import type { DeliveryReference } from '../messaging/channel.ts';
import { fromTwilioStatus } from '../messaging/deliveryStatus.ts';
import { createTwilioReader, type TwilioReader } from '../messaging/twilio/twilioReader.ts';
import type { Delivery } from '../oncall/delivery.ts';
import type { TwilioSettings } from '../settings.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../watch/duration.ts';
import { noteDeliveryStatus } from './noteDeliveryStatus.ts';
import { pollCalls } from './pollCalls.ts';
import type { Services } from './services.ts';
import { takeInbound } from './takeInbound.ts';

/** Where Twilio has an address of ours, it gets this long to tell by itself. */
const GRACE_MS = MINUTE_MS;
/** What is not delivered by then is not asked for any more: Twilio gives a message up within the hour. */
const LOOK_BACK_MS = HOUR_MS + 10 * MINUTE_MS;
/** How old a call can be about which somebody is still told. */
const CALLS_SINCE_MS = 6 * HOUR_MS;
const MOST_DELIVERIES = 2_000;
/** A phone that is on has its message by then; what is left is asked for in each tenth run: carriers exist that report nothing. */
const OFTEN_MS = 5 * MINUTE_MS;
const SELDOM_MS = 5 * MINUTE_MS;
const PERIOD_MS = 30_000;
/** In one run, so that it ends before the next: requests, requests at once, time, and failures before it gives up. */
const MOST_ASKED = 200;
const AT_ONCE = 8;
const BUDGET_MS = 10_000;
const MOST_FAILURES = 3;

/** Up to when messages to us were read. */
const RECEIVED = 'twilioReceived';
/** Twilio's clock and ours differ a little, and its list may lag; it also holds what is left to the callback for now. */
const OVERLAP_MS = 3 * MINUTE_MS;
const FIRST_LOOK_BACK_MS = 10 * MINUTE_MS;
const LONGEST_LOOK_BACK_MS = DAY_MS;

/**
 * Asks Twilio for what it reports otherwise: what became of messages, and what people wrote. Without an address of ours
 * (outbound only) for everything, else for what no callback has told within a minute. Attempts all, then throws for what
 * failed; the next run asks again.
 */
export async function pollTwilio(services: Services): Promise<void> {
  const { twilio } = services.settings;
  if (!twilio) return;
  const reader = await readerOf(twilio);
  await attemptAll(
    [() => pollStatuses(services, reader), () => pollReceived(services, reader), () => pollCalls(services)],
    (poll) => poll(),
    'Twilio could not be asked for everything',
  );
}

const readers = new WeakMap<TwilioSettings, Promise<TwilioReader>>();

/** Made once; one that could not be made is made anew with the next run. */
async function readerOf(settings: TwilioSettings): Promise<TwilioReader> {
  const reader = readers.get(settings) ?? createTwilioReader(settings);
  readers.set(settings, reader);
  try {
    return await reader;
  } catch (caught) {
    readers.delete(settings);
    throw caught;
  }
}

async function pollStatuses(services: Services, reader: TwilioReader): Promise<void> {
  const now = services.now();
  const deliveries = await services.store.deliveries.listSince(
    new Date(now.getTime() - CALLS_SINCE_MS),
    MOST_DELIVERIES,
  );
  const graceMs = services.settings.publicUrl === null ? 0 : GRACE_MS;
  const due = deliveries.flatMap((delivery) => (isDue(delivery, graceMs, now) ? openMessages(delivery) : []));
  // What becomes of a message that lists several calls is brought to all of them.
  const open = [...new Map(due.map((message) => [message.messageSid, message])).values()];
  const queue = inTurn(open, now).slice(0, MOST_ASKED);
  const endsAt = performance.now() + BUDGET_MS;
  const failures: Error[] = [];
  const ask = async () => {
    while (failures.length < MOST_FAILURES && performance.now() < endsAt) {
      const next = queue.shift();
      if (!next) return;
      await askFor(services, reader, next).catch((caught: unknown) => failures.push(toError(caught)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  if (open.length > MOST_ASKED) services.log.warn('More messages than one run asks for', { count: open.length });
  if (failures.length > 0) throw new AggregateError(failures, 'Statuses of messages could not be read');
}

type OpenMessage = DeliveryReference & { messageSid: string };

function isDue({ channel, settledAt, state }: Delivery, graceMs: number, now: Date): boolean {
  if (channel !== 'sms' || state !== 'accepted' || settledAt === null) return false;
  const ageMs = now.getTime() - Date.parse(settledAt);
  if (ageMs < graceMs || ageMs > LOOK_BACK_MS) return false;
  return ageMs < OFTEN_MS || Math.floor(now.getTime() / PERIOD_MS) % (SELDOM_MS / PERIOD_MS) === 0;
}

function openMessages({ callId, alertKey, recipientId, providerMessages }: Delivery): OpenMessage[] {
  const isOpen = (status: string) => ['accepted', 'sent'].includes(fromTwilioStatus(status) ?? 'accepted');
  return providerMessages.flatMap(({ id, status }) =>
    isOpen(status) ? [{ callId, alertKey, recipientId, messageSid: id }] : [],
  );
}

/** When there are more than a run asks for, each run begins elsewhere. */
function inTurn<T>(items: readonly T[], now: Date): T[] {
  const runs = Math.floor(now.getTime() / PERIOD_MS);
  const start = items.length > MOST_ASKED ? (runs * MOST_ASKED) % items.length : 0;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function askFor(services: Services, reader: TwilioReader, message: OpenMessage): Promise<void> {
  const { messageSid, ...reference } = message;
  const sent = await reader.readStatus(messageSid);
  if (!sent) {
    services.log.warn('Twilio knows nothing of a message that it had accepted', { callId: reference.callId });
    return;
  }
  const { status, errorCode, updatedAt: at } = sent;
  await noteDeliveryStatus(
    services,
    { ...reference, channel: 'sms' },
    { messageSid, status, errorCode, at, clock: 'twilio' },
  );
}

/** From here on nothing is left out, also when this first run fails. */
async function beginReading({ store, now }: Services): Promise<Date> {
  const begin = new Date(now().getTime() - FIRST_LOOK_BACK_MS);
  await store.watermarks.set(RECEIVED, begin);
  return begin;
}

/** What could not be dealt with is read again, for a day. */
async function pollReceived(services: Services, reader: TwilioReader): Promise<void> {
  const { store, log, settings } = services;
  const now = services.now();
  const readUpTo = (await store.watermarks.get(RECEIVED)) ?? (await beginReading(services));
  const from = Math.max(readUpTo.getTime() - OVERLAP_MS, now.getTime() - LONGEST_LOOK_BACK_MS);
  const { messages, isComplete } = await reader.readReceived(new Date(from));
  if (!isComplete) log.error('More messages came in than one run reads: the oldest were left out');
  const graceMs = settings.publicUrl === null ? 0 : GRACE_MS;
  const failures: unknown[] = [];
  // One after the other: what a person wrote last counts last.
  for (const message of messages.filter(({ receivedAt }) => now.getTime() - receivedAt.getTime() >= graceMs)) {
    try {
      const isNews = await takeInbound(services, message);
      if (isNews && graceMs > 0) log.warn('A message that no callback told was found in the list of Twilio');
    } catch (caught) {
      log.error('A message could not be dealt with', { error: errorCodeOf(caught) });
      failures.push(caught);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Messages could not be dealt with');
  await store.watermarks.set(RECEIVED, now);
}
