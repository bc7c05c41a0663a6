import { type Caller, requireScope, requireSelf } from '../authorization.ts';
import { chatFor } from '../chats/chat.ts';
import { GraphRefusal, notKnown } from '../graphRefusal.ts';
import type { Target } from '../model.ts';
import { READ_CHATS } from '../permissions.ts';
import type { State } from '../state.ts';

/**
 * Reads the `resource` of a subscription: `/users/{id}/chats/getAllMessages`, `/me/chats/getAllMessages`,
 * `/chats/{id}/messages`, `/users/{id}/chats`, `communications/calls/getEmergencyEventsByPolicy(policyName='…')`.
 * Throws 400 for any other, 403 for another user's, and what reading the chat would throw.
 */
export function readTarget(state: State, caller: Caller, resource: string): Target {
  const path = resource.replace(/^\//, '');
  const target = emergencyTarget(path) ?? chatTarget(state, caller, path);
  if (target === null) {
    throw new GraphRefusal(400, 'BadRequest', `The look-alike knows no subscription to the resource ${path}.`, {
      isUnknown: true,
    });
  }
  return target;
}

/** A quote within the name is doubled, as in every OData literal. */
function emergencyTarget(path: string): Target | null {
  const [, quoted] =
    /^communications\/calls\/getEmergencyEventsByPolicy\(policyName='((?:[^']|'')+)'\)$/.exec(path) ?? [];
  if (quoted === undefined) {
    return null;
  }
  if (/%[0-9a-f]{2}/i.test(quoted)) {
    throw notKnown('whether Graph decodes a policy name with percent signs');
  }
  return { kind: 'emergencyEvents', policyName: quoted.replaceAll("''", "'") };
}

function chatTarget(state: State, caller: Caller, path: string): Target | null {
  const [, user, rest] = /^(?:users\/([^/?]+)|me)\/(chats\/getAllMessages|chats)$/.exec(path) ?? [];
  const chatId = /^chats\/([^/?]+)\/messages$/.exec(path)?.[1];
  if (rest === undefined && chatId === undefined) {
    return null;
  }
  requireScope(caller, READ_CHATS);
  if (chatId !== undefined) {
    return { kind: 'chatMessages', chatId: chatFor(state, caller.user, decodeURIComponent(chatId)).id };
  }
  requireSelf(caller, user);
  return { kind: rest === 'chats' ? 'chats' : 'allMessages', userId: caller.user.id };
}

/** The same for two resources that watch the same thing. */
export function keyOf(target: Target): string {
  switch (target.kind) {
    case 'chatMessages':
      return `chatMessages ${target.chatId}`;
    case 'emergencyEvents':
      return `emergencyEvents ${target.policyName}`;
    default:
      return `${target.kind} ${target.userId}`;
  }
}
