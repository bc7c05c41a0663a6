import type { CallListInstance } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { TwilioSettings } from '../../settings.ts';
import { credentialsOf, loadTwilio, overOurConnections } from '../twilio/twilioMessages.ts';

/** The calls of the account, over connections of ours, as its messages are. */
export async function createTwilioCalls(settings: TwilioSettings, timeoutMs: number): Promise<CallListInstance> {
  const { BaseTwilio, RequestClient, Api } = await loadTwilio();
  const httpClient = overOurConnections(new RequestClient({ autoRetry: false }), settings, timeoutMs);
  const { accountSid } = settings;
  const client = new BaseTwilio.Client(...credentialsOf(settings), { accountSid, httpClient, autoRetry: false });
  return new Api(client).account.calls;
}
