import { type Caller, requireSelf } from '../authorization.ts';
import { chatFor } from '../chats/chat.ts';
import { GraphRefusal } from '../graphRefusal.ts';
import type { Target } from '../model.ts';
import type { State } from '../state.ts';

/**
 * Reads the `resource` of a subscription: `/users/{id}/chats/getAllMessages`, `/me/chats/getAllMessages`,
 * `/chats/{id}/messages`, `/users/{id}/chats`. Throws 400 for any other, 403 for another user's, and what reading the
 * chat would throw.
 */
export function readTarget(state: State, caller: Caller, resource: string): Target {
  const path = resource.replace(/^\//, '');
  const [, user, rest] = /^(?:users\/([^/?]+)|me)\/(chats\/getAllMessages|chats)$/.exec(path) ?? [];
  if (rest !== undefined) {
    requireSelf(caller, user);
    return { kind: rest === 'chats' ? 'chats' : 'allMessages', userId: caller.user.id };
  }
  const chatId = /^chats\/([^/?]+)\/messages$/.exec(path)?.[1];
  if (chatId !== undefined) {
    return { kind: 'chatMessages', chatId: chatFor(state, caller.user, decodeURIComponent(chatId)).id };
  }
  throw new GraphRefusal(400, 'BadRequest', `The look-alike knows no subscription to the resource ${path}.`, {
    isUnknown: true,
  });
}

/** The same for two resources that watch the same thing. */
export function keyOf(target: Target): string {
  return target.kind === 'chatMessages' ? `chatMessages ${target.chatId}` : `${target.kind} ${target.userId}`;
}
