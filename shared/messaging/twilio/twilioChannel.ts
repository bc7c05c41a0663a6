import type { MessageListInstance, MessagePage } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { TwilioSettings } from '../../settings.ts';
import { composeAlertSms } from '../alertSms.ts';
import type { Channel, OutgoingMessage, SendResult } from '../channel.ts';
import { statusAddressOf } from './twilioAddresses.ts';
import { resultOfFailure } from './twilioErrors.ts';
import { TwilioRefusal } from './twilioHttp.ts';
import { createTwilioMessages } from './twilioMessages.ts';

export interface TwilioChannelOptions {
  /** For one request, with its answer. */
  timeoutMs?: number;
  /** How long Twilio may hold a message in its queue: whole seconds from 1 to 36,000 (error 90007). */
  validityPeriodSeconds?: number;
  /** Origin of the function app: where Twilio reports what becomes of a message. Without one it must be asked. */
  publicUrl?: string | null;
}

const TIMEOUT_MS = 10_000;
/**
 * An hour. Twilio's own ten hours would let an alert go out as if it were fresh when all is long over; much less would
 * let a jam at Twilio swallow an alert that Twilio has accepted, and that is therefore not sent again. Within an hour
 * somebody can still help or ask, and the words give the time of the call.
 */
const VALIDITY_PERIOD_SECONDS = 3_600;

/** Messages in one answer, the newest first; more than most people are sent in the minutes that are asked about. */
const LISTED = 100;
/** Answers that are read at most. */
const MOST_PAGES = 20;
/** Twilio took these, and will not deliver them. */
const LOST = new Set(['failed', 'undelivered', 'canceled']);

/**
 * SMS through Twilio. Sends nothing twice by itself. Throws a RangeError for a validity period that Twilio refuses.
 */
export function createTwilioChannel(settings: TwilioSettings, options: TwilioChannelOptions = {}): Channel {
  const { timeoutMs = TIMEOUT_MS, validityPeriodSeconds = VALIDITY_PERIOD_SECONDS, publicUrl = null } = options;
  if (!Number.isInteger(validityPeriodSeconds) || validityPeriodSeconds < 1 || validityPeriodSeconds > 36_000) {
    throw new RangeError('The validity period must be whole seconds from 1 to 36000');
  }
  const messages = loadOnce(() => createTwilioMessages(settings, timeoutMs));
  const common = {
    ...(settings.sender.kind === 'number'
      ? { from: settings.sender.from }
      : { messagingServiceSid: settings.sender.messagingServiceSid }),
    validityPeriod: validityPeriodSeconds,
  };
  const callbackOf = ({ reference }: OutgoingMessage) =>
    publicUrl === null || !reference ? {} : { statusCallback: statusAddressOf(publicUrl, reference) };
  return {
    name: 'sms',
    compose: composeAlertSms,
    send: async (message) => {
      const { to, body } = message;
      try {
        const list = await messages();
        const { sid, status } = await list
          .create({ ...common, to, body, ...callbackOf(message) })
          .catch((caught: unknown) => {
            if (!isAddressRefused(caught)) throw caught;
            return list.create({ ...common, to, body });
          });
        return acceptedAs(sid, status);
      } catch (caught) {
        return resultOfFailure(caught);
      }
    },
    find: async (message, since) => findMessage(await messages(), message, since),
  };
}

/**
 * Twilio sent nothing, only because it does not like our address (https://www.twilio.com/docs/api/errors/21609): the
 * message matters more than the report.
 */
function isAddressRefused(caught: unknown): boolean {
  return caught instanceof TwilioRefusal && caught.errorCode === 21609;
}

/** What could not be loaded is tried again with the next message. */
function loadOnce<T>(create: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return async () => {
    loaded ??= create();
    try {
      return await loaded;
    } catch (caught) {
      loaded = undefined;
      throw caught;
    }
  };
}

/** Success without a SID is the word of something that is not Twilio. */
function acceptedAs(sid: unknown, status: unknown): SendResult {
  return typeof sid === 'string' && sid !== ''
    ? { outcome: 'accepted', providerMessageId: sid, status: String(status) }
    : { outcome: 'doubtful', code: 'unreadable answer', reason: 'the answer names no message' };
}

/**
 * Not filtered by the date of sending, which a message still in the queue does not have. Twilio notes the creation in
 * whole seconds. One that Twilio has lost since is none: it is to be sent again.
 */
async function findMessage(messages: MessageListInstance, { to, body, others = [] }: OutgoingMessage, since: Date) {
  const sinceMs = Math.floor(since.getTime() / 1_000) * 1_000;
  const isSince = ({ dateCreated }: { dateCreated: Date }) => new Date(dateCreated).getTime() >= sinceMs;
  let page: Pick<MessagePage, 'instances' | 'nextPage'> | undefined = await messages.page({
    to,
    pageSize: LISTED,
  });
  for (let pages = 1; page !== undefined; pages += 1) {
    const found = page.instances.find(
      (message) =>
        message.to === to &&
        message.body === body &&
        !LOST.has(message.status) &&
        isSince(message) &&
        !others.includes(message.sid),
    );
    if (found) return { providerMessageId: found.sid, status: String(found.status) };
    const oldest = page.instances.at(-1);
    if (oldest === undefined || !isSince(oldest)) return null;
    if (pages === MOST_PAGES) throw new Error('Too many messages to look through');
    page = await page.nextPage();
  }
  return null;
}
