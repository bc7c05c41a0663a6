import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { errorCodeOf } from '../errors.ts';
import type { Services } from '../pipeline/services.ts';
import { readBytes, type WebhookResponse } from '../pipeline/webhookRequest.ts';
import type { Problem } from './contract.ts';
import { type Platform, readPrincipal } from './principal.ts';

export { readPlatform } from './principal.ts';

import { PageProblem } from './problem.ts';
import type { FileAnswer, PageRequest, Route } from './route.ts';
import { routes } from './routes.ts';
import { checkSameSite } from './sameSite.ts';
import { visitorOf } from './visitor.ts';

const PREFIX = '/api/page/';
/** A procedure of the longest kind, each of its letters of four bytes. */
const MAX_BODY_BYTES = 128 * 1024;

/** Nobody keeps it, nobody frames it, nothing of it runs. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/**
 * Answers a request of the page: who asks is what the platform says, what they may do is checked for each route, and
 * only then is the request itself read. A failure is a problem of RFC 9457; never throws.
 */
export async function answerPageApi(
  services: Services,
  request: PageRequest,
  platform: Platform,
): Promise<WebhookResponse> {
  try {
    const principal = readPrincipal(request.headers, platform, services.settings.tenant?.tenantId ?? null);
    const visitor = visitorOf(principal, services.roster());
    if (visitor.roles.length === 0) throw new PageProblem('noRole');
    checkSameSite(request, platform);
    const { route, params } = find(request);
    if (route.right !== null && !visitor.rights.includes(route.right)) throw new PageProblem('roleMissing');
    const query = read(route.query, Object.fromEntries(request.query.entries()));
    const body = read(route.body, route.body === null ? null : await readJson(request));
    const answer = await route.handle({ services, visitor, params, query, body });
    return route.answer === null ? fileAnswer(answer as FileAnswer) : jsonAnswer(answer, request);
  } catch (caught) {
    if (caught instanceof PageProblem) return problemAnswer(caught.problem);
    services.log.error('The page could not be answered', { error: errorCodeOf(caught) });
    return problemAnswer(new PageProblem('failed').problem);
  }
}

function find({ method, url }: PageRequest): { route: Route; params: Record<string, string> } {
  const { pathname } = new URL(url);
  const path = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) : '';
  const fitting = routes.flatMap((route) => {
    const params = match(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
  if (fitting.length === 0) throw new PageProblem('notFound');
  const found = fitting.find(({ route }) => route.method === method.toUpperCase());
  if (!found) throw new PageProblem('methodNotAllowed');
  return found;
}

function match(template: string, path: string): Record<string, string> | null {
  const parts = path.split('/');
  const segments = template.split('/');
  if (parts.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = decoded(parts[i] ?? '');
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (part === null || part === '' || (name === undefined && part !== segment)) return null;
    if (name !== undefined) params[name] = part;
  }
  return params;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Names what is wrong by its path, never by its value. */
function read(schema: z.ZodType | null, given: unknown): unknown {
  if (schema === null) return null;
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const paths = [...new Set(result.error.issues.map(({ path }) => path.join('.') || 'the whole'))];
  throw new PageProblem('badRequest', `What is given is not understood: ${paths.join(', ')}. Nothing was done.`);
}

async function readJson(request: PageRequest): Promise<unknown> {
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  if (bytes === null) throw new PageProblem('tooLarge');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new PageProblem('badRequest', 'The body is no JSON. Nothing was done.');
  }
}

/** A reader that has this answer already gets none: 304 (RFC 9110, section 13.1.2). */
function jsonAnswer(answer: unknown, { method, headers }: PageRequest): WebhookResponse {
  const body = JSON.stringify(answer);
  if (method.toUpperCase() !== 'GET') return respond(200, body, { 'Content-Type': 'application/json' });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const known = (headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return respond(304, '', { ETag: etag });
  return respond(200, body, { 'Content-Type': 'application/json', ETag: etag });
}

function fileAnswer({ contentType, fileName, text }: FileAnswer): WebhookResponse {
  const disposition = `attachment; filename="${fileName}"`;
  return respond(200, text, { 'Content-Type': contentType, 'Content-Disposition': disposition });
}

function problemAnswer(problem: Problem): WebhookResponse {
  return respond(problem.status, JSON.stringify(problem), { 'Content-Type': 'application/problem+json' });
}

function respond(status: number, body: string, headers: Record<string, string>): WebhookResponse {
  return { status, body, headers: { ...HEADERS, ...headers } };
}
