import { type ApiError, apiError } from './apiErrors.ts';
import { type ApiAnswer, type ApiParts, type ApiRequest, findUnknown, refuse, toAnswer } from './apiRequest.ts';
import { type TwilioMessage, toMessageResource } from './message.ts';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
const DAY_SECONDS = 86_400;

const PARAMETERS: ReadonlySet<string> = new Set([
  'To',
  'From',
  'DateSent',
  'DateSent<',
  'DateSent>',
  'PageSize',
  'Page',
  'PageToken',
]);

/**
 * `GET /2010-04-01/Accounts/{Sid}/Messages.json`: one page, the newest first. A message that was not sent yet is judged
 * by when it was created.
 */
export function listMessages(request: ApiRequest, parts: ApiParts): ApiAnswer {
  const { query } = request;
  const unknown = findUnknown(query, PARAMETERS);
  if (unknown !== undefined) {
    return refuse(request, apiError(20001, unknown), `the parameter ${unknown} is not known`, parts);
  }
  const pageSize = Number(query.get('PageSize') ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
    return toAnswer(apiError(20001, 'PageSize'));
  }
  const takes = readFilter(query);
  if ('code' in takes) {
    return toAnswer(takes);
  }
  const found = parts.store.list().filter(takes);
  const start = readStart(query, found, pageSize);
  return start === null
    ? toAnswer(apiError(20001, 'PageToken'))
    : { status: 200, body: toPage(request, parts.account.accountSid, found, start, pageSize) };
}

function readFilter(query: URLSearchParams): ((message: TwilioMessage) => boolean) | ApiError {
  const ranges: { first: number; last: number }[] = [];
  for (const name of ['DateSent', 'DateSent<', 'DateSent>']) {
    const range = readDateRange(name, query.get(name));
    if ('code' in range) {
      return range;
    }
    ranges.push(range);
  }
  const [to, from] = [query.get('To'), query.get('From')];
  return (message) =>
    (to === null || message.to === to) &&
    (from === null || message.from === from) &&
    ranges.every(({ first, last }) => secondsOf(message) >= first && secondsOf(message) <= last);
}

function secondsOf({ sentAt, createdAt }: TwilioMessage): number {
  return Math.floor((sentAt ?? createdAt).getTime() / 1_000);
}

/**
 * The seconds that a date filter takes. Dates are days in GMT or moments to the second; `>` and `<` take the day or
 * second itself too: their documented form is `DateSent>=2009-07-06`, of which the name is all before the `=`.
 */
function readDateRange(name: string, value: string | null): { first: number; last: number } | ApiError {
  const always = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  if (value === null) {
    return always;
  }
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value);
  const first = Date.parse(value) / 1_000;
  if (Number.isNaN(first) || !(isDay || isMoment)) {
    return apiError(20001, name);
  }
  const last = isDay ? first + DAY_SECONDS - 1 : first;
  return {
    first: name === 'DateSent<' ? always.first : first,
    last: name === 'DateSent>' ? always.last : last,
  };
}

/** Where the page begins: after the message of a `PA` token, before that of a `PB` token; `null` for another token. */
function readStart(query: URLSearchParams, found: TwilioMessage[], pageSize: number): number | null {
  const token = query.get('PageToken');
  if (token === null) {
    return query.get('Page') === null || query.get('Page') === '0' ? 0 : null;
  }
  const index = found.findIndex(({ sid }) => sid === token.slice(2));
  if (index === -1 || !/^P[AB]/.test(token)) {
    return null;
  }
  return token.startsWith('PA') ? index + 1 : Math.max(0, index - pageSize);
}

function toPage(
  { path, query }: ApiRequest,
  accountSid: string,
  found: TwilioMessage[],
  start: number,
  pageSize: number,
): Record<string, unknown> {
  const page = Number(query.get('Page') ?? 0);
  const shown = found.slice(start, start + pageSize);
  const uriOf = (number: number, token: string | null) => {
    const parameters = new URLSearchParams(query);
    parameters.set('PageSize', String(pageSize));
    parameters.set('Page', String(number));
    parameters.delete('PageToken');
    if (token !== null) {
      parameters.set('PageToken', token);
    }
    return `${path}?${parameters}`;
  };
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    end: start + shown.length - 1,
    first_page_uri: uriOf(0, null),
    messages: shown.map((message) => toMessageResource(message, accountSid)),
    next_page_uri: last && start + pageSize < found.length ? uriOf(page + 1, `PA${last.sid}`) : null,
    page,
    page_size: pageSize,
    previous_page_uri: first && start > 0 ? uriOf(page - 1, `PB${first.sid}`) : null,
    start,
    uri: uriOf(page, query.get('PageToken')),
  };
}
