import { noteView } from '../audit.ts';
import { callFor, withheldFrom } from '../calls/visible.ts';
import { searchMessages } from '../chats/search.ts';
import { threadOf } from '../chats/thread.ts';
import { messagesQuerySchema, messagesSchema, threadSchema } from '../contract.ts';
import { PageProblem } from '../problem.ts';
import { get, type Route } from '../route.ts';

export const chatRoutes: readonly Route[] = [
  get({
    path: 'messages',
    right: 'seeChats',
    summary: 'What the service account has received, the newest first, and what was read as an emergency and why',
    query: messagesQuerySchema,
    answer: messagesSchema,
    async handle({ services, visitor, query }) {
      await noteView(services, visitor, 'messages', null);
      return searchMessages(services, visitor, query);
    },
  }),
  get({
    path: 'calls/{id}/chat',
    right: 'seeCalls',
    summary: 'The chat of a call, the oldest message first',
    answer: threadSchema,
    async handle({ services, visitor, params }) {
      const call = await callFor(services, visitor, params.id ?? '');
      const withheld = withheldFrom(services, visitor, call);
      if (withheld !== null) throw new PageProblem('roleMissing', withheld);
      await noteView(services, visitor, 'chat', call.id);
      return { messages: call.chat === null ? [] : await threadOf(services, visitor, call.chat.chatId) };
    },
  }),
];
