import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

/** Twilio answered, and did not do what it was asked. Its own message, which can quote numbers, is not kept. */
export class TwilioRefusal extends Error {
  readonly status: number;
  /** Twilio's error code, `null` where the answer holds none. */
  readonly errorCode: number | null;
  readonly retryAfterMs: number | null;

  constructor(status: number, errorCode: number | null, retryAfterMs: number | null) {
    super(`Twilio answered ${status}${errorCode === null ? '' : `, error ${errorCode}`}`);
    this.name = 'TwilioRefusal';
    this.status = status;
    this.errorCode = errorCode;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer that can be read came back. */
export class TwilioUnreachable extends Error {
  /** Node's code of the failure, e.g. `ECONNREFUSED`, or `timeout`. */
  readonly code: string;
  /** False when the connection never came about, so that Twilio surely got nothing. */
  readonly wasSent: boolean;

  constructor(code: string, wasSent: boolean) {
    super(`Twilio did not answer: ${code}`);
    this.name = 'TwilioUnreachable';
    this.code = code;
    this.wasSent = wasSent;
  }
}

export interface TwilioRequest {
  method: string;
  url: URL;
  headers: http.OutgoingHttpHeaders;
  body: string | null;
  /** For the whole of it: connecting, sending, waiting, and the last byte of the answer. */
  timeoutMs: number;
}

export interface TwilioAnswer<T> {
  statusCode: number;
  body: T;
  headers: http.IncomingHttpHeaders;
}

/**
 * One request to Twilio and its JSON. Throws {@link TwilioRefusal} for any status but 2xx, {@link TwilioUnreachable}
 * when no answer came, it broke off, or it could not be read.
 */
export async function askTwilio<T>(request: TwilioRequest): Promise<TwilioAnswer<T>> {
  const { statusCode, headers, content } = await exchange(request);
  if (statusCode < 200 || statusCode >= 300) {
    throw new TwilioRefusal(statusCode, errorCodeIn(content), retryAfterMs(headers['retry-after'], Date.now()));
  }
  try {
    return { statusCode, headers, body: JSON.parse(content) };
  } catch {
    throw new TwilioUnreachable('unreadable answer', true);
  }
}

/**
 * A connection for each request: one kept from the last alert may have been dropped in silence by whatever lies
 * between, and finding that out takes the whole time limit. TLS sessions are still resumed.
 */
const AGENTS = { 'http:': new http.Agent(), 'https:': new https.Agent() } as const;

async function exchange(
  request: TwilioRequest,
): Promise<{ statusCode: number; headers: http.IncomingHttpHeaders; content: string }> {
  const { url, method, headers, body } = request;
  const isTls = url.protocol === 'https:';
  const signal = AbortSignal.timeout(request.timeoutMs);
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
    throw new TwilioUnreachable(signal.aborted ? 'timeout' : codeOf(caught), isConnected);
  }
}

/** Codes are constants of Node and OpenSSL; anything else could hold more than it should. */
function codeOf(caught: unknown): string {
  const { code } = (caught ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'network';
}

function errorCodeIn(content: string): number | null {
  try {
    const { code } = JSON.parse(content) as { code?: unknown };
    return typeof code === 'number' && Number.isInteger(code) && code > 0 ? code : null;
  } catch {
    return null;
  }
}

/** RFC 9110, 10.2.3: seconds, or an HTTP date; `null` where it is neither. */
function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
