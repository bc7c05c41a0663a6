import type { ChangeType, Chat, ChatMessage, Subscription } from '../model.ts';
import type { State } from '../state.ts';
import { liveSubscriptions } from '../subscriptions/subscription.ts';
import { type Change, toNotification } from './notification.ts';

/** Tells every subscription that covers this message of the change. With `announce` false, Graph loses it. */
export async function announceMessage(
  state: State,
  chat: Chat,
  message: ChatMessage,
  changeType: ChangeType,
  announce: boolean,
): Promise<void> {
  const resource = `chats('${chat.id}')/messages('${message.id}')`;
  const change: Change = { changeType, id: message.id, odataType: '#Microsoft.Graph.chatMessage', resource };
  await tell(state, chat, change, announce);
}

/** Tells every subscription to the chats of one of its members that the chat was made or changed. */
export async function announceChat(
  state: State,
  chat: Chat,
  changeType: 'created' | 'updated',
  announce: boolean,
): Promise<void> {
  const resource = `chats('${chat.id}')`;
  await tell(state, chat, { changeType, id: chat.id, odataType: '#Microsoft.Graph.chat', resource }, announce);
}

async function tell(state: State, chat: Chat, change: Change, announce: boolean): Promise<void> {
  for (const subscription of liveSubscriptions(state).filter((one) => covers(one, chat, change))) {
    const notification = toNotification(state.tenantId, subscription, change);
    if (!announce) {
      state.outbox.lose(notification, 'fault');
    } else if (subscription.isPaused) {
      state.outbox.lose(notification, 'deliveryPaused');
    } else {
      await state.outbox.put(notification);
    }
  }
}

/** A subscription never tells its owner of a chat the owner is not in. */
function covers({ target, changeTypes, creatorId }: Subscription, chat: Chat, change: Change): boolean {
  const isOfMessages = change.odataType === '#Microsoft.Graph.chatMessage';
  const isOfThatKind = isOfMessages === (target.kind !== 'chats');
  const isOfThatChat = target.kind !== 'chatMessages' || target.chatId === chat.id;
  return isOfThatKind && isOfThatChat && changeTypes.includes(change.changeType) && chat.memberIds.includes(creatorId);
}
