import type { DeliveryReference } from '../channel.ts';
import type { Voice } from './voices.ts';

/** Below the origin of the function app; the route of `functions/twilioVoice.ts`. */
export const VOICE_PATH = '/api/twilio/voice';

/**
 * Where Twilio asks what follows a pressed key, and where it reports what becomes of a call. Twilio signs the address
 * with the request, so nobody can answer for another person or call.
 */
export function voiceAddressOf(
  publicUrl: string,
  { callId, alertKey, recipientId }: DeliveryReference,
  language: Voice['language'],
  more: Readonly<Record<string, string>> = {},
): string {
  const query = { call: callId, alert: alertKey, to: recipientId, lang: language, ...more };
  return `${publicUrl}${VOICE_PATH}?${new URLSearchParams(query)}`;
}
