import type { SendResult } from './channel.ts';
import { exchange, type HttpAnswer, type HttpRequest, NoAnswer, retryAfterMs } from './httpExchange.ts';

/** These refuse this message for what it is, or for good: https://www.rfc-editor.org/rfc/rfc9110#section-15.5 */
const PERMANENT: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);
/** Somebody must mend an address, a right or a secret, and can do so while people wait. */
const SLOW_RETRY_MS = 15_000;

/**
 * Posts once, and says what the answer means: a status of 2xx is judged by `accepted`, any other by its number alone.
 * Never throws, and nothing of the request, its address or the answer is in the result.
 */
export async function post(
  service: string,
  request: Omit<HttpRequest, 'method'>,
  accepted: (answer: HttpAnswer) => SendResult,
): Promise<SendResult> {
  try {
    const answer = await exchange({ ...request, method: 'POST' });
    const isTaken = answer.statusCode >= 200 && answer.statusCode < 300;
    return isTaken ? accepted(answer) : resultOfStatus(service, answer);
  } catch (caught) {
    if (!(caught instanceof NoAnswer)) {
      return { outcome: 'doubtful', code: 'unexpected', reason: 'the attempt failed in an unexpected way' };
    }
    return caught.wasSent
      ? { outcome: 'doubtful', code: caught.code, reason: `${service} did not answer` }
      : { outcome: 'temporary', code: caught.code, reason: `${service} could not be reached`, retryAfterMs: null };
  }
}

function resultOfStatus(service: string, { statusCode, headers }: HttpAnswer): SendResult {
  const code = `HTTP ${statusCode}`;
  const askedMs = retryAfterMs(headers['retry-after'], Date.now());
  if (PERMANENT.has(statusCode)) return { outcome: 'permanent', code, reason: `${service} refused the message` };
  if (statusCode === 408 || statusCode === 429 || statusCode === 503) {
    return { outcome: 'temporary', code, reason: `${service} is not available`, retryAfterMs: askedMs };
  }
  // What failed in the middle may have been taken.
  if (statusCode === 409 || statusCode >= 500) {
    return { outcome: 'doubtful', code, reason: `internal error of ${service}` };
  }
  return {
    outcome: 'temporary',
    code,
    reason: `${service} refused the request`,
    retryAfterMs: askedMs ?? SLOW_RETRY_MS,
  };
}
