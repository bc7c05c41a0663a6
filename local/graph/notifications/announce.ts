import { toNotifiedChat } from '../chats/chat.ts';
import { toWireMessage } from '../chats/chatMessage.ts';
import type { ChangeType, Chat, ChatMessage, Subscription } from '../model.ts';
import type { State } from '../state.ts';
import { liveSubscriptions } from '../subscriptions/subscription.ts';
import { isHub } from './carriers.ts';
import { type Change, toNotification } from './notification.ts';

/** Tells every subscription that covers this message of the change. With `announce` false, Graph loses it. */
export async function announceMessage(
  state: State,
  chat: Chat,
  message: ChatMessage,
  changeType: ChangeType,
  announce: boolean,
): Promise<void> {
  const change: Change = {
    changeType,
    id: message.id,
    odataType: '#Microsoft.Graph.chatMessage',
    resource: `chats('${chat.id}')/messages('${message.id}')`,
    content: ({ showsUnknownMembers }) => JSON.stringify(toWireMessage(message, showsUnknownMembers)),
  };
  await tell(state, change, announce, (subscription) => coversChat(subscription, chat, change));
}

/** Tells every subscription to the chats of one of its members that the chat was made or changed. */
export async function announceChat(
  state: State,
  chat: Chat,
  changeType: 'created' | 'updated',
  announce: boolean,
): Promise<void> {
  const change: Change = {
    changeType,
    id: chat.id,
    odataType: '#Microsoft.Graph.chat',
    resource: `chats('${chat.id}')`,
    content: () => JSON.stringify(toNotifiedChat(state, chat)),
  };
  await tell(state, change, announce, (subscription) => coversChat(subscription, chat, change));
}

/** Tells the subscriptions to a policy's emergency calls of an event; `content` is what they will decrypt. */
export async function announceCallEvent(
  state: State,
  { policyName, id, content }: { policyName: string; id: string; content: string },
  announce: boolean,
): Promise<void> {
  const change: Change = {
    changeType: 'updated',
    id,
    odataType: '#microsoft.graph.emergencyCallEvent',
    resource: `communications/calls/getEmergencyEventsByPolicy(policyName='${policyName.replaceAll("'", "''")}')`,
    content: () => content,
  };
  await tell(
    state,
    change,
    announce,
    ({ target }) => target.kind === 'emergencyEvents' && target.policyName === policyName,
  );
}

async function tell(
  state: State,
  change: Change,
  announce: boolean,
  covers: (subscription: Subscription) => boolean,
): Promise<void> {
  for (const subscription of liveSubscriptions(state).filter(covers)) {
    const notification = toNotification(state.tenantId, subscription, change);
    const reason = announce ? reasonOfLoss(state, subscription) : 'fault';
    if (reason !== null) {
      state.outbox.lose(notification, reason);
    } else {
      const { notificationUrl: url, applicationId } = subscription;
      await state.outbox.put({ notification, url, applicationId });
    }
  }
}

function reasonOfLoss(
  { behaviour }: State,
  { isPaused, target, notificationUrl }: Subscription,
): 'deliveryPaused' | 'hubDeliversNoEvents' | null {
  if (isPaused) {
    return 'deliveryPaused';
  }
  const isEventToHub = target.kind === 'emergencyEvents' && isHub(notificationUrl);
  return isEventToHub && !behaviour.eventHubDeliversEvents ? 'hubDeliversNoEvents' : null;
}

/** A subscription never tells its owner of a chat the owner is not in. */
function coversChat({ target, changeTypes, creatorId }: Subscription, chat: Chat, change: Change): boolean {
  const isOfMessages = change.odataType === '#Microsoft.Graph.chatMessage';
  const isOfThatKind = isOfMessages
    ? target.kind === 'allMessages' || (target.kind === 'chatMessages' && target.chatId === chat.id)
    : target.kind === 'chats';
  return isOfThatKind && changeTypes.includes(change.changeType) && chat.memberIds.includes(creatorId);
}
