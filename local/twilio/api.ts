import { readResource } from './accountResources.ts';
import { apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, refuse } from './apiRequest.ts';
import { createMessage } from './createMessage.ts';
import { fetchMessage } from './fetchMessage.ts';
import { listMessages } from './listMessages.ts';
import { API_VERSION } from './message.ts';

const MESSAGES = /^\/([^/]+)\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/;

/** Whether the request is one that creates a message. */
export function isSend({ method, path }: ApiRequest): boolean {
  const match = MESSAGES.exec(path);
  return method === 'POST' && match !== null && match[3] === undefined;
}

/** Answers one request of the API: credentials first, then the path, then the operation. */
export function answerRequest(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const [, version, accountSid, sid] = MESSAGES.exec(request.path) ?? [];
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
  if (request.method === 'GET') {
    return sid === undefined ? listMessages(request, parts) : fetchMessage(request, sid, parts);
  }
  return isSend(request)
    ? createMessage(request, parts)
    : refuse(request, apiError(20004), 'the method is not known', parts);
}
