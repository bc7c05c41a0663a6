import { badRequest, extensionError, invalidSubscription, notKnown } from '../graphRefusal.ts';
import type { ChangeType, Target } from '../model.ts';
import { isHub } from '../notifications/carriers.ts';
import { isOnThisMachine } from '../notifications/post.ts';
import { parseDate } from '../odata.ts';

const MINUTE_MS = 60_000;
/** Three days: the maximum for chatMessage and chat. */
const MAX_MINUTES = 4_320;
/** One day: the maximum for emergency call events. */
const MAX_MINUTES_OF_EVENTS = 1_440;
/** What is shorter is raised to this. */
const MIN_MINUTES = 45;
/** What is longer needs a lifecycleNotificationUrl. */
const MAX_MINUTES_WITHOUT_LIFECYCLE = 60;
const MAX_CLIENT_STATE = 128;

/** The body of a request as a JSON object. Throws the 400 of Graph's JSON reader. */
export function readObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('Unable to read JSON request payload: an object was expected.');
  }
  return value as Record<string, unknown>;
}

/** A property that must be there, as text. */
export function requiredText(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = optionalText(body, name);
  if (value === null || value === '') {
    throw invalidSubscription(`${name} is a required property for subscription creation on this resource.`);
  }
  return value;
}

/** A property as text; `null` when it is not there or null. */
export function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = body[name] ?? null;
  if (value !== null && typeof value !== 'string') {
    throw badRequest(`Cannot convert the value of property ${name} to a string.`);
  }
  return value;
}

const CHANGE_TYPES: Readonly<Record<Target['kind'], readonly ChangeType[]>> = {
  allMessages: ['created', 'updated', 'deleted'],
  chatMessages: ['created', 'updated', 'deleted'],
  // Chats are never deleted.
  chats: ['created', 'updated'],
  emergencyEvents: ['updated'],
};

/** `created,updated,deleted`, as far as the resource knows them, in any choice. */
export function readChangeTypes(text: string, target: Target): ChangeType[] {
  const known = CHANGE_TYPES[target.kind];
  const named = text.split(',').map((part) => part.trim());
  const unknown = named.find((name) => !known.some((type) => type === name));
  if (unknown !== undefined) {
    throw invalidSubscription(`Invalid changeType '${unknown}': supported for this resource are ${known.join(',')}.`);
  }
  return known.filter((type) => named.includes(type));
}

/**
 * The role-based form for Event Hubs, or a webhook. Graph takes https only; the look-alike takes http too, and nothing
 * but this machine.
 */
export function readNotificationUrl(url: string): string {
  if (!isHub(url)) {
    return readWebhookUrl(url, 'notificationUrl');
  }
  if (!/^EventHub:https:\/\/[^/]+\/eventhubname\/[^/?]+\?tenantId=[^&]+$/.test(url)) {
    throw invalidSubscription(
      'The notificationUrl is not valid: EventHub:https://<namespace>.servicebus.windows.net/eventhubname/<hub>?tenantId=<domain>.',
    );
  }
  return url;
}

export function readLifecycleUrl(url: string | null): string | null {
  return url === null ? null : readWebhookUrl(url, 'lifecycleNotificationUrl');
}

function readWebhookUrl(url: string, name: string): string {
  if (isOnThisMachine(url)) {
    return url;
  }
  if (!/^https:\/\/[^/]+/i.test(url) || !URL.canParse(url)) {
    throw invalidSubscription(`${name} must be an HTTPS address.`);
  }
  throw notKnown(`a way to ${name} on another machine`);
}

export function readClientState(clientState: string | null): string | null {
  if (clientState !== null && clientState.length > MAX_CLIENT_STATE) {
    throw invalidSubscription(`clientState is longer than ${MAX_CLIENT_STATE} characters.`);
  }
  return clientState;
}

/** When the subscription will end: in the future, at most one or three days away, at least 45 minutes. */
export function readExpiration(text: string, now: Date, { kind }: Target, hasLifecycleUrl: boolean): Date {
  const ms = parseDate(text);
  if (ms === null) {
    throw badRequest(`Cannot convert the literal '${text}' to the expected type 'Edm.DateTimeOffset'.`);
  }
  const most = kind === 'emergencyEvents' ? MAX_MINUTES_OF_EVENTS : MAX_MINUTES;
  const minutes = (ms - now.getTime()) / MINUTE_MS;
  if (minutes <= 0) {
    throw invalidSubscription('Subscription expiration must be in the future.');
  }
  if (minutes > most) {
    throw extensionError(`Subscription expiration can only be ${most} minutes in the future.`);
  }
  if (minutes > MAX_MINUTES_WITHOUT_LIFECYCLE && !hasLifecycleUrl) {
    throw invalidSubscription(
      'lifecycleNotificationUrl is a required property for subscription creation on this resource when the expirationDateTime value is set to greater than 1 hour.',
    );
  }
  return new Date(Math.max(ms, now.getTime() + MIN_MINUTES * MINUTE_MS));
}
