import { errorCodeOf } from '../errors.ts';
import type { DeliveryReference } from '../messaging/channel.ts';
import { callStatusOf } from '../messaging/deliveryStatus.ts';
import { referenceIn } from '../messaging/twilio/twilioAddresses.ts';
import type { FormParameters } from '../messaging/twilio/webhookSignature.ts';
import { VOICE_PATH } from '../messaging/voice/voiceAddress.ts';
import { deliveryKeyOf } from '../oncall/delivery.ts';
import { noteDeliveryStatus } from './noteDeliveryStatus.ts';
import type { Services } from './services.ts';
import { takeKey } from './takeKey.ts';
import { parameterOf, readTwilioRequest, type TwilioRequest } from './twilioRequest.ts';
import { answer, type WebhookResponse } from './webhookRequest.ts';

/**
 * The door through which Twilio says which key was pressed in a call of ours, and what became of the call. The delivery
 * stands in the address that Twilio was given with the call, and signs.
 */
export async function receiveTwilioVoice(services: Services, request: TwilioRequest): Promise<WebhookResponse> {
  const reading = await readTwilioRequest(services, request, VOICE_PATH);
  if ('refused' in reading) return reading.refused;
  const reference = referenceIn(request.query);
  const callSid = parameterOf(reading.parameters, 'CallSid');
  if (!reference || !callSid) {
    services.log.warn('Request about a call names no call of ours');
    return answer(400, 'call');
  }
  const about = { reference, callSid, parameters: reading.parameters, query: request.query };
  return request.query.get('event') === 'status' ? noteCall(services, about) : toTwiml(await takeKey(services, about));
}

/** 503 when the storage does not take it: then the next step of the escalation, or whoever asks Twilio, makes up for it. */
async function noteCall(
  services: Services,
  about: { reference: DeliveryReference; callSid: string; parameters: FormParameters; query: TwilioRequest['query'] },
): Promise<WebhookResponse> {
  const { reference, callSid, parameters, query } = about;
  const { log } = services;
  const seconds = parameterOf(parameters, 'CallDuration');
  const report = {
    status: parameterOf(parameters, 'CallStatus') ?? '',
    answeredBy: parameterOf(parameters, 'AnsweredBy'),
    seconds: seconds === null ? null : Number(seconds),
  };
  try {
    // Whoever pressed a key was a person and heard enough, whatever the machine detection and the clock say.
    if (report.status === 'completed' && (await wasKeyPressed(services, reference, callSid))) return answer(200);
    const noted = await noteDeliveryStatus(
      services,
      { ...reference, channel: 'voice' },
      {
        messageSid: callSid,
        status: callStatusOf(report, Number(query.get('least') ?? 0)),
        errorCode: null,
        ...timeOf(parameters, services.now()),
      },
    );
    if (noted === 'unknown') log.warn('Status of a call that is not on record', { callId: reference.callId });
    return answer(200);
  } catch (caught) {
    log.error('The status of a call could not be recorded', { error: errorCodeOf(caught) });
    return answer(503);
  }
}

async function wasKeyPressed({ store }: Services, reference: DeliveryReference, callSid: string): Promise<boolean> {
  const row = await store.deliveries.get(reference.callId, deliveryKeyOf({ ...reference, channel: 'voice' }));
  return row?.value.providerMessages.some(({ id, status }) => id === callSid && status === 'key-pressed') ?? false;
}

/** A status callback of a call says when, by Twilio's clock. */
function timeOf(parameters: FormParameters, now: Date): { at: Date; clock: 'ours' | 'twilio' } {
  const at = new Date(parameterOf(parameters, 'Timestamp') ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? { at: now, clock: 'ours' } : { at, clock: 'twilio' };
}

function toTwiml(body: string): WebhookResponse {
  return { status: 200, body, headers: { 'Content-Type': 'text/xml; charset=utf-8' } };
}
