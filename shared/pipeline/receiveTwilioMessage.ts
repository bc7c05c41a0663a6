import { errorCodeOf } from '../errors.ts';
import { MESSAGES_PATH } from '../messaging/twilio/twilioAddresses.ts';
import type { Services } from './services.ts';
import { takeInbound } from './takeInbound.ts';
import { parameterOf, readTwilioRequest, type TwilioRequest } from './twilioRequest.ts';
import { answer, type WebhookResponse } from './webhookRequest.ts';

/** Nothing to be sent by Twilio itself: an answer goes out as any other message. */
const NO_ANSWER: WebhookResponse = {
  status: 200,
  body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
  headers: { 'Content-Type': 'text/xml; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
};

/**
 * The door through which Twilio hands over what people write to our number. Answers 503 when it could not be dealt
 * with: Twilio does not try again without a second address, so `pollTwilio` reads it from Twilio's list.
 */
export async function receiveTwilioMessage(services: Services, request: TwilioRequest): Promise<WebhookResponse> {
  const { log } = services;
  const reading = await readTwilioRequest(services, request, MESSAGES_PATH);
  if ('refused' in reading) return reading.refused;
  const [messageSid, from] = ['MessageSid', 'From'].map((name) => parameterOf(reading.parameters, name));
  if (!messageSid || !from) {
    log.warn('Message without a sender or an id refused');
    return answer(400, 'message');
  }
  const body = parameterOf(reading.parameters, 'Body') ?? '';
  try {
    await takeInbound(services, { messageSid, from, body, receivedAt: services.now() });
    return NO_ANSWER;
  } catch (caught) {
    log.error('A message could not be dealt with', { error: errorCodeOf(caught) });
    return answer(503);
  }
}
