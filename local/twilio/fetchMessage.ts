import { apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, toAnswer } from './apiRequest.ts';
import { toMessageResource } from './message.ts';

/** `GET /2010-04-01/Accounts/{Sid}/Messages/{Sid}.json`. */
export function fetchMessage({ path }: ApiRequest, sid: string, { store, account }: ApiParts): ApiAnswer {
  const message = store.get(sid);
  return message === undefined
    ? toAnswer(apiError(20404, path))
    : { status: 200, body: toMessageResource(message, account.accountSid) };
}
