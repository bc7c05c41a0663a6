import type { SendResult } from '../channel.ts';
import { resultOfFailure } from '../twilio/twilioErrors.ts';
import { TwilioRefusal } from '../twilio/twilioHttp.ts';

/** Errors of calls to one number that no later attempt can mend (https://www.twilio.com/docs/api/errors). */
const PERMANENT: Readonly<Record<number, string>> = {
  13223: 'the number has a wrong form',
  13224: 'the number is not valid, or Twilio does not call it',
  13225: 'calls to the number are forbidden',
  13226: 'the country of the number is unknown',
  13227: 'calling the country of the number is not enabled',
  21215: 'calling the region of the number is not enabled',
  21216: 'the account may not call this number',
  21219: 'the number is not verified, and the account is limited to verified numbers',
};

/** Errors that somebody must mend or that pass, and that say that no call was made. */
const TEMPORARY: Readonly<Record<number, string>> = {
  10004: 'too many calls at once',
  10005: 'voice calls are disabled for the account',
  21210: 'the caller number is not verified',
  21213: 'no caller number was named',
};

/** Long enough for an administrator, or for a call to end. */
const RETRY_AFTER_MS = 15_000;

/** What a failed attempt to call means: as for a message, except where Twilio has codes for calls alone. */
export function resultOfCallFailure(caught: unknown): SendResult {
  const errorCode = caught instanceof TwilioRefusal ? caught.errorCode : null;
  if (!(caught instanceof TwilioRefusal) || errorCode === null) return resultOfFailure(caught);
  const code = String(errorCode);
  const permanent = PERMANENT[errorCode];
  if (permanent !== undefined) return { outcome: 'permanent', code, reason: permanent };
  const temporary = TEMPORARY[errorCode];
  if (temporary === undefined) return resultOfFailure(caught);
  return { outcome: 'temporary', code, reason: temporary, retryAfterMs: caught.retryAfterMs ?? RETRY_AFTER_MS };
}
