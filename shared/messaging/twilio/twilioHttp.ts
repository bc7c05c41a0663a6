import type { IncomingHttpHeaders } from 'node:http';
import { exchange, type HttpRequest, NoAnswer, retryAfterMs } from '../httpExchange.ts';

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

export interface TwilioAnswer<T> {
  statusCode: number;
  body: T;
  headers: IncomingHttpHeaders;
}

/**
 * One request to Twilio and its JSON. Throws {@link TwilioRefusal} for any status but 2xx, {@link TwilioUnreachable}
 * when no answer came, it broke off, or it could not be read.
 */
export async function askTwilio<T>(request: HttpRequest): Promise<TwilioAnswer<T>> {
  const { statusCode, headers, content } = await exchange(request).catch((caught: unknown) => {
    throw caught instanceof NoAnswer ? new TwilioUnreachable(caught.code, caught.wasSent) : caught;
  });
  if (statusCode < 200 || statusCode >= 300) {
    throw new TwilioRefusal(statusCode, errorCodeIn(content), retryAfterMs(headers['retry-after'], Date.now()));
  }
  try {
    return { statusCode, headers, body: JSON.parse(content) };
  } catch {
    throw new TwilioUnreachable('unreadable answer', true);
  }
}

function errorCodeIn(content: string): number | null {
  try {
    const { code } = JSON.parse(content) as { code?: unknown };
    return typeof code === 'number' && Number.isInteger(code) && code > 0 ? code : null;
  } catch {
    return null;
  }
}
