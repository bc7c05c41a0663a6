import { resultOfFailure } from '../../shared/messaging/twilio/twilioErrors.ts';
import { TwilioRefusal, TwilioUnreachable } from '../../shared/messaging/twilio/twilioHttp.ts';

/** Code and reason of what Twilio or the way to it did; never Twilio's own words, which quote numbers. */
export function twilioCodeOf(caught: unknown): string {
  const result = resultOfFailure(caught);
  return result.outcome === 'accepted' ? 'unknown' : `${result.code}: ${result.reason}`;
}

/** The credentials were refused for this, or there was no answer at all: told of "Twilio account". */
export function isRefusedOrSilent(caught: unknown): boolean {
  return (
    caught instanceof TwilioUnreachable ||
    isRefused(caught) ||
    (caught instanceof TwilioRefusal && caught.status >= 500)
  );
}

export function isRefused(caught: unknown): boolean {
  return caught instanceof TwilioRefusal && (caught.status === 401 || caught.status === 403);
}

export function isNotThere(caught: unknown): boolean {
  return caught instanceof TwilioRefusal && caught.status === 404;
}
