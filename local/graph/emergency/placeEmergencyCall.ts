import { randomUUID } from 'node:crypto';
import { requireChat } from '../chats/chat.ts';
import { createChat } from '../chats/createChat.ts';
import { postMessage } from '../chats/writeMessages.ts';
import { ensureUser } from '../directory.ts';
import type { Chat, User } from '../model.ts';
import type { State } from '../state.ts';
import { type EventAddress, type EventFacts, toCallEvent } from './callEvent.ts';
import { LAYOUTS, type LayoutName, WORDS } from './messageLayouts.ts';
import { sendEvent } from './sendEvent.ts';

/** Someone dials an emergency number in Teams. */
export interface PlacedCall {
  /** Id or UPN; a UPN that nobody has yet becomes a new user. */
  caller: string;
  numberDialed: string;
  /** Name of the Place, e.g. `Loc REDMOND`, or more; left out, no location was found. */
  place?: string | Place;
  /** Left out: neither message nor event names one. */
  callbackNumber?: string;
  /** What the event names instead of the callback number. */
  phoneNumber?: string;
  /** The event's address; made of the place when left out. */
  address?: EventAddress;
  /** The emergency calling policy; `Global` when left out. Its subscriptions are told of the event. */
  policyName?: string;
  /** What tells of the call, in this order; both when left out. */
  sources?: CallSource[];
  /** Language or locale of the message, e.g. `de` or `fr-ca`: one of `WORDS`; `en-us` when left out. */
  language?: string;
  layout?: LayoutName;
  /** The look-alike's now when left out. */
  occurredAt?: Date;
  /** False: the message is in the chat, but Graph loses the notifications, or that of one source. */
  announce?: boolean | Partial<Record<CallSource, boolean>>;
  /** Others on the security desk, by id or UPN. */
  securityDesk?: string[];
  /** The chat to write to. Left out: the one with just these members, or a new one. */
  chatId?: string;
}

export type CallSource = 'chat' | 'event';

/** Ids of what tells of the call; chat and message are empty where no message was written. */
export interface PlacedCallIds {
  chatId: string;
  messageId: string;
  eventId: string;
}

export interface Place {
  name: string;
  address?: string;
  coordinates?: { latitude: number; longitude: number };
}

/**
 * Teams writes an important message from the caller to the group chat of the caller and those whom the emergency
 * calling policy names, which always includes the service account here, and tells the policy's subscriptions of the
 * event. Done once Graph has told of it.
 */
export async function placeEmergencyCall(state: State, call: PlacedCall): Promise<PlacedCallIds> {
  const caller = ensureUser(state, call.caller);
  const occurredAt = call.occurredAt ?? state.now();
  const ids: PlacedCallIds = { chatId: '', messageId: '', eventId: randomUUID() };
  for (const source of new Set(call.sources ?? SOURCES)) {
    const announce = typeof call.announce === 'object' ? call.announce[source] : call.announce;
    const tellBy = source === 'chat' ? writeMessage : sendStart;
    Object.assign(ids, await tellBy(state, { call, caller, occurredAt, announce: announce ?? true, ...ids }));
  }
  return ids;
}

const SOURCES: readonly CallSource[] = ['chat', 'event'];

interface Telling {
  call: PlacedCall;
  caller: User;
  occurredAt: Date;
  announce: boolean;
  eventId: string;
}

async function writeMessage(
  state: State,
  { call, caller, occurredAt, announce }: Telling,
): Promise<{ chatId: string; messageId: string }> {
  const locale = localeFor(call.language ?? 'en-us');
  const content = messageOf(caller, call, occurredAt, locale);
  const chat = await chatFor(state, caller, call, occurredAt, announce);
  const message = { from: caller.id, content, importance: 'high' as const, locale, at: occurredAt, announce };
  return { chatId: chat.id, messageId: await postMessage(state, chat.id, message) };
}

async function sendStart(state: State, { call, caller, occurredAt, announce, eventId }: Telling): Promise<object> {
  const facts = eventFactsOf(state, call, caller);
  rememberStart(state, eventId, facts);
  const content = toCallEvent(eventId, 'callStarted', facts, occurredAt);
  return sendEvent(state, { content, policyName: facts.policyName, id: eventId, announce });
}

function eventFactsOf(state: State, call: PlacedCall, caller: User): EventFacts {
  const place = placeOf(call);
  return {
    caller,
    tenantId: state.tenantId,
    policyName: call.policyName ?? 'Global',
    numberDialed: call.numberDialed,
    phoneNumber: call.phoneNumber ?? call.callbackNumber ?? null,
    address: call.address ?? (place === null ? null : toEventAddress(place)),
    coordinates: place?.coordinates ?? null,
  };
}

/** Where the Place's name stands in a real event is not known. */
function toEventAddress({ name, address }: Place): EventAddress {
  return { ...(address === undefined ? {} : { street: address }), additionalData: { additionalInfo: name } };
}

const MAX_STARTED = 10_000;

function rememberStart({ startedCalls }: State, eventId: string, facts: EventFacts): void {
  startedCalls.set(eventId, facts);
  const [oldest] = startedCalls.keys();
  if (startedCalls.size > MAX_STARTED && oldest !== undefined) {
    startedCalls.delete(oldest);
  }
}

function placeOf({ place }: PlacedCall): Place | null {
  return (typeof place === 'string' ? { name: place } : place) ?? null;
}

function messageOf(caller: User, call: PlacedCall, occurredAt: Date, locale: string): string {
  const words = WORDS[locale];
  const layout = LAYOUTS[call.layout ?? 'lines'];
  if (words === undefined || layout === undefined) {
    throw new Error(`The layouts are ${Object.keys(LAYOUTS).join(', ')}`);
  }
  const place = placeOf(call);
  const facts = {
    callerDisplayName: caller.displayName,
    callerUpn: caller.userPrincipalName,
    numberDialed: call.numberDialed,
    placeName: place?.name ?? null,
    address: place?.address ?? null,
    coordinates: place?.coordinates ?? null,
    callbackNumber: call.callbackNumber ?? null,
    occurredAt,
  };
  return layout(facts, words);
}

function localeFor(language: string): string {
  const wanted = language.toLowerCase();
  const known = Object.keys(WORDS);
  const found = known.find((locale) => locale === wanted) ?? known.find((locale) => locale.split('-')[0] === wanted);
  if (found === undefined) {
    throw new Error(`The languages are ${known.join(', ')}`);
  }
  return found;
}

async function chatFor(
  state: State,
  caller: User,
  call: PlacedCall,
  occurredAt: Date,
  announce: boolean,
): Promise<Chat> {
  if (call.chatId !== undefined) {
    return requireChat(state, call.chatId);
  }
  const others = (call.securityDesk ?? []).map((member) => ensureUser(state, member).id);
  const members = [...new Set([caller.id, state.serviceAccountId, ...others])];
  const existing = [...state.chats.values()].find(
    ({ chatType, memberIds }) =>
      chatType === 'group' && memberIds.length === members.length && members.every((id) => memberIds.includes(id)),
  );
  // A moment earlier, so that the message, not the chat's first event, has the time of the call as its id.
  const at = new Date(occurredAt.getTime() - 1_000);
  return existing ?? (await createChat(state, { members, at, announce }));
}
