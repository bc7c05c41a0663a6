import type * as z from 'zod';
import type { Services } from '../pipeline/services.ts';
import type { Right } from './contract.ts';
import type { Visitor } from './visitor.ts';

/** What the router takes of a request: an `HttpRequest` of the Functions library is one. */
export interface PageRequest {
  method: string;
  url: string;
  query: { get(name: string): string | null; entries(): Iterable<[string, string]> };
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array> | null;
}

/** What a handler works with. */
export interface Asked<Q, B> {
  services: Services;
  visitor: Visitor;
  /** What stands in the braces of the path. */
  params: Readonly<Record<string, string>>;
  query: Q;
  body: B;
}

/** What is not JSON. */
export interface FileAnswer {
  contentType: string;
  fileName: string;
  text: string;
}

/** One address of the API, and everything that is known of it before a request comes. */
export interface Route {
  method: 'GET' | 'POST';
  /** Below `/api/page/`; `{name}` stands for one segment. */
  path: string;
  /** What somebody must be allowed; `null`: any role. */
  right: Right | null;
  /** For the description of the API. */
  summary: string;
  query: z.ZodType | null;
  body: z.ZodType | null;
  /** Of the answer; `null` for a file. */
  answer: z.ZodType | null;
  handle(asked: Asked<unknown, unknown>): Promise<unknown>;
}

interface Definition<Q extends z.ZodType | null, B extends z.ZodType | null, A extends z.ZodType | null> {
  path: string;
  right: Right | null;
  summary: string;
  query?: Q;
  body?: B;
  answer: A;
  handle(
    asked: Asked<Q extends z.ZodType ? z.output<Q> : null, B extends z.ZodType ? z.output<B> : null>,
  ): Promise<A extends z.ZodType ? z.input<A> : FileAnswer>;
}

/** An address that is read; a GET changes nothing but the note of who looked. */
export function get<Q extends z.ZodType | null = null, A extends z.ZodType | null = null>(
  definition: Definition<Q, null, A>,
): Route {
  return define('GET', definition);
}

/** An address that changes something. */
export function post<B extends z.ZodType, A extends z.ZodType>(definition: Definition<null, B, A>): Route {
  return define('POST', definition);
}

function define<Q extends z.ZodType | null, B extends z.ZodType | null, A extends z.ZodType | null>(
  method: Route['method'],
  { query, body, handle, ...rest }: Definition<Q, B, A>,
): Route {
  // The router hands over only what these schemas gave.
  return { method, query: query ?? null, body: body ?? null, handle: handle as Route['handle'], ...rest };
}
