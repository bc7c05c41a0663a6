import type { Services } from './services.ts';

/** The UPN of the user who wrote a message; `null` where it cannot be had. Never throws. */
export type CallerLookup = (userId: string | null) => Promise<string | null>;

/** Nobody's alert waits longer for a name. */
const TIMEOUT_MS = 1_500;
/** Callers that a process remembers. */
const MOST_REMEMBERED = 5_000;

/**
 * Begins to ask who is in a chat that this process does not know yet, so that the answer is there once the message is:
 * a chat message names its caller by user id, an emergency call event by UPN, and the chat's members have both. Nothing
 * is asked where events are not subscribed to.
 */
export function lookUpCaller(services: Services, chatId: string): CallerLookup {
  const { settings, chats, callers, log } = services;
  if (settings.eventSource === null || chats === null) return async () => null;
  const ask = async () => {
    const found = await chats.members(chatId, { timeoutMs: TIMEOUT_MS });
    if (found.outcome !== 'members') {
      log.warn('The members of a chat cannot be read: a call told by both sources counts as two', { code: found.code });
      return;
    }
    for (const { userId, upn } of found.members) callers.upns.set(userId, upn);
    callers.chats.add(chatId);
    forget(callers.upns);
    forget(callers.chats);
  };
  const first = callers.chats.has(chatId) ? null : ask();
  return async (userId) => {
    if (userId === null) return null;
    await first;
    if (first === null && !callers.upns.has(userId)) await ask();
    return callers.upns.get(userId) ?? null;
  };
}

/** The oldest go first. */
function forget(known: Map<string, string> | Set<string>): void {
  for (const key of known.keys()) {
    if (known.size <= MOST_REMEMBERED) return;
    known.delete(key);
  }
}
