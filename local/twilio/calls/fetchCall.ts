import { apiError } from '../apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, toAnswer } from '../apiRequest.ts';
import { toCallResource } from './call.ts';

/** `GET /2010-04-01/Accounts/{Sid}/Calls/{Sid}.json`: https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource */
export function fetchCall({ path }: ApiRequest, sid: string, { calls, account }: ApiParts): ApiAnswer {
  const call = calls.store.get(sid);
  return call === undefined
    ? toAnswer(apiError(20404, path))
    : { status: 200, body: toCallResource(call, account.accountSid) };
}
