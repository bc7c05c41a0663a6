import { readChatMessageResource } from './messageResource.ts';

/** Sent by Graph when a subscription is created, to see whether the hub can be reached. */
export interface ValidationNotification {
  kind: 'validation';
}

/** Graph's word about the subscription itself, not about a message. */
export interface LifecycleNotification {
  kind: 'lifecycle';
  subscriptionId: string;
  lifecycleEvent: string;
  clientState: string | null;
  tenantId: string | null;
  subscriptionExpirationDateTime: string | null;
}

/** A chat message was created or changed. Only what names the message is required; the rest may be missing. */
export interface ChangeNotification {
  kind: 'change';
  subscriptionId: string | null;
  clientState: string | null;
  tenantId: string | null;
  changeType: string | null;
  resource: string;
  chatId: string;
  messageId: string;
  /** The message itself, encrypted; `null` where the notification only names it. */
  encryptedContent: unknown;
  /** The item as it came in. */
  notification: unknown;
}

/** Graph's emergency call event, encrypted. */
export interface EmergencyEventNotification {
  kind: 'emergencyEvent';
  subscriptionId: string | null;
  clientState: string | null;
  tenantId: string | null;
  /** Graph's id of the event, which it also gives in the clear; `null` where it is missing. */
  eventId: string | null;
  policyName: string | null;
  encryptedContent: unknown;
  notification: unknown;
}

/** A chat of the service account was made or changed: it may hold messages that nobody was told of. */
export interface ChatNotification {
  kind: 'chat';
  subscriptionId: string | null;
  clientState: string | null;
  tenantId: string | null;
  chatId: string;
}

/** Ours: proves that the way from the hub to the functions is open. */
export interface CanaryNotification {
  kind: 'canary';
  id: string;
  /** ISO 8601. */
  sentAt: string;
}

/** What none of the others is. `reason` holds nothing of the content; `raw` can be stored as JSON and read again. */
export interface UnreadableNotification {
  kind: 'unreadable';
  reason: string;
  raw: unknown;
}

export type HubNotification =
  | ValidationNotification
  | LifecycleNotification
  | ChangeNotification
  | EmergencyEventNotification
  | ChatNotification
  | CanaryNotification
  | UnreadableNotification;

/**
 * Reads the body of one hub event: `{"value": [...]}` from Graph
 * (https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs), or our canary. The body may be parsed
 * already, text, or bytes. Also takes one bare notification, or a list: what was kept of an event can be read again.
 * Never throws, and returns at least one notification: a bad item is `unreadable`, its neighbours are not affected.
 */
export function readHubEvent(body: unknown): HubNotification[] {
  try {
    return readBody(body);
  } catch {
    return [unreadable('the body cannot be examined', null)];
  }
}

function readBody(body: unknown): HubNotification[] {
  const text = body instanceof Uint8Array ? toText(body) : body;
  if (text === null && body !== null) {
    return [unreadable('the body is not UTF-8 text', { base64: toBase64(body as Uint8Array) })];
  }
  const value = typeof text === 'string' ? parse(text) : { json: text };
  if (value === null) {
    return [unreadable('the body is not JSON', text)];
  }
  const items = itemsOf(value.json);
  return items.length > 0 ? items.map(readItem) : [unreadable('the body holds no notification', value.json)];
}

function itemsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body.flatMap((one) => itemListOf(one) ?? [one]);
  return itemListOf(body) ?? [body];
}

function itemListOf(body: unknown): unknown[] | null {
  const value = own(body, 'value');
  return Array.isArray(value) ? value : null;
}

function readItem(item: unknown): HubNotification {
  try {
    return (
      readChange(item) ??
      readEmergencyEvent(item) ??
      readChat(item) ??
      readValidation(item) ??
      readCanary(item) ??
      readLifecycle(item) ??
      unreadable(reasonOf(item), item)
    );
  } catch {
    return unreadable('the notification cannot be examined', null);
  }
}

function readCanary(item: unknown): HubNotification | null {
  const canary = own(item, 'canary');
  if (canary === undefined) return null;
  const [id, sentAt] = [ownText(canary, 'id'), ownText(canary, 'sentAt')];
  if (id === null || sentAt === null || Number.isNaN(Date.parse(sentAt))) {
    return unreadable('a canary without id or time', item);
  }
  return { kind: 'canary', id, sentAt };
}

/** All three as Graph sends them: what only resembles a validation must not be ignored. */
function readValidation(item: unknown): ValidationNotification | null {
  const isValidation =
    ownText(item, 'subscriptionId') === 'NA' &&
    ownText(item, 'resource') === 'NA' &&
    /^Validation:/i.test(ownText(item, 'changeType') ?? '');
  return isValidation ? { kind: 'validation' } : null;
}

function readChange(item: unknown): ChangeNotification | null {
  const named = [ownText(item, 'resource'), ownText(own(item, 'resourceData'), '@odata.id')];
  for (const resource of named) {
    const ids = resource === null ? null : readChatMessageResource(resource);
    if (resource !== null && ids !== null) {
      return {
        kind: 'change',
        ...senderOf(item),
        changeType: ownText(item, 'changeType'),
        resource,
        ...ids,
        encryptedContent: own(item, 'encryptedContent') ?? null,
        notification: item,
      };
    }
  }
  return null;
}

/** https://learn.microsoft.com/graph/changenotifications-for-emergencycalls; what else is encrypted is in doubt one too. */
function readEmergencyEvent(item: unknown): EmergencyEventNotification | null {
  const encryptedContent = own(item, 'encryptedContent') ?? null;
  const named = [ownText(item, 'resource'), ownText(own(item, 'resourceData'), '@odata.id')];
  const policies = named.map((resource) => POLICY.exec(resource ?? '')?.[1]);
  const type = ownText(own(item, 'resourceData'), '@odata.type') ?? '';
  const isEvent = policies.some((policy) => policy !== undefined) || /emergencyCallEvent$/i.test(type);
  if (!isEvent && encryptedContent === null) return null;
  return {
    kind: 'emergencyEvent',
    ...senderOf(item),
    eventId: ownText(own(item, 'resourceData'), 'id'),
    policyName: policies.find((policy) => policy !== undefined)?.replaceAll("''", "'") ?? null,
    encryptedContent,
    notification: item,
  };
}

const POLICY = /getEmergencyEventsByPolicy\(policyName='((?:[^']|'')*)'\)/i;
const CHAT = /^\/?(?:users(?:\/|\('?)[^/]+\/)?chats(?:\('([^']+)'\)|\/([^/]+))\/?$/i;

function readChat(item: unknown): ChatNotification | null {
  const [, quoted, plain] = CHAT.exec(ownText(item, 'resource') ?? '') ?? [];
  const chatId = quoted ?? plain;
  return chatId === undefined ? null : { kind: 'chat', ...senderOf(item), chatId };
}

function senderOf(item: unknown) {
  return {
    subscriptionId: ownText(item, 'subscriptionId'),
    clientState: ownText(item, 'clientState'),
    tenantId: ownText(item, 'tenantId'),
  };
}

function readLifecycle(item: unknown): HubNotification | null {
  const lifecycleEvent = ownText(item, 'lifecycleEvent');
  if (lifecycleEvent === null) return null;
  const subscriptionId = ownText(item, 'subscriptionId');
  if (subscriptionId === null) return unreadable('a lifecycle notification without subscriptionId', item);
  return {
    kind: 'lifecycle',
    subscriptionId,
    lifecycleEvent,
    clientState: ownText(item, 'clientState'),
    tenantId: ownText(item, 'tenantId'),
    subscriptionExpirationDateTime: ownText(item, 'subscriptionExpirationDateTime'),
  };
}

function reasonOf(item: unknown): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'the notification is not an object';
  // Above 1 MB Graph puts the notification into a blob and leaves the resource out.
  if (ownText(item, 'additionalPayloadStorageId') !== null) return 'the notification lies in blob storage';
  if (own(item, 'resource') === undefined && own(item, 'resourceData') === undefined) {
    return 'the notification names no resource';
  }
  return 'the resource is none that is subscribed to';
}

function unreadable(reason: string, raw: unknown): UnreadableNotification {
  return { kind: 'unreadable', reason, raw };
}

/** A property of the object itself: a name such as `constructor` never finds what every object has. */
function own(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return undefined;
  return (object as Record<string, unknown>)[name];
}

function ownText(object: unknown, name: string): string | null {
  const value = own(object, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** JSON, also where it was made text twice on its way; `null` for what is not JSON. */
function parse(text: string): { json: unknown } | null {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof json === 'string' ? { json: JSON.parse(json) } : { json };
  } catch {
    return null;
  }
}
