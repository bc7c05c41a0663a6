import type { EventSourceSettings, SubscriptionSettings } from '../settings.ts';
import type { SubscriptionTarget } from './subscriptionPlan.ts';

/**
 * What is subscribed to: `chat`, the messages of all chats of the service account; where Graph refuses that, `chats`,
 * its list of chats, and `chat:<chatId>`, the messages of one; `event:<policyName>`, the emergency call events of one
 * emergency calling policy.
 */
export type SubscriptionSource = 'chat' | 'chats' | OneChatSource | EventSource;
export type OneChatSource = `chat:${string}`;
export type EventSource = `event:${string}`;

/** https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime */
const CHAT_MINUTES = 4_320;
/** https://learn.microsoft.com/graph/changenotifications-for-emergencycalls: one day at most. */
const EVENT_MINUTES = 1_440;
/** The most that Graph grants without a lifecycle address. */
const SHORT_MINUTES = 60;

type Addresses = Pick<SubscriptionTarget, 'notificationUrl' | 'lifecycleNotificationUrl'>;

/** `/users/{id}` and not `/me`: the address says by itself whose chats they are. */
export function allChatsTarget(userId: string, settings: SubscriptionSettings): SubscriptionTarget {
  return chatTarget(`/users/${userId}/chats/getAllMessages`, settings, settings.chatResourceData === 'encrypted');
}

/** What is new in a list of chats says nothing that must be encrypted. */
export function chatsTarget(userId: string, settings: SubscriptionSettings): SubscriptionTarget {
  return chatTarget(`/users/${userId}/chats`, settings, false);
}

export function oneChatTarget(chatId: string, settings: SubscriptionSettings): SubscriptionTarget {
  return chatTarget(`/chats/${chatId}/messages`, settings, settings.chatResourceData === 'encrypted');
}

/** Graph gives these events only encrypted. A quotation mark in a name is doubled, as OData has it. */
export function eventTarget(
  policyName: string,
  { notificationUrl, lifecycleNotificationUrl }: EventSourceSettings,
): SubscriptionTarget {
  const addresses = { notificationUrl, lifecycleNotificationUrl };
  return {
    ...addresses,
    resource: `communications/calls/getEmergencyEventsByPolicy(policyName='${policyName.replaceAll("'", "''")}')`,
    changeType: 'updated',
    includeResourceData: true,
    lifeMinutes: lifeOf(addresses, EVENT_MINUTES),
  };
}

export function chatSourceOf(chatId: string): OneChatSource {
  return `chat:${chatId}`;
}

export function chatIdOf(source: OneChatSource): string {
  return source.slice('chat:'.length);
}

export function eventSourceOf(policyName: string): EventSource {
  return `event:${policyName}`;
}

export function policyNameOf(source: EventSource): string {
  return source.slice('event:'.length);
}

export function isOneChat(source: SubscriptionSource): source is OneChatSource {
  return source.startsWith('chat:');
}

export function isEvent(source: SubscriptionSource): source is EventSource {
  return source.startsWith('event:');
}

function chatTarget(resource: string, settings: Addresses, includeResourceData: boolean): SubscriptionTarget {
  const { notificationUrl, lifecycleNotificationUrl } = settings;
  const lifeMinutes = lifeOf(settings, CHAT_MINUTES);
  return {
    ...{ resource, notificationUrl, lifecycleNotificationUrl, includeResourceData, lifeMinutes },
    changeType: 'created,updated',
  };
}

function lifeOf({ lifecycleNotificationUrl }: Addresses, longestMinutes: number): number {
  return lifecycleNotificationUrl === null ? SHORT_MINUTES : longestMinutes;
}
