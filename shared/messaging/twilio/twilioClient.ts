import type { Twilio } from 'twilio';
import type { TwilioSettings } from '../../settings.ts';
import { credentialsOf, overOurConnections } from './twilioMessages.ts';

/**
 * Twilio's own client with all of its services, for the commands of the administrator: over connections of ours, as
 * what is deployed has it.
 */
export async function createTwilioClient(settings: TwilioSettings, timeoutMs: number): Promise<Twilio> {
  const { default: twilio } = await import('twilio');
  const httpClient = overOurConnections(new twilio.RequestClient({ autoRetry: false }), settings, timeoutMs);
  const { accountSid } = settings;
  return twilio(...credentialsOf(settings), { accountSid, httpClient, autoRetry: false });
}
