import type { SendResult } from '../../shared/messaging/channel.ts';
import { resultOfFailure } from '../../shared/messaging/twilio/twilioErrors.ts';
import { TwilioRefusal, TwilioUnreachable } from '../../shared/messaging/twilio/twilioHttp.ts';

type Meaning = 'permanent' | 'soon' | 'slowly' | 'doubtful';

function meaningOf(result: SendResult): Meaning {
  if (result.outcome === 'permanent' || result.outcome === 'doubtful') return result.outcome;
  if (result.outcome === 'accepted') throw new Error('A failure was taken for a success');
  return result.retryAfterMs === null ? 'soon' : 'slowly';
}

// https://www.twilio.com/docs/api/errors, with the words Twilio has for them.
test.each<[code: number, words: string, Meaning]>([
  [10001, 'Account is not active', 'slowly'],
  [14107, 'SMS send rate limit exceeded', 'soon'],
  [20003, 'Permission denied', 'slowly'],
  [20005, 'Account not active', 'slowly'],
  [20006, 'Access denied', 'slowly'],
  [20008, 'Test credentials', 'slowly'],
  [20010, 'Action disabled for account', 'slowly'],
  [20403, '403 Forbidden', 'slowly'],
  [20404, 'Not found', 'slowly'],
  [20429, 'Too many requests', 'soon'],
  [20500, 'Internal server error', 'doubtful'],
  [20503, 'Service unavailable', 'soon'],
  [20504, 'Twilio internal error', 'doubtful'],
  [21211, "Invalid 'To' phone number", 'permanent'],
  [21212, "Invalid 'From' number", 'slowly'],
  [21214, "'To' phone number cannot be reached", 'permanent'],
  [21217, 'Phone number does not appear to be valid', 'permanent'],
  [21265, "'To' number cannot be a short code", 'permanent'],
  [21266, "'To' and 'From' numbers cannot be the same", 'permanent'],
  [21267, 'Alphanumeric sender ID on trial accounts', 'slowly'],
  [21268, 'Premium rate or information service number', 'permanent'],
  [21408, 'Permissions disabled for the destination region', 'permanent'],
  [21421, 'Phone number is invalid', 'permanent'],
  [21470, 'Invalid AccountSid', 'slowly'],
  [21471, 'Account does not exist', 'slowly'],
  [21472, 'Account is not active', 'slowly'],
  [21601, 'Not a valid SMS-capable inbound phone number', 'slowly'],
  [21602, 'Message body is required', 'permanent'],
  [21603, "A 'From' or 'MessagingServiceSid' is required", 'slowly'],
  [21604, "The 'To' phone number is required", 'permanent'],
  [21606, "'From' number is not message-capable for this account", 'slowly'],
  [21607, "'From' must be the sandbox number for trial accounts", 'slowly'],
  [21608, "The 'to' number is not yet verified for this account", 'permanent'],
  [21609, "Invalid 'StatusCallback'", 'slowly'],
  [21610, 'Attempt to send to unsubscribed recipient', 'permanent'],
  [21611, "Maximum of queued messages of this 'From' number", 'soon'],
  [21612, "Current combination of 'To' and 'From'", 'permanent'],
  [21614, "'To' number is not a valid mobile number", 'permanent'],
  [21617, 'The body exceeds the 1600 character limit', 'permanent'],
  [21618, 'The message body cannot be sent', 'permanent'],
  [21619, 'A body, media URL or content SID is required', 'permanent'],
  [21620, 'Invalid media URL(s)', 'permanent'],
  [21624, 'Invalid validity period value', 'slowly'],
  [21635, "'To' number cannot be a landline", 'permanent'],
  [21657, 'The sender ID is invalid', 'slowly'],
  [21659, "'From' is not a Twilio number, or short code country mismatch", 'slowly'],
  [21660, "Mismatch between the 'From' number and the account", 'slowly'],
  [21661, "'From' number is not SMS-capable", 'slowly'],
  [21663, "'From' number routing configuration is incorrect", 'slowly'],
  [21701, 'The Messaging Service does not exist', 'slowly'],
  [21702, 'The Messaging Service is not available', 'slowly'],
  [21703, 'The Messaging Service has no number available', 'slowly'],
  [21704, 'The Messaging Service contains no phone numbers', 'slowly'],
  [21705, 'The Messaging Service is invalid', 'slowly'],
  [21730, 'System under maintenance', 'soon'],
  [30001, 'Queue overflow', 'soon'],
  [30002, 'Account suspended', 'slowly'],
  [30003, 'Unreachable destination handset', 'soon'],
  [30004, 'Message blocked', 'permanent'],
  [30005, 'Unknown destination handset', 'permanent'],
  [30006, 'Landline or unreachable carrier', 'permanent'],
  [30007, 'Message filtered', 'permanent'],
  [30008, 'Unknown error', 'soon'],
  [30017, 'Carrier network congestion', 'soon'],
  [30022, 'US A2P 10DLC: rate limits exceeded', 'soon'],
  [30023, 'US A2P 10DLC: daily message cap reached', 'slowly'],
  [30024, 'Numeric sender ID not provisioned on carrier', 'slowly'],
  [30027, 'T-Mobile daily message limit reached', 'slowly'],
  [30032, 'Toll-free number has not been verified', 'slowly'],
  [30033, 'US A2P 10DLC: campaign suspended', 'slowly'],
  [30034, 'US A2P 10DLC: message from an unregistered number', 'slowly'],
  [30035, 'US A2P 10DLC: number still being configured', 'slowly'],
  [30036, 'Validity period expired', 'soon'],
  [30037, 'Outbound messaging disabled', 'slowly'],
  [30039, 'Filtered to prevent message loops', 'soon'],
  [30044, 'Trial message length exceeded', 'permanent'],
  [30410, 'Provider timeout', 'doubtful'],
  [30450, 'Message delivery blocked', 'soon'],
  [30454, 'Account exceeded the messages limit', 'slowly'],
  [30500, 'Twilio internal error', 'doubtful'],
  [63038, 'Account exceeded the daily messages limit', 'slowly'],
])('%s (%s): %s', (code, _, meaning) => {
  const result = resultOfFailure(new TwilioRefusal(400, code, null));
  expect(result).toMatchObject({ code: String(code), reason: expect.stringMatching(/^[a-zA-Z0-9 ,'-]{5,}$/) });
  expect(meaningOf(result)).toBe(meaning);
});

describe('a code that nobody knows is judged by the HTTP status', () => {
  test.each<[number, Meaning]>([
    [302, 'slowly'],
    [400, 'slowly'],
    [401, 'slowly'],
    [403, 'slowly'],
    [404, 'slowly'],
    [408, 'soon'],
    [422, 'slowly'],
    [429, 'soon'],
    [500, 'doubtful'],
    [502, 'doubtful'],
    [503, 'soon'],
    [504, 'doubtful'],
    [599, 'doubtful'],
  ])('%s: %s', (status, meaning) => {
    for (const code of [null, 99_999]) {
      const result = resultOfFailure(new TwilioRefusal(status, code, null));
      expect(meaningOf(result)).toBe(meaning);
      expect(result).toMatchObject({ code: code === null ? `HTTP ${status}` : '99999' });
    }
  });

  test('and the code decides where it is known, whatever the status', () => {
    expect(resultOfFailure(new TwilioRefusal(500, 21610, null)).outcome).toBe('permanent');
    expect(resultOfFailure(new TwilioRefusal(400, 20500, null)).outcome).toBe('doubtful');
  });
});

test.each([
  [429, null, 3_000, 3_000],
  [503, 20503, 60_000, 60_000],
  [401, 20003, 2_000, 2_000],
  [401, 20003, null, 15_000],
])('%s, error %s, Retry-After %s ms: waits %s ms', (status, code, retryAfterMs, expected) => {
  expect(resultOfFailure(new TwilioRefusal(status, code, retryAfterMs))).toMatchObject({ retryAfterMs: expected });
});

describe('without an answer', () => {
  test('surely not sent is temporary, maybe sent is doubtful', () => {
    expect(resultOfFailure(new TwilioUnreachable('ENOTFOUND', false))).toEqual({
      outcome: 'temporary',
      code: 'ENOTFOUND',
      reason: 'Twilio could not be reached',
      retryAfterMs: null,
    });
    expect(resultOfFailure(new TwilioUnreachable('ECONNRESET', true))).toEqual({
      outcome: 'doubtful',
      code: 'ECONNRESET',
      reason: 'Twilio did not answer',
    });
  });

  test.each([new Error('to +14255550111'), 'text', null])(
    'anything else is doubtful and says nothing: %s',
    (caught) => {
      const result = resultOfFailure(caught);
      expect(result).toMatchObject({ outcome: 'doubtful', code: 'unexpected' });
      expect(JSON.stringify(result)).not.toContain('+1425');
    },
  );
});
