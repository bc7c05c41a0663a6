import { authenticateUser, requireSelf } from '../authorization.ts';
import { notFound } from '../graphRefusal.ts';
import { param, type Reply, type WireRequest } from '../http.ts';
import { contextOf, readOptions } from '../odata.ts';
import { READ_MESSAGES } from '../permissions.ts';
import type { State } from '../state.ts';
import { chatFor } from './chat.ts';
import { prefersUnknownMembers, toWireMessage } from './chatMessage.ts';

/** `GET /chats/{id}/messages/{id}`. A deleted message is still there, with an empty body. */
export function getMessage(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, READ_MESSAGES);
  requireSelf(caller, request.params.userId);
  const chat = chatFor(state, caller.user, param(request, 'chatId'));
  readOptions(request, []);
  const message = chat.messages.find(({ id }) => id === param(request, 'messageId'));
  if (message === undefined) {
    throw notFound();
  }
  const context = contextOf(state, `chats('${encodeURIComponent(chat.id)}')/messages/$entity`);
  const wire = toWireMessage(message, prefersUnknownMembers(request));
  return { status: 200, json: { '@odata.context': context, ...wire } };
}
