import { authenticateUser, requireSelf } from '../authorization.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import { READ_CHATS } from '../permissions.ts';
import type { State } from '../state.ts';
import { chatFor, toWireMembers } from './chat.ts';

/** `GET /chats/{id}/members`: those who are in it now. */
export function listMembers(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, ['ChatMember.Read', ...READ_CHATS]);
  requireSelf(caller, request.params.userId);
  const chat = chatFor(state, caller.user, param(request, 'chatId'));
  readOptions(request, []);
  const value = toWireMembers(state, chat);
  const context = contextOf(state, `chats('${encodeURIComponent(chat.id)}')/members`);
  return { status: 200, json: { '@odata.context': context, '@odata.count': value.length, value } };
}
