import { ensureUser, requireUser } from '../directory.ts';
import type { Chat, ChatMessage } from '../model.ts';
import { announceChat, announceMessage } from '../notifications/announce.ts';
import type { State } from '../state.ts';
import { requireChat } from './chat.ts';
import { type MessageContent, newMessage, newSystemEvent } from './chatMessage.ts';

export interface NewMessage extends MessageContent {
  /** Id or UPN of the sender (a new UPN is a new user); `null` for a message that has none. */
  from: string | null;
  at?: Date;
  /** False: Graph loses the notification. */
  announce?: boolean;
}

/** Someone writes. Gives the message's id once every notification is in the hub, lost or held back. */
export async function postMessage(state: State, chatId: string, message: NewMessage): Promise<string> {
  const chat = requireChat(state, chatId);
  const from = message.from === null ? null : ensureUser(state, message.from);
  const posted = newMessage(state, chat, from, message, message.at ?? state.now());
  chat.messages.push(posted);
  chat.lastUpdatedDateTime = posted.createdDateTime;
  await announceMessage(state, chat, posted, 'created', message.announce ?? true);
  return posted.id;
}

/** The sender changes the text. */
export async function editMessage(
  state: State,
  chatId: string,
  messageId: string,
  { content, announce }: { content: string; announce?: boolean },
): Promise<void> {
  const chat = requireChat(state, chatId);
  const message = requireMessage(chat, messageId);
  const modified = modifiedAt(state, message);
  Object.assign(message, modified, {
    lastEditedDateTime: modified.lastModifiedDateTime,
    body: { ...message.body, content },
  });
  await announceMessage(state, chat, message, 'updated', announce ?? true);
}

/** The sender takes it back: the message stays, its content does not. */
export async function deleteMessage(
  state: State,
  chatId: string,
  messageId: string,
  { announce }: { announce?: boolean } = {},
): Promise<void> {
  const chat = requireChat(state, chatId);
  const message = requireMessage(chat, messageId);
  const modified = modifiedAt(state, message);
  Object.assign(message, modified, {
    deletedDateTime: modified.lastModifiedDateTime,
    body: { contentType: 'html', content: '' },
    attachments: [],
    mentions: [],
  });
  await announceMessage(state, chat, message, 'deleted', announce ?? true);
}

/** A member leaves, and from then on is answered 403. Teams writes a message about it. */
export async function leaveChat(state: State, chatId: string, idOrUpn: string): Promise<void> {
  const chat = requireChat(state, chatId);
  const user = requireUser(state, idOrUpn);
  if (!chat.memberIds.includes(user.id)) {
    throw new Error('Only a member can leave a chat');
  }
  const at = state.now();
  chat.memberIds = chat.memberIds.filter((id) => id !== user.id);
  chat.lastUpdatedDateTime = at.toISOString();
  const event = newSystemEvent(state, chat, 'membersLeft', { members: [user], initiator: user, at });
  chat.messages.push(event);
  await announceChat(state, chat, 'updated', true);
  await announceMessage(state, chat, event, 'created', true);
}

function requireMessage(chat: Chat, messageId: string): ChatMessage {
  const message = chat.messages.find(({ id }) => id === messageId);
  if (message === undefined) {
    throw new Error(`There is no message ${messageId} in this chat`);
  }
  return message;
}

/** A change is never older than the one before it, even while the clock stands still. */
function modifiedAt(state: State, message: ChatMessage): { lastModifiedDateTime: string; etag: string } {
  const ms = Math.max(state.now().getTime(), Date.parse(message.lastModifiedDateTime) + 1);
  return { lastModifiedDateTime: new Date(ms).toISOString(), etag: String(ms) };
}
