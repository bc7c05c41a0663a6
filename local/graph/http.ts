import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** One request as the operations see it. */
export interface WireRequest {
  /** What Graph calls `request-id`: names this request in error bodies and response headers. */
  id: string;
  method: string;
  path: string;
  /** Without the question mark, as it was sent. */
  rawQuery: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** What the route's `:names` stood for, decoded. */
  params: Readonly<Record<string, string>>;
}

/** What an operation answers: JSON, a page, or nothing but a status. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
}

const MAX_BODY_BYTES = 1_048_576;

/** The whole body as UTF-8. Throws when it is larger than 1 MB or the client went away. */
export async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) {
      throw new Error('The request body is larger than 1 MB');
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A route's parameter; that it is there follows from the route having matched. */
export function param(request: WireRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) {
    throw new Error(`The route has no parameter ${name}`);
  }
  return value;
}

/** The first value of a header, or `null`. */
export function header(request: WireRequest, name: string): string | null {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Sends a reply, with the headers that every answer of Graph carries. */
export function send(response: ServerResponse, request: WireRequest, reply: Reply): void {
  const body = reply.html ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  const type = reply.html === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  response.writeHead(reply.status, {
    'cache-control': 'no-store',
    'request-id': request.id,
    'client-request-id': header(request, 'client-request-id') ?? request.id,
    ...(body === '' ? {} : { 'content-type': type }),
    ...reply.headers,
  });
  response.end(body);
}
