import { header, type WireRequest } from '../http.ts';
import type { Chat, ChatMessage, MessageSender, User } from '../model.ts';
import type { State } from '../state.ts';

export interface MessageContent {
  content: string;
  contentType?: 'text' | 'html';
  importance?: ChatMessage['importance'];
  subject?: string;
  locale?: string;
  attachments?: unknown[];
}

/** A message that nobody has seen yet. Its id is its creation in milliseconds, as in Teams, and no other has it. */
export function newMessage(
  state: State,
  chat: Chat,
  from: User | null,
  content: MessageContent,
  at: Date,
): ChatMessage {
  const id = freeMessageId(chat, at);
  const created = new Date(id).toISOString();
  return {
    id: String(id),
    replyToId: null,
    etag: String(id),
    messageType: 'message',
    createdDateTime: created,
    lastModifiedDateTime: created,
    lastEditedDateTime: null,
    deletedDateTime: null,
    subject: content.subject ?? null,
    summary: null,
    chatId: chat.id,
    importance: content.importance ?? 'normal',
    locale: content.locale ?? 'en-us',
    webUrl: null,
    channelIdentity: null,
    policyViolation: null,
    eventDetail: null,
    from: from === null ? null : toSender(state, from),
    body: { contentType: content.contentType ?? 'html', content: content.content },
    attachments: content.attachments ?? [],
    mentions: [],
    reactions: [],
    messageHistory: [],
  };
}

/** The message Teams writes by itself when people join or leave; `members` have no names in it. */
export function newSystemEvent(
  state: State,
  chat: Chat,
  event: 'membersAdded' | 'membersLeft',
  { members, initiator, at }: { members: readonly User[]; initiator: User; at: Date },
): ChatMessage {
  const toIdentity = ({ id }: User) => ({ id, displayName: null, userIdentityType: 'aadUser' });
  return {
    ...newMessage(state, chat, null, { content: '<systemEventMessage/>' }, at),
    messageType: 'systemEventMessage',
    eventDetail: {
      '@odata.type': `#microsoft.graph.${event}EventMessageDetail`,
      ...(event === 'membersAdded' ? { visibleHistoryStartDateTime: '0001-01-01T00:00:00Z' } : {}),
      members: members.map(toIdentity),
      initiator: { application: null, device: null, user: toIdentity(initiator) },
    },
  };
}

/** The resource as the client sees it: without its `Prefer`, an event is `unknownFutureValue`. */
export function toWireMessage(message: ChatMessage, showsSystemEvents: boolean): Record<string, unknown> {
  return { ...message, messageType: shownMessageType(message, showsSystemEvents) };
}

export function shownMessageType({ messageType }: ChatMessage, showsSystemEvents: boolean): string {
  return messageType === 'systemEventMessage' && !showsSystemEvents ? 'unknownFutureValue' : messageType;
}

/** Whether the client asked for members of enumerations that are newer than its version. */
export function prefersUnknownMembers(request: WireRequest): boolean {
  return (header(request, 'prefer') ?? '').includes('include-unknown-enum-members');
}

function freeMessageId(chat: Chat, at: Date): number {
  const taken = new Set(chat.messages.map((message) => message.id));
  let id = at.getTime();
  while (taken.has(String(id))) {
    id += 1;
  }
  return id;
}

function toSender(state: State, user: User): MessageSender {
  return {
    application: null,
    device: null,
    user: {
      '@odata.type': '#microsoft.graph.teamworkUserIdentity',
      id: user.id,
      displayName: user.displayName,
      userIdentityType: 'aadUser',
      tenantId: state.tenantId,
    },
  };
}
