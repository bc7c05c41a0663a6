import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchMessageResult } from '../graph/chats.ts';
import type { Services } from './services.ts';

const ATTEMPT_TIMEOUT_MS = 2_000;

/**
 * Asks Graph for a message, again after a pause while `fetchBudgetMs` lasts. The last answer is returned;
 * `signInRequired` and Graph's final word end it at once. Never throws for what Graph did.
 */
export async function fetchContent(services: Services, chatId: string, messageId: string): Promise<FetchMessageResult> {
  if (!services.chats) {
    return { outcome: 'retry', code: 'not configured', retryAfterMs: null };
  }
  // The budget is of this process, not of the clock that calls are dated by.
  const endsAt = performance.now() + services.fetchBudgetMs;
  for (let attempt = 0; ; attempt += 1) {
    const leftMs = attempt === 0 ? ATTEMPT_TIMEOUT_MS : endsAt - performance.now();
    const timeoutMs = Math.round(Math.max(100, Math.min(ATTEMPT_TIMEOUT_MS, leftMs)));
    const result = await services.chats.fetchMessage(chatId, messageId, { timeoutMs });
    if (result.outcome !== 'retry') return result;
    services.log.warn('Graph did not give a message', { code: result.code, attempt: attempt + 1 });
    const pauseMs = result.retryAfterMs ?? 250 * 2 ** attempt;
    if (performance.now() + pauseMs >= endsAt) return result;
    await sleep(pauseMs);
  }
}
