import type { MessageInstance, MessageListInstance, MessagePage } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { TwilioSettings } from '../../settings.ts';
import { TwilioRefusal } from './twilioHttp.ts';
import { createTwilioMessages } from './twilioMessages.ts';

/** What Twilio says of a message that we sent. */
export interface SentMessage {
  status: string;
  errorCode: number | null;
  /** When Twilio last changed it, by its clock, to the second. */
  updatedAt: Date;
}

/** A message that somebody sent to us. */
export interface ReceivedMessage {
  messageSid: string;
  /** E.164, as Twilio gives it. */
  from: string;
  body: string;
  /** By Twilio's clock, to the second. */
  receivedAt: Date;
}

/** Asks Twilio for what it otherwise reports to an address of ours. Each request has a limit and is made once. */
export interface TwilioReader {
  /** `null` when Twilio knows no such message. Throws when Twilio cannot be asked. */
  readStatus(messageSid: string): Promise<SentMessage | null>;
  /**
   * What came in since, the oldest first. `isComplete` is false when there is more than a run reads: then these are the
   * newest. Throws when Twilio cannot be asked.
   */
  readReceived(since: Date): Promise<{ messages: ReceivedMessage[]; isComplete: boolean }>;
}

/** Shorter than for a message: what is not answered is asked again half a minute later. */
const TIMEOUT_MS = 8_000;
const PAGE_SIZE = 200;
/** More than all people of a large roster write in minutes. */
const MOST_PAGES = 10;

export async function createTwilioReader(settings: TwilioSettings): Promise<TwilioReader> {
  const messages = await createTwilioMessages(settings, TIMEOUT_MS);
  // What comes to a number can be asked for alone; of a messaging service, all that was sent comes along.
  const to = settings.sender.kind === 'number' ? { to: settings.sender.from } : {};
  return {
    async readStatus(messageSid) {
      try {
        const { status, errorCode, dateUpdated } = await messages.get(messageSid).fetch();
        return { status, errorCode: errorCode || null, updatedAt: new Date(dateUpdated) };
      } catch (caught) {
        if (caught instanceof TwilioRefusal && caught.status === 404) return null;
        throw caught;
      }
    },
    readReceived: (since) => readReceived(messages, { ...to, dateSentAfter: since }),
  };
}

async function readReceived(messages: MessageListInstance, filter: { to?: string; dateSentAfter: Date }) {
  const received: ReceivedMessage[] = [];
  let page: Pick<MessagePage, 'instances' | 'nextPage'> | undefined = await messages.page({
    ...filter,
    pageSize: PAGE_SIZE,
  });
  for (let pages = 1; page !== undefined; pages += 1) {
    received.push(...page.instances.filter(({ direction }) => direction === 'inbound').map(toReceived));
    if (pages === MOST_PAGES) break;
    page = await page.nextPage();
  }
  return { messages: received.reverse(), isComplete: page === undefined };
}

function toReceived({ sid, from, body, dateSent, dateCreated }: MessageInstance): ReceivedMessage {
  return { messageSid: sid, from, body: body ?? '', receivedAt: new Date(dateSent ?? dateCreated) };
}
