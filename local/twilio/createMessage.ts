import type { Account } from './account.ts';
import { type ApiError, apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, findUnknown, refuse, toAnswer } from './apiRequest.ts';
import { toMessageResource } from './message.ts';
import type { NewMessage } from './messageStore.ts';
import { countSegments } from './segments.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
/** A number, a short code, or an alphanumeric sender ID. */
const SENDER = /^(\+[1-9]\d{6,14}|\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/;
const MAX_BODY_LENGTH = 1_600;
const MAX_VALIDITY_PERIOD_SECONDS = 36_000;

/** Parameters that change nothing here are among them. What else Twilio knows is not known here. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'To',
  'From',
  'MessagingServiceSid',
  'Body',
  'StatusCallback',
  'ValidityPeriod',
  'Attempt',
  'RiskCheck',
  'MessageIntent',
]);

/** `POST /2010-04-01/Accounts/{Sid}/Messages.json`: 201 with a message that is on its way. */
export function createMessage(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const unknown = findUnknown(request.form, PARAMETERS);
  if (unknown !== undefined) {
    return refuse(request, apiError(20001, unknown), `the parameter ${unknown} is not known`, parts);
  }
  const fields = readNewMessage(request.form, parts.account);
  if ('code' in fields) {
    return toAnswer(fields);
  }
  const message = parts.store.create(fields);
  parts.delivery.start(message);
  return { status: 201, body: toMessageResource(message, parts.account.accountSid) };
}

function readNewMessage(form: URLSearchParams, account: Account): NewMessage | ApiError {
  const sender = readSender(form, account);
  const error =
    checkRecipient(form.get('To') ?? '') ??
    ('code' in sender ? sender : null) ??
    checkBody(form.get('Body') ?? '') ??
    checkOptions(form) ??
    checkAgainst(account, form.get('To') ?? '', form.get('From'));
  if (error !== null || 'code' in sender) {
    return error ?? apiError(20500);
  }
  const body = form.get('Body') ?? '';
  return {
    direction: 'outbound-api',
    to: form.get('To') ?? '',
    ...sender,
    body,
    // A messaging service chooses the sender later; until then there is nothing to count.
    numSegments: sender.messagingServiceSid === null ? countSegments(body) : 0,
    status: sender.messagingServiceSid === null ? 'queued' : 'accepted',
    errorCode: null,
    errorMessage: null,
    statusCallback: form.get('StatusCallback'),
    validityPeriodSeconds: Number(form.get('ValidityPeriod') ?? MAX_VALIDITY_PERIOD_SECONDS),
  };
}

function checkRecipient(to: string): ApiError | null {
  if (to === '') {
    return apiError(21604);
  }
  return E164.test(to) ? null : apiError(21211, to);
}

function readSender(
  form: URLSearchParams,
  account: Account,
): { from: string | null; messagingServiceSid: string | null } | ApiError {
  const from = form.get('From') || null;
  const messagingServiceSid = form.get('MessagingServiceSid') || null;
  if (from === null && messagingServiceSid === null) {
    return apiError(21603);
  }
  if (from !== null && !SENDER.test(from)) {
    return apiError(21212, from);
  }
  if (from !== null && !account.numbers.includes(from)) {
    return apiError(21606, from);
  }
  return messagingServiceSid === null
    ? { from, messagingServiceSid }
    : (checkService(messagingServiceSid, account) ?? { from: null, messagingServiceSid });
}

function checkService(sid: string, account: Account): ApiError | null {
  if (!/^MG[0-9a-fA-F]{32}$/.test(sid)) {
    return apiError(21705, sid);
  }
  if (!account.messagingServices.includes(sid)) {
    return apiError(21701, sid);
  }
  return account.numbers.length === 0 ? apiError(21703) : null;
}

function checkBody(body: string): ApiError | null {
  if (body === '') {
    return apiError(21602);
  }
  return body.length > MAX_BODY_LENGTH ? apiError(21617) : null;
}

function checkOptions(form: URLSearchParams): ApiError | null {
  const validityPeriod = form.get('ValidityPeriod');
  if (validityPeriod !== null) {
    const seconds = Number(validityPeriod);
    if (!/^\d+$/.test(validityPeriod) || seconds < 1 || seconds > MAX_VALIDITY_PERIOD_SECONDS) {
      return apiError(21624, validityPeriod);
    }
  }
  const statusCallback = form.get('StatusCallback');
  return statusCallback === null || /^https?:\/\/[^/\s]+/.test(statusCallback) ? null : apiError(21609, statusCallback);
}

function checkAgainst(account: Account, to: string, from: string | null): ApiError | null {
  if (to === from) {
    return apiError(21266, to);
  }
  const refusal = account.refusalOf(to);
  return refusal === null ? null : apiError(refusal, to);
}
