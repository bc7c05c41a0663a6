import { fromGraphChatMessage } from '../../emergency/chatMessage.ts';
import { isObject, propertyOf, textOf } from '../../emergency/jsonValue.ts';
import { readMessageText } from '../../emergency/messageText.ts';
import type { StoredChatMessage } from '../../store/chatMessageStore.ts';
import { toTime } from '../calls/summary.ts';
import type { ChatMessage } from '../contract.ts';

/** More than anybody reads in a list. */
const MOST_CHARACTERS = 20_000;

/** A message as the page shows it: words only, of HTML too; `withheld` is the sentence that stands in their place. */
export function toChatMessage(stored: StoredChatMessage, withheld: string | null = null): ChatMessage {
  const message = fromGraphChatMessage(stored.message);
  const from = senderOf(message?.from);
  return {
    chatId: stored.chatId,
    messageId: stored.messageId,
    from,
    sentAt: message?.createdDateTime ? toTime(message.createdDateTime) : null,
    storedAt: stored.storedAt,
    text: withheld ?? (message === null ? null : textOfMessage(message)),
    isDeleted: stored.deletedAs !== null,
    verdict: stored.verdict,
    reasons: withheld === null ? stored.reasons : [],
    callId: stored.callId,
  };
}

function textOfMessage(message: NonNullable<ReturnType<typeof fromGraphChatMessage>>): string {
  const { parts } = readMessageText(message);
  return parts
    .map(({ kind, lines }) => (kind === 'own' ? lines : lines.map((line) => `> ${line}`)).join('\n'))
    .join('\n')
    .slice(0, MOST_CHARACTERS);
}

/** Of a person, an app or a phone, whichever Graph names. */
function senderOf(from: unknown): string | null {
  if (!isObject(from)) return null;
  for (const kind of ['user', 'application', 'device']) {
    const name = textOf(propertyOf(from, kind), 'displayName');
    if (name !== null) return name;
  }
  return null;
}
