import { type ApiError, apiError } from '../apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, findUnknown, refuse, toAnswer } from '../apiRequest.ts';
import { type TwilioCall, toCallResource } from './call.ts';

const MAX_PAGE_SIZE = 1_000;
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/;
const START_TIMES = ['StartTime', 'StartTime<', 'StartTime>'] as const;
const PARAMETERS: ReadonlySet<string> = new Set(['To', 'From', 'Status', ...START_TIMES, 'PageSize']);

/**
 * `GET /2010-04-01/Accounts/{Sid}/Calls.json`: one page, the newest first
 * (https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources). Times are days in UTC, or
 * moments to the second, as Twilio's client writes them; a call that
 * was not dialed yet has none, and is on no list that asks for one. Further pages are not known here.
 */
export function listCalls(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const { query, path } = request;
  const unknown = findUnknown(query, PARAMETERS);
  if (unknown !== undefined) {
    return refuse(request, apiError(20001, unknown), `the parameter ${unknown} is not known`, parts);
  }
  const pageSize = Number(query.get('PageSize') ?? 50);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE)
    return toAnswer(apiError(20001, 'PageSize'));
  const takes = readFilter(query);
  if ('code' in takes) return toAnswer(takes);
  const found = parts.calls.store.list().filter(takes);
  if (found.length > pageSize)
    return refuse(request, apiError(20001, 'PageSize'), 'there is more than one page', parts);
  const calls = found.map((call) => toCallResource(call, parts.account.accountSid));
  const uris = { first_page_uri: path, next_page_uri: null, previous_page_uri: null, uri: path };
  const paging = { page: 0, page_size: pageSize, start: 0, end: Math.max(0, calls.length - 1) };
  return { status: 200, body: { calls, ...paging, ...uris } };
}

function readFilter(query: URLSearchParams): ((call: TwilioCall) => boolean) | ApiError {
  const bad = START_TIMES.find((name) => !TIME.test(query.get(name) ?? '2026-01-01'));
  if (bad !== undefined) return apiError(20001, bad);
  const is = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  return (call) =>
    is('To', call.to) &&
    is('From', call.from) &&
    is('Status', call.status) &&
    START_TIMES.every((name) => isWithin(name, query.get(name), call.startedAt));
}

/** `<` and `>` take the day or second itself too: their documented form is `StartTime>=2009-07-06`. */
function isWithin(name: (typeof START_TIMES)[number], time: string | null, startedAt: Date | null): boolean {
  if (time === null) return true;
  if (startedAt === null) return false;
  const [first, started] = [Date.parse(time), startedAt.getTime()];
  const last = first + (time.includes('T') ? SECOND_MS : DAY_MS) - 1;
  return (name === 'StartTime<' || started >= first) && (name === 'StartTime>' || started <= last);
}
