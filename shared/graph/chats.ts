import type { TenantSettings } from '../settings.ts';
import { createGraphClient, type GraphAnswer, type GraphClient } from './graphClient.ts';
import type { SignIn } from './signIn.ts';

/**
 * Why chats could not be read, cut by what the caller does next. `gone`: Graph's final word, it cannot be had;
 * `retry`: ask again, not before `retryAfterMs` where Graph named it; `signInRequired`: an administrator must do
 * something first. `code` may be logged.
 */
export type ChatFailure =
  | { outcome: 'gone'; code: string }
  | { outcome: 'retry'; code: string; retryAfterMs: number | null }
  | { outcome: 'signInRequired'; code: string };

export type FetchMessageResult = { outcome: 'message'; message: unknown } | ChatFailure;

export interface RecentChat {
  id: string;
  /** ISO 8601, of the newest message. */
  lastMessageAt: string;
}

/** `isComplete` is false when there were more pages than are read at once; the newest come first. */
export type RecentChatsResult = { outcome: 'chats'; chats: RecentChat[]; isComplete: boolean } | ChatFailure;
export type MessagesSinceResult =
  | { outcome: 'messages'; messages: { id: string; message: unknown }[]; isComplete: boolean }
  | ChatFailure;

/** People of this tenant; `upn` is the address that Graph gives for them, which nearly always is their UPN. */
export type MembersResult = { outcome: 'members'; members: { userId: string; upn: string }[] } | ChatFailure;

/** Limit for one request, in milliseconds. */
export interface TimeLimit {
  timeoutMs?: number;
}

/** Reads the service account's chats. Never throws for what Graph or the network did. */
export interface Chats {
  /** One message, within 2 s by default. */
  fetchMessage(chatId: string, messageId: string, limit?: TimeLimit): Promise<FetchMessageResult>;
  /** The chats with a message newer than `changedSince`. */
  recentChats(query: { changedSince: Date } & TimeLimit): Promise<RecentChatsResult>;
  /** The messages of a chat that were written or changed after `since`. */
  messagesSince(chatId: string, since: Date, limit?: TimeLimit): Promise<MessagesSinceResult>;
  /** Who is in a chat. */
  members(chatId: string, limit?: TimeLimit): Promise<MembersResult>;
}

/** Lists take Graph longer than single messages, and nobody's alert waits for them. */
const LIST_TIMEOUT_MS = 10_000;
const PAGE_SIZE = 50;
/** At most 1,000 chats, or messages of one chat, at once. */
const MAX_PAGES = 20;

/** Otherwise Graph calls the kinds of messages it learned later `unknownFutureValue`. */
const HEADERS = { Prefer: 'include-unknown-enum-members' };

export function createChats(
  settings: Pick<TenantSettings, 'graphBaseUrl'>,
  signIn: Pick<SignIn, 'getAccessToken'>,
): Chats {
  const graph = createGraphClient(settings, signIn);
  return {
    // https://learn.microsoft.com/graph/api/chatmessage-get
    async fetchMessage(chatId, messageId, { timeoutMs } = {}) {
      const path = pathOf('chats', chatId, 'messages', messageId);
      if (path === null) return { outcome: 'gone', code: 'invalidId' };
      const answer = await graph.request({
        method: 'GET',
        path,
        headers: HEADERS,
        ...(timeoutMs ? { timeoutMs } : {}),
      });
      const message = toBody(answer);
      return 'outcome' in message ? message : { outcome: 'message', message: message.body };
    },

    // https://learn.microsoft.com/graph/api/chat-list; the ordered list leaves out chats that never had a message.
    async recentChats({ changedSince, timeoutMs = LIST_TIMEOUT_MS }) {
      const query = toQuery({
        $expand: 'lastMessagePreview',
        $orderby: 'lastMessagePreview/createdDateTime desc',
        $top: PAGE_SIZE,
      });
      const isOld = (chat: unknown) => Date.parse(lastMessageAtOf(chat)) <= changedSince.getTime();
      const read = await readPages(graph, `/me/chats?${query}`, timeoutMs, isOld);
      if ('outcome' in read) return read;
      const chats = read.items.flatMap((chat) => {
        const id = idOf(chat);
        return id === null ? [] : [{ id, lastMessageAt: lastMessageAtOf(chat) }];
      });
      return { outcome: 'chats', chats, isComplete: read.isComplete };
    },

    // https://learn.microsoft.com/graph/api/chat-list-messages; the filter counts only with $orderby of the same property.
    async messagesSince(chatId, since, { timeoutMs = LIST_TIMEOUT_MS } = {}) {
      const query = toQuery({
        $top: PAGE_SIZE,
        $orderby: 'lastModifiedDateTime desc',
        $filter: `lastModifiedDateTime gt ${since.toISOString()}`,
      });
      const path = pathOf('chats', chatId, 'messages');
      if (path === null) return { outcome: 'gone', code: 'invalidId' };
      const read = await readPages(graph, `${path}?${query}`, timeoutMs);
      if ('outcome' in read) return read;
      const messages = read.items.flatMap((message) => {
        const id = idOf(message);
        return id === null ? [] : [{ id, message }];
      });
      return { outcome: 'messages', messages, isComplete: read.isComplete };
    },

    // https://learn.microsoft.com/graph/api/chat-list-members
    async members(chatId, { timeoutMs = LIST_TIMEOUT_MS } = {}) {
      const path = pathOf('chats', chatId, 'members');
      if (path === null) return { outcome: 'gone', code: 'invalidId' };
      const read = await readPages(graph, path, timeoutMs);
      if ('outcome' in read) return read;
      const members = read.items.flatMap((item) => {
        const { userId, email } = (item ?? {}) as { userId?: unknown; email?: unknown };
        return typeof userId === 'string' && typeof email === 'string' && email !== '' ? [{ userId, upn: email }] : [];
      });
      return { outcome: 'members', members };
    },
  };
}

/** Follows the links from page to page, until an item `isEnd`. */
async function readPages(
  graph: GraphClient,
  firstPath: string,
  timeoutMs: number,
  isEnd: (item: unknown) => boolean = () => false,
): Promise<{ items: unknown[]; isComplete: boolean } | ChatFailure> {
  const items: unknown[] = [];
  let path: string = firstPath;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const read = toBody(await graph.request({ method: 'GET', path, headers: HEADERS, timeoutMs }));
    if ('outcome' in read) return read;
    const { value, '@odata.nextLink': link } = read.body as { value?: unknown; '@odata.nextLink'?: unknown };
    if (!Array.isArray(value)) return unexpected();
    const end = value.findIndex(isEnd);
    items.push(...(end < 0 ? value : value.slice(0, end)));
    if (end >= 0 || link === undefined || link === null) return { items, isComplete: true };
    const next = graph.pathOfLink(link);
    if (next === null) return unexpected();
    path = next;
  }
  return { items, isComplete: false };
}

/** Graph's codes for a request that no repetition can help, as long as the chat stays what it is. */
const FINAL_STATUSES = [403, 404, 410];

function toBody(answer: GraphAnswer): { body: object } | ChatFailure {
  if (answer.outcome === 'notAnswered') return { outcome: 'retry', code: answer.code, retryAfterMs: null };
  if (answer.outcome === 'signInFailed') {
    const { kind, code, retryAfterMs } = answer.error;
    return kind === 'temporary' ? { outcome: 'retry', code, retryAfterMs } : { outcome: 'signInRequired', code };
  }
  const { status, body, code, retryAfterMs } = answer;
  if (isMissingScope(answer)) return { outcome: 'signInRequired', code: 'missingScope' };
  if (FINAL_STATUSES.includes(status) && isGraphError(body)) return { outcome: 'gone', code };
  if (status !== 200) return { outcome: 'retry', code, retryAfterMs };
  return typeof body === 'object' && body !== null ? { body } : unexpected();
}

/** A page of something on the way, such as a proxy, is never Graph's final word. */
function isGraphError(body: unknown): boolean {
  return typeof (body as { error?: { code?: unknown } } | null | undefined)?.error?.code === 'string';
}

/**
 * 403 for the app, not for the chat: consent was withdrawn, or never given. Graph tells them apart only by the sentence.
 * https://learn.microsoft.com/graph/resolve-auth-errors
 */
function isMissingScope({ status, body }: Extract<GraphAnswer, { outcome: 'answered' }>): boolean {
  const message = (body as { error?: { message?: unknown } } | null | undefined)?.error?.message;
  return status === 403 && typeof message === 'string' && message.startsWith('Missing scope permissions');
}

function unexpected(): ChatFailure {
  return { outcome: 'retry', code: 'unexpectedAnswer', retryAfterMs: null };
}

/** `null` for an id that a URL would take for a step through folders: ids come from notifications, and may be anything. */
function pathOf(...segments: string[]): string | null {
  const isStep = segments.some((segment) => /^\.{0,2}$|\p{Surrogate}/u.test(segment));
  return isStep ? null : `/${segments.map(encodeURIComponent).join('/')}`;
}

function toQuery(options: Readonly<Record<string, string | number>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function idOf(item: unknown): string | null {
  const id = (item as { id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** Empty where there is no preview: such a chat counts as recent. */
function lastMessageAtOf(chat: unknown): string {
  const preview = (chat as { lastMessagePreview?: { createdDateTime?: unknown } | null } | null)?.lastMessagePreview;
  return typeof preview?.createdDateTime === 'string' ? preview.createdDateTime : '';
}
