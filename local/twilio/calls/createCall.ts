import type { Account } from '../account.ts';
import { type ApiError, apiError } from '../apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, findUnknown, refuse, toAnswer } from '../apiRequest.ts';
import { type TwilioCall, toCallResource } from './call.ts';
import type { NewCall } from './callStore.ts';
import { readVoiceTwiml } from './voiceTwiml.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_TWIML_LENGTH = 4_000;
const MAX_RING_SECONDS = 600;
const EVENTS = new Set(['initiated', 'ringing', 'answered', 'completed']);

/**
 * https://www.twilio.com/docs/voice/api/call-resource#request-body-parameters, and those of the machine detection with
 * the values they take. TwiML is known within the request only; nothing is fetched from a `Url`.
 */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  Timeout: [1, MAX_RING_SECONDS],
  MachineDetectionTimeout: [3, 59],
  MachineDetectionSpeechThreshold: [1_000, 6_000],
  MachineDetectionSpeechEndThreshold: [500, 5_000],
  MachineDetectionSilenceTimeout: [2_000, 10_000],
};
const PARAMETERS: ReadonlySet<string> = new Set([
  ...['To', 'From', 'Twiml', 'StatusCallback', 'StatusCallbackEvent', 'StatusCallbackMethod', 'MachineDetection'],
  ...Object.keys(RANGES),
]);

/** `POST /2010-04-01/Accounts/{Sid}/Calls.json`: 201 with a call that is queued. */
export function createCall(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const unknown = findUnknown(request.form, PARAMETERS);
  if (unknown !== undefined) {
    return refuse(request, apiError(20001, unknown), `the parameter ${unknown} is not known`, parts);
  }
  const { form } = request;
  const twiml = readVoiceTwiml(form.get('Twiml') ?? '');
  if ('problem' in twiml) return refuse(request, apiError(20001, 'Twiml'), twiml.problem, parts);
  const refusal = checkNumbers(form, parts.account) ?? checkOptions(form) ?? checkPhone(form, parts);
  if (refusal !== null) return toAnswer(refusal);
  const call = parts.calls.store.create({
    to: form.get('To') ?? '',
    from: form.get('From') ?? '',
    twiml: twiml.verbs,
    machineDetection: form.get('MachineDetection') as TwilioCall['machineDetection'],
    ...callbacksOf(form),
    ringSeconds: Number(form.get('Timeout') ?? 60),
  });
  parts.calls.start(call);
  return { status: 201, body: toCallResource(call, parts.account.accountSid) };
}

/** Without named events, only the end is told. */
function callbacksOf(form: URLSearchParams): Pick<NewCall, 'statusCallback' | 'statusCallbackEvents'> {
  const events = form.getAll('StatusCallbackEvent');
  return {
    statusCallback: form.get('StatusCallback'),
    statusCallbackEvents: events.length > 0 ? events : ['completed'],
  };
}

function checkNumbers(form: URLSearchParams, account: Account): ApiError | null {
  const [to, from] = [form.get('To') ?? '', form.get('From') ?? ''];
  if (to === '') return apiError(21201);
  if (from === '') return apiError(21213);
  if (!E164.test(to)) return apiError(21211, to);
  if (!E164.test(from)) return apiError(21212, from);
  return account.numbers.includes(from) ? null : apiError(21210, from);
}

function checkOptions(form: URLSearchParams): ApiError | null {
  const twiml = form.get('Twiml') ?? '';
  if (twiml === '') return apiError(21205);
  if (twiml.length > MAX_TWIML_LENGTH) return apiError(20001, 'Twiml');
  const outOfRange = Object.entries(RANGES).find(([name, range]) => !isWithin(form.get(name), range));
  if (outOfRange) return apiError(20001, outOfRange[0]);
  if (![null, 'Enable', 'DetectMessageEnd'].includes(form.get('MachineDetection'))) {
    return apiError(20001, 'MachineDetection');
  }
  if (!form.getAll('StatusCallbackEvent').every((event) => EVENTS.has(event))) return apiError(21626);
  if (![null, 'POST'].includes(form.get('StatusCallbackMethod'))) return apiError(20001, 'StatusCallbackMethod');
  const statusCallback = form.get('StatusCallback');
  return statusCallback === null || /^https?:\/\/[^/\s]+/.test(statusCallback) ? null : apiError(21609, statusCallback);
}

function isWithin(value: string | null, [least, most]: readonly [number, number]): boolean {
  return value === null || (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most);
}

function checkPhone(form: URLSearchParams, { calls }: ApiParts): ApiError | null {
  const to = form.get('To') ?? '';
  const phone = calls.phoneOf(to);
  return phone.takes === 'refused' ? apiError(phone.code, to) : null;
}
