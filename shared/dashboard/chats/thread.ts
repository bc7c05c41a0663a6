import type { Services } from '../../pipeline/services.ts';
import { hiddenOf } from '../calls/visible.ts';
import type { ChatMessage } from '../contract.ts';
import type { Visitor } from '../visitor.ts';
import { toChatMessage } from './message.ts';

/**
 * The messages of a chat, the oldest first. One chat may tell of several calls: without those that belong to a call of
 * which somebody may not read everything, and what was written after them until the next call.
 */
export async function threadOf(services: Services, visitor: Visitor, chatId: string): Promise<ChatMessage[]> {
  const stored = await services.store.chatMessages.listOfChat(chatId);
  const callIds = stored.flatMap(({ callId }) => callId ?? []);
  const hidden = await hiddenOf(services, visitor, callIds);
  const inOrder = stored
    .map((one) => toChatMessage(one))
    .sort((a, b) => (a.sentAt ?? a.storedAt).localeCompare(b.sentAt ?? b.storedAt));
  let isHidden = false;
  return inOrder.filter(({ callId }) => {
    if (callId !== null) isHidden = hidden.has(callId);
    return !isHidden;
  });
}
