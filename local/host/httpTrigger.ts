import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './httpBody.ts';
import { sendRpcResponse } from './httpResponse.ts';
import { parseRoute, type Route } from './httpRoute.ts';
import type { HttpData, NullableString } from './rpc.ts';
import { type HostContext, NotKnownHereError, type TriggeredFunction } from './trigger.ts';

const AUTH_LEVELS = ['anonymous', 'function', 'admin'];

export interface HttpFunction {
  fn: TriggeredFunction;
  route: Route;
  /** Lower case; `null` for all. */
  methods: string[] | null;
  authLevel: string;
}

export interface Keys {
  function: string;
  master: string;
}

/**
 * Reads the trigger of an HTTP function. Throws for a route, method or level that the real host would not take, or
 * that the local one does not know.
 */
export function readHttpFunction(fn: TriggeredFunction, routePrefix: string): HttpFunction {
  const { route, methods, authLevel = 'function' } = fn.trigger;
  const template = typeof route === 'string' && route !== '' ? route : fn.metadata.name;
  const level = String(authLevel).toLowerCase();
  if (!AUTH_LEVELS.includes(level)) throw new NotKnownHereError(`authLevel "${String(authLevel)}"`);
  if (/^\/?(admin|runtime)(\/|$)/i.test(`${routePrefix}/${template}`.replace(/^\//, ''))) {
    throw new Error(`the route "${template}" is reserved by the host`);
  }
  return {
    fn,
    route: parseRoute(`${routePrefix}/${template}`),
    methods: Array.isArray(methods) ? methods.map((method) => String(method).toLowerCase()) : null,
    authLevel: level,
  };
}

/**
 * Answers a request for an HTTP function as the real host does: 404 where no route fits, also when only the method
 * does not (https://github.com/Azure/azure-functions-host/issues/10098); 401 without a key that fits; 500 without a
 * body when the function fails.
 */
export async function answerHttp(
  functions: readonly HttpFunction[],
  host: HostContext,
  keys: Keys,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const method = (request.method ?? 'GET').toLowerCase();
  const found = functions
    .filter(({ methods }) => !methods || methods.includes(method))
    .flatMap((candidate) => ({ ...candidate, params: candidate.route.match(url.pathname) }))
    .filter(({ params }) => params !== null)
    .sort((a, b) => a.route.rank.localeCompare(b.route.rank))[0];
  if (!found) return void response.writeHead(404).end();
  if (!isAuthorised(request, url, found.authLevel, keys)) return void response.writeHead(401).end();

  const body = await readBody(request);
  if (body === 'tooLarge') return void response.writeHead(413, { connection: 'close' }).end();
  const http = toHttpData(request, url, found.params ?? {}, body);
  const input = { inputData: [{ name: found.fn.bindingName, data: { http } }], triggerMetadata: {} };
  const outcome = await host.executor.run(found.fn.metadata, input, 'This function was programmatically called');
  if (outcome.ok) sendRpcResponse(outcome.response.returnValue, response);
  else response.writeHead(500).end();
}

/** The master key opens everything, a function key what is not for administrators. */
export function isAuthorised(request: IncomingMessage, url: URL, level: string, keys: Keys): boolean {
  if (level === 'anonymous') return true;
  const given = String(request.headers['x-functions-key'] ?? url.searchParams.get('code') ?? '');
  return isSame(given, keys.master) || (level === 'function' && isSame(given, keys.function));
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function toHttpData(request: IncomingMessage, url: URL, params: Record<string, string>, body: Buffer | null): HttpData {
  const headers = Object.entries(request.headersDistinct).map(
    ([name, values = []]) => [name, values.join(',')] as const,
  );
  const names = [...new Set(url.searchParams.keys())];
  const query = names.map((name) => [name, url.searchParams.getAll(name).join(',')] as const);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: toNullable(headers),
    nullableQuery: toNullable(query),
    nullableParams: toNullable(Object.entries(params)),
    body: body ? { bytes: body } : null,
  };
}

function toNullable(entries: readonly (readonly [string, string])[]): Record<string, NullableString> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}
