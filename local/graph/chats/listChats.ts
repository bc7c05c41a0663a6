import { authenticateUser, requireSelf } from '../authorization.ts';
import { notKnown } from '../graphRefusal.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { Chat } from '../model.ts';
import { contextOf, readOptions, toPage } from '../odata.ts';
import { READ_CHATS } from '../permissions.ts';
import type { State } from '../state.ts';
import { chatsOf, lastMessageOf, toWireChat } from './chat.ts';
import { prefersUnknownMembers } from './chatMessage.ts';

const BY_NEWEST_MESSAGE = 'lastMessagePreview/createdDateTime desc';

/** `GET /me/chats`: the caller's chats. Ordered, it drops those that have no message yet, as Graph does. */
export function listChats(state: State, request: WireRequest): Reply {
  const caller = authenticateUser(state, request, READ_CHATS);
  requireSelf(caller, request.params.userId);
  const options = readOptions(request, ['$expand', '$orderby', '$top', '$skiptoken']);
  const expand = {
    ...readExpand(options.get('$expand')),
    showsSystemEvents: prefersUnknownMembers(request),
  };
  const chats = inOrder(chatsOf(state, caller.user), options.get('$orderby'));
  const page = toPage(state, request, options, chats);
  const value = page.value.map((chat) => toWireChat(state, chat, expand));
  return { status: 200, json: { '@odata.context': contextOf(state, 'chats'), ...page, value } };
}

/** Throws for anything but `members` and `lastMessagePreview`. */
export function readExpand(text = ''): { members: boolean; lastMessagePreview: boolean } {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => name !== 'members' && name !== 'lastMessagePreview');
  if (unknown !== undefined) {
    throw notKnown(`$expand=${unknown} of chats`);
  }
  return { members: names.includes('members'), lastMessagePreview: names.includes('lastMessagePreview') };
}

function inOrder(chats: Chat[], orderBy: string | undefined): Chat[] {
  if (orderBy === undefined) {
    return chats;
  }
  if (orderBy !== BY_NEWEST_MESSAGE) {
    throw notKnown(`$orderby=${orderBy} of chats`);
  }
  const dated = chats.flatMap((chat) => {
    const newest = lastMessageOf(chat)?.createdDateTime;
    return newest === undefined ? [] : [{ chat, newest }];
  });
  return dated.sort((a, b) => b.newest.localeCompare(a.newest)).map(({ chat }) => chat);
}
