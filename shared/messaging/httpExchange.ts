import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

/** No answer came, or it broke off. */
export class NoAnswer extends Error {
  /** Node's code of the failure, e.g. `ECONNREFUSED`, or `timeout`. */
  readonly code: string;
  /** False when the connection never came about, so that the other side surely got nothing. */
  readonly wasSent: boolean;

  constructor(code: string, wasSent: boolean) {
    super(`No answer: ${code}`);
    this.name = 'NoAnswer';
    this.code = code;
    this.wasSent = wasSent;
  }
}

export interface HttpRequest {
  method: string;
  url: URL;
  headers: http.OutgoingHttpHeaders;
  body: string | null;
  /** For the whole of it: connecting, sending, waiting, and the last byte of the answer. */
  timeoutMs: number;
}

export interface HttpAnswer {
  statusCode: number;
  headers: http.IncomingHttpHeaders;
  content: string;
}

/**
 * A connection for each request: one kept from the last alert may have been dropped in silence by whatever lies
 * between, and finding that out takes the whole time limit. TLS sessions are still resumed.
 */
const AGENTS = { 'http:': new http.Agent(), 'https:': new https.Agent() } as const;

/** One request and its whole answer, whatever its status; redirects are not followed. Throws {@link NoAnswer}. */
export async function exchange({ url, method, headers, body, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  const isTls = url.protocol === 'https:';
  const signal = AbortSignal.timeout(timeoutMs);
  let isConnected = false;
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const agent = AGENTS[isTls ? 'https:' : 'http:'];
      const outgoing = (isTls ? https : http).request(url, { method, headers, agent, signal });
      outgoing.once('socket', (socket) => {
        socket.once(isTls ? 'secureConnect' : 'connect', () => {
          isConnected = true;
        });
      });
      outgoing.once('response', (incoming) => {
        const { statusCode = 0, headers: answered } = incoming;
        text(incoming).then((content) => resolve({ statusCode, headers: answered, content }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body ?? undefined);
    });
  } catch (caught) {
    throw new NoAnswer(signal.aborted ? 'timeout' : codeOf(caught), isConnected);
  }
}

/** Codes are constants of Node and OpenSSL; anything else could hold more than it should. */
function codeOf(caught: unknown): string {
  const { code } = (caught ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'network';
}

/** RFC 9110, 10.2.3: seconds, or an HTTP date; `null` where it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
