import { badRequest, notKnown } from './graphRefusal.ts';
import { header, type WireRequest } from './http.ts';
import type { State } from './state.ts';

/**
 * The query options of a request. Decoded by percent signs alone: to Graph's OData parser a `+` is a plus, not a space.
 * Throws for every option that is not in `known`.
 */
export function readOptions(request: WireRequest, known: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (const pair of request.rawQuery.split('&').filter((part) => part !== '')) {
    const [name = '', ...value] = pair.split('=');
    const key = decode(name);
    if (!known.includes(key) || options.has(key)) {
      throw notKnown(`the query option ${key} here`);
    }
    options.set(key, decode(value.join('=')));
  }
  return options;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('The query specified in the URI is not valid: it is not percent-encoded UTF-8.');
  }
}

const MAX_TOP = 50;
const DEFAULT_TOP = 20;

interface Page<T> {
  '@odata.count': number;
  '@odata.nextLink'?: string;
  value: T[];
}

/** Cuts one page by `$top` (50 at most) and `$skiptoken`, with the link to the next one. */
export function toPage<T>(
  state: State,
  request: WireRequest,
  options: ReadonlyMap<string, string>,
  items: readonly T[],
): Page<T> {
  const top = readTop(options.get('$top'));
  const start = readSkipToken(options.get('$skiptoken'));
  const value = items.slice(start, start + top);
  const end = start + value.length;
  const page = { '@odata.count': value.length, value };
  return end < items.length ? { ...page, '@odata.nextLink': nextLink(state, request, end) } : page;
}

function readTop(text: string | undefined): number {
  const top = text === undefined ? DEFAULT_TOP : Number(text);
  if (!Number.isInteger(top) || top < 1) {
    throw badRequest(
      `The query specified in the URI is not valid. Invalid value '${text}' for $top query option found.`,
    );
  }
  if (top > MAX_TOP) {
    throw badRequest(
      `The query specified in the URI is not valid. The limit of '${MAX_TOP}' for Top query has been exceeded. The value from the incoming request is '${top}'.`,
    );
  }
  return top;
}

function readSkipToken(token: string | undefined): number {
  if (token === undefined) {
    return 0;
  }
  const start = /^after:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (start === undefined) {
    throw badRequest('Invalid $skiptoken.');
  }
  return Number(start);
}

/**
 * Graph's links begin with https. Here the carrier is http, unless the client says (`X-Forwarded-Proto`) that it maps
 * https of this address to it: the Graph client takes only https links apart.
 */
function nextLink(state: State, request: WireRequest, start: number): string {
  const scheme = header(request, 'x-forwarded-proto') === 'https' ? 'https' : 'http';
  const kept = request.rawQuery.split('&').filter((part) => part !== '' && !/^(\$|%24)skiptoken=/i.test(part));
  const token = Buffer.from(`after:${start}`).toString('base64url');
  return `${scheme}://${state.host}${request.path}?${[...kept, `$skiptoken=${token}`].join('&')}`;
}

/** The `@odata.context` of an answer. */
export function contextOf(state: State, what: string): string {
  return `http://${state.host}/v1.0/$metadata#${what}`;
}

/** An OData `Edm.DateTimeOffset`, in milliseconds; `null` when it is none. */
export function parseDate(text: string): number | null {
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = isComplete ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
