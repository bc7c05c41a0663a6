import { errorCodeOf } from '../errors.ts';
import { referenceIn, STATUS_PATH } from '../messaging/twilio/twilioAddresses.ts';
import { noteDeliveryStatus } from './noteDeliveryStatus.ts';
import type { Services } from './services.ts';
import { parameterOf, readTwilioRequest, type TwilioRequest } from './twilioRequest.ts';
import { answer, type WebhookResponse } from './webhookRequest.ts';

/**
 * The door through which Twilio reports what became of a message. The delivery stands in the address that Twilio was
 * given with the message, and signs. Answers 200 also when the message is not on record, or further than the report:
 * Twilio would not say it in another way. 503 when the storage does not take it: Twilio does not repeat itself, and
 * `pollTwilio` asks for it.
 */
export async function receiveTwilioStatus(services: Services, request: TwilioRequest): Promise<WebhookResponse> {
  const { log } = services;
  const reading = await readTwilioRequest(services, request, STATUS_PATH);
  if ('refused' in reading) return reading.refused;
  const [messageSid, status, errorCode] = ['MessageSid', 'MessageStatus', 'ErrorCode'].map((name) =>
    parameterOf(reading.parameters, name),
  );
  const reference = referenceIn(request.query);
  if (!messageSid || !status || !reference) {
    log.warn('Status callback names no message of ours');
    return answer(400, 'message');
  }
  try {
    const noted = await noteDeliveryStatus(
      services,
      { ...reference, channel: 'sms' },
      { messageSid, status, errorCode: toCode(errorCode), at: services.now(), clock: 'ours' },
    );
    if (noted === 'unknown') log.warn('Status of a message that is not on record', { callId: reference.callId });
    return answer(200);
  } catch (caught) {
    log.error('The status of a message could not be recorded', { error: errorCodeOf(caught) });
    return answer(503);
  }
}

function toCode(text: string | null | undefined): number | null {
  return text && /^[1-9]\d{4,5}$/.test(text) ? Number(text) : null;
}
