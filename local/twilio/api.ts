import { readResource } from './accountResources.ts';
import { apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, refuse } from './apiRequest.ts';
import { createCall } from './calls/createCall.ts';
import { fetchCall } from './calls/fetchCall.ts';
import { listCalls } from './calls/listCalls.ts';
import { createMessage } from './createMessage.ts';
import { fetchMessage } from './fetchMessage.ts';
import { listMessages } from './listMessages.ts';
import { API_VERSION } from './message.ts';

const RESOURCES = /^\/([^/]+)\/Accounts\/([^/]+)\/(Messages|Calls)(?:\/([^/]+))?\.json$/;

/** Whether the request is one that creates a message (`send`) or a call. */
export function kindOf({ method, path }: ApiRequest): 'send' | 'call' | 'other' {
  const [, , , resource, sid] = RESOURCES.exec(path) ?? [];
  if (method !== 'POST' || resource === undefined || sid !== undefined) return 'other';
  return resource === 'Messages' ? 'send' : 'call';
}

/** Answers one request of the API: credentials first, then the path, then the operation. */
export function answerRequest(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const [, version, accountSid, name, sid] = RESOURCES.exec(request.path) ?? [];
  if (!parts.account.isAuthorized(request.authorization)) {
    return refuse(request, apiError(20003), 'the credentials are wrong', parts);
  }
  const resource = readResource(request, parts);
  if (resource !== null) {
    return resource;
  }
  if (version !== API_VERSION) {
    return refuse(request, apiError(20404, request.path), 'the path is not known', parts);
  }
  if (accountSid !== parts.account.accountSid) {
    return refuse(request, apiError(20003), 'the account is another', parts);
  }
  const isCalls = name === 'Calls';
  if (request.method === 'GET') {
    const [list, fetch] = isCalls ? [listCalls, fetchCall] : [listMessages, fetchMessage];
    return sid === undefined ? list(request, parts) : fetch(request, sid, parts);
  }
  if (kindOf(request) === 'other') return refuse(request, apiError(20004), 'the method is not known', parts);
  return isCalls ? createCall(request, parts) : createMessage(request, parts);
}
