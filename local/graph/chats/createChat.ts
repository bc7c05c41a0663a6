import { randomUUID } from 'node:crypto';
import { ensureUser } from '../directory.ts';
import type { Chat, User } from '../model.ts';
import { announceChat, announceMessage } from '../notifications/announce.ts';
import type { State } from '../state.ts';
import { newSystemEvent } from './chatMessage.ts';

export interface NewChat {
  /** Ids or UPNs (a new UPN is a new user); the first one makes the chat. */
  members: string[];
  topic?: string;
  chatType?: Chat['chatType'];
  /** When it was made; the look-alike's now when left out. */
  at?: Date;
  /** False: Graph loses the notifications. */
  announce?: boolean;
}

/** Makes a chat. In a group, Teams writes a message that its members were added. */
export async function createChat(state: State, { members, topic, chatType, at, announce }: NewChat): Promise<Chat> {
  const users = members.map((member) => ensureUser(state, member));
  const [initiator] = users;
  if (initiator === undefined) {
    throw new Error('A chat needs a member');
  }
  const created = at ?? state.now();
  const chat: Chat = {
    id: chatIdFor(chatType ?? 'group', users),
    chatType: chatType ?? 'group',
    topic: topic ?? null,
    createdDateTime: created.toISOString(),
    lastUpdatedDateTime: created.toISOString(),
    memberIds: users.map((user) => user.id),
    messages: [],
  };
  state.chats.set(chat.id, chat);
  await announceChat(state, chat, 'created', announce ?? true);
  if (chat.chatType === 'group') {
    const event = newSystemEvent(state, chat, 'membersAdded', { members: users, initiator, at: created });
    chat.messages.push(event);
    await announceMessage(state, chat, event, 'created', announce ?? true);
  }
  return chat;
}

function chatIdFor(chatType: Chat['chatType'], users: readonly User[]): string {
  return chatType === 'oneOnOne'
    ? `19:${users.map((user) => user.id).join('_')}@unq.gbl.spaces`
    : `19:${randomUUID().replaceAll('-', '')}@thread.v2`;
}
