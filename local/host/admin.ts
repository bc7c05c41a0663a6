import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './executor.ts';
import { readBody } from './httpBody.ts';
import { isAuthorised, type Keys } from './httpTrigger.ts';

/** Not of the real host: with this header the answer comes when the function has returned, and says how it ended. */
const WAIT_HEADER = 'x-wait-for-outcome';

/** Runs a function that is no HTTP function once; `null` when there is none of that name. */
export type Fire = (name: string, text: string) => Promise<Outcome> | null;

/**
 * `POST /admin/functions/{name}` with `{"input": "..."}`, as an administrator fires a function in Azure
 * (https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http): needs the master key; answers
 * 202 at once, whatever comes of it.
 */
export async function answerAdmin(
  fire: Fire,
  keys: Keys,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const name = /^\/admin\/functions\/([^/]+)$/i.exec(url.pathname)?.[1];
  if (!name || request.method !== 'POST') return void response.writeHead(404).end();
  if (!isAuthorised(request, url, 'admin', keys)) return void response.writeHead(401).end();
  const input = inputOf(await readBody(request));
  if (input === null) return void response.writeHead(400).end();
  const run = fire(name, input);
  if (!run) return void response.writeHead(404).end();
  if (!request.headers[WAIT_HEADER]) return void response.writeHead(202).end();
  const outcome = await run;
  const body = outcome.ok ? { ok: true } : { ok: false, error: outcome.exception.message };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** `null` for what is no JSON object. */
function inputOf(body: Buffer | 'tooLarge' | null): string | null {
  try {
    const parsed: unknown = JSON.parse(body?.toString() ?? '');
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { input = '' } = parsed as { input?: unknown };
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch {
    return null;
  }
}
