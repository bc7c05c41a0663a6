import type { Account } from './account.ts';
import type { Delivery } from './delivery.ts';
import { API_VERSION, type TwilioMessage } from './message.ts';
import type { MessageStore, NewMessage } from './messageStore.ts';
import { countSegments } from './segments.ts';
import { readTwiml } from './twiml.ts';
import type { Webhooks } from './webhooks.ts';

/** Twilio's default keywords: one word alone, in any case ("Twilio support for opt-out keywords"). */
const OPT_OUT = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const OPT_IN = new Set(['START', 'YES', 'UNSTOP']);

export interface InboundParts {
  account: Account;
  store: MessageStore;
  delivery: Delivery;
  webhooks: Webhooks;
  remember(refusal: string): void;
}

/**
 * Somebody answers from a phone: the message is kept, an opt-out keyword is obeyed, and the number's webhook is told
 * with a signed request; what it answers is sent back. Resolves with the inbound message and the HTTP status of the
 * webhook (`null` when it gave none, or there is no webhook).
 */
export async function receiveReply(
  reply: { from: string; to: string; body: string },
  { account, store, delivery, webhooks, remember }: InboundParts,
): Promise<{ message: TwilioMessage; webhookStatus: number | null }> {
  if (!account.numbers.includes(reply.to)) {
    throw new Error('The account does not own the number that is written to.');
  }
  const message = store.create({ ...newMessage(reply), direction: 'inbound', status: 'received' });
  obeyKeyword(reply, account);
  const url = account.smsUrlOf(reply.to);
  if (url === null) {
    return { message, webhookStatus: null };
  }
  const answer = await webhooks.post(url, toParameters(message, account.accountSid));
  const twiml = readTwiml(answer);
  if ('problem' in twiml) {
    remember(twiml.problem);
  } else {
    for (const body of twiml.messages) {
      const fields = newMessage({ from: reply.to, to: reply.from, body });
      delivery.start(store.create({ ...fields, direction: 'outbound-reply', status: 'queued' }));
    }
  }
  return { message, webhookStatus: answer.status };
}

function obeyKeyword({ from, body }: { from: string; body: string }, account: Account): void {
  const word = body.trim().toUpperCase();
  if (OPT_OUT.has(word)) {
    account.behave(from, 'optedOut');
  } else if (OPT_IN.has(word) && account.behaviourOf(from) === 'optedOut') {
    account.behave(from, 'reachable');
  }
}

function newMessage(text: { from: string; to: string; body: string }): Omit<NewMessage, 'direction' | 'status'> {
  return {
    ...text,
    messagingServiceSid: null,
    numSegments: countSegments(text.body),
    errorCode: null,
    errorMessage: null,
    statusCallback: null,
    validityPeriodSeconds: 36_000,
  };
}

function toParameters(message: TwilioMessage, accountSid: string): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    Body: message.body,
    From: message.from ?? '',
    FromCountry: 'US',
    MessageSid: message.sid,
    NumMedia: '0',
    NumSegments: String(message.numSegments),
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: 'received',
    To: message.to,
    ToCountry: 'US',
  };
}
