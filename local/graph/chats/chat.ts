import { mailOf, requireUser } from '../directory.ts';
import { forbidden, notFound } from '../graphRefusal.ts';
import type { Chat, ChatMessage, User } from '../model.ts';
import type { State } from '../state.ts';
import { shownMessageType } from './chatMessage.ts';

/** The chat, for the control side. Throws when there is none. */
export function requireChat(state: State, chatId: string): Chat {
  const chat = state.chats.get(chatId);
  if (chat === undefined) {
    throw new Error(`There is no chat ${chatId}`);
  }
  return chat;
}

/** The chat as a user may see it. Throws 404 when there is none and 403 to those who are not (or no longer) in it. */
export function chatFor(state: State, user: User, chatId: string): Chat {
  const chat = state.chats.get(chatId);
  if (chat === undefined) {
    throw notFound();
  }
  if (!chat.memberIds.includes(user.id)) {
    throw forbidden();
  }
  return chat;
}

/** The chats a user is in, in the order they were made. */
export function chatsOf(state: State, user: User): Chat[] {
  return [...state.chats.values()].filter((chat) => chat.memberIds.includes(user.id));
}

export interface ChatExpansion {
  members: boolean;
  lastMessagePreview: boolean;
  /** Whether the client sent `Prefer: include-unknown-enum-members`. */
  showsSystemEvents: boolean;
}

/** The chat resource. */
export function toWireChat(state: State, chat: Chat, expand: ChatExpansion): Record<string, unknown> {
  return {
    id: chat.id,
    topic: chat.topic,
    createdDateTime: chat.createdDateTime,
    lastUpdatedDateTime: chat.lastUpdatedDateTime,
    chatType: chat.chatType,
    webUrl: `https://teams.microsoft.com/l/chat/${encodeURIComponent(chat.id)}/0?tenantId=${state.tenantId}`,
    tenantId: state.tenantId,
    onlineMeetingInfo: null,
    viewpoint: { isHidden: false, lastMessageReadDateTime: chat.createdDateTime },
    ...(expand.members ? { members: toWireMembers(state, chat) } : {}),
    ...(expand.lastMessagePreview ? { lastMessagePreview: toPreview(chat, expand.showsSystemEvents) } : {}),
  };
}

/** The chat as rich notifications show it: its members are ids, without names and addresses. */
export function toNotifiedChat(state: State, chat: Chat): Record<string, unknown> {
  const members = toWireMembers(state, chat).map((member) => ({ ...member, displayName: null, email: null }));
  const { viewpoint: _, ...wire } = toWireChat(state, chat, NOT_EXPANDED);
  return { ...wire, members };
}

const NOT_EXPANDED = { members: false, lastMessagePreview: false, showsSystemEvents: false };

/** The chat's newest message by creation, or `null`. */
export function lastMessageOf(chat: Chat): ChatMessage | null {
  const newest = [...chat.messages].sort((a, b) => b.createdDateTime.localeCompare(a.createdDateTime));
  return newest[0] ?? null;
}

function toPreview(chat: Chat, showsSystemEvents: boolean): Record<string, unknown> | null {
  const message = lastMessageOf(chat);
  return message === null
    ? null
    : {
        id: message.id,
        createdDateTime: message.createdDateTime,
        isDeleted: message.deletedDateTime !== null,
        messageType: shownMessageType(message, showsSystemEvents),
        eventDetail: message.eventDetail,
        body: message.body,
        from: message.from,
      };
}

/** The members as `aadUserConversationMember`; their ids are opaque. */
export function toWireMembers(state: State, chat: Chat): Record<string, unknown>[] {
  return chat.memberIds.map((userId) => {
    const user = requireUser(state, userId);
    return {
      '@odata.type': '#microsoft.graph.aadUserConversationMember',
      id: Buffer.from(`${state.tenantId}##${chat.id}##${userId}`).toString('base64'),
      roles: ['owner'],
      displayName: user.displayName,
      visibleHistoryStartDateTime: '0001-01-01T00:00:00Z',
      userId,
      email: mailOf(user),
      tenantId: state.tenantId,
    };
  });
}
