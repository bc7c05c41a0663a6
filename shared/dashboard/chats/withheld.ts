import type { Services } from '../../pipeline/services.ts';
import type { StoredChatMessage } from '../../store/chatMessageStore.ts';
import { readsEveryPlace, withheldFrom } from '../calls/visible.ts';
import type { Visitor } from '../visitor.ts';

/** So long before a message its chat may have told of a call. */
const BEFORE_MS = 31 * 24 * 60 * 60_000;
const PAGE = 1_000;
const NOT_ON_RECORD = 'Withheld: the call that it tells of cannot be found.';

/** Why the words of a message are not shown, in a sentence; `null` where they are. */
type WhyWithheld = (message: Pick<StoredChatMessage, 'chatId' | 'callId'>) => string | null;

/**
 * Which messages stored since `from` may tell somebody's home to who may not know it: those of a call of which that is
 * withheld, and whatever else is written in its chat.
 */
export async function withheldSince(services: Services, visitor: Visitor, from: Date): Promise<WhyWithheld> {
  if (readsEveryPlace(services, visitor)) return () => null;
  const ofCalls = new Map<string, string | null>();
  const ofChats = new Map<string, string>();
  for await (const call of callsSince(services, new Date(from.getTime() - BEFORE_MS))) {
    const why = withheldFrom(services, visitor, call);
    ofCalls.set(call.id, why);
    if (why !== null && call.chat !== null) ofChats.set(call.chat.chatId, why);
  }
  return ({ chatId, callId }) => {
    if (callId === null) return ofChats.get(chatId) ?? null;
    return ofCalls.has(callId) ? (ofCalls.get(callId) ?? null) : NOT_ON_RECORD;
  };
}

async function* callsSince({ store, log }: Services, from: Date) {
  let after: string | null = null;
  for (;;) {
    let read = 0;
    let last: string | null = null;
    const page = await store.calls.listPage({ from, until: null, after }, PAGE, (callId) => {
      read += 1;
      last = callId;
      log.warn('The record of a call cannot be read', { callId });
    });
    yield* page;
    read += page.length;
    if (read < PAGE) return;
    after = page.at(-1)?.id ?? last;
  }
}
