import type { DeliveryReference } from '../channel.ts';

/** Below the origin of the function app; the routes of `functions/twilioStatus.ts` and `functions/twilioMessages.ts`. */
export const STATUS_PATH = '/api/twilio/status';
export const MESSAGES_PATH = '/api/twilio/messages';

/**
 * Where Twilio reports what becomes of a message. Twilio signs the address with the report, so nobody can make a report
 * about one delivery into one about another.
 */
export function statusAddressOf(publicUrl: string, { callId, alertKey, recipientId }: DeliveryReference): string {
  return `${publicUrl}${STATUS_PATH}?${new URLSearchParams({ call: callId, alert: alertKey, to: recipientId })}`;
}

/** The delivery that such an address names; `null` where it names none. */
export function referenceIn(query: { get(name: string): string | null }): DeliveryReference | null {
  const [callId, alertKey, recipientId] = ['call', 'alert', 'to'].map((name) => query.get(name));
  return callId && alertKey && recipientId ? { callId, alertKey, recipientId } : null;
}
