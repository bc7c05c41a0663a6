import { authenticateUser, requireSelf } from '../authorization.ts';
import { badRequest } from '../graphRefusal.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import { READ_CHATS } from '../permissions.ts';
import type { State } from '../state.ts';
import { chatFor, toWireChat } from './chat.ts';
import { prefersUnknownMembers } from './chatMessage.ts';
import { readExpand } from './listChats.ts';

/** `GET /chats/{id}`. The preview of the last message is for the list only. */
export function getChat(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, READ_CHATS);
  requireSelf(caller, request.params.userId);
  const chat = chatFor(state, caller.user, param(request, 'chatId'));
  const expand = readExpand(readOptions(request, ['$expand']).get('$expand'));
  if (expand.lastMessagePreview) {
    throw badRequest('lastMessagePreview can only be expanded when chats are listed.');
  }
  const wire = toWireChat(state, chat, { ...expand, showsSystemEvents: prefersUnknownMembers(request) });
  return { status: 200, json: { '@odata.context': contextOf(state, 'chats/$entity'), ...wire } };
}
