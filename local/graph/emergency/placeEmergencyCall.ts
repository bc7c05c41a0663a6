import { requireChat } from '../chats/chat.ts';
import { createChat } from '../chats/createChat.ts';
import { postMessage } from '../chats/writeMessages.ts';
import { ensureUser } from '../directory.ts';
import type { Chat, User } from '../model.ts';
import type { State } from '../state.ts';
import { LAYOUTS, type LayoutName, WORDS } from './messageLayouts.ts';

/** Someone dials an emergency number in Teams. */
export interface PlacedCall {
  /** Id or UPN; a UPN that nobody has yet becomes a new user. */
  caller: string;
  numberDialed: string;
  /** Name of the Place, e.g. `Loc REDMOND`, or more; left out, no location was found. */
  place?: string | Place;
  /** Left out: the message does not name one. */
  callbackNumber?: string;
  /** Language or locale of the message, e.g. `de` or `fr-ca`: one of `WORDS`; `en-us` when left out. */
  language?: string;
  layout?: LayoutName;
  /** The look-alike's now when left out. */
  occurredAt?: Date;
  /** False: the message is in the chat, but Graph loses the notification. */
  announce?: boolean;
  /** Others on the security desk, by id or UPN. */
  securityDesk?: string[];
  /** The chat to write to. Left out: the one with just these members, or a new one. */
  chatId?: string;
}

export interface Place {
  name: string;
  address?: string;
  coordinates?: { latitude: number; longitude: number };
}

/**
 * Teams writes an important message from the caller to the group chat of the caller and those whom the emergency
 * calling policy names, which always includes the service account here. Done once Graph has told of it.
 */
export async function placeEmergencyCall(
  state: State,
  call: PlacedCall,
): Promise<{ chatId: string; messageId: string }> {
  const caller = ensureUser(state, call.caller);
  const occurredAt = call.occurredAt ?? state.now();
  const locale = localeFor(call.language ?? 'en-us');
  const announce = call.announce ?? true;
  const content = messageOf(caller, call, occurredAt, locale);
  const chat = await chatFor(state, caller, call, occurredAt, announce);
  const message = { from: caller.id, content, importance: 'high' as const, locale, at: occurredAt, announce };
  return { chatId: chat.id, messageId: await postMessage(state, chat.id, message) };
}

function messageOf(caller: User, call: PlacedCall, occurredAt: Date, locale: string): string {
  const words = WORDS[locale];
  const layout = LAYOUTS[call.layout ?? 'lines'];
  if (words === undefined || layout === undefined) {
    throw new Error(`The layouts are ${Object.keys(LAYOUTS).join(', ')}`);
  }
  const place = typeof call.place === 'string' ? { name: call.place } : call.place;
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
