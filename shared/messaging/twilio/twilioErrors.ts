import type { SendResult } from '../channel.ts';
import { TwilioRefusal, TwilioUnreachable } from './twilioHttp.ts';

/**
 * What an error of Twilio means for one message to one person.
 * `recipient`, `message`: no later attempt can succeed. `configuration`: somebody must mend the account or the sender,
 * and can do so while people wait, so it is tried on, slowly. `limit`: a quota for hours or a day, likewise. `busy`: to
 * be tried again soon. `doubtful`: the message may have been taken.
 */
type ErrorKind = 'recipient' | 'message' | 'configuration' | 'limit' | 'busy' | 'doubtful';

/**
 * Twilio's error codes (https://www.twilio.com/docs/api/errors), of requests and of deliveries. Twilio adds codes and
 * moves causes between them, so a code that is not here is judged by the HTTP status alone.
 */
const ERRORS: Readonly<Record<number, readonly [kind: ErrorKind, reason: string]>> = {
  10001: ['configuration', 'the account is not active'],
  14107: ['busy', 'too many messages between two numbers'],
  20003: ['configuration', 'the credentials were refused'],
  20005: ['configuration', 'the account is not active'],
  20006: ['configuration', 'access was denied'],
  20008: ['configuration', 'the credentials are test credentials'],
  20010: ['configuration', 'the account may not do this'],
  20403: ['configuration', 'the account is suspended or closed'],
  20404: ['configuration', 'the account or the messaging service was not found'],
  20429: ['busy', 'too many requests'],
  // A request that ended in an internal error may have sent the message (https://www.twilio.com/docs/api/errors/20500).
  20500: ['doubtful', 'internal error of Twilio'],
  20503: ['busy', 'Twilio is not available'],
  20504: ['doubtful', 'internal error of Twilio'],
  21211: ['recipient', 'the number is not valid'],
  21212: ['configuration', 'the sender is not valid'],
  21214: ['recipient', 'the number cannot be reached'],
  21217: ['recipient', 'the number is not valid'],
  21265: ['recipient', 'the number is a short code'],
  21266: ['recipient', 'the number is the sender itself'],
  21267: ['configuration', 'a trial account may not use this sender'],
  21268: ['recipient', 'the number is a premium or information service'],
  21408: ['recipient', 'sending to the region of the number is not enabled'],
  21421: ['recipient', 'the number is not valid'],
  21470: ['configuration', 'the account SID is not valid'],
  21471: ['configuration', 'the account does not exist'],
  21472: ['configuration', 'the account is not active'],
  21601: ['configuration', 'the sender cannot send SMS'],
  21602: ['message', 'the message has no body'],
  21603: ['configuration', 'no sender was named'],
  21604: ['recipient', 'no recipient was named'],
  21606: ['configuration', 'the sender cannot send messages for this account'],
  21607: ['configuration', 'a trial account may not use this sender'],
  21608: ['recipient', 'the number is not verified, and the account is limited to verified numbers'],
  21609: ['configuration', 'the status callback address is not valid'],
  21610: ['recipient', 'the recipient opted out with STOP'],
  21611: ['busy', 'the queue of the sender is full'],
  21612: ['recipient', 'the number cannot be reached from this sender'],
  21614: ['recipient', 'the number is not a mobile number'],
  21617: ['message', 'the message is too long'],
  21618: ['message', 'the message cannot be sent'],
  21619: ['message', 'the message has no content'],
  21620: ['message', 'a media address is not valid'],
  21624: ['configuration', 'the validity period is not valid'],
  21635: ['recipient', 'the number is a landline'],
  21657: ['configuration', 'the sender is not valid'],
  21659: ['configuration', 'the sender is no number of Twilio, or a short code of another country'],
  21660: ['configuration', 'the sender belongs to another account'],
  21661: ['configuration', 'the sender cannot send SMS'],
  21663: ['configuration', 'the routing of the sender is not right'],
  21701: ['configuration', 'the messaging service does not exist'],
  21702: ['configuration', 'the messaging service is not available'],
  21703: ['configuration', 'the messaging service has no sender for this number'],
  21704: ['configuration', 'the messaging service has no senders'],
  21705: ['configuration', 'the messaging service is not valid'],
  21730: ['busy', 'Twilio is under maintenance'],
  30001: ['busy', 'the queue overflowed'],
  30002: ['configuration', 'the account is suspended'],
  30003: ['busy', 'the phone cannot be reached now'],
  30004: ['recipient', 'the message was blocked for this number'],
  30005: ['recipient', 'the number is unknown or no longer in service'],
  30006: ['recipient', 'the number is a landline or its carrier cannot be reached'],
  30007: ['message', 'the message was filtered'],
  30008: ['busy', 'unknown error of the carrier'],
  30017: ['busy', 'the network of the carrier is congested'],
  30022: ['busy', 'the rate limit of the campaign is exceeded'],
  30023: ['limit', 'the daily limit of the brand is reached'],
  30024: ['configuration', 'the sender is not provisioned by the carrier'],
  30027: ['limit', 'the daily limit of the carrier is reached'],
  30032: ['configuration', 'the toll-free number is not verified'],
  30033: ['configuration', 'the campaign is suspended'],
  30034: ['configuration', 'the number is not registered for A2P 10DLC'],
  30035: ['configuration', 'the number is still being registered for A2P 10DLC'],
  30036: ['busy', 'the validity period ended before the message was sent'],
  30037: ['configuration', 'outbound messaging is disabled'],
  30039: ['busy', 'filtered as a message loop'],
  30044: ['message', 'the message is too long for a trial account'],
  30410: ['doubtful', 'the carrier did not answer in time'],
  30450: ['busy', 'the number is blocked for minutes by fraud protection'],
  30454: ['limit', 'the message limit of the account is reached'],
  30500: ['doubtful', 'internal error of Twilio'],
  63038: ['limit', 'the daily message limit of the account is reached'],
};

/** What an error of Twilio's is about, in words that may be logged. */
export function reasonOfError(code: number): string {
  return ERRORS[code]?.[1] ?? 'an error that is not known here';
}

/** An administrator needs minutes, a passing fault of Twilio's own sign-in only seconds: neither is hurried. */
const SLOW_RETRY_MS = 15_000;

/** What a failed attempt at Twilio means. Holds nothing of the request and no text of Twilio's, which quotes numbers. */
export function resultOfFailure(caught: unknown): SendResult {
  if (caught instanceof TwilioRefusal) return resultOfRefusal(caught);
  if (!(caught instanceof TwilioUnreachable)) {
    return { outcome: 'doubtful', code: 'unexpected', reason: 'the attempt failed in an unexpected way' };
  }
  return caught.wasSent
    ? { outcome: 'doubtful', code: caught.code, reason: 'Twilio did not answer' }
    : { outcome: 'temporary', code: caught.code, reason: 'Twilio could not be reached', retryAfterMs: null };
}

/** By the error code where it is known, else by the HTTP status. */
function resultOfRefusal({ status, errorCode, retryAfterMs }: TwilioRefusal): SendResult {
  const known = errorCode === null ? undefined : ERRORS[errorCode];
  const [kind, reason] = known ?? kindOfStatus(status);
  const code = errorCode === null ? `HTTP ${status}` : String(errorCode);
  switch (kind) {
    case 'recipient':
    case 'message':
      return { outcome: 'permanent', code, reason };
    case 'configuration':
    case 'limit':
      return { outcome: 'temporary', code, reason, retryAfterMs: retryAfterMs ?? SLOW_RETRY_MS };
    case 'busy':
      return { outcome: 'temporary', code, reason, retryAfterMs };
    case 'doubtful':
      return { outcome: 'doubtful', code, reason };
  }
}

/**
 * 429 is never processed (https://www.twilio.com/docs/api/errors/20429), 503 turns the request away; any other 5xx may
 * have sent the message. A refusal that nobody knows could be mended or pass: giving somebody up for it would be worse
 * than asking in vain, slowly, until the caller's own limit.
 */
function kindOfStatus(status: number): readonly [ErrorKind, string] {
  if (status === 429) return ['busy', 'too many requests'];
  if (status === 408 || status === 503) return ['busy', 'Twilio is not available'];
  if (status >= 500) return ['doubtful', 'internal error of Twilio'];
  return ['configuration', 'Twilio refused the request'];
}
