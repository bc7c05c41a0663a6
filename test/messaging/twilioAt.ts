import type { TwilioSettings } from '../../shared/settings.ts';

/** Settings of an account whose Twilio is at the given origin. */
export function twilioAt(baseUrl: string): TwilioSettings {
  return {
    accountSid: `AC${'0'.repeat(32)}`,
    credentials: { kind: 'authToken', authToken: 'token' },
    sender: { kind: 'number', from: '+14255550100' },
    baseUrl,
  };
}
